#include "dumper/chunks/repeatable_where.h"

#include <algorithm>
#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"

namespace sfdb::dumper {
namespace {

// Functions of their arguments alone, and words that may stand before a parenthesis. Sorted.
constexpr std::array<std::string_view, 103> kRepeatable = {
    "abs",       "all",          "and",         "any",          "ascii",       "between",
    "bin",       "bit_count",    "bit_length",  "case",         "cast",        "ceil",
    "ceiling",   "char_length",  "coalesce",    "concat",       "concat_ws",   "conv",
    "convert",   "crc32",        "date",        "date_add",     "date_format", "date_sub",
    "datediff",  "day",          "dayofmonth",  "dayofweek",    "dayofyear",   "div",
    "else",      "elt",          "extract",     "field",        "find_in_set", "floor",
    "from_days", "greatest",     "hex",         "hour",         "if",          "ifnull",
    "in",        "inet6_aton",   "inet6_ntoa",  "inet_aton",    "inet_ntoa",   "instr",
    "interval",  "is",           "isnull",      "json_extract", "json_value",  "last_day",
    "lcase",     "least",        "left",        "length",       "like",        "ln",
    "locate",    "log",          "lower",       "lpad",         "ltrim",       "makedate",
    "md5",       "mid",          "minute",      "mod",          "month",       "not",
    "nullif",    "octet_length", "or",          "ord",          "pow",         "power",
    "quarter",   "regexp",       "repeat",      "replace",      "reverse",     "right",
    "round",     "rpad",         "rtrim",       "second",       "sha1",        "sha2",
    "sign",      "sqrt",         "str_to_date", "strcmp",       "substr",      "substring",
    "then",      "to_days",      "trim",        "truncate",     "upper",       "when",
    "year",
};

// Words that change from one moment, session or row order to another, or make more of a condition
// than a condition.
constexpr std::array<std::string_view, 32> kRefused = {
    "current_date", "current_role",   "current_time",  "current_timestamp",
    "current_user", "curdate",        "for",           "group",
    "having",       "intersect",      "into",          "limit",
    "localtime",    "localtimestamp", "lock",          "match",
    "next",         "nextval",        "now",           "order",
    "previous",     "procedure",      "rand",          "rownum",
    "select",       "sysdate",        "table",         "union",
    "utc_date",     "utc_time",       "utc_timestamp", "with",
};

bool IsWordByte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool AllBytesAreCharacters(std::string_view charset) {
  return absl::StartsWith(std::string(charset), "utf8") || charset == "latin1" ||
         charset == "binary" || charset == "ascii";
}

// The end of a quoted piece that starts at `at`; npos when it does not end.
size_t EndOfQuoted(std::string_view text, size_t at) {
  const char quote = text[at];
  for (size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] != quote) continue;
    if (i + 1 < text.size() && text[i + 1] == quote) {
      ++i;
      continue;
    }
    return i + 1;
  }
  return std::string_view::npos;
}

bool CallsSomething(std::string_view text, size_t after_name) {
  while (after_name < text.size() &&
         absl::ascii_isspace(static_cast<unsigned char>(text[after_name]))) {
    ++after_name;
  }
  return after_name < text.size() && text[after_name] == '(';
}

template <size_t N>
bool Contains(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

}  // namespace

std::optional<std::string> WhyNotRepeatable(std::string_view where, std::string_view charset) {
  const bool ascii_only = !AllBytesAreCharacters(charset);
  for (const char c : where) {
    if (c == '@') return "it uses a variable";
    if (c == '\\') return "it has a backslash";
    if (c == '#' || c == ';' || c == '\0') return "it has a comment or ends early";
    if (ascii_only && static_cast<unsigned char>(c) >= 0x80) return "it is not ASCII";
  }
  int depth = 0;
  for (size_t at = 0; at < where.size();) {
    const char c = where[at];
    if (c == '\'' || c == '"' || c == '`') {
      const size_t end = EndOfQuoted(where, at);
      if (end == std::string_view::npos) return "a quote does not end";
      // Either the name of a stored function, or in double quotes, by sql_mode, the same.
      if (c != '\'' && CallsSomething(where, end)) return "it calls a stored function";
      at = end;
      continue;
    }
    if (IsWordByte(c)) {
      size_t end = at;
      while (end < where.size() && IsWordByte(where[end])) ++end;
      const std::string word =
          absl::AsciiStrToLower(absl::StrFormat("%s", where.substr(at, end - at)));
      if (Contains(kRefused, word)) return absl::StrFormat("it says '%s'", word);
      if (CallsSomething(where, end)) {
        const bool qualified = at > 0 && where[at - 1] == '.';
        if (qualified || !Contains(kRepeatable, word)) {
          return absl::StrFormat("it calls %s()", word);
        }
      }
      at = end;
      continue;
    }
    const std::string_view two = where.substr(at, 2);
    if (two == "--" || two == "/*") return "it has a comment";
    if (c == '(') ++depth;
    if (c == ')' && --depth < 0) return "its parentheses do not match";
    ++at;
  }
  if (depth != 0) return "its parentheses do not match";
  return std::nullopt;
}

}  // namespace sfdb::dumper
