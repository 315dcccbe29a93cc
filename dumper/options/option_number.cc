#include "dumper/options/option_number.h"

#include <cerrno>
#include <cmath>
#include <cstdlib>

#include "absl/strings/str_format.h"

namespace sfdb::dumper {

std::optional<uint64_t> ParseOptionNumber(std::string_view name, const std::string& text,
                                          std::string* error, bool* bad_suffix) {
  *bad_suffix = false;
  if (text.starts_with('-')) {
    *error = absl::StrFormat("Incorrect unsigned value: '%s' for %s", text, std::string(name));
    return std::nullopt;
  }
  errno = 0;
  char* end = nullptr;
  uint64_t value = std::strtoull(text.c_str(), &end, 10);
  if (errno == ERANGE) {
    *error = absl::StrFormat("Integer value out of range for uint64: '%s' for %s", text,
                             std::string(name));
    return std::nullopt;
  }
  // Only the first letter counts: 1MB is 1M.
  switch (*end) {
    case '\0':
      return value;
    case 'e':
    case 'E':
      value *= 1024;
      [[fallthrough]];
    case 'p':
    case 'P':
      value *= 1024;
      [[fallthrough]];
    case 't':
    case 'T':
      value *= 1024;
      [[fallthrough]];
    case 'g':
    case 'G':
      value *= 1024;
      [[fallthrough]];
    case 'm':
    case 'M':
      value *= 1024;
      [[fallthrough]];
    case 'k':
    case 'K':
      return value * 1024;
    default:
      *bad_suffix = true;
      *error = absl::StrFormat(
          "Unknown suffix '%c' used for variable '%s' (value '%s'). Legal suffix characters are: "
          "K, "
          "M, G, T, P, E",
          *end, std::string(name), text);
      return std::nullopt;
  }
}

std::optional<double> ParseOptionDecimal(const std::string& text) {
  if (text.empty()) return 0.0;
  if (text.find_first_not_of("0123456789+-.eE \t") != std::string::npos) return std::nullopt;
  char* end = nullptr;
  const double value = std::strtod(text.c_str(), &end);
  if (end != text.c_str() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

}  // namespace sfdb::dumper
