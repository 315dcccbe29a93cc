#include "dumper/chunks/boundary_finder.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

using absl::uint128;

// Rows whose key cannot be written as a literal, or is not told apart from the last boundary's, are
// passed over, each time twice as far.
constexpr int kMostSteps = 20;
// Each estimate costs 0.1 ms of the server's CPU. Uniform keys need three.
constexpr int kMostEstimates = 20;
// An estimate this near to what is wanted will do.
constexpr double kLeast = 0.6, kMost = 1.5;
// After as many searches in a row that led nowhere, only seeking is used.
constexpr int kMostFailures = 3;
// The first chunk, which is sought, is this much smaller: it calibrates the estimates, and the
// sooner it is found, the sooner the first session reads.
constexpr uint64_t kFirstFraction = 8;

// `span` scaled, and no more than `most`.
uint128 Scaled(uint128 span, double factor, uint128 most) {
  const double scaled = static_cast<double>(span) * factor;
  return scaled >= static_cast<double>(most) ? most : uint128(scaled);
}

}  // namespace

absl::StatusOr<std::optional<KeyBound>> BoundaryFinder::Find(Session& session, size_t partition,
                                                             const std::optional<KeyBound>& after,
                                                             uint64_t rows) {
  rows = std::max<uint64_t>(rows, 1);
  const bool estimate =
      rows >= limits_.estimate_from_rows && !plan_.seek_with_where && failures_ < kMostFailures;
  if (!estimate) return Seek(session, partition, after, rows);
  RETURN_IF_ERROR(Enter(session, partition));
  if (after && estimate_ratio_ > 0) {
    const auto guess = FindByEstimates(session, partition, *after, rows);
    if (guess.ok() && guess->found) {
      failures_ = 0;
      return guess->bound;
    }
    // A made-up value may be no text in the column's character set, for instance.
    if (!guess.ok() && IsOfTheMoment(guess.status())) return guess.status();
    ++failures_;
    return Seek(session, partition, after, rows);
  }
  const uint64_t few = std::max<uint64_t>(rows / kFirstFraction, 1);
  ASSIGN_OR_RETURN(auto bound, Seek(session, partition, after, few));
  if (bound && estimate_ratio_ == 0) {
    ASSIGN_OR_RETURN(const double estimated, Estimate(session, partition, {after, bound, 0}));
    estimate_ratio_ = std::clamp(estimated / static_cast<double>(few), 0.5, 4.0);
  }
  return bound;
}

std::string BoundaryFinder::SelectKey(size_t partition, const Chunk& range, bool backwards) const {
  std::string select = "SELECT ";
  for (const KeyColumn& column : plan_.columns) {
    absl::StrAppend(&select, select.back() == ' ' ? "" : ",", FetchExpression(column));
  }
  std::vector<KeyColumn> order = plan_.columns;
  for (KeyColumn& column : order) column.descending = column.descending != backwards;
  return absl::StrCat(
      select, plan_.From(partition),
      plan_.Where(plan_.seek_with_where, RangeCondition(plan_.columns, range.after, range.up_to)),
      " ORDER BY ", OrderList(order), " LIMIT ");
}

absl::StatusOr<std::optional<KeyBound>> BoundaryFinder::Seek(Session& session, size_t partition,
                                                             const std::optional<KeyBound>& after,
                                                             uint64_t rows) const {
  const std::string statement = SelectKey(partition, {after, std::nullopt, 0}, false);
  uint64_t offset = rows - 1;
  for (int step = 0; step < kMostSteps; ++step) {
    ASSIGN_OR_RETURN(const Result result,
                     session.Query(absl::StrCat(statement, "2 OFFSET ", offset)));
    // The second row tells that there is something behind the boundary.
    if (result.rows() < 2) return std::nullopt;
    KeyBound bound;
    for (size_t i = 0; i < plan_.columns.size(); ++i) {
      bound.push_back({result.is_null(0, i), result.text(0, i)});
    }
    ASSIGN_OR_RETURN(const bool usable, Settle(session, after, bound));
    if (usable) return bound;
    offset += offset + 1;
  }
  return std::nullopt;
}

// The last row of a range.
absl::StatusOr<std::optional<KeyBound>> BoundaryFinder::LastRow(Session& session, size_t partition,
                                                                const Chunk& range) const {
  ASSIGN_OR_RETURN(const Result result, session.Query(SelectKey(partition, range, true) + "1"));
  if (result.rows() == 0) return std::nullopt;
  KeyBound bound;
  for (size_t i = 0; i < plan_.columns.size(); ++i) {
    bound.push_back({result.is_null(0, i), result.text(0, i)});
  }
  return bound;
}

// Whether `bound` can be written: a column may hold bytes that are no text in its character set,
// and a literal of them is an error. Values that the collation takes for those of `after` ('a' and
// 'A') become those, so that what two bounds have in common can be seen in their bytes.
absl::StatusOr<bool> BoundaryFinder::Settle(Session& session, const std::optional<KeyBound>& after,
                                            KeyBound& bound) const {
  std::vector<std::string> questions;
  std::vector<size_t> asked;
  for (size_t i = 0; i < bound.size(); ++i) {
    const KeyColumn& column = plan_.columns[i];
    if (bound[i].null) continue;
    if (column.type != KeyColumn::Type::kText && column.type != KeyColumn::Type::kReal) continue;
    const std::string literal = Literal(column, bound[i].raw);
    const bool compare = after && !(*after)[i].null;
    questions.push_back(literal + " = " + (compare ? Literal(column, (*after)[i].raw) : literal));
    asked.push_back(i);
  }
  if (!questions.empty()) {
    const auto answers = session.Query("SELECT " + absl::StrJoin(questions, ","));
    if (!answers.ok()) {
      if (IsOfTheMoment(answers.status())) return answers.status();
      return false;
    }
    for (size_t i = 0; i < asked.size(); ++i) {
      const bool same = answers->rows() == 1 && answers->at(0, i) == "1";
      if (same && after && !(*after)[asked[i]].null) bound[asked[i]] = (*after)[asked[i]];
    }
  }
  return bound != after;
}

absl::StatusOr<double> BoundaryFinder::Estimate(Session& session, size_t partition,
                                                const Chunk& range) const {
  const std::string sql =
      absl::StrCat("SELECT 1", plan_.From(partition),
                   plan_.Where(false, RangeCondition(plan_.columns, range.after, range.up_to)));
  ASSIGN_OR_RETURN(const auto explained, Explain(session, sql));
  return explained ? static_cast<double>(explained->rows) : 0.0;
}

absl::Status BoundaryFinder::Enter(Session& session, size_t partition) {
  if (partition_ == partition) return absl::OkStatus();
  ASSIGN_OR_RETURN(const double all, Estimate(session, partition, {}));
  ASSIGN_OR_RETURN(last_, LastRow(session, partition, {}));
  most_ = all / 2;
  span_ = 0;
  partition_ = partition;
  return absl::OkStatus();
}

absl::StatusOr<BoundaryFinder::Guess> BoundaryFinder::FindByEstimates(Session& session,
                                                                      size_t partition,
                                                                      const KeyBound& after,
                                                                      uint64_t rows) {
  // Estimates above most_ all look alike, so a small table is cut into a few chunks more.
  const double wanted = std::min(static_cast<double>(rows) * estimate_ratio_, most_ / 2);
  ASSIGN_OR_RETURN(const double rest, Estimate(session, partition, {after, std::nullopt, 0}));
  if (rest <= wanted * kMost) return Guess{true, std::nullopt};
  // Down to the column whose values are to be searched: where one value of a column has more rows
  // than are wanted, among those of the next.
  size_t level = 0;
  for (; level + 1 < plan_.columns.size(); ++level) {
    const KeyBound group(after.begin(), after.begin() + static_cast<ptrdiff_t>(level) + 1);
    ASSIGN_OR_RETURN(const double same, Estimate(session, partition, {after, group, 0}));
    if (same < wanted * kLeast) break;
    if (same <= wanted * kMost) return SettleOn(session, partition, after, group);
  }
  return SearchColumn(session, partition, after, level, wanted);
}

// The boundary is a row's, so it is known to come after `after`, and to be within the key's values.
absl::StatusOr<BoundaryFinder::Guess> BoundaryFinder::SettleOn(Session& session, size_t partition,
                                                               const KeyBound& after,
                                                               const KeyBound& made_up) const {
  ASSIGN_OR_RETURN(auto bound, LastRow(session, partition, {after, made_up, 0}));
  if (!bound) return Guess{};
  ASSIGN_OR_RETURN(const bool usable, Settle(session, after, *bound));
  if (!usable) return Guess{};
  return Guess{true, std::move(bound)};
}

absl::StatusOr<BoundaryFinder::Guess> BoundaryFinder::SearchColumn(Session& session,
                                                                   size_t partition,
                                                                   const KeyBound& after,
                                                                   size_t level, double wanted) {
  auto space = spaces_.find(level);
  if (space == spaces_.end()) {
    ASSIGN_OR_RETURN(auto made, KeySpace::Make(session, plan_.columns[level]));
    space = spaces_.emplace(level, std::move(made)).first;
  }
  if (!space->second) return Guess{};
  const KeySpace& places = *space->second;
  if (level != level_) {
    level_ = level;
    skip_ = 0;
    span_ = 0;
  }
  const bool last_is_near =
      last_ &&
      std::equal(after.begin(), after.begin() + static_cast<ptrdiff_t>(level), last_->begin());
  KeyBound bound(after.begin(), after.begin() + static_cast<ptrdiff_t>(level) + 1);

  int tries = 0;
  while (tries < kMostEstimates) {
    const auto start = places.PlaceOf(after[level], skip_);
    if (!start) return Guess{};
    // The end is only known to have too many rows before it.
    uint128 low = *start, high = places.largest();
    if (last_is_near && skip_ == 0) {
      const auto end = places.PlaceOf((*last_)[level], 0);
      if (end && *end > low) high = *end;
    }
    const uint128 longest = high - low;
    double low_rows = 0, high_rows = most_;
    bool too_little_everywhere = true;
    int saturated = 0;
    uint128 at = span_ > 0 && span_ < longest
                     ? low + span_
                     : low + Scaled(longest, std::min(0.5, wanted / (2 * most_)), longest);
    for (; tries < kMostEstimates && low < high; ++tries) {
      at = std::clamp(at, low + 1, high);
      bound[level] = places.ValueAt(at, after[level], skip_);
      ASSIGN_OR_RETURN(const double rows, Estimate(session, partition, {after, bound, 0}));
      if (rows >= wanted * kLeast && rows <= wanted * kMost) {
        span_ = at - *start;
        return SettleOn(session, partition, after, bound);
      }
      const uint128 span = at - *start;
      if (rows < wanted) {
        low = at;
        low_rows = rows;
      } else {
        too_little_everywhere = false;
        high = at - 1;
        high_rows = rows;
      }
      // By proportion where that leads forward, else by halves: every third step, in any case.
      const bool proportional = tries % 3 != 2;
      const double part = (wanted - low_rows) / std::max(high_rows - low_rows, 1.0);
      if (rows >= 0.9 * most_) ++saturated;
      if (saturated >= 2 && rows >= 0.9 * most_) {
        // All that is known is "too far", perhaps by 15 orders of magnitude: by halves of the
        // exponent.
        const double least = std::max(static_cast<double>(low - *start), 1.0);
        at = *start + uint128(std::sqrt(least) * std::sqrt(static_cast<double>(span)));
      } else if (rows < wanted && too_little_everywhere && rows > 0) {
        at = *start + Scaled(span, std::clamp(wanted / rows, 1.5, 4096.0), longest);
      } else if (proportional && rows >= wanted) {
        at = *start + Scaled(span, std::clamp(wanted / rows, 1.0 / 4096, 0.9), longest);
        if (at <= low) at = low + (high - low) / 2;
      } else if (proportional && part > 0.02 && part < 0.98) {
        at = low + Scaled(high - low, part, high - low);
      } else {
        at = low + (high - low) / 2;
      }
    }
    // Strings that begin alike differ further on than the places reach.
    span_ = 0;
    if (places.digits() == 0) break;
    if (too_little_everywhere) {
      if (skip_ == 0) break;
      skip_ = skip_ > places.digits() ? skip_ - places.digits() : 0;
    } else {
      skip_ += places.digits() - 1;
      if (skip_ * 2 >= after[level].raw.size()) {
        skip_ = 0;
        break;
      }
    }
  }
  return Guess{};
}

}  // namespace sfdb::dumper
