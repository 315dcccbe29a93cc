#include "dumper/stream/block_pool.h"

#include <algorithm>

#include "absl/status/status.h"

namespace sfdb::dumper {

BlockPool::BlockPool(size_t block_bytes, size_t blocks, size_t reserve)
    : block_bytes_(block_bytes), blocks_(blocks), reserve_(reserve) {}

BlockPool::~BlockPool() {
  for (Block* block : free_) delete block;
}

absl::StatusOr<BlockPtr> BlockPool::Acquire(const OutputQueue* queue) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(
      lock, [&] { return stopped_ || in_use_ < (queue == head_ ? blocks_ : blocks_ - reserve_); });
  if (stopped_) return absl::CancelledError("the run was given up");
  peak_ = std::max(peak_, ++in_use_);
  if (!free_.empty()) {
    Block* block = free_.back();
    free_.pop_back();
    return BlockPtr(block);
  }
  return BlockPtr(new Block(block_bytes_, this));
}

void BlockPool::SetHead(const OutputQueue* queue) {
  std::lock_guard<std::mutex> lock(mutex_);
  head_ = queue;
  changed_.notify_all();
}

void BlockPool::Stop() {
  std::lock_guard<std::mutex> lock(mutex_);
  stopped_ = true;
  changed_.notify_all();
}

void BlockPool::Return(Block* block) {
  block->Clear();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    free_.push_back(block);
    --in_use_;
  }
  changed_.notify_all();
}

size_t BlockPool::peak_in_use() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return peak_;
}

}  // namespace sfdb::dumper
