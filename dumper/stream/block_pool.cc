#include "dumper/stream/block_pool.h"

#include <algorithm>
#include <chrono>

namespace sfdb::dumper {
namespace {

// A reader that waits looks this often whether its session is needed for what the consumer waits
// for: short beside the second of a lock wait, and nothing beside the price of reading again.
constexpr auto kGivesWayEvery = std::chrono::milliseconds(100);
constexpr char kGaveWay[] = "gave way to work that comes before this";

}  // namespace

bool GaveWay(const absl::Status& status) {
  return absl::IsAborted(status) && status.message() == kGaveWay;
}

BlockPool::BlockPool(size_t block_bytes, size_t blocks, size_t reserve)
    : block_bytes_(block_bytes), blocks_(blocks), reserve_(reserve) {}

BlockPool::~BlockPool() {
  for (Block* block : free_) delete block;
}

absl::StatusOr<BlockPtr> BlockPool::Acquire(const OutputQueue* queue,
                                            const std::function<bool()>& gives_way) {
  std::unique_lock<std::mutex> lock(mutex_);
  const auto ready = [&] {
    return stopped_ || in_use_ < (queue == head_ ? blocks_ : blocks_ - reserve_);
  };
  if (gives_way == nullptr) {
    changed_.wait(lock, ready);
  } else {
    while (!changed_.wait_for(lock, kGivesWayEvery, ready)) {
      lock.unlock();
      if (gives_way()) return absl::AbortedError(kGaveWay);
      lock.lock();
    }
  }
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
