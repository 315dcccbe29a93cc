// Conditions on keys, evaluated by a small model instead of a server: whatever the bounds, ranges
// that follow one another take every row once, in order.
#include "dumper/chunks/key_range.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"

namespace sfdb::dumper {
namespace {

KeyColumn Integer(std::string name, bool nullable = false, bool descending = false) {
  KeyColumn column;
  column.name = std::move(name);
  column.nullable = nullable;
  column.descending = descending;
  return column;
}

KeyValue Value(int64_t number) { return {false, std::to_string(number)}; }
const KeyValue kNull = {true, ""};

// Three-valued logic over the conditions that RangeCondition writes: comparisons of columns with
// integers, IS [NOT] NULL, IN lists, AND, OR, parentheses, TRUE, FALSE.
class Evaluator {
 public:
  // Columns are `a`, `b`, ...; nullopt: NULL.
  Evaluator(const std::string& sql, const std::vector<std::optional<int64_t>>& row)
      : sql_(sql), row_(row) {}

  bool Selects() {
    const int value = Or();
    EXPECT_EQ(at_, sql_.size()) << "not understood: " << sql_.substr(at_);
    return value == kTrue;
  }

 private:
  static constexpr int kFalse = 0, kUnknown = 1, kTrue = 2;

  bool Eat(std::string_view text) {
    if (sql_.compare(at_, text.size(), text) != 0) return false;
    at_ += text.size();
    return true;
  }
  int Or() {
    int value = And();
    while (Eat(" OR ")) value = std::max(value, And());
    return value;
  }
  int And() {
    int value = Primary();
    while (Eat(" AND ")) value = std::min(value, Primary());
    return value;
  }
  int64_t Number() {
    char* end = nullptr;
    const int64_t number = std::strtoll(sql_.c_str() + at_, &end, 10);
    EXPECT_NE(end, sql_.c_str() + at_) << "no number: " << sql_.substr(at_);
    at_ = static_cast<size_t>(end - sql_.c_str());
    return number;
  }
  int Primary() {
    if (Eat("(")) {
      const int value = Or();
      EXPECT_TRUE(Eat(")")) << sql_.substr(at_);
      return value;
    }
    if (Eat("TRUE")) return kTrue;
    if (Eat("FALSE")) return kFalse;
    const auto& value = row_[static_cast<size_t>(sql_[at_] - 'a')];
    ++at_;
    if (Eat(" IS NULL")) return value ? kFalse : kTrue;
    if (Eat(" IS NOT NULL")) return value ? kTrue : kFalse;
    if (Eat(" IN (")) {
      bool found = false;
      do {
        found |= value && *value == Number();
        if (!value) Number();
      } while (Eat(","));
      EXPECT_TRUE(Eat(")"));
      return !value ? kUnknown : found ? kTrue : kFalse;
    }
    for (const std::string_view op : {" >= ", " <= ", " > ", " < ", " = "}) {
      if (!Eat(op)) continue;
      const int64_t number = Number();
      if (!value) return kUnknown;
      const bool holds = op == " >= "   ? *value >= number
                         : op == " <= " ? *value <= number
                         : op == " > "  ? *value > number
                         : op == " < "  ? *value < number
                                        : *value == number;
      return holds ? kTrue : kFalse;
    }
    ADD_FAILURE() << "not understood: " << sql_.substr(at_);
    at_ = sql_.size();
    return kFalse;
  }

  const std::string& sql_;
  const std::vector<std::optional<int64_t>>& row_;
  size_t at_ = 0;
};

TEST(RangeCondition, OneColumnIsHalfOpen) {
  const std::vector<KeyColumn> columns = {Integer("a")};
  EXPECT_EQ(RangeCondition(columns, std::nullopt, std::nullopt), "");
  EXPECT_EQ(RangeCondition(columns, KeyBound{Value(1)}, std::nullopt), "a > 1");
  EXPECT_EQ(RangeCondition(columns, std::nullopt, KeyBound{Value(9)}), "a <= 9");
  EXPECT_EQ(RangeCondition(columns, KeyBound{Value(1)}, KeyBound{Value(9)}), "a > 1 AND a <= 9");
}

TEST(RangeCondition, CompositeBoundsAreExpandedAndNeverRowConstructors) {
  const std::vector<KeyColumn> columns = {Integer("a"), Integer("b")};
  EXPECT_EQ(RangeCondition(columns, KeyBound{Value(1), Value(2)}, std::nullopt),
            "((a = 1 AND b > 2) OR (a > 1))");
  EXPECT_EQ(RangeCondition(columns, std::nullopt, KeyBound{Value(3), Value(4)}),
            "((a < 3) OR (a = 3 AND b <= 4))");
  EXPECT_EQ(RangeCondition(columns, KeyBound{Value(1), Value(2)}, KeyBound{Value(3), Value(4)}),
            "((a = 1 AND b > 2) OR (a > 1 AND a < 3) OR (a = 3 AND b <= 4))");
}

TEST(RangeCondition, WhatBoundsHaveInCommonIsFactoredOut) {
  const std::vector<KeyColumn> columns = {Integer("a"), Integer("b")};
  EXPECT_EQ(RangeCondition(columns, KeyBound{Value(7), Value(2)}, KeyBound{Value(7), Value(4)}),
            "a = 7 AND b > 2 AND b <= 4");
}

TEST(RangeCondition, BoundsMayNameFewerColumns) {
  const std::vector<KeyColumn> columns = {Integer("a"), Integer("b")};
  EXPECT_EQ(RangeCondition(columns, KeyBound{Value(1), Value(2)}, KeyBound{Value(3)}),
            "((a = 1 AND b > 2) OR (a > 1 AND a <= 3))");
  EXPECT_EQ(RangeCondition(columns, KeyBound{Value(3)}, KeyBound{Value(4), Value(5)}),
            "((a > 3 AND a < 4) OR (a = 4 AND b <= 5))");
  EXPECT_EQ(RangeCondition(columns, KeyBound{Value(3), Value(8)}, KeyBound{Value(3)}),
            "a = 3 AND b > 8");
}

TEST(RangeCondition, NullIsFirstAndLastInDescendingOrder) {
  const std::vector<KeyColumn> ascending = {Integer("a", true)};
  EXPECT_EQ(RangeCondition(ascending, std::nullopt, KeyBound{Value(5)}), "(a <= 5 OR a IS NULL)");
  EXPECT_EQ(RangeCondition(ascending, std::nullopt, KeyBound{kNull}), "a IS NULL");
  EXPECT_EQ(RangeCondition(ascending, KeyBound{kNull}, std::nullopt), "a IS NOT NULL");
  EXPECT_EQ(RangeCondition(ascending, KeyBound{kNull}, KeyBound{Value(5)}), "a <= 5");
  const std::vector<KeyColumn> descending = {Integer("a", true, true)};
  EXPECT_EQ(RangeCondition(descending, KeyBound{Value(5)}, std::nullopt), "(a < 5 OR a IS NULL)");
  EXPECT_EQ(RangeCondition(descending, std::nullopt, KeyBound{Value(5)}), "a >= 5");
}

// Every row of a small table of three columns is in exactly one of the ranges between random
// bounds, and the ranges come in the order of the key.
TEST(RangeCondition, RangesTileAnyTable) {
  std::mt19937 random(1);
  const auto pick = [&](int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(random);
  };
  for (int round = 0; round < 3000; ++round) {
    std::vector<KeyColumn> columns;
    const size_t count = static_cast<size_t>(pick(1, 3));
    for (size_t i = 0; i < count; ++i) {
      columns.push_back(
          Integer(std::string(1, static_cast<char>('a' + i)), pick(0, 1) == 1, pick(0, 2) == 0));
    }
    using Row = std::vector<std::optional<int64_t>>;
    const auto random_row = [&] {
      Row row;
      for (const KeyColumn& column : columns) {
        row.push_back(column.nullable && pick(0, 3) == 0 ? std::nullopt
                                                         : std::optional<int64_t>(pick(-2, 3)));
      }
      return row;
    };
    const auto before = [&](const Row& left, const Row& right) {
      for (size_t i = 0; i < std::min(left.size(), right.size()); ++i) {
        if (left[i] == right[i]) continue;
        return (left[i] < right[i]) != columns[i].descending;  // nullopt is the smallest
      }
      return false;
    };
    std::vector<Row> rows, bounds;
    for (int64_t i = pick(0, 30); i > 0; --i) rows.push_back(random_row());
    for (int64_t i = pick(0, 5); i > 0; --i) {
      bounds.push_back(random_row());
      bounds.back().resize(static_cast<size_t>(pick(1, static_cast<int64_t>(count))));
    }
    // A bound stands after all rows that begin with it, so of two of which one begins with the
    // other, the longer comes first.
    std::sort(bounds.begin(), bounds.end(), [&](const Row& left, const Row& right) {
      if (before(left, right)) return true;
      return !before(right, left) && left.size() > right.size();
    });
    bounds.erase(std::unique(bounds.begin(), bounds.end()), bounds.end());
    const auto key_bound = [](const Row& row) {
      KeyBound bound;
      for (const auto& value : row) bound.push_back(value ? Value(*value) : kNull);
      return bound;
    };
    for (const Row& row : rows) {
      size_t selected = 0, where = 0;
      for (size_t i = 0; i <= bounds.size(); ++i) {
        const auto after = i == 0 ? std::nullopt : std::optional(key_bound(bounds[i - 1]));
        const auto up_to = i == bounds.size() ? std::nullopt : std::optional(key_bound(bounds[i]));
        const std::string sql = RangeCondition(columns, after, up_to);
        if (sql.empty() || Evaluator(sql, row).Selects()) {
          ++selected;
          where = i;
        }
      }
      ASSERT_EQ(selected, 1u) << "round " << round;
      size_t expected = 0;
      while (expected < bounds.size() && before(bounds[expected], row)) ++expected;
      ASSERT_EQ(where, expected) << "round " << round;
    }
  }
}

}  // namespace
}  // namespace sfdb::dumper
