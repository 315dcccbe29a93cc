#include "tools/stop_signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include "absl/time/clock.h"
#include "engine/base/exit_code.h"

namespace sfdb::tools {
namespace {

// What wakes the watcher when the verb has ended.
constexpr int kWakeUp = SIGUSR2;

sigset_t WatchedSignals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, kWakeUp}) sigaddset(&set, signal);
  return set;
}

}  // namespace

StopSignals::StopSignals(absl::Duration timeout) {
  const sigset_t set = WatchedSignals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  const absl::Time deadline = absl::Now() + timeout;
  thread_ = std::thread([this, deadline] { Watch(deadline); });
}

StopSignals::~StopSignals() {
  ending_ = true;
  pthread_kill(thread_.native_handle(), kWakeUp);
  thread_.join();
}

void StopSignals::Watch(absl::Time deadline) {
  const sigset_t set = WatchedSignals();
  while (!ending_) {
    // A year stands for ever.
    const absl::Duration left = std::min(deadline - absl::Now(), absl::Hours(24 * 365));
    const timespec wait = absl::ToTimespec(std::max(left, absl::ZeroDuration()));
    const int signal = sigtimedwait(&set, nullptr, &wait);
    if (signal == kWakeUp) continue;
    int code = base::kExitTimeout;
    if (signal > 0) {
      code = base::kExitSignalBase + signal;
    } else if (absl::Now() < deadline) {
      continue;
    }
    int none = 0;
    if (exit_code_.compare_exchange_strong(none, code)) {
      deadline = absl::InfiniteFuture();
      stop_.request_stop();
    } else {
      // Asked twice: what is half done is cleaned up by the next run.
      _exit(code);
    }
  }
}

}  // namespace sfdb::tools
