// The locks under which a server's commits stand still, as data: what to say, and how to wait for
// them without making everybody else wait.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "dumper/session/session.h"

namespace sfdb::dumper {

struct GlobalLock {
  std::string name;               // for messages and metadata
  std::vector<std::string> take;  // held when the last of them has been answered
  std::string release;            // also after a failure half-way
};

// Commits wait, statements and open transactions do not; not waited for: long UPDATEs and SELECTs,
// open transactions. MariaDB >= 10.4, RELOAD. The connection loses any snapshot of its own.
const GlobalLock& BackupStageLock();
// DDL and writes to non-transactional tables wait; for as long as --block-ddl wants. Another
// connection can take the read lock meanwhile, but no second BACKUP STAGE.
const GlobalLock& BlockDdlLock();
// FLUSH TABLES WITH READ LOCK: any server, RELOAD. While we wait for it behind a running UPDATE or
// a LOCK TABLES ... WRITE, every other write waits behind us (measured on 10.11: 1.7 s of stall for
// an INSERT into an unrelated table during a 2 s wait). mariadb-dump's FLUSH TABLES before it is
// left out: it closes every table of the server, and a SELECT on one that is in use then waits.
const GlobalLock& ReadLock();

// Takes `lock` on `control` in at most `wait` (zero: only if it is free). The wait is cut into
// attempts of 1, 2, 4, ... seconds with pauses of half their length, so that whoever queues behind
// us is let through. DeadlineExceeded names who was in the way, seen through `watcher`, another
// session. `own`: connections of this run. After an error nothing is held, unless `control` is
// lost.
absl::Status TakeLock(const GlobalLock& lock, Session& control, absl::Duration wait,
                      Session& watcher, std::span<const unsigned long> own);

}  // namespace sfdb::dumper
