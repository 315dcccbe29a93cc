#include "dumper/snapshot/global_lock.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "dumper/session/io_deadline.h"
#include "dumper/snapshot/blockers.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// How long after its own time-out a server may still be silent before we call it dead.
constexpr absl::Duration kAnswerSlack = absl::Seconds(10);

// One attempt of `seconds` (whole ones: so counts lock_wait_timeout; 0 does not wait). Each
// statement gets what the ones before it left.
absl::Status Attempt(const GlobalLock& lock, Session& control, int64_t seconds) {
  const absl::Time end = absl::Now() + absl::Seconds(seconds);
  const IoDeadline bound(end + kAnswerSlack);
  for (const std::string& sql : lock.take) {
    const int64_t left =
        std::max<int64_t>(0, absl::ToInt64Seconds(absl::Ceil(end - absl::Now(), absl::Seconds(1))));
    RETURN_IF_ERROR(control.Execute(absl::StrFormat("SET SESSION lock_wait_timeout=%d", left)));
    RETURN_IF_ERROR(control.Execute(sql));
  }
  return absl::OkStatus();
}

}  // namespace

const GlobalLock& BackupStageLock() {
  // BLOCK_COMMIT goes through the stages between by itself, but then each waits its own time-out.
  static const GlobalLock& lock =
      *new GlobalLock{"BACKUP STAGE BLOCK_COMMIT",
                      {"BACKUP STAGE START", "BACKUP STAGE FLUSH", "BACKUP STAGE BLOCK_DDL",
                       "BACKUP STAGE BLOCK_COMMIT"},
                      "BACKUP STAGE END"};
  return lock;
}

const GlobalLock& BlockDdlLock() {
  static const GlobalLock& lock =
      *new GlobalLock{"BACKUP STAGE BLOCK_DDL",
                      {"BACKUP STAGE START", "BACKUP STAGE FLUSH", "BACKUP STAGE BLOCK_DDL"},
                      "BACKUP STAGE END"};
  return lock;
}

const GlobalLock& ReadLock() {
  static const GlobalLock& lock = *new GlobalLock{
      "FLUSH TABLES WITH READ LOCK", {"FLUSH TABLES WITH READ LOCK"}, "UNLOCK TABLES"};
  return lock;
}

absl::Status TakeLock(const GlobalLock& lock, Session& control, absl::Duration wait,
                      Session& watcher, std::span<const unsigned long> own) {
  const absl::Time end = absl::Now() + wait;
  for (int64_t seconds = 1;; seconds *= 2) {
    const absl::Duration left = std::max(end - absl::Now(), absl::ZeroDuration());
    const absl::Duration pause = absl::Seconds(seconds) / 2;
    // What would be left is too short for another attempt: this one gets it.
    const bool last = left - absl::Seconds(seconds) - pause < absl::Seconds(1);
    if (last) seconds = absl::ToInt64Seconds(absl::Ceil(left, absl::Seconds(1)));

    const absl::Status taken = Attempt(lock, control, seconds);
    if (taken.ok()) return absl::OkStatus();
    if (IsConnectionLost(taken)) return taken;
    (void)control.Execute(lock.release);
    const auto error = MariadbErrorOf(taken);
    if (!error || error->number != kErrLockWaitTimeout) return taken;
    if (last) {
      return absl::DeadlineExceededError(absl::StrFormat(
          "%s was not granted within %s (--lock-wait-timeout); in the way: %s", lock.name,
          absl::FormatDuration(wait), DescribeBlockers(watcher, "", own)));
    }
    absl::SleepFor(pause);
  }
}

}  // namespace sfdb::dumper
