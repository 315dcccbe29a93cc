// Replication: the positions a dump prints, and the slave threads it stops while it reads.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "dumper/script/script_context.h"
#include "dumper/snapshot/coordinates.h"

namespace sfdb::dumper {

// One run's replication text. The methods are called in this order; those whose option is off do
// nothing. Errors are reported to `out`; those that leave no moment to dump come back as
// Reported(), with --force too.
class Replication {
 public:
  explicit Replication(const ScriptContext* context) : context_(context) {}

  // --dump-slave: stops the SQL threads that run, so that the position stays.
  absl::Status StopSlaves(Session& session, TaskOutput& out);
  // Whether the server reports the binlog position of a snapshot (--single-transaction then needs
  // no global lock for --master-data).
  bool HasSnapshotPosition(Session& session);
  // --delete-master-logs: remembers the log that is current now.
  absl::Status RememberLog(Session& session, TaskOutput& out);
  // --master-data: "CHANGE MASTER TO ..." of this server, at `known` unless it is empty: asked
  // for again, the server may show the place of somebody else's snapshot
  // (dumper/snapshot/coordinates).
  absl::Status WriteMasterPosition(Session& session, const Coordinates& known, TaskOutput& out);
  // --dump-slave: "CHANGE MASTER ... TO ..." of this server's masters.
  absl::Status WriteSlavePositions(Session& session, TaskOutput& out);
  // The GTID text near the end.
  void WriteDeferredGtid(TaskOutput& out);
  // --delete-master-logs: deletes what is older. Only after the dump is safely written.
  absl::Status PurgeLogs(Session& session, TaskOutput& out);
  // Starts exactly the threads that StopSlaves() stopped.
  absl::Status StartSlaves(Session& session, TaskOutput& out);
  bool stopped_slaves() const { return !stopped_.empty(); }

 private:
  const ScriptContext* context_;
  std::vector<std::string> stopped_;  // connection names
  std::string remembered_log_;
  std::string deferred_;
};

}  // namespace sfdb::dumper
