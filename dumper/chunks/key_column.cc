#include "dumper/chunks/key_column.h"

#include <array>
#include <set>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dumper/text/identifiers.h"

namespace sfdb::dumper {
namespace {

using Type = KeyColumn::Type;

// The longest IN list. ENUMs with more members, and SETs of more than six, are not cut.
constexpr uint64_t kMostMembers = 1000;
constexpr uint64_t kMostSetElements = 6;

// A collation gives a character up to eight weights of two bytes, and no character is shorter than
// a byte; VARBINARY is sorted with its length behind it.
constexpr uint64_t kMostWeightBytes = 16;
constexpr uint64_t kBinaryLengthBytes = 4;

struct IntegerType {
  const char* name;
  int bits;
};
constexpr std::array<IntegerType, 5> kIntegerTypes = {
    {{"tinyint", 8}, {"smallint", 16}, {"mediumint", 24}, {"int", 32}, {"bigint", 64}}};

// The elements of "enum('a','it''s')". Backslashes are escapes, and may be halves of characters in
// some character sets: nullopt.
std::optional<std::vector<std::string>> Elements(std::string_view column_type) {
  const size_t open = column_type.find('(');
  if (open == std::string_view::npos || column_type.find('\\') != std::string_view::npos) {
    return std::nullopt;
  }
  std::vector<std::string> elements;
  size_t at = open + 1;
  for (;;) {
    if (at >= column_type.size() || column_type[at] != '\'') return std::nullopt;
    std::string& element = elements.emplace_back();
    for (++at;; ++at) {
      if (at >= column_type.size()) return std::nullopt;
      if (column_type[at] == '\'') {
        if (at + 1 >= column_type.size() || column_type[at + 1] != '\'') break;
        ++at;
      }
      element.push_back(column_type[at]);
    }
    ++at;
    if (at >= column_type.size()) return std::nullopt;
    if (column_type[at] == ')') return elements;
    if (column_type[at] != ',') return std::nullopt;
    ++at;
  }
}

// Whether no collation takes one element for another: plain ASCII, not empty, and different in more
// than case and spaces at the end.
bool TextsDiffer(const std::vector<std::string>& elements) {
  std::set<std::string> seen;
  for (const std::string& element : elements) {
    for (const char c : element) {
      if (c < ' ' || c == 0x7f) return false;
    }
    std::string plain = absl::AsciiStrToLower(element);
    while (!plain.empty() && plain.back() == ' ') plain.pop_back();
    if (plain.empty() || !seen.insert(plain).second) return false;
  }
  return true;
}

bool SetMembers(const ColumnFacts& facts, KeyColumn& column) {
  const auto elements = Elements(facts.column_type);
  if (!elements || facts.charset.empty()) return false;
  const bool is_enum = facts.data_type == "enum";
  if (elements->size() > (is_enum ? kMostMembers : kMostSetElements)) return false;
  column.largest_member = is_enum ? elements->size() : (uint64_t{1} << elements->size()) - 1;
  column.texts_differ = TextsDiffer(*elements);
  return true;
}

// "00012.50" -> "12.50": ZEROFILL columns come with hundreds of digits.
std::string WithoutLeadingZeros(std::string_view digits) {
  std::string out;
  if (!digits.empty() && digits.front() == '-') {
    out.push_back('-');
    digits.remove_prefix(1);
  }
  while (digits.size() > 1 && digits[0] == '0' && digits[1] != '.') digits.remove_prefix(1);
  return out.append(digits);
}

bool IsNoPad(std::string_view collation) {
  return collation.find("nopad") != std::string_view::npos ||
         collation.find("_0900_") != std::string_view::npos;
}

struct Member {
  uint64_t number = 0;
  std::string_view hex;
};

Member ParseMember(std::string_view raw) {
  Member member;
  const size_t colon = raw.find(':');
  (void)absl::SimpleAtoi(std::string(raw.substr(0, colon)), &member.number);
  if (colon != std::string_view::npos) member.hex = raw.substr(colon + 1);
  return member;
}

std::string TextLiteral(const KeyColumn& column, std::string_view hex) {
  return absl::StrFormat("_%s X'%s' COLLATE %s", column.charset, hex, column.collation);
}

// Members first..last.
std::optional<std::string> MemberIn(const KeyColumn& column, uint64_t first, uint64_t last) {
  if (first > last) return std::nullopt;
  std::string sql = column.name + " IN (";
  for (uint64_t i = first; i <= last; ++i) absl::StrAppend(&sql, i > first ? "," : "", i);
  return sql + ")";
}

std::string Compare(const KeyColumn& column, std::string_view op, const KeyValue& value) {
  return absl::StrFormat("%s %s %s", column.name, op, Literal(column, value.raw));
}

}  // namespace

std::optional<KeyColumn> MakeKeyColumn(const ColumnFacts& facts, bool utc) {
  KeyColumn column;
  column.name = QuoteIdentifier(facts.name);
  column.nullable = facts.nullable;
  column.charset = facts.charset;
  column.collation = facts.collation;
  const std::string& type = facts.data_type;
  for (const IntegerType& integer : kIntegerTypes) {
    if (type != integer.name) continue;
    const uint64_t half = uint64_t{1} << (integer.bits - 1);
    const bool is_unsigned = absl::StrContains(facts.column_type, "unsigned");
    column.smallest_magnitude = is_unsigned ? 0 : half;
    column.largest = is_unsigned ? half - 1 + half : half - 1;
    return column;
  }
  if (type == "decimal") {
    column.type = Type::kDecimal;
  } else if (type == "float" || type == "double") {
    column.type = Type::kReal;
  } else if (type == "bit") {
    column.type = Type::kBits;
  } else if (type == "year") {
    if (absl::StrContains(facts.column_type, "(2)")) return std::nullopt;
    column.type = Type::kDecimal;
  } else if (type == "char" || type == "varchar") {
    if (facts.charset.empty() || facts.collation.empty()) return std::nullopt;
    if (facts.collation.ends_with("_czech_cs")) return std::nullopt;
    // CHAR is indexed with its padding, and compared without.
    if (type == "char" && IsNoPad(facts.collation)) return std::nullopt;
    column.type = Type::kText;
    column.sort_bytes = facts.characters * kMostWeightBytes;
  } else if (type == "binary" || type == "varbinary") {
    column.type = Type::kBinary;
    column.sort_bytes = facts.characters + kBinaryLengthBytes;
  } else if (type == "enum" || type == "set") {
    if (!SetMembers(facts, column)) return std::nullopt;
    column.type = Type::kMember;
  } else if (type == "date" || type == "datetime" || type == "time" || type == "uuid" ||
             type == "inet4" || type == "inet6" || (type == "timestamp" && utc)) {
    column.type = Type::kQuoted;
    if (type == "uuid") column.quoted = KeyColumn::Quoted::kUuid;
    if (type == "date") column.quoted = KeyColumn::Quoted::kDate;
    if (type == "datetime" || type == "timestamp") column.quoted = KeyColumn::Quoted::kDateTime;
  } else {
    return std::nullopt;
  }
  return column;
}

std::string FetchExpression(const KeyColumn& column) {
  switch (column.type) {
    case Type::kInteger:
    case Type::kDecimal:
    case Type::kQuoted:
      return column.name;
    case Type::kReal:
      return "CAST(" + column.name + " AS DOUBLE)";
    case Type::kBits:
      return "CAST(" + column.name + " AS UNSIGNED)";
    case Type::kText:
    case Type::kBinary:
      return "HEX(" + column.name + ")";
    case Type::kMember:
      return absl::StrFormat("CONCAT(CAST(%s AS UNSIGNED), ':', HEX(%s))", column.name,
                             column.name);
  }
  return column.name;
}

std::string Literal(const KeyColumn& column, std::string_view raw) {
  switch (column.type) {
    case Type::kInteger:
    case Type::kDecimal:
    case Type::kBits:
      return WithoutLeadingZeros(raw);
    case Type::kReal: {
      std::string text = WithoutLeadingZeros(raw);
      if (text.find('e') == std::string::npos) text += "e0";
      return text;
    }
    case Type::kText:
      return TextLiteral(column, raw);
    case Type::kBinary:
      return absl::StrFormat("_binary X'%s'", raw);
    case Type::kQuoted:
    case Type::kMember:
      break;
  }
  return SqlString(raw);
}

std::optional<std::string> Equal(const KeyColumn& column, const KeyValue& value) {
  if (value.null) return column.name + " IS NULL";
  if (column.type == Type::kMember) {
    const Member member = ParseMember(value.raw);
    if (member.number == 0 || !column.texts_differ)
      return MemberIn(column, member.number, member.number);
    return absl::StrFormat("%s = %d AND %s = %s", column.name, member.number, column.name,
                           TextLiteral(column, member.hex));
  }
  return Compare(column, "=", value);
}

std::optional<std::string> After(const KeyColumn& column, const KeyValue& value) {
  if (value.null) {
    if (column.descending) return std::nullopt;
    return column.name + " IS NOT NULL";
  }
  std::optional<std::string> condition;
  if (column.type == Type::kMember) {
    const uint64_t number = ParseMember(value.raw).number;
    if (column.descending) {
      condition = number == 0 ? std::nullopt : MemberIn(column, 0, number - 1);
    } else {
      condition = MemberIn(column, number + 1, column.largest_member);
    }
  } else {
    condition = Compare(column, column.descending ? "<" : ">", value);
  }
  if (!column.nullable || !column.descending) return condition;
  if (!condition) return column.name + " IS NULL";
  return absl::StrFormat("(%s OR %s IS NULL)", *condition, column.name);
}

std::optional<std::string> Before(const KeyColumn& column, const KeyValue& value) {
  KeyColumn mirrored = column;
  mirrored.descending = !column.descending;
  return After(mirrored, value);
}

std::optional<std::string> UpTo(const KeyColumn& column, const KeyValue& value) {
  if (value.null) return column.descending ? "TRUE" : column.name + " IS NULL";
  std::string condition;
  if (column.type == Type::kMember) {
    const uint64_t number = ParseMember(value.raw).number;
    condition = *(column.descending ? MemberIn(column, number, column.largest_member)
                                    : MemberIn(column, 0, number));
  } else {
    condition = Compare(column, column.descending ? ">=" : "<=", value);
  }
  if (!column.nullable || column.descending) return condition;
  return absl::StrFormat("(%s OR %s IS NULL)", condition, column.name);
}

std::optional<std::string> Between(const KeyColumn& column, const KeyValue& first,
                                   const KeyValue& last, Last with) {
  const bool inclusive = with == Last::kIncluded;
  if (last.null) {
    // NULL comes last: the order is descending.
    if (inclusive) return After(column, first);
  } else if (column.type == Type::kMember && !first.null) {
    const uint64_t from = ParseMember(first.raw).number;
    const uint64_t to = ParseMember(last.raw).number;
    if (column.descending) return MemberIn(column, inclusive ? to : to + 1, from - 1);
    return !inclusive && to == 0 ? std::nullopt
                                 : MemberIn(column, from + 1, inclusive ? to : to - 1);
  }
  // Comparisons are false for NULL, which is never between.
  KeyColumn without_null = column;
  without_null.nullable = false;
  const auto after = first.null ? std::nullopt : After(without_null, first);
  if (!first.null && !after) return std::nullopt;
  if (last.null) return after;
  const auto up_to = inclusive ? UpTo(without_null, last) : Before(without_null, last);
  if (!up_to || first.null) return up_to;
  return absl::StrFormat("%s AND %s", *after, *up_to);
}

}  // namespace sfdb::dumper
