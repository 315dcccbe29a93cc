// SIGINT, SIGTERM and SIGHUP end a verb cleanly: the first one asks it to stop, the second ends the
// process at once. A deadline works like a first signal.
#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

#include "absl/time/time.h"

namespace sfdb::tools {

// Made before any other thread, so that all threads leave these signals to it. One per process.
class StopSignals {
 public:
  // `timeout`: from now; infinite for none.
  explicit StopSignals(absl::Duration timeout = absl::InfiniteDuration());
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

  std::stop_token token() const { return stop_.get_token(); }
  // 128 + the signal that came first, or 124 after the deadline; 0: nothing happened.
  int exit_code() const { return exit_code_.load(); }

 private:
  void Watch(absl::Time deadline);

  std::stop_source stop_;
  std::atomic<int> exit_code_{0};
  std::atomic<bool> ending_{false};
  std::thread thread_;
};

}  // namespace sfdb::tools
