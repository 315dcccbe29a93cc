#include "dumper/run/dump_script.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dumper/run/session_setup.h"
#include "dumper/script/header.h"
#include "dumper/script/system_objects.h"
#include "dumper/script/tablespaces.h"
#include "engine/base/status_macros.h"
#include "engine/base/thread_cpu.h"

namespace sfdb::dumper {
namespace {

absl::Status ShowDatabasesFault(const absl::Status& status, TaskOutput& out) {
  const auto error = MariadbErrorOf(status);
  return out.Fault(
      {kExitMysqlError, absl::StrFormat("Error: Couldn't execute 'SHOW DATABASES': %s",
                                        error ? error->text : std::string(status.message()))});
}

}  // namespace

DumpScript::DumpScript(const DumpOptions* options, BlockPool* blocks)
    : options_(options),
      run_(options->force),
      context_{options,
               Identifiers(*options),
               EscapeCharsetFor(options->connection.character_set),
               &run_,
               blocks,
               options->connection.user.value_or(""),
               ChunkBytes(*options)},
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
  run_.GiveUp();
  context_.blocks->Stop();
  root_->Discard();
}

absl::Status DumpScript::OnSession(const std::function<absl::Status(Session&)>& work) {
  absl::Status status;
  runner_->Call([&](Session& session) {
    FollowTableMode(context_, session);
    status = work(session);
  });
  return status;
}

absl::Status DumpScript::OnLockHolder(const std::function<absl::Status(Session&)>& work) {
  absl::Status status;
  runner_->CallOn(runner_->sessions() - 1, [&](Session& session) { status = work(session); });
  return status;
}

void DumpScript::Run() {
  TaskOutput out(root_, options_, &run_);
  const absl::Status status = Write(out);
  if (!status.ok() && !IsReported(status)) {
    (void)out.Fault({kExitMysqlError, std::string(status.message())});
  }
  if (runner_ != nullptr) runner_->WaitIdle();
  cpu_nanos_.fetch_add(base::ThreadCpuNanos());
}

absl::Status DumpScript::Write(TaskOutput& out) {
  RETURN_IF_ERROR(Connect(out));
  const absl::Status moment = ReachMoment(out);
  if (moment.ok()) {
    TellSizes(out);
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
  if (runner_ != nullptr) runner_->WaitIdle();
  keeper_kept_alive_.reset();
  if (keeper_ != nullptr && !keeper_->Ping().ok()) {
    out.Note(
        "warning: --block-ddl: the connection that kept DDL out was lost; what was read before and "
        "after belongs to the snapshot all the same");
  }
  if (run_.stopped()) return Reported();
  out.Mark({TableMark::What::kFooter});
  out.Text(FooterText(*options_));
  out.Verbose(absl::StrFormat("-- Disconnecting from %s...",
                              options_->connection.host.value_or("localhost")));
  return absl::OkStatus();
}

// One session is enough to find out whether there is a server, and what it is; the header is
// written before anything else can fail, as mariadb-dump does.
absl::Status DumpScript::Connect(TaskOutput& out) {
  out.Verbose(
      absl::StrFormat("-- Connecting to %s...", options_->connection.host.value_or("localhost")));
  DumpFault fault;
  first_ = OpenDumpSession(*options_, &fault);
  if (first_ == nullptr) {
    (void)out.Fault(fault);
    run_.Stop(0);
    return Reported();
  }
  context_.escape_charset = EscapeCharsetFor(first_->character_set());
  out.Text(HeaderText(*options_, first_->server_version()));
  const absl::Status set = SetTimeouts(*options_, *first_);
  if (!set.ok()) {
    (void)out.Fault(QueryFault("SET @@MAX_STATEMENT_TIME", set));
    return Reported();
  }
  return absl::OkStatus();
}

void DumpScript::StartRunner(std::vector<std::unique_ptr<Session>> sessions, size_t reserved) {
  runner_ = MakeRunner(*options_, std::move(sessions), reserved, &cpu_nanos_);
}

// Opens the sessions, brings them to one moment, and prints its coordinates.
absl::Status DumpScript::ReachMoment(TaskOutput& out) {
  if (options_->dump_slave != 0) RETURN_IF_ERROR(replication_.StopSlaves(*first_, out));
  if (options_->threads == 1) {
    RETURN_IF_ERROR(LockOrBegin(out));
    std::vector<std::unique_ptr<Session>> sessions;
    sessions.push_back(std::move(first_));
    StartRunner(std::move(sessions), /*reserved=*/0);
  } else if (options_->single_transaction) {
    RETURN_IF_ERROR(OpenSnapshotSessions(out));
  } else {
    RETURN_IF_ERROR(LockOrBegin(out));
    std::vector<std::unique_ptr<Session>> sessions;
    for (unsigned i = 0; i < options_->threads; ++i) {
      auto session = OpenReader(*options_);
      if (!session.ok()) return Fail(out, ServerFault(session.status(), "when trying to connect"));
      // See TableJob: a reader must not queue behind somebody's DDL that waits for another reader.
      (void)(*session)->Execute("SET SESSION lock_wait_timeout=1");
      sessions.push_back(*std::move(session));
    }
    sessions.push_back(std::move(first_));
    StartRunner(std::move(sessions), /*reserved=*/1);
  }
  return OnLockHolder([&](Session& session) { return WritePositions(session, out); });
}

// An error on the way to the moment leaves nothing to dump, with --force too.
absl::Status DumpScript::Fail(TaskOutput& out, DumpFault fault) {
  (void)out.Fault(std::move(fault));
  return Reported();
}

// What mariadb-dump does on its one session.
absl::Status DumpScript::LockOrBegin(TaskOutput& out) {
  const DumpOptions& options = *options_;
  Session& session = *first_;
  const bool snapshot_position = options.single_transaction && options.master_data != 0 &&
                                 replication_.HasSnapshotPosition(session);
  const bool global_lock = options.lock_all_tables ||
                           (options.single_transaction && options.flush_logs) ||
                           (options.master_data != 0 && !snapshot_position);
  if (global_lock) {
    for (const char* sql : {"FLUSH /*!40101 LOCAL */ TABLES", "FLUSH TABLES WITH READ LOCK"}) {
      const absl::Status locked = session.Execute(sql);
      if (!locked.ok()) return Fail(out, QueryFault(sql, locked));
    }
  }
  if ((global_lock && options.flush_logs) || options.delete_master_logs) {
    const absl::Status flushed = session.FlushLogs();
    if (!flushed.ok()) return Fail(out, ServerFault(flushed, "when doing refresh"));
    out.Verbose("-- main : logs flushed successfully!");
  }
  if (options.delete_master_logs) RETURN_IF_ERROR(replication_.RememberLog(session, out));
  if (!options.single_transaction) return absl::OkStatus();
  out.Verbose("-- Starting transaction...");
  // The savepoint is rolled back to after each table, so that its lock does not outlast its rows.
  for (const char* sql :
       {"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ",
        "START TRANSACTION /*!40100 WITH CONSISTENT SNAPSHOT */", "SAVEPOINT sp"}) {
    const absl::Status begun = session.Execute(sql);
    if (!begun.ok()) return Fail(out, QueryFault(sql, begun));
  }
  return absl::OkStatus();
}

absl::Status DumpScript::OpenSnapshotSessions(TaskOutput& out) {
  SnapshotRequest request;
  request.sessions = options_->threads;
  request.consistency = options_->consistency;
  request.lock_wait = absl::Seconds(options_->lock_wait_timeout_seconds);
  request.block_ddl = options_->block_ddl;
  request.flush_logs = options_->flush_logs || options_->delete_master_logs;
  request.open = [this]() -> absl::StatusOr<std::unique_ptr<Session>> {
    if (first_ != nullptr) return std::move(first_);
    return OpenReader(*options_);
  };
  request.warn = [&](std::string text) { out.Note("warning: " + text); };
  if (options_->delete_master_logs) RETURN_IF_ERROR(replication_.RememberLog(*first_, out));
  out.Verbose("-- Starting transaction...");
  auto snapshot = OpenSnapshot(request);
  if (!snapshot.ok()) {
    return Fail(out, {kExitMysqlError, std::string(snapshot.status().message())});
  }
  moment_ = std::move(snapshot->moment);
  keeper_ = std::move(snapshot->control);
  if (keeper_ != nullptr) keeper_kept_alive_.emplace(keeper_.get());
  StartRunner(std::move(snapshot->sessions), /*reserved=*/0);
  return absl::OkStatus();
}

absl::Status DumpScript::WritePositions(Session& session, TaskOutput& out) {
  const DumpOptions& options = *options_;
  if (options.apply_slave_statements) {
    if (options.comments) {
      out.Text("\n--\n-- stop slave statement to make a recovery dump)\n--\n\n");
    }
    out.Text("STOP ALL SLAVES;\n");
  }
  if (options.master_data != 0) {
    RETURN_IF_ERROR(replication_.WriteMasterPosition(session, moment_.coordinates, out));
  }
  if (options.dump_slave != 0) RETURN_IF_ERROR(replication_.WriteSlavePositions(session, out));
  if (options.single_transaction && options_->threads == 1) {
    // Gives up the global lock, not the snapshot.
    const absl::Status unlocked = session.Execute("UNLOCK TABLES");
    if (!unlocked.ok()) return Fail(out, QueryFault("UNLOCK TABLES", unlocked));
  }
  RETURN_IF_ERROR(CheckNames(out));
  CheckTablespaces(context_, session, out);
  return absl::OkStatus();
}

void DumpScript::TellSizes(TaskOutput& out) {
  if (options_->progress == "none") return;
  // Without an answer there is no estimate; the dump does not need one.
  (void)OnSession([&](Session& session) -> absl::Status {
    ASSIGN_OR_RETURN(SizesItem sizes, LoadSizes(session, options_->databases));
    out.Sizes(std::move(sizes));
    return absl::OkStatus();
  });
}

// A name that is too long ends the run where it is, with --force too.
absl::Status DumpScript::CheckNames(TaskOutput& out) {
  // 64 characters of four bytes.
  constexpr size_t kLongestName = 256;
  for (const std::vector<std::string>* names : {&options_->databases, &options_->tables}) {
    for (const std::string& name : *names) {
      if (name.size() <= kLongestName) continue;
      run_.Stop(RunState::kScript);
      return Fail(out,
                  {kExitConsCheck, absl::StrFormat("[ERROR] Argument '%s' is too long, it "
                                                   "cannot be name for any table or database.\n",
                                                   name)});
    }
  }
  return absl::OkStatus();
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
    if (!all.ok()) return ShowDatabasesFault(all.status(), out);
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
  runner_->WaitIdle();
  const bool second_pass =
      run_.has_placeholders() && !(any_failed && options_->scope != DumpScope::kAllDatabases);
  if (!second_pass) return absl::OkStatus();
  if (options_->scope == DumpScope::kAllDatabases) {
    // Asked again, as mariadb-dump does: a lost connection is noticed here.
    absl::Status again;
    RETURN_IF_ERROR(OnSession([&](Session& session) -> absl::Status {
      again = session.Execute("SHOW DATABASES");
      return absl::OkStatus();
    }));
    if (!again.ok()) return ShowDatabasesFault(again, out);
  }
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
  auto queue = std::make_shared<OutputQueue>();
  {
    TaskOutput out(queue, options_, &run_);
    auto tidy = [&](Session& session) {
      if (written) (void)replication_.PurgeLogs(session, out);
      (void)replication_.StartSlaves(session, out);
    };
    if (runner_ != nullptr) {
      runner_->CallOn(runner_->sessions() - 1, tidy);
    } else if (first_ != nullptr) {
      tidy(*first_);
    }
  }
  runner_.reset();
  while (auto item = queue->Pop()) {
    if (auto* fault = std::get_if<FaultItem>(&*item)) return fault->fault;
  }
  return std::nullopt;
}

}  // namespace sfdb::dumper
