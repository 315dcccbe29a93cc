// Key columns as conditions see them: how a value is read back from the server, and how conditions
// on it are written so that they mean the index's own order and can be answered by the index.
//
// Rules, each found by experiment on MariaDB 10.11 and held by tests/e2e/chunk_test.cc:
//   - Strings are compared as `_charset X'...' COLLATE c` with the column's own character set and
//     collation, so that order and equality are the index's (pad space, contractions, ß = ss).
//   - ENUM and SET compare with strings by text, not in index order, and comparisons with numbers
//   do
//     not use the index; `e IN (4,5)` does both. For one member, `e = 3 AND e = 'text'`: the
//     number is exact, and the text lets the server see a constant; without it ORDER BY e, id
//     sorts. But for a text that may belong to two members (ENUM('a','A'), and '' which is also
//     what member 0 looks like) the server takes the first, finds a contradiction, and no rows.
//   - FLOAT and DOUBLE are read as DOUBLE, in digits that read back exactly.
//   - CHAR with a collation that does not pad is indexed with its padding and compared without:
//   ranges
//     lose rows ('' against '\t'). So do cp1250_czech_cs and latin2_czech_cs. Not supported.
//   - A YEAR of two digits wraps at 1970, TIME zones other than UTC repeat an hour: not supported.
// A boundary need not be a value that occurs. What matters is that for every row exactly one of
// Before, Equal, After holds, and that they follow the index's order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sfdb::dumper {

// One value of one key column, as FetchExpression() returns it.
struct KeyValue {
  bool null = false;
  std::string raw;
  bool operator==(const KeyValue&) const = default;
};

struct KeyColumn {
  enum class Type { kInteger, kDecimal, kReal, kBits, kMember, kText, kBinary, kQuoted };

  std::string name;  // quoted
  Type type = Type::kInteger;
  bool descending = false;  // in the order that is wanted, whatever the index's is
  bool nullable = false;    // NULL comes first, or last when descending
  enum class Quoted { kOther, kDate, kDateTime, kUuid } quoted = Quoted::kOther;  // kQuoted
  std::string charset;                                                            // kText, kMember
  std::string collation;                                                          // kText, kMember
  uint64_t largest_member = 0;  // kMember: no value is larger
  bool texts_differ = false;    // kMember: no two members can be taken for each other
  uint64_t sort_bytes = 0;      // kText, kBinary: the longest sort key a value can have
  // kInteger: the smallest value is -smallest_magnitude.
  uint64_t smallest_magnitude = 0;
  uint64_t largest = 0;
};

// What the information schema says of a column.
struct ColumnFacts {
  std::string name;
  std::string data_type;    // bigint, varchar, ...
  std::string column_type;  // bigint(20) unsigned, enum('a','b'), ...
  std::string charset, collation;
  bool nullable = false;
  uint64_t characters = 0;  // in the longest value of a string
};

// The column as a key part, in ascending order; nullopt when ranges cannot be cut on its type.
// `utc`: the session's time zone is UTC.
std::optional<KeyColumn> MakeKeyColumn(const ColumnFacts& facts, bool utc);

// What to select to learn a column's value.
std::string FetchExpression(const KeyColumn& column);

// The value as a literal. REQUIRES: not NULL, not kMember.
std::string Literal(const KeyColumn& column, std::string_view raw);

// Conditions on one column. nullopt: no row can satisfy it.
std::optional<std::string> Equal(const KeyColumn& column, const KeyValue& value);
std::optional<std::string> After(const KeyColumn& column, const KeyValue& value);
std::optional<std::string> Before(const KeyColumn& column, const KeyValue& value);
// Before or equal.
std::optional<std::string> UpTo(const KeyColumn& column, const KeyValue& value);
enum class Last { kExcluded, kIncluded };
// After `first` and before, or up to, `last`. REQUIRES: `first` comes before `last`.
std::optional<std::string> Between(const KeyColumn& column, const KeyValue& first,
                                   const KeyValue& last, Last with);

}  // namespace sfdb::dumper
