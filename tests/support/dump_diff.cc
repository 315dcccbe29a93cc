#include "tests/support/dump_diff.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_format.h"

namespace sfdb::test_support {
namespace {

constexpr std::string_view kVersionStart = "-- MariaDB dump ";
constexpr std::string_view kServerStart = "-- Server version\t";
constexpr std::string_view kCompletedStart = "-- Dump completed on ";
constexpr int kHeadLines = 8;
constexpr size_t kShownBytes = 160;

std::string Printable(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte <= 0x7e) {
      text += c;
    } else {
      text += absl::StrFormat("\\x%02x", byte);
    }
  }
  return text;
}

// The line that contains `offset`, cut to a window around it.
std::string LineAround(std::string_view text, size_t offset) {
  if (offset >= text.size()) return "(end of file)";
  const size_t newline_before = offset == 0 ? std::string_view::npos : text.rfind('\n', offset - 1);
  const size_t begin = newline_before == std::string_view::npos ? 0 : newline_before + 1;
  const size_t end = std::min(text.find('\n', offset), text.size());
  const size_t from = std::max(begin, offset > kShownBytes / 2 ? offset - kShownBytes / 2 : 0);
  const size_t to = std::min(end, offset + kShownBytes);
  return absl::StrFormat("%s%s%s", from > begin ? "…" : "", Printable(text.substr(from, to - from)),
                         to < end ? "…" : (end == text.size() ? " (no newline)" : ""));
}

std::string Context(std::string_view text, size_t line_begin) {
  std::string lines;
  size_t end = line_begin;
  for (int i = 0; i < 3 && end > 0; ++i) {
    const size_t before = end >= 2 ? text.rfind('\n', end - 2) : std::string_view::npos;
    const size_t begin = before == std::string_view::npos ? 0 : before + 1;
    std::string_view line = text.substr(begin, end - begin - 1);
    const bool cut = line.size() > kShownBytes;
    if (cut) line = line.substr(0, kShownBytes);
    lines.insert(0, absl::StrFormat("      %s%s\n", Printable(line), cut ? "…" : ""));
    end = begin;
  }
  return lines;
}

}  // namespace

MaskedDump MaskDump(std::string_view dump) {
  MaskedDump result;
  size_t pos = 0;
  for (int line = 0; line < kHeadLines && pos < dump.size(); ++line) {
    const size_t end = std::min(dump.find('\n', pos), dump.size() - 1) + 1;
    const std::string_view text = dump.substr(pos, end - pos);
    if (line < 2 && text.starts_with(kVersionStart)) {
      result.head += "-- MariaDB dump (masked)\n";
    } else if (text.starts_with(kServerStart)) {
      result.head += "-- Server version\t(masked)\n";
    } else if (text.starts_with(kCompletedStart)) {
      break;
    } else {
      result.head += text;
    }
    pos = end;
  }
  result.body = dump.substr(pos);
  if (!result.body.empty() && result.body.back() == '\n') {
    const size_t before = result.body.size() >= 2 ? result.body.rfind('\n', result.body.size() - 2)
                                                  : std::string::npos;
    const size_t last = before == std::string_view::npos ? 0 : before + 1;
    if (result.body.substr(last).starts_with(kCompletedStart)) {
      result.tail = "-- Dump completed on (masked)\n";
      result.body.remove_suffix(result.body.size() - last);
    }
  }
  return result;
}

std::optional<std::string> DescribeTextDifference(std::string_view expected,
                                                  std::string_view actual) {
  if (expected == actual) return std::nullopt;
  const size_t shorter = std::min(expected.size(), actual.size());
  const size_t offset = static_cast<size_t>(
      std::mismatch(expected.begin(), expected.begin() + shorter, actual.begin()).first -
      expected.begin());
  const std::string_view same = expected.substr(0, offset);
  const auto line = std::count(same.begin(), same.end(), '\n') + 1;
  const size_t newline = same.rfind('\n');
  const size_t line_begin = newline == std::string_view::npos ? 0 : newline + 1;
  return absl::StrFormat(
      "first difference at byte %d, line %d, column %d (sizes: expected %d, actual %d)\n"
      "%s  expected: %s\n  actual:   %s\n",
      offset, line, offset - line_begin + 1, expected.size(), actual.size(),
      Context(expected, line_begin), LineAround(expected, offset), LineAround(actual, offset));
}

std::optional<std::string> DescribeDumpDifference(std::string_view expected,
                                                  std::string_view actual) {
  const MaskedDump left = MaskDump(expected);
  const MaskedDump right = MaskDump(actual);
  if (left.head == right.head && left.body == right.body && left.tail == right.tail) {
    return std::nullopt;
  }
  const auto whole = [](const MaskedDump& dump) {
    std::string text = dump.head;
    text.append(dump.body);
    return text + dump.tail;
  };
  return DescribeTextDifference(whole(left), whole(right));
}

}  // namespace sfdb::test_support
