#include "dumper/options/option_line.h"

namespace sfdb::dumper {
namespace {

// Cuts a trailing `# comment`. A `#` between quotes is text; a backslash hides a quote only where
// a quote is already open.
std::string_view CutComment(std::string_view line) {
  char quote = 0;
  bool escaped = false;
  for (size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if ((c == '\'' || c == '"') && !escaped) {
      if (quote == 0) {
        quote = c;
      } else if (quote == c) {
        quote = 0;
      }
    }
    if (quote == 0 && c == '#') return line.substr(0, i);
    escaped = quote != 0 && c == '\\' && !escaped;
  }
  return line;
}

std::string Unescape(std::string_view value) {
  std::string out;
  out.reserve(value.size());
  for (size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '\\' || i + 1 == value.size()) {
      out += value[i];
      continue;
    }
    switch (const char c = value[++i]) {
      case 'n':
        out += '\n';
        break;
      case 't':
        out += '\t';
        break;
      case 'r':
        out += '\r';
        break;
      case 'b':
        out += '\b';
        break;
      case 's':
        out += ' ';
        break;
      case '"':
      case '\'':
      case '\\':
        out += c;
        break;
      default:
        out += '\\';
        out += c;
    }
  }
  return out;
}

}  // namespace

std::string_view TrimLeft(std::string_view s) {
  const size_t start = s.find_first_not_of(kOptionFileSpaces);
  return start == std::string_view::npos ? std::string_view() : s.substr(start);
}

std::string_view TrimRight(std::string_view s) {
  return s.substr(0, s.find_last_not_of(kOptionFileSpaces) + 1);
}

std::string OptionLineToArgument(std::string_view line) {
  line = TrimRight(CutComment(line));
  const size_t equals = line.find('=');
  if (equals == std::string_view::npos) return "--" + std::string(line);
  std::string_view value = TrimLeft(line.substr(equals + 1));
  if (value.size() >= 2 && (value.front() == '"' || value.front() == '\'') &&
      value.back() == value.front()) {
    value = value.substr(1, value.size() - 2);
  }
  return "--" + std::string(TrimRight(line.substr(0, equals))) + "=" + Unescape(value);
}

}  // namespace sfdb::dumper
