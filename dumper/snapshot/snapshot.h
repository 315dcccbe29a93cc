// N sessions that see one provable moment.
//
// The invariants (tests/e2e/snapshot_test.cc):
//   1. No proof, no snapshot: a lock was held from before the first session's snapshot until after
//      the last one's, on a connection that lived all that time; or all sessions report the same,
//      non-empty coordinates in a binary log in which every write appears; or there is one session
//      only; or the caller asked for `none`.
//   2. Coordinates that differ although the lock was held do not pass: opened again, then refused.
//   3. Every wait has a bound, connecting included; the global lock is held for one round trip, and
//      never longer than 5 s even when a connection stalls at that point.
//   4. A lock wait that runs out fails the run. It never weakens the method.
// Reference: docs of BACKUP STAGE and FLUSH TABLES WITH READ LOCK, tried on MariaDB 10.11.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dumper/options/dump_options.h"
#include "dumper/session/session.h"
#include "dumper/snapshot/coordinates.h"
#include "dumper/snapshot/global_lock.h"

namespace sfdb::dumper {

struct SnapshotRequest {
  size_t sessions = 1;
  // kAuto: one session needs no lock. Several: backup-stage; where that is unknown or not allowed
  // lock; without RELOAD binlog, and where that refuses single, the last two with a warning.
  Consistency consistency = Consistency::kAuto;
  absl::Duration lock_wait = absl::Seconds(60);
  // Keep DDL out until Snapshot::control is closed. MariaDB >= 10.4, RELOAD. The snapshots are then
  // opened under the read lock, as BACKUP STAGE cannot go back to an earlier stage.
  bool block_ddl = false;
  // Have the server begin new logs at the moment of the snapshot. Needs RELOAD and the lock, with
  // one session too (`single` then means `lock`).
  bool flush_logs = false;
  // A configured session: character set, time zone, SQL mode, time-outs. Called from the thread
  // that calls OpenSnapshot, once per connection: `sessions`, and one or two that hold locks.
  std::function<absl::StatusOr<std::unique_ptr<Session>>()> open;
  // Hears warnings as they arise; may be empty.
  std::function<void(std::string)> warn;
};

// How the moment was reached, for people and metadata.
struct Moment {
  Consistency method = Consistency::kNone;  // the one that worked
  std::string proof;
  double lock_held_ms = 0;  // from the answer to the last locking statement to that to the release
  double lock_wait_ms = 0;  // before that; writes may have queued behind us for a part of it
  Coordinates coordinates;  // of the snapshot itself; empty without binary log
  std::vector<std::string> warnings;
};

struct Snapshot {
  // Each in a REPEATABLE READ transaction with its snapshot, SAVEPOINT sp set, nothing read. When
  // there are several, lock_wait_timeout is 1: none may wait for long behind a DDL that waits for
  // one of the others. Fewer than asked for only with method kSingle.
  std::vector<std::unique_ptr<Session>> sessions;
  // With block_ddl the connection that keeps DDL out, else null. Reads nothing; keep it alive, and
  // close it after the last row.
  std::unique_ptr<Session> control;
  Moment moment;
};

// Errors: PermissionDenied with the missing privilege; DeadlineExceeded names who was in the way of
// a lock; FailedPrecondition when the method asked for proves nothing on this server; Unavailable
// when a connection was lost; Unimplemented when the server has no such lock.
absl::StatusOr<Snapshot> OpenSnapshot(const SnapshotRequest& request);

// The same under a given lock, whatever request.consistency says; `method` is what is reported.
// What OpenSnapshot does for backup-stage and lock; tests pass a lock that locks nothing.
absl::StatusOr<Snapshot> OpenSnapshotUnder(const SnapshotRequest& request, const GlobalLock& lock,
                                           Consistency method);

}  // namespace sfdb::dumper
