#include "dumper/stream/output_queue.h"

#include <utility>

namespace sfdb::dumper {

namespace {

// Text is not waited for item by item: rows, the end, or much text wake the consumer. On 5,000
// small tables that is two wake-ups a table instead of eight.
constexpr size_t kMuchText = 32 << 10;

bool IsWorthWaking(const OutputItem& item) {
  if (const auto* text = std::get_if<TextItem>(&item)) return text->text.size() >= kMuchText;
  return !std::holds_alternative<TableMark>(item) && !std::holds_alternative<BeginRowsItem>(item) &&
         !std::holds_alternative<EndRowsItem>(item);
}

}  // namespace

void OutputQueue::Push(OutputItem item) {
  const bool wake = IsWorthWaking(item);
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (discarding_) return;
    items_.push_back(std::move(item));
  }
  // Not under the lock, which the consumer would wake up only to wait for. The queue is still
  // there: its producer has yet to close it.
  if (wake) changed_.notify_one();
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
