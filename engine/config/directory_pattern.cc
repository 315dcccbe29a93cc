#include "engine/config/directory_pattern.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "engine/base/exit_code.h"

namespace sfdb::engine {
namespace {

std::string OneComponent(std::string_view name) {
  std::string part(name);
  for (char& c : part) {
    if (c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '_';
  }
  return part == "." || part == ".." ? "_" : part;
}

struct DateToken {
  std::string_view name;
  const char* format;  // of absl::FormatTime
};
constexpr DateToken kDateTokens[] = {{"year", "%Y"}, {"month", "%m"},  {"day", "%d"},
                                     {"hour", "%H"}, {"minute", "%M"}, {"second", "%S"}};

absl::Status Wrong(std::string text) {
  return base::WithExitCode(
      absl::InvalidArgumentError(absl::StrCat("backup.output.structure.pattern: ", text)),
      base::kExitUsage);
}

}  // namespace

absl::StatusOr<std::string> ExpandDirectoryPattern(std::string_view base, std::string_view pattern,
                                                   std::string_view database, absl::Time time,
                                                   absl::TimeZone zone) {
  std::string below;
  while (!pattern.empty()) {
    const size_t open = pattern.find('{');
    below += pattern.substr(0, open);
    if (open == pattern.npos) break;
    const size_t close = pattern.find('}', open);
    if (close == pattern.npos) return Wrong("'{' without '}'");
    const std::string_view token = pattern.substr(open + 1, close - open - 1);
    pattern.remove_prefix(close + 1);
    bool known = false;
    for (const DateToken& date : kDateTokens) {
      if (date.name != token) continue;
      below += absl::FormatTime(date.format, time, zone);
      known = true;
    }
    if (known) continue;
    if (token == "timestamp") {
      absl::StrAppend(&below, absl::ToUnixSeconds(time));
    } else if (token == "database") {
      below += OneComponent(database);
    } else if (token == "hostname") {
      below += "{hostname}";
    } else {
      return Wrong(absl::StrFormat(
          "{%s} is unknown; there are {year} {month} {day} {hour} {minute} {second} {timestamp} "
          "{database}",
          token));
    }
  }
  std::string path(base);
  const std::vector<std::string> parts = absl::StrSplit(below, '/', absl::SkipEmpty());
  for (const std::string& part : parts) {
    if (part == "..") return Wrong("'..' leaves the base directory");
    if (!path.empty() && path.back() != '/') path += '/';
    path += part;
  }
  return path;
}

}  // namespace sfdb::engine
