// Finds where the next chunk of a table ends.
//
// Seeking is exact: the key columns of the row `rows` further along the key. It reads index entries
// only, but for a clustered key those are the rows' pages.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/statusor.h"
#include "dumper/chunks/chunk_plan.h"

namespace sfdb::dumper {

// Used by one thread at a time. `plan` outlives it.
class BoundaryFinder {
 public:
  BoundaryFinder(const ChunkPlan& plan, const ChunkLimits& limits) : plan_(plan), limits_(limits) {}

  // The place about `rows` rows (one or more) after `after` in `partition`; nullopt when about that
  // many are left, or fewer.
  absl::StatusOr<std::optional<KeyBound>> Find(Session& session, size_t partition,
                                               const std::optional<KeyBound>& after, uint64_t rows);

 private:
  struct Guess {
    bool found = false;  // else the estimates did not lead anywhere
    std::optional<KeyBound> bound;
  };
  absl::StatusOr<std::optional<KeyBound>> Seek(Session& session, size_t partition,
                                               const std::optional<KeyBound>& after,
                                               uint64_t rows) const;
  absl::StatusOr<bool> Usable(Session& session, const KeyBound& bound) const;
  bool CanEstimate(const std::optional<KeyBound>& after, uint64_t rows) const;
  absl::StatusOr<double> Estimate(Session& session, size_t partition, const Chunk& range) const;
  absl::StatusOr<Guess> FindByEstimates(Session& session, size_t partition, const KeyBound& after,
                                        uint64_t rows);

  const ChunkPlan& plan_;
  const ChunkLimits limits_;
  double estimate_ratio_ = 0;  // estimated rows per row counted; 0: not known yet
  uint64_t span_ = 0;          // how far the last chunk reached in the first column
  int failures_ = 0;
};

}  // namespace sfdb::dumper
