#include "dumper/session/io_deadline.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace sfdb::dumper {
namespace {

thread_local absl::Time deadline = absl::InfiniteFuture();

}  // namespace

IoDeadline::IoDeadline(absl::Time moment) : outer_(deadline) {
  deadline = std::min(deadline, moment);
}

IoDeadline::~IoDeadline() { deadline = outer_; }

absl::Duration IoDeadline::Left() {
  if (deadline == absl::InfiniteFuture()) return absl::InfiniteDuration();
  return std::max(deadline - absl::Now(), absl::ZeroDuration());
}

}  // namespace sfdb::dumper
