#include "dumper/chunks/boundary_finder.h"

#include <algorithm>

#include "absl/numeric/int128.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// Rows whose key cannot be written as a literal, or is not told apart from the last boundary's, are
// passed over, each time twice as far.
constexpr int kMostSteps = 20;
// Each estimate costs 0.1 ms of the server's CPU.
constexpr int kMostEstimates = 12;
// An estimate this near to what is wanted will do.
constexpr double kLeast = 0.6, kMost = 1.5;
// After as many failures in a row, only seeking is used.
constexpr int kMostFailures = 3;

absl::int128 ParseInteger(const std::string& digits) {
  const bool negative = !digits.empty() && digits.front() == '-';
  uint64_t magnitude = 0;
  (void)absl::SimpleAtoi(negative ? digits.substr(1) : digits, &magnitude);
  return negative ? -absl::int128(magnitude) : absl::int128(magnitude);
}

std::string PrintInteger(absl::int128 value) {
  if (value < 0) return absl::StrCat("-", static_cast<uint64_t>(-value));
  return absl::StrCat(static_cast<uint64_t>(value));
}

}  // namespace

absl::StatusOr<std::optional<KeyBound>> BoundaryFinder::Find(Session& session, size_t partition,
                                                             const std::optional<KeyBound>& after,
                                                             uint64_t rows) {
  rows = std::max<uint64_t>(rows, 1);
  if (CanEstimate(after, rows)) {
    ASSIGN_OR_RETURN(const Guess guess, FindByEstimates(session, partition, *after, rows));
    if (guess.found) {
      failures_ = 0;
      return guess.bound;
    }
    ++failures_;
  }
  ASSIGN_OR_RETURN(auto bound, Seek(session, partition, after, rows));
  if (bound && estimate_ratio_ == 0 && rows >= limits_.estimate_from_rows) {
    ASSIGN_OR_RETURN(const double estimate, Estimate(session, partition, {after, bound, 0}));
    estimate_ratio_ = std::clamp(estimate / static_cast<double>(rows), 0.25, 4.0);
  }
  return bound;
}

absl::StatusOr<std::optional<KeyBound>> BoundaryFinder::Seek(Session& session, size_t partition,
                                                             const std::optional<KeyBound>& after,
                                                             uint64_t rows) const {
  std::string select = "SELECT ";
  for (const KeyColumn& column : plan_.columns) {
    absl::StrAppend(&select, select.back() == ' ' ? "" : ",", FetchExpression(column));
  }
  const std::string statement = absl::StrCat(
      select, plan_.From(partition),
      plan_.Where(plan_.seek_with_where, RangeCondition(plan_.columns, after, std::nullopt)),
      " ORDER BY ", OrderList(plan_.columns), " LIMIT 2 OFFSET ");
  uint64_t offset = rows - 1;
  for (int step = 0; step < kMostSteps; ++step) {
    ASSIGN_OR_RETURN(const Result result, session.Query(absl::StrCat(statement, offset)));
    // The second row tells that there is something behind the boundary.
    if (result.rows() < 2) return std::nullopt;
    KeyBound bound;
    for (size_t i = 0; i < plan_.columns.size(); ++i) {
      bound.push_back({result.is_null(0, i), result.text(0, i)});
    }
    ASSIGN_OR_RETURN(const bool usable, Usable(session, bound));
    if (usable && bound != after) return bound;
    offset += offset + 1;
  }
  return std::nullopt;
}

// Whether the server takes the literals: a column may hold bytes that are no text in its character
// set, and a literal of them is an error.
absl::StatusOr<bool> BoundaryFinder::Usable(Session& session, const KeyBound& bound) const {
  std::vector<std::string> literals;
  for (size_t i = 0; i < bound.size(); ++i) {
    if (plan_.columns[i].type == KeyColumn::Type::kText && !bound[i].null) {
      literals.push_back(Literal(plan_.columns[i], bound[i].raw));
    }
  }
  if (literals.empty()) return true;
  const absl::Status taken = session.Execute("DO " + absl::StrJoin(literals, ","));
  if (taken.ok()) return true;
  const auto error = MariadbErrorOf(taken);
  constexpr unsigned kErrInvalidCharacterString = 1300;
  if (error && error->number == kErrInvalidCharacterString) return false;
  return taken;
}

bool BoundaryFinder::CanEstimate(const std::optional<KeyBound>& after, uint64_t rows) const {
  return after && plan_.columns.front().type == KeyColumn::Type::kInteger && !after->front().null &&
         !plan_.seek_with_where && rows >= limits_.estimate_from_rows && estimate_ratio_ > 0 &&
         failures_ < kMostFailures;
}

absl::StatusOr<double> BoundaryFinder::Estimate(Session& session, size_t partition,
                                                const Chunk& range) const {
  const std::string sql =
      absl::StrCat("SELECT 1", plan_.From(partition),
                   plan_.Where(false, RangeCondition(plan_.columns, range.after, range.up_to)));
  ASSIGN_OR_RETURN(const auto explained, Explain(session, sql));
  return explained ? static_cast<double>(explained->rows) : 0.0;
}

// Bisection of the first column's values by the optimizer's estimates: right order of magnitude is
// enough, because any value cuts the rows exactly.
absl::StatusOr<BoundaryFinder::Guess> BoundaryFinder::FindByEstimates(Session& session,
                                                                      size_t partition,
                                                                      const KeyBound& after,
                                                                      uint64_t rows) {
  const KeyColumn& column = plan_.columns.front();
  const absl::int128 direction = column.descending ? -1 : 1;
  const absl::int128 start = ParseInteger(after.front().raw);
  const absl::int128 end =
      column.descending ? -absl::int128(column.smallest_magnitude) : absl::int128(column.largest);
  const absl::int128 longest = (end - start) * direction;  // distances from `start`, all positive
  const double wanted = static_cast<double>(rows) * estimate_ratio_;

  absl::int128 low = 0, high = longest;
  absl::int128 at = span_ > 0 ? span_ : rows;
  for (int tries = 0; tries < kMostEstimates && low < high; ++tries) {
    at = std::clamp(at, low + 1, high);
    std::optional<KeyBound> bound;
    if (at < longest) bound = KeyBound{{false, PrintInteger(start + at * direction)}};
    ASSIGN_OR_RETURN(const double estimate, Estimate(session, partition, {after, bound, 0}));
    if (estimate <= wanted * kMost && (estimate >= wanted * kLeast || !bound)) {
      if (bound) span_ = static_cast<uint64_t>(at);
      return Guess{true, bound};
    }
    const double factor = wanted / std::max(estimate, 1.0);
    if (estimate < wanted) {
      low = at;
      // Where little was found, what follows may be a gap of any size.
      const absl::int128 step(static_cast<double>(at) * std::clamp(factor, 1.5, 4096.0));
      at = high < longest ? std::min(step, low + (high - low) / 2) : step;
    } else {
      high = at - 1;
      const absl::int128 step(static_cast<double>(at) * factor);
      at = step > low ? step : low + (high - low) / 2;
    }
  }
  return Guess{};
}

}  // namespace sfdb::dumper
