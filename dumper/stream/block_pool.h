// The memory in which rows travel: a fixed number of blocks, and the rule that keeps ordered output
// from dead-locking on it.
//
// Invariants:
//  1. Never more than `blocks` blocks exist outside the free list.
//  2. The last `reserve` of them go only to the head: the queue the consumer is draining now.
//     Whatever others hold, the bytes that must come next can always be made; they are consumed as
//     they come, so the reserve comes back.
//  3. Whoever waits here can give way: its session may be the only one left that can make the head
//     (another's connection was lost, or somebody's DDL keeps out all who do not hold the table).
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dumper/rows/block.h"

namespace sfdb::dumper {

class OutputQueue;

// Thread-safe. Outlives every block it handed out.
class BlockPool : public BlockHome {
 public:
  // REQUIRES: blocks > reserve >= 2.
  BlockPool(size_t block_bytes, size_t blocks, size_t reserve);
  ~BlockPool() override;

  // An empty block for `queue`'s rows; waits while there is none for it. Cancelled after Stop().
  // While it waits, it asks `gives_way` ten times a second whether to wait on; on true the error is
  // one that GaveWay() knows.
  absl::StatusOr<BlockPtr> Acquire(const OutputQueue* queue,
                                   const std::function<bool()>& gives_way = nullptr);
  // The consumer now drains `queue`: its producer may use the reserve.
  void SetHead(const OutputQueue* queue);
  // Ends every wait, now and later: the run was given up.
  void Stop();

  void Return(Block* block) override;

  size_t block_bytes() const { return block_bytes_; }
  // The largest number of blocks that were in use at once.
  size_t peak_in_use() const;

 private:
  const size_t block_bytes_;
  const size_t blocks_;
  const size_t reserve_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Block*> free_;
  const OutputQueue* head_ = nullptr;
  size_t in_use_ = 0;
  size_t peak_ = 0;
  bool stopped_ = false;
};

// Whether `status` says that Acquire() gave way.
bool GaveWay(const absl::Status& status);

}  // namespace sfdb::dumper
