#include "dumper/run/dump_script.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dumper/run/session_setup.h"
#include "dumper/script/header.h"
#include "dumper/script/system_objects.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// How many table tasks may wait for a session: enough to keep sessions busy, few enough that
// neither their text nor their catalog entries grow with the number of tables.
constexpr size_t kTasksAhead = 64;

}  // namespace

DumpScript::DumpScript(const DumpOptions* options, BlockPool* blocks)
    : options_(options),
      run_(options->force),
      context_{options,
               Identifiers(*options),
               EscapeCharsetFor(options->connection.character_set),
               &run_,
               blocks,
               options->connection.user.value_or("")},
      filter_(*options),
      replication_(&context_),
      root_(std::make_shared<OutputQueue>()) {}

DumpScript::~DumpScript() {
  GiveUp();
  if (thread_.joinable()) thread_.join();
}

void DumpScript::Start() {
  thread_ = std::thread([this] { Run(); });
}

void DumpScript::GiveUp() {
  run_.Stop();
  context_.blocks->Stop();
  root_->Discard();
}

absl::Status DumpScript::OnSession(const std::function<absl::Status(Session&)>& work) {
  absl::Status status;
  runner_->CallOn(0, [&](Session& session) { status = work(session); });
  return status;
}

void DumpScript::Run() {
  TaskOutput out(root_, options_, &run_);
  const absl::Status status = Write(out);
  if (!status.ok() && !IsReported(status)) {
    (void)out.Fault({kExitMysqlError, std::string(status.message())});
  }
  if (runner_ != nullptr) runner_->WaitIdle();
}

absl::Status DumpScript::Write(TaskOutput& out) {
  RETURN_IF_ERROR(Connect(out));
  const absl::Status moment = ReachMoment(out);
  if (moment.ok()) {
    RETURN_IF_ERROR(WriteDatabases(out));
    RETURN_IF_ERROR(WriteSystemObjects(out));
    replication_.WriteDeferredGtid(out);
    RETURN_IF_ERROR(WriteGaleraInfo(out));
    if (options_->apply_slave_statements) {
      if (options_->comments) {
        out.Text("\n--\n-- start slave statement to make a recovery dump)\n--\n\n");
      }
      out.Text("START ALL SLAVES;\n");
    }
  } else if (!run_.force()) {
    return moment;
  }
  // Rows of the last tables may still be read; their place in the output is before the footer.
  runner_->WaitIdle();
  if (run_.stopped()) return Reported();
  out.Mark({TableMark::What::kFooter});
  out.Text(FooterText(*options_));
  out.Verbose(absl::StrFormat("-- Disconnecting from %s...",
                              options_->connection.host.value_or("localhost")));
  return absl::OkStatus();
}

absl::Status DumpScript::Connect(TaskOutput& out) {
  out.Verbose(
      absl::StrFormat("-- Connecting to %s...", options_->connection.host.value_or("localhost")));
  std::unique_ptr<Session> session = OpenDumpSession(*options_, out);
  if (session == nullptr) {
    run_.Stop();
    return Reported();
  }
  out.Text(HeaderText(*options_, session->server_version()));
  std::vector<std::unique_ptr<Session>> sessions;
  sessions.push_back(std::move(session));
  runner_ = std::make_unique<SessionRunner>(std::move(sessions), kTasksAhead);
  return OnSession([&](Session& s) { return SetTimeouts(*options_, s, out); });
}

absl::Status DumpScript::ReachMoment(TaskOutput& out) {
  const DumpOptions& options = *options_;
  // An error here leaves nothing to dump, with --force too.
  auto fail = [&](DumpFault fault) {
    (void)out.Fault(std::move(fault));
    return Reported();
  };
  return OnSession([&](Session& session) -> absl::Status {
    if (options.dump_slave != 0) RETURN_IF_ERROR(replication_.StopSlaves(session, out));
    const bool snapshot_position = options.single_transaction && options.master_data != 0 &&
                                   replication_.HasSnapshotPosition(session);
    const bool global_lock = options.lock_all_tables ||
                             (options.single_transaction && options.flush_logs) ||
                             (options.master_data != 0 && !snapshot_position);
    if (global_lock) {
      for (const char* sql : {"FLUSH /*!40101 LOCAL */ TABLES", "FLUSH TABLES WITH READ LOCK"}) {
        const absl::Status locked = session.Execute(sql);
        if (!locked.ok()) return fail(QueryFault(sql, locked));
      }
      if (options.flush_logs || options.delete_master_logs) {
        const absl::Status flushed = session.FlushLogs();
        if (!flushed.ok()) return fail(ServerFault(flushed, "when doing refresh"));
      }
    } else if (options.delete_master_logs) {
      const absl::Status flushed = session.FlushLogs();
      if (!flushed.ok()) return fail(ServerFault(flushed, "when doing refresh"));
    }
    if (options.delete_master_logs) RETURN_IF_ERROR(replication_.RememberLog(session, out));
    if (options.single_transaction) {
      out.Verbose("-- Starting transaction...");
      for (const char* sql : {"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                              "START TRANSACTION /*!40100 WITH CONSISTENT SNAPSHOT */"}) {
        const absl::Status begun = session.Execute(sql);
        if (!begun.ok()) return fail(QueryFault(sql, begun));
      }
      // Rolled back to after each table, so that its metadata lock does not outlast its rows.
      const absl::Status saved = session.Execute("SAVEPOINT sp");
      if (!saved.ok()) return fail(QueryFault("SAVEPOINT sp", saved));
    }
    if (options.apply_slave_statements) {
      if (options.comments) {
        out.Text("\n--\n-- stop slave statement to make a recovery dump)\n--\n\n");
      }
      out.Text("STOP ALL SLAVES;\n");
    }
    if (options.master_data != 0) {
      RETURN_IF_ERROR(replication_.WriteMasterPosition(session, out));
    }
    if (options.dump_slave != 0) RETURN_IF_ERROR(replication_.WriteSlavePositions(session, out));
    if (options.single_transaction) {
      // Gives up the global lock, not the snapshot.
      const absl::Status unlocked = session.Execute("UNLOCK TABLES");
      if (!unlocked.ok()) return fail(QueryFault("UNLOCK TABLES", unlocked));
    }
    return absl::OkStatus();
  });
}

absl::Status DumpScript::WriteDatabases(TaskOutput& out) {
  DatabaseScript script(&context_, &filter_, runner_.get(), &out);
  bool failed = false;
  if (options_->scope == DumpScope::kSystemOnly) return absl::OkStatus();
  if (options_->scope == DumpScope::kSelectedTables) {
    return script.DumpSelected(options_->databases.front(), options_->tables);
  }

  std::vector<std::string> databases = options_->databases;
  if (options_->scope == DumpScope::kAllDatabases) {
    absl::StatusOr<Result> all;
    RETURN_IF_ERROR(OnSession([&](Session& session) -> absl::Status {
      all = session.Query("SHOW DATABASES");
      return absl::OkStatus();
    }));
    if (!all.ok()) {
      const auto error = MariadbErrorOf(all.status());
      return out.Fault(
          {kExitMysqlError,
           absl::StrFormat("Error: Couldn't execute 'SHOW DATABASES': %s",
                           error ? error->text : std::string(all.status().message()))});
    }
    for (size_t i = 0; i < all->rows(); ++i) {
      if (!filter_.IgnoresDatabase(all->at(i, 0))) databases.push_back(all->text(i, 0));
    }
  }

  bool any_failed = false;
  for (const std::string& database : databases) {
    RETURN_IF_ERROR(script.DumpAll(database, &failed));
    any_failed |= failed;
  }
  // Only now do all tables and functions that a view may use exist.
  const bool second_pass =
      script.seen_views() && !(any_failed && options_->scope != DumpScope::kAllDatabases);
  if (!second_pass) return absl::OkStatus();
  for (const std::string& database : databases) {
    RETURN_IF_ERROR(script.DumpViews(database, &failed));
  }
  return absl::OkStatus();
}

absl::Status DumpScript::WriteSystemObjects(TaskOutput& out) {
  const unsigned system = options_->system;
  if (system == 0) return absl::OkStatus();
  RETURN_IF_ERROR(OnSession([&](Session& session) -> absl::Status {
    if (system & kSystemPlugins) RETURN_IF_ERROR(WritePlugins(context_, session, out));
    if (system & kSystemUsers) RETURN_IF_ERROR(WriteUsers(context_, session, out));
    if (system & kSystemUdfs) RETURN_IF_ERROR(WriteUdfs(context_, session, out));
    if (system & kSystemServers) RETURN_IF_ERROR(WriteServers(context_, session, out));
    return absl::OkStatus();
  }));
  DatabaseScript script(&context_, &filter_, runner_.get(), &out);
  if (system & kSystemStats) {
    RETURN_IF_ERROR(script.DumpSystemRows({"column_stats", "index_stats", "table_stats",
                                           "innodb_index_stats", "innodb_table_stats"}));
  }
  if (system & kSystemTimezones) {
    RETURN_IF_ERROR(script.DumpSystemRows({"time_zone", "time_zone_name", "time_zone_leap_second",
                                           "time_zone_transition", "time_zone_transition_type"}));
  }
  return absl::OkStatus();
}

absl::Status DumpScript::WriteGaleraInfo(TaskOutput& out) {
  if (!options_->galera_info) return absl::OkStatus();
  return OnSession([&](Session& session) -> absl::Status {
    const auto on = session.Query("SHOW VARIABLES LIKE 'wsrep_on'");
    if (!on.ok()) return out.Fault(QueryFault("SHOW VARIABLES LIKE 'wsrep_on'", on.status()));
    if (on->rows() == 0 || on->at(0, 1) != "ON") return absl::OkStatus();
    const auto position = session.Query("SHOW STATUS LIKE 'wsrep_checkpoint_position'");
    if (!position.ok()) {
      return out.Fault(
          QueryFault("SHOW STATUS LIKE 'wsrep_checkpoint_position'", position.status()));
    }
    if (position->rows() > 0) {
      out.Text(absl::StrFormat("SET GLOBAL wsrep_start_position = '%s';\n", position->at(0, 1)));
    }
    return absl::OkStatus();
  });
}

std::optional<DumpFault> DumpScript::Finish(bool written) {
  if (thread_.joinable()) thread_.join();
  if (runner_ == nullptr) return std::nullopt;
  auto queue = std::make_shared<OutputQueue>();
  {
    TaskOutput out(queue, options_, &run_);
    runner_->CallOn(0, [&](Session& session) {
      if (written) (void)replication_.PurgeLogs(session, out);
      (void)replication_.StartSlaves(session, out);
    });
  }
  runner_.reset();
  while (auto item = queue->Pop()) {
    if (auto* fault = std::get_if<FaultItem>(&*item)) return fault->fault;
  }
  return std::nullopt;
}

}  // namespace sfdb::dumper
