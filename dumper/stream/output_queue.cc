#include "dumper/stream/output_queue.h"

#include <utility>

namespace sfdb::dumper {

void OutputQueue::Push(OutputItem item) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (discarding_) return;
    items_.push_back(std::move(item));
  }
  // Not under the lock, which the consumer would wake up only to wait for. The queue is still
  // there: its producer has yet to close it.
  changed_.notify_one();
}

void OutputQueue::Close() {
  std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
  changed_.notify_one();
}

std::optional<OutputItem> OutputQueue::Pop() {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return closed_ || !items_.empty(); });
  if (items_.empty()) return std::nullopt;
  OutputItem item = std::move(items_.front());
  items_.pop_front();
  return item;
}

void OutputQueue::Discard() {
  std::deque<OutputItem> dropped;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    discarding_ = true;
    dropped.swap(items_);
  }
  // Children are given up too, outside the lock: their producers may be pushing right now.
  for (OutputItem& item : dropped) {
    if (auto* child = std::get_if<ChildItem>(&item)) child->queue->Discard();
  }
}

}  // namespace sfdb::dumper
