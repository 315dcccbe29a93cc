// Finds where the next chunk of a table ends: at the key of a row about so many rows further on.
//
// Seeking, ORDER BY key LIMIT 1 OFFSET n, is exact, and costs the server a quarter of what reading
// the rows costs (0.2 us a row; up to two thirds where rows are short). The optimizer's estimate of
// the rows in a range costs 0.1 ms whatever the range, and is right to a few percent, once
// calibrated, where ranges are many pages long. So the end of the range is searched for by
// estimates and then moved to the last row before it; seeking is for the first chunk, which is kept
// short, for key types whose values cannot be made up, and for where estimates lead nowhere.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "absl/numeric/int128.h"
#include "absl/status/statusor.h"
#include "dumper/chunks/chunk_plan.h"
#include "dumper/chunks/key_space.h"

namespace sfdb::dumper {

// Used by one thread at a time. `plan` outlives it.
class BoundaryFinder {
 public:
  BoundaryFinder(const ChunkPlan& plan, const ChunkLimits& limits) : plan_(plan), limits_(limits) {}

  // The key of a row about `rows` rows (one or more) after `after` in `partition`; nullopt when
  // about that many are left, or fewer.
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
  absl::StatusOr<std::optional<KeyBound>> LastRow(Session& session, size_t partition,
                                                  const Chunk& range) const;
  absl::StatusOr<bool> Settle(Session& session, const std::optional<KeyBound>& after,
                              KeyBound& bound) const;
  absl::StatusOr<double> Estimate(Session& session, size_t partition, const Chunk& range) const;
  absl::Status Enter(Session& session, size_t partition);
  absl::StatusOr<Guess> FindByEstimates(Session& session, size_t partition, const KeyBound& after,
                                        uint64_t rows);
  absl::StatusOr<Guess> SearchColumn(Session& session, size_t partition, const KeyBound& after,
                                     size_t level, double wanted);
  absl::StatusOr<Guess> SettleOn(Session& session, size_t partition, const KeyBound& after,
                                 const KeyBound& made_up) const;
  std::string SelectKey(size_t partition, const Chunk& range, bool backwards) const;

  const ChunkPlan& plan_;
  const ChunkLimits limits_;
  std::map<size_t, std::optional<KeySpace>> spaces_;  // by column

  double estimate_ratio_ = 0;  // estimated rows per row counted; 0: not known yet
  int failures_ = 0;           // in a row

  // The partition that the following is about.
  std::optional<size_t> partition_;
  double most_ = 0;               // estimates end here: half of the rows, as the server has them
  std::optional<KeyBound> last_;  // the last row's key
  // Where the last search succeeded, and how far it went.
  size_t level_ = 0, skip_ = 0;
  absl::uint128 span_ = 0;
};

}  // namespace sfdb::dumper
