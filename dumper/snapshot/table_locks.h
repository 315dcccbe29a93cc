// `dump` without --single-transaction, read by several sessions: one holds LOCK TABLES on the
// tables of a database, and while it does the others open snapshots, which then all see that moment
// of those tables (on InnoDB tables READ LOCAL keeps writers out, measured on 10.11; on MyISAM it
// lets them append, so those are read by the session that holds the locks, and by no other).
//
//   RETURN_IF_ERROR(LockTables(control, "d", statement, wait, *readers[0], own));
//   RETURN_IF_ERROR(OpenTransactions(readers));     // dumper/snapshot/transactions.h
//   ... read ...
//   RETURN_IF_ERROR(EndTransactions(readers));
//   control: UNLOCK TABLES
//
// The locks must live as long as the readers need: a snapshot keeps rows, not table definitions.
#pragma once

#include <span>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "dumper/session/session.h"

namespace sfdb::dumper {

// Runs `lock_statement` ("LOCK TABLES `a` READ /*!32311 LOCAL */, ...") on `control`, in one wait
// of at most `wait`. Errors carry the server's number; 1205's text names who was in the way, seen
// through `watcher`, another session. The session's own lock_wait_timeout is as before afterwards.
absl::Status LockTables(Session& control, std::string_view database,
                        std::string_view lock_statement, absl::Duration wait, Session& watcher,
                        std::span<const unsigned long> own);

}  // namespace sfdb::dumper
