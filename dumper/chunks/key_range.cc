#include "dumper/chunks/key_range.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace sfdb::dumper {
namespace {

using Columns = std::vector<KeyColumn>;

// Terms of a disjunction, each a conjunction; all of them behind a common head of equalities.
class Terms {
 public:
  explicit Terms(const Columns& columns) : columns_(columns) {}

  void Head(size_t column, const KeyValue& value) {
    head_.push_back(*Equal(columns_[column], value));
  }

  // Adds: columns [from, to) equal `bound`, and `last`.
  void Add(const KeyBound& bound, size_t from, size_t to, const std::optional<std::string>& last) {
    if (!last) return;
    std::vector<std::string> parts;
    for (size_t i = from; i < to; ++i) parts.push_back(*Equal(columns_[i], bound[i]));
    parts.push_back(*last);
    terms_.push_back(absl::StrJoin(parts, " AND "));
  }

  std::string Sql() const {
    std::vector<std::string> parts = head_;
    if (terms_.size() == 1) {
      parts.push_back(terms_.front());
    } else if (terms_.empty()) {
      parts.push_back("FALSE");
    } else {
      std::vector<std::string> bracketed;
      for (const std::string& term : terms_) bracketed.push_back("(" + term + ")");
      parts.push_back("(" + absl::StrJoin(bracketed, " OR ") + ")");
    }
    return absl::StrJoin(parts, " AND ");
  }

 private:
  const Columns& columns_;
  std::vector<std::string> head_, terms_;
};

// Rows after `bound` among those that equal it in the first `from` columns, in the key's order.
void AddAfter(const Columns& columns, const KeyBound& bound, size_t from, Terms& terms) {
  for (size_t i = bound.size(); i-- > from;) {
    terms.Add(bound, from, i, After(columns[i], bound[i]));
  }
}

// Rows up to `bound` among those that equal it in the first `from` columns.
void AddUpTo(const Columns& columns, const KeyBound& bound, size_t from, Terms& terms) {
  for (size_t i = from; i + 1 < bound.size(); ++i) {
    terms.Add(bound, from, i, Before(columns[i], bound[i]));
  }
  const size_t last = bound.size() - 1;
  terms.Add(bound, from, last, UpTo(columns[last], bound[last]));
}

}  // namespace

std::string RangeCondition(const Columns& columns, const std::optional<KeyBound>& after,
                           const std::optional<KeyBound>& up_to) {
  if (!after && !up_to) return "";
  Terms terms(columns);
  if (!up_to) {
    AddAfter(columns, *after, 0, terms);
    return terms.Sql();
  }
  if (!after) {
    AddUpTo(columns, *up_to, 0, terms);
    return terms.Sql();
  }
  const KeyBound& low = *after;
  const KeyBound& high = *up_to;
  size_t common = 0;
  while (common < low.size() && common < high.size() && low[common] == high[common]) {
    terms.Head(common, low[common]);
    ++common;
  }
  if (common == low.size()) return terms.Sql();  // nothing can be between
  if (common == high.size()) {
    AddAfter(columns, low, common, terms);
    return terms.Sql();
  }
  // They part at column `common`. A bound that ends there needs no term of its own.
  for (size_t i = low.size(); --i > common;) {
    terms.Add(low, common, i, After(columns[i], low[i]));
  }
  const size_t last = high.size() - 1;
  terms.Add({}, 0, 0,
            Between(columns[common], low[common], high[common],
                    last == common ? Last::kIncluded : Last::kExcluded));
  for (size_t i = common + 1; i < last; ++i) {
    terms.Add(high, common, i, Before(columns[i], high[i]));
  }
  if (last > common) terms.Add(high, common, last, UpTo(columns[last], high[last]));
  return terms.Sql();
}

std::string OrderList(const Columns& columns) {
  std::string sql;
  for (const KeyColumn& column : columns) {
    absl::StrAppend(&sql, sql.empty() ? "" : ",", column.name, column.descending ? " DESC" : "");
  }
  return sql;
}

}  // namespace sfdb::dumper
