#include "dumper/snapshot/table_locks.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "dumper/snapshot/blockers.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {

absl::Status LockTables(Session& control, std::string_view database,
                        std::string_view lock_statement, absl::Duration wait, Session& watcher,
                        std::span<const unsigned long> own) {
  const int64_t seconds =
      std::max<int64_t>(0, absl::ToInt64Seconds(absl::Ceil(wait, absl::Seconds(1))));
  RETURN_IF_ERROR(control.Execute(absl::StrFormat(
      "SET @sfdb_lock_wait=@@lock_wait_timeout, SESSION lock_wait_timeout=%d", seconds)));
  const absl::Status locked = control.Execute(lock_statement);
  if (IsConnectionLost(locked)) return locked;
  RETURN_IF_ERROR(control.Execute("SET SESSION lock_wait_timeout=@sfdb_lock_wait"));
  const auto error = MariadbErrorOf(locked);
  if (!error || error->number != kErrLockWaitTimeout) return locked;
  return MariadbStatus({error->number, absl::StrFormat("%s after %s (--lock-wait-timeout); in the "
                                                       "way: %s",
                                                       error->text, absl::FormatDuration(wait),
                                                       DescribeBlockers(watcher, database, own))},
                       "locking tables");
}

}  // namespace sfdb::dumper
