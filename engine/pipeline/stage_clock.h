// CPU time per stage, from thread CPU clocks. Stages read the clock twice a frame.
#pragma once

#include <atomic>
#include <cstdint>

#include "engine/base/thread_cpu.h"

namespace sfdb::engine {

using base::ClockNanos;
using base::ThreadCpuNanos;

// Thread-safe.
class StageClock {
 public:
  void Add(int64_t nanos) { nanos_.fetch_add(nanos, std::memory_order_relaxed); }
  int64_t nanos() const { return nanos_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> nanos_{0};
};

// Charges the CPU time of the calling thread, from construction to destruction, to a stage.
class StageTimer {
 public:
  explicit StageTimer(StageClock* clock) : clock_(clock), begin_(ThreadCpuNanos()) {}
  ~StageTimer() { clock_->Add(ThreadCpuNanos() - begin_); }
  StageTimer(const StageTimer&) = delete;
  StageTimer& operator=(const StageTimer&) = delete;

 private:
  StageClock* clock_;
  int64_t begin_;
};

}  // namespace sfdb::engine
