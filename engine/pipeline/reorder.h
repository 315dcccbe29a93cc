// Puts what comes in any order back into the order of its numbers.
#pragma once

#include <cstdint>
#include <map>
#include <utility>

namespace sfdb::engine {

// Used by one thread at a time. Numbers begin with 0 and each comes once; how many are kept waiting
// is bounded by whoever puts in.
template <typename T>
class Reorder {
 public:
  // Takes item `number`, and calls `emit` for each item whose turn it now is.
  template <typename Emit>
  void Add(uint64_t number, T item, const Emit& emit) {
    if (number != next_) {
      waiting_.emplace(number, std::move(item));
      return;
    }
    emit(std::move(item));
    for (++next_; !waiting_.empty() && waiting_.begin()->first == next_; ++next_) {
      T next = std::move(waiting_.begin()->second);
      waiting_.erase(waiting_.begin());
      emit(std::move(next));
    }
  }

  size_t waiting() const { return waiting_.size(); }

 private:
  uint64_t next_ = 0;
  std::map<uint64_t, T> waiting_;
};

}  // namespace sfdb::engine
