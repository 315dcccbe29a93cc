// The first error of a run with many threads: one wins, everybody can see that it happened, and the
// host reads it after the threads are joined.
#pragma once

#include <atomic>
#include <mutex>
#include <utility>

#include "absl/status/status.h"

namespace sfdb::base {

// Thread-safe. Set() keeps the first non-OK status and ignores later ones.
class FirstError {
 public:
  // Records `status` if it is not OK and no error was recorded before.
  void Set(absl::Status status) {
    if (status.ok()) return;
    std::lock_guard<std::mutex> lock(mutex_);
    if (!status_.ok()) return;
    // Stored first, published after: whoever sees the flag may read the status.
    status_ = std::move(status);
    failed_.store(true, std::memory_order_release);
  }

  // Cheap enough to poll in an inner loop.
  bool failed() const { return failed_.load(std::memory_order_acquire); }

  absl::Status status() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return status_;
  }

 private:
  mutable std::mutex mutex_;
  absl::Status status_;
  std::atomic<bool> failed_{false};
};

}  // namespace sfdb::base
