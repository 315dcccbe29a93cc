// CPU time per stage, from thread CPU clocks. Reading the clock is a system call of 0.2 us; stages
// read it twice a frame.
#pragma once

#include <time.h>

#include <atomic>
#include <cstdint>

namespace sfdb::engine {

inline int64_t ClockNanos(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}
inline int64_t ThreadCpuNanos() { return ClockNanos(CLOCK_THREAD_CPUTIME_ID); }
inline int64_t ProcessCpuNanos() { return ClockNanos(CLOCK_PROCESS_CPUTIME_ID); }

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
