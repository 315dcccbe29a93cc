// The bound on what is inside the pipeline. Work enters in the order of the file, so what comes
// first is always inside and gets through: waiting here cannot dead-lock.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace sfdb::engine {

// Thread-safe.
class InFlight {
 public:
  // At most `frames` between Enter() and Leave(). No frame enters while more than `output_bytes`
  // are between AddOutput() and RemoveOutput(); the frames inside may still add theirs.
  InFlight(size_t frames, size_t output_bytes) : max_frames_(frames), max_output_(output_bytes) {}

  // Waits for room; false: stopped.
  bool Enter() {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock,
                  [&] { return stopped_ || (frames_ < max_frames_ && output_ < max_output_); });
    if (stopped_) return false;
    ++frames_;
    return true;
  }
  void Leave() {
    std::lock_guard<std::mutex> lock(mutex_);
    --frames_;
    changed_.notify_one();
  }
  void AddOutput(size_t bytes) {
    std::lock_guard<std::mutex> lock(mutex_);
    output_ += bytes;
  }
  void RemoveOutput(size_t bytes) {
    std::lock_guard<std::mutex> lock(mutex_);
    output_ -= bytes;
    changed_.notify_one();
  }
  // Ends every wait, now and later.
  void Stop() {
    std::lock_guard<std::mutex> lock(mutex_);
    stopped_ = true;
    changed_.notify_all();
  }
  // Whether everything that entered has left again.
  bool empty() const {
    std::lock_guard<std::mutex> lock(mutex_);
    return frames_ == 0 && output_ == 0;
  }

 private:
  const size_t max_frames_;
  const size_t max_output_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  size_t frames_ = 0;
  size_t output_ = 0;
  bool stopped_ = false;
};

}  // namespace sfdb::engine
