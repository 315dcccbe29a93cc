// CPU time of the calling thread, of the process, or of another thread's clock.
#pragma once

#include <time.h>

#include <cstdint>

namespace sfdb::base {

inline int64_t ClockNanos(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}
// A system call of 0.2 us.
inline int64_t ThreadCpuNanos() { return ClockNanos(CLOCK_THREAD_CPUTIME_ID); }
inline int64_t ProcessCpuNanos() { return ClockNanos(CLOCK_PROCESS_CPUTIME_ID); }

}  // namespace sfdb::base
