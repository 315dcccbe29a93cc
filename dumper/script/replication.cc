#include "dumper/script/replication.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

const char* Prefix(unsigned value) { return value == 2 ? "-- " : ""; }

// Strings in CHANGE MASTER have their quotes doubled.
std::string Doubled(std::string_view text) { return QuoteIdentifier(text, '\''); }

// Without positions there is nothing to dump, with --force too.
absl::Status Ended(TaskOutput& out, DumpFault fault) {
  (void)out.Fault(std::move(fault));
  return Reported();
}

}  // namespace

absl::Status Replication::StopSlaves(Session& session, TaskOutput& out) {
  const char sql[] = "SHOW ALL SLAVES STATUS";
  const auto slaves = session.Query(sql);
  if (!slaves.ok()) return Ended(out, QueryFault(sql, slaves.status()));
  const auto running = slaves->column("Slave_SQL_Running");
  for (size_t i = 0; running && i < slaves->rows(); ++i) {
    if (slaves->at(i, *running) == "No") continue;
    const std::string name = slaves->text(i, 0);
    const std::string stop =
        absl::StrFormat("STOP SLAVE '%s' SQL_THREAD", Session::EscapeLiteral(name));
    const absl::Status stopped = session.Execute(stop);
    if (!stopped.ok()) {
      RETURN_IF_ERROR(out.Fault(QueryFault(stop, stopped)));
      continue;
    }
    stopped_.push_back(name);
  }
  return absl::OkStatus();
}

bool Replication::HasSnapshotPosition(Session& session) {
  const auto status = session.Query("SHOW STATUS LIKE 'binlog_snapshot_%'");
  return status.ok() && status->rows() >= 2;
}

absl::Status Replication::RememberLog(Session& session, TaskOutput& out) {
  const char sql[] = "SHOW MASTER STATUS";
  const auto master = session.Query(sql);
  if (!master.ok()) return Ended(out, QueryFault(sql, master.status()));
  if (master->rows() > 0) remembered_log_ = master->text(0, 0);
  return absl::OkStatus();
}

absl::Status Replication::WriteMasterPosition(Session& session, const Coordinates& known,
                                              TaskOutput& out) {
  const DumpOptions& options = *context_->options;
  std::string file, position, gtid;
  bool have = false;
  const char snapshot_sql[] = "SHOW STATUS LIKE 'binlog_snapshot_%'";
  if (!known.empty()) {
    file = known.binlog_file;
    position = absl::StrCat(known.binlog_position);
    have = true;
  } else if (options.single_transaction) {
    const auto snapshot = session.Query(snapshot_sql);
    if (!snapshot.ok()) return Ended(out, QueryFault(snapshot_sql, snapshot.status()));
    for (size_t i = 0; i < snapshot->rows(); ++i) {
      const std::string name = snapshot->text(i, 0);
      if (name == "Binlog_snapshot_file") file = snapshot->text(i, 1), have = true;
      if (name == "Binlog_snapshot_position") position = snapshot->text(i, 1);
    }
  }
  std::string gtid_sql;
  if (have) {
    gtid_sql = absl::StrFormat("SELECT BINLOG_GTID_POS('%s', '%s')", file, position);
  } else {
    const char sql[] = "SHOW MASTER STATUS";
    const auto master = session.Query(sql);
    if (!master.ok()) return Ended(out, QueryFault(sql, master.status()));
    if (master->rows() == 0 || master->at(0, 0).empty()) {
      // With --force a dump without a position is what was asked for.
      if (context_->run->force()) return absl::OkStatus();
      return out.Fault({kExitMysqlError, "Error: Binlogging on server not active"});
    }
    file = master->text(0, 0);
    position = master->text(0, 1);
    gtid_sql = "SELECT @@GLOBAL.gtid_binlog_pos";
  }
  const auto gtids = session.Query(gtid_sql);
  if (!gtids.ok()) return Ended(out, QueryFault(gtid_sql, gtids.status()));
  if (gtids->rows() > 0) gtid = gtids->text(0, 0);

  const char* prefix = Prefix(options.master_data);
  if (options.gtid) {
    out.Text(absl::StrCat(prefix, "CHANGE MASTER TO MASTER_USE_GTID=slave_pos;\n"));
    if (options.comments) {
      out.Text(
          "\n-- A corresponding to the above master-data CHANGE-MASTER settings to the slave gtid "
          "state is printed later in the file.\n");
    }
  }
  if (options.comments) {
    out.Text(
        "\n--\n-- Alternately, following is the position of the binary logging from SHOW MASTER "
        "STATUS at point of backup.\n"
        "-- Use this when creating a slave of the master server where the backup was made.\n"
        "-- The new server will be connecting to the master server where the backup was taken.\n"
        "--\n\n");
  }
  out.Text(absl::StrFormat("%sCHANGE MASTER TO MASTER_LOG_FILE='%s', MASTER_LOG_POS=%s;\n",
                           options.gtid ? "-- " : prefix, file, position));
  if (!options.gtid && options.comments) {
    out.Text(
        "\n-- A corresponding to the above master-data CHANGE-MASTER settings to the slave gtid "
        "state is printed as comments later in the file.\n");
  }
  if (options.comments) {
    deferred_ +=
        "\n-- The deferred gtid setting for slave corresponding to the master-data CHANGE-MASTER "
        "follows\n"
        "\n-- Preferably use GTID to start replication from GTID position:\n\n";
  }
  absl::StrAppendFormat(&deferred_, "%sSET GLOBAL gtid_slave_pos='%s';\n",
                        options.gtid ? prefix : "-- ", gtid);
  return absl::OkStatus();
}

absl::Status Replication::WriteSlavePositions(Session& session, TaskOutput& out) {
  const DumpOptions& options = *context_->options;
  const char sql[] = "SHOW ALL SLAVES STATUS";
  const auto slaves = session.Query(sql);
  if (!slaves.ok()) return Ended(out, QueryFault(sql, slaves.status()));
  const char gtid_sql[] = "SELECT @@GLOBAL.gtid_slave_pos";
  const auto gtid = session.Query(gtid_sql);
  if (!gtid.ok()) return Ended(out, QueryFault(gtid_sql, gtid.status()));

  const char* prefix = Prefix(options.dump_slave);
  if (options.comments) {
    out.Text(
        "\n--\n-- The following is the SQL position of the replication taken from SHOW SLAVE "
        "STATUS "
        "at the time of backup.\n"
        "-- Use this position when creating a clone of, or replacement server, from where the "
        "backup was taken.\n"
        "-- This new server will connects to the same master server(s).\n--\n"
        "\n-- A corresponding to the below dump-slave CHANGE-MASTER settings to the slave gtid "
        "state is printed later in the file.\n");
    if (options.gtid) {
      out.Text(
          "\n-- Use only the MASTER_USE_GTID=slave_pos or MASTER_LOG_FILE/MASTER_LOG_POS in the "
          "statements below.\n\n");
    }
  }
  const auto file = slaves->column("Relay_Master_Log_File");
  const auto position = slaves->column("Exec_Master_Log_Pos");
  const auto host = slaves->column("Master_Host");
  const auto port = slaves->column("Master_Port");
  for (size_t i = 0; file && position && i < slaves->rows(); ++i) {
    const std::string name = Doubled(slaves->at(i, 0));
    if (options.gtid) {
      out.Text(absl::StrFormat("%sCHANGE MASTER %s TO MASTER_USE_GTID=slave_pos;\n", prefix, name));
    }
    std::string from;
    if (options.include_master_host_port && host && port) {
      from = absl::StrFormat("MASTER_HOST=%s, MASTER_PORT=%s, ", Doubled(slaves->at(i, *host)),
                             slaves->at(i, *port));
    }
    out.Text(absl::StrFormat("%sCHANGE MASTER %s TO %sMASTER_LOG_FILE=%s, MASTER_LOG_POS=%s;\n",
                             options.gtid ? "-- " : prefix, name, from,
                             Doubled(slaves->at(i, *file)), slaves->at(i, *position)));
  }
  out.Text("\n");
  if (options.comments) {
    deferred_ +=
        "\n-- The deferred gtid setting for slave corresponding to the dump-slave CHANGE-MASTER "
        "follows\n"
        "-- GTID position to start replication:\n";
  }
  absl::StrAppendFormat(&deferred_, "%sSET GLOBAL gtid_slave_pos='%s';\n",
                        options.gtid ? prefix : "-- ", gtid->rows() > 0 ? gtid->at(0, 0) : "");
  return absl::OkStatus();
}

void Replication::WriteDeferredGtid(TaskOutput& out) { out.Text(deferred_); }

absl::Status Replication::PurgeLogs(Session& session, TaskOutput& out) {
  if (remembered_log_.empty()) return absl::OkStatus();
  const std::string sql =
      absl::StrFormat("PURGE BINARY LOGS TO '%s'", Session::EscapeLiteral(remembered_log_));
  const absl::Status purged = session.Execute(sql);
  if (!purged.ok()) return out.Fault(QueryFault(sql, purged));
  return absl::OkStatus();
}

absl::Status Replication::StartSlaves(Session& session, TaskOutput& out) {
  for (const std::string& name : stopped_) {
    const std::string sql =
        absl::StrFormat("START SLAVE '%s' SQL_THREAD", Session::EscapeLiteral(name));
    const absl::Status started = session.Execute(sql);
    if (!started.ok()) {
      (void)out.Fault(
          {kExitMysqlError, absl::StrFormat("Error: Unable to start slave '%s'", name)});
    }
  }
  stopped_.clear();
  return absl::OkStatus();
}

}  // namespace sfdb::dumper
