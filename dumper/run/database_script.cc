#include "dumper/run/database_script.h"

#include <strings.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dumper/run/table_group.h"
#include "dumper/script/stored_programs.h"
#include "dumper/script/views.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// Facts are loaded for this many tables at once: the information schema walks the whole database
// for each query, and memory must not grow with the number of tables.
constexpr size_t kFactsBatch = 500;

bool Same(const std::string& a, const char* b) { return strcasecmp(a.c_str(), b) == 0; }

bool IsMysql(const std::string& database) { return Same(database, "mysql"); }

bool IsLockWait(const absl::Status& status) {
  const auto error = MariadbErrorOf(status);
  return error && error->number == kErrLockWaitTimeout;
}

std::string WhyNoData(const std::string& table) {
  return absl::StrFormat("-- Skipping dump data for table '%s', --no-data was used", table);
}

}  // namespace

absl::Status DatabaseScript::OnSession(const std::function<absl::Status(Session&)>& work) {
  absl::Status status;
  runner_->Call([&](Session& session) {
    // A table of another database may have been read on this session in between. On a lost
    // connection the work itself fails, with the message that belongs to it.
    if (!database_.empty() && !session.lost()) status = session.UseDatabase(database_);
    FollowTableMode(*context_, session);
    if (status.ok()) status = work(session);
  });
  return status;
}

absl::Status DatabaseScript::OnLockHolder(const std::function<absl::Status(Session&)>& work) {
  absl::Status status;
  runner_->CallOn(runner_->sessions() - 1, [&](Session& session) {
    if (!database_.empty() && !session.lost()) status = session.UseDatabase(database_);
    FollowTableMode(*context_, session);
    if (status.ok()) status = work(session);
  });
  return status;
}

absl::Status DatabaseScript::OpenSnapshotsUnderLock() {
  if (runner_->sessions() == 1) return absl::OkStatus();
  for (size_t i = 0; i < runner_->general_sessions(); ++i) {
    absl::Status begun;
    runner_->CallOn(i, [&](Session& session) {
      if (session.lost()) return;
      begun = session.Execute("SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
      if (begun.ok()) begun = session.Execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
      if (begun.ok()) begun = session.Execute("SAVEPOINT sp");
    });
    if (!begun.ok()) {
      RETURN_IF_ERROR(out_->Fault(QueryFault("START TRANSACTION WITH CONSISTENT SNAPSHOT", begun)));
    }
  }
  return absl::OkStatus();
}

void DatabaseScript::CloseSnapshots() {
  if (runner_->sessions() == 1) return;
  for (size_t i = 0; i < runner_->general_sessions(); ++i) {
    runner_->CallOn(i, [](Session& session) { (void)session.Execute("COMMIT"); });
  }
}

absl::Status DatabaseScript::UnlockTables() {
  runner_->WaitIdle();
  if (locked_) CloseSnapshots();
  locked_ = false;
  const char sql[] = "UNLOCK TABLES";
  const absl::Status unlocked = OnLockHolder([&](Session& s) { return s.Execute(sql); });
  if (unlocked.ok()) return absl::OkStatus();
  return out_->Fault(QueryFault(sql, unlocked));
}

absl::Status DatabaseScript::FlushLogsHere(std::string_view where) {
  const DumpOptions& options = *context_->options;
  if (!options.flush_logs || options.lock_all_tables || options.single_transaction) {
    return absl::OkStatus();
  }
  const absl::Status flushed = OnLockHolder([](Session& session) { return session.FlushLogs(); });
  if (!flushed.ok()) return out_->Fault(ServerFault(flushed, "when doing refresh"));
  out_->Verbose(absl::StrFormat("-- %s : logs flushed successfully!", where));
  return absl::OkStatus();
}

absl::Status DatabaseScript::SelectDatabase(const std::string& database, bool* failed) {
  *failed = false;
  database_ = database;
  const absl::Status used =
      OnSession([&](Session& session) { return session.UseDatabase(database); });
  if (used.ok()) return absl::OkStatus();
  *failed = true;
  database_.clear();
  return out_->Fault(ServerFault(used, "when selecting the database"));
}

absl::Status DatabaseScript::WriteDatabaseHead(const std::string& database, bool second_pass) {
  const DumpOptions& options = *context_->options;
  const std::string name = context_->ids.Optional(database);
  out_->Mark({TableMark::What::kDatabase, database});
  out_->Comment("Current Database: " + CommentSafe(name),
                /*blank_line_after=*/false);
  // The log tables cannot be dropped while the server logs to them.
  if (!second_pass && options.add_drop_database && IsMysql(database)) {
    out_->Text(
        "\n/*!50106 SET @save_log_output=@@LOG_OUTPUT*/;\n"
        "/*M!100203 EXECUTE IMMEDIATE IF(@@LOG_OUTPUT='TABLE' AND (@@LOG_SLOW_QUERY=1 OR "
        "@@GENERAL_LOG=1),\"SET GLOBAL LOG_OUTPUT='NONE'\", \"DO 0\") */;\n");
  }
  if (!second_pass && !options.no_create_db) {
    if (options.add_drop_database) {
      out_->Text(absl::StrFormat("\n/*!40000 DROP DATABASE IF EXISTS %s*/;\n", name));
    }
    std::string create;
    RETURN_IF_ERROR(OnSession([&](Session& session) -> absl::Status {
      const auto shown = session.Query("SHOW CREATE DATABASE IF NOT EXISTS " + name);
      if (shown.ok() && shown->rows() > 0) create = shown->text(0, 1);
      return absl::OkStatus();
    }));
    if (create.empty()) create = "CREATE DATABASE /*!32312 IF NOT EXISTS*/ " + name;
    out_->Text(absl::StrCat("\n", create, ";\n"));
  }
  out_->Text(absl::StrCat("\nUSE ", name, ";\n"));
  return absl::OkStatus();
}

absl::StatusOr<std::vector<TableName>> DatabaseScript::ListKept(const std::string& database,
                                                                bool* failed) {
  absl::StatusOr<std::vector<TableName>> names;
  RETURN_IF_ERROR(OnSession([&](Session& session) -> absl::Status {
    names = ListTables(session, *context_->options);
    return absl::OkStatus();
  }));
  if (!names.ok()) {
    *failed = true;
    RETURN_IF_ERROR(out_->Fault(QueryFault(ListTablesSql(*context_->options), names.status())));
    return std::vector<TableName>();
  }
  std::erase_if(
      *names, [&](const TableName& table) { return filter_->IgnoresTable(database, table.name); });
  return names;
}

absl::Status DatabaseScript::LockTables(const std::vector<std::string>& names,
                                        std::string_view when, WithSnapshots snapshots) {
  std::string sql = "LOCK TABLES ";
  for (size_t i = 0; i < names.size(); ++i) {
    absl::StrAppend(&sql, i > 0 ? "," : "", context_->ids.Forced(names[i]),
                    " READ /*!32311 LOCAL */");
  }
  const absl::Status locked = OnLockHolder([&](Session& session) { return session.Execute(sql); });
  if (!locked.ok()) return out_->Fault(ServerFault(locked, when));
  if (snapshots == WithSnapshots::kNo) return absl::OkStatus();
  locked_ = true;
  return OpenSnapshotsUnderLock();
}

// Does `work` on a session that gets to see `view`; the result says whether it can be shown. A view
// waits for the locks of its tables: when somebody's DDL waits for one that one of our sessions
// holds, all others queue behind it, but not that one.
absl::Status DatabaseScript::OnSessionThatSees(const std::string& view,
                                               const std::function<void(Session&)>& work) {
  absl::Status seen;
  auto attempt = [&](Session& session) {
    seen = session.lost() ? absl::OkStatus() : session.UseDatabase(database_);
    FollowTableMode(*context_, session);
    if (seen.ok() && !session.lost()) seen = CheckViewIsShowable(*context_, view, session);
    // Errors of other kinds are for `work` to meet and report.
    if (!IsUnshowable(seen) && !IsLockWait(seen)) work(session);
  };
  runner_->Call(attempt);
  const auto end = std::chrono::steady_clock::now() +
                   std::chrono::duration<double>(context_->options->lock_wait_timeout_seconds);
  for (size_t i = 0;
       IsLockWait(seen) && !context_->run->stopped() && std::chrono::steady_clock::now() < end;
       ++i) {
    runner_->CallOn(i % runner_->general_sessions(), attempt);
  }
  if (IsLockWait(seen)) runner_->Call(work);
  return seen;
}

// The placeholder of a view, before the script goes on: so it knows, without waiting for tables,
// which views the second pass has to write. What may be waited for stands before it in the output.
absl::Status DatabaseScript::WriteViewHere(TableRequest request) {
  auto job = std::make_shared<TableJob>(context_, runner_, request, TableFacts(),
                                        TableAccess::kAlone, out_->AddChild());
  const absl::Status seen =
      OnSessionThatSees(request.table, [&](Session& session) { job->Start(session); });
  if (IsUnshowable(seen)) {
    job->Abandon();
    context_->run->NoteLeftOut(request.database, request.table);
    out_->LeaveOut(absl::StrFormat("view %s.%s", context_->ids.Forced(request.database),
                                   context_->ids.Forced(request.table)),
                   seen);
  }
  return absl::OkStatus();
}

absl::Status DatabaseScript::WriteFinalViewHere(const std::string& view) {
  auto write = [&](Session& session) {
    return WriteFinalView(*context_, database_, view, session, *out_);
  };
  if (context_->for_backup) {
    absl::Status written;
    const absl::Status seen =
        OnSessionThatSees(view, [&](Session& session) { written = write(session); });
    // One that broke since its placeholder was written has its text all the same.
    if (!IsUnshowable(seen)) return written;
  }
  return OnSession(write);
}

absl::Status DatabaseScript::SubmitTable(TableRequest request, TableFacts facts) {
  if (context_->run->stopped()) {
    SubmitGroup();  // their places in the output have to be closed
    return Reported();
  }
  context_->run->BeginTables();
  if (request.is_view && context_->for_backup) return WriteViewHere(std::move(request));
  const DumpOptions& options = *context_->options;
  // Only InnoDB rows are the same for sessions that share a snapshot; under a global lock all are.
  const bool transactional = facts.engine == "InnoDB";
  const bool shared =
      options.lock_all_tables || (transactional && (options.single_transaction || locked_));
  const bool holder_only = locked_ && !transactional && !request.is_view && runner_->sessions() > 1;
  auto job = std::make_shared<TableJob>(context_, runner_, std::move(request), std::move(facts),
                                        shared ? TableAccess::kShared : TableAccess::kAlone,
                                        out_->AddChild());
  if (job->IsGroupable()) {
    group_.push_back(std::move(job));
    if (group_.size() == kTablesInGroup) SubmitGroup();
    return absl::OkStatus();
  }
  SubmitGroup();
  auto start = [job = std::move(job)](Session& session) { job->Start(session); };
  if (holder_only) {
    runner_->SubmitOn(runner_->sessions() - 1, std::move(start));
  } else {
    runner_->Submit(std::move(start));
  }
  return absl::OkStatus();
}

void DatabaseScript::SubmitGroup() {
  if (group_.empty()) return;
  runner_->Submit([context = context_, runner = runner_, jobs = std::exchange(group_, {})](
                      Session& session) { RunTableGroup(*context, *runner, jobs, session); });
}

absl::StatusOr<std::map<std::string, TableFacts>> DatabaseScript::FactsOf(
    const std::string& database, const std::vector<std::string>& tables, WithKeys with_keys) {
  std::map<std::string, TableFacts> facts;
  RETURN_IF_ERROR(OnSession([&](Session& session) -> absl::Status {
    facts = LoadEachTableFacts(session, database, tables, with_keys);
    if (runner_->general_sessions() > 1) LoadRowHints(session, database, tables, facts);
    return absl::OkStatus();
  }));
  return facts;
}

absl::Status DatabaseScript::SubmitTables(const std::string& database,
                                          const std::vector<TableName>& names, bool selected) {
  const DumpOptions& options = *context_->options;
  const WithKeys with_keys = options.order_by_primary ? WithKeys::kYes : WithKeys::kNo;
  for (size_t begin = 0; begin < names.size(); begin += kFactsBatch) {
    const size_t end = std::min(names.size(), begin + kFactsBatch);
    std::vector<std::string> tables;
    for (size_t i = begin; i < end; ++i) {
      if (!names[i].is_view()) tables.push_back(names[i].name);
    }
    ASSIGN_OR_RETURN(auto facts, FactsOf(database, tables, with_keys));
    for (size_t i = begin; i < end; ++i) {
      const TableName& name = names[i];
      if (name.is_sequence()) continue;
      TableRequest request{.database = database, .table = name.name, .is_view = name.is_view()};
      request.rows = !options.no_data && (selected || !filter_->IgnoresRows(database, name.name));
      if (!request.rows) {
        request.why_no_rows = WhyNoData(name.name);
      }
      if (IsMysql(database)) {
        if (Same(name.name, "event") && !options.events && request.rows) {
          request.rows = false;
          request.why_no_rows = "-- Skipping data table mysql.event, --skip-events was used";
        }
        request.if_not_exists = Same(name.name, "general_log") || Same(name.name, "slow_log") ||
                                Same(name.name, "transaction_registry");
      }
      request.triggers = options.triggers;
      request.listed = true;
      // Not moved: the same name may be asked for twice.
      RETURN_IF_ERROR(SubmitTable(std::move(request), facts[name.name]));
    }
    SubmitGroup();
  }
  return absl::OkStatus();
}

absl::Status DatabaseScript::WriteOne(const std::string& database, const std::string& table,
                                      bool rows) {
  ASSIGN_OR_RETURN(auto facts, FactsOf(database, {table}, WithKeys::kNo));
  if (!facts[table].found) return absl::OkStatus();
  return SubmitTable({.database = database,
                      .table = table,
                      .rows = rows,
                      .triggers = false,
                      .if_not_exists = true},
                     std::move(facts[table]));
}

absl::Status DatabaseScript::DumpAll(const std::string& database, bool* failed) {
  const DumpOptions& options = *context_->options;
  const bool mysql = IsMysql(database);
  RETURN_IF_ERROR(SelectDatabase(database, failed));
  if (*failed) return absl::OkStatus();
  if (options.scope == DumpScope::kDatabases || options.scope == DumpScope::kAllDatabases) {
    RETURN_IF_ERROR(WriteDatabaseHead(database, /*second_pass=*/false));
  }
  if (mysql) {
    RETURN_IF_ERROR(WriteOne(database, "general_log", /*rows=*/false));
    RETURN_IF_ERROR(WriteOne(database, "slow_log", /*rows=*/false));
    if (options.add_drop_database) {
      out_->Text("\n/*!50106 SET GLOBAL LOG_OUTPUT=@save_log_output*/;\n\n");
    }
  }
  if (options.single_transaction) out_->Verbose("-- Setting savepoint...");
  ASSIGN_OR_RETURN(const std::vector<TableName> names, ListKept(database, failed));
  if (*failed) return absl::OkStatus();

  if (options.lock_tables && !names.empty()) {
    std::vector<std::string> locked;
    for (const TableName& name : names) locked.push_back(name.name);
    RETURN_IF_ERROR(LockTables(locked, "when using LOCK TABLES", WithSnapshots::kYes));
  }
  RETURN_IF_ERROR(FlushLogsHere("dump_all_tables_in_db"));

  // Sequences first: tables may take defaults from them.
  for (const TableName& name : names) {
    if (!name.is_sequence()) continue;
    out_->Mark({TableMark::What::kStructure, database, name.name});
    RETURN_IF_ERROR(OnSession(
        [&](Session& session) { return WriteSequence(*context_, name.name, session, *out_); }));
    out_->Mark({TableMark::What::kEnd, database, name.name});
  }
  RETURN_IF_ERROR(SubmitTables(database, names, /*selected=*/false));
  if (context_->run->stopped()) return Reported();
  bool released = true;
  RETURN_IF_ERROR(ReleaseSavepoint(&released));
  if (!released) {
    *failed = true;
    return absl::OkStatus();
  }

  if (options.events) {
    RETURN_IF_ERROR(OnSession(
        [&](Session& session) { return WriteEvents(*context_, database, session, *out_); }));
  }
  if (options.routines) {
    RETURN_IF_ERROR(OnSession(
        [&](Session& session) { return WriteRoutines(*context_, database, session, *out_); }));
  }
  if (options.lock_tables) RETURN_IF_ERROR(UnlockTables());
  // Never among the locked tables.
  if (mysql) {
    RETURN_IF_ERROR(WriteOne(database, "transaction_registry", /*rows=*/false));
    if (options.flush_privileges) {
      out_->Text("\n--\n-- Flush Grant Tables \n--\n\n/*! FLUSH PRIVILEGES */;\n");
    }
  }
  return absl::OkStatus();
}

// Holds a savepoint no more. The savepoint itself stays for the databases that follow; whether the
// server could release it is what has to be known: if not, the connection is gone.
absl::Status DatabaseScript::ReleaseSavepoint(bool* released) {
  if (!context_->options->single_transaction) return absl::OkStatus();
  out_->Verbose("-- Releasing savepoint...");
  if (runner_->sessions() > 1) return absl::OkStatus();
  absl::Status status;
  RETURN_IF_ERROR(OnLockHolder([&](Session& session) -> absl::Status {
    if (session.lost()) status = session.Execute("RELEASE SAVEPOINT sp");
    return absl::OkStatus();
  }));
  *released = status.ok();
  if (status.ok()) return absl::OkStatus();
  return out_->Fault(QueryFault("RELEASE SAVEPOINT sp", status));
}

absl::StatusOr<std::string> DatabaseScript::ActualName(const std::string& table) {
  std::string actual;
  RETURN_IF_ERROR(OnSession([&](Session& session) -> absl::Status {
    const std::string sql =
        "SELECT table_name FROM INFORMATION_SCHEMA.TABLES WHERE table_schema = DATABASE() AND "
        "table_name = " +
        SqlString(table);
    const auto exact = session.Query(sql);
    if (!exact.ok()) {
      RETURN_IF_ERROR(out_->Fault(QueryFault(sql, exact.status())));
    } else if (exact->rows() > 0) {
      actual = exact->text(0, 0);
      return absl::OkStatus();
    }
    // Only a server that tells cases apart may have it under another spelling.
    const auto lower = session.Query("SHOW VARIABLES LIKE 'lower_case_table_names'");
    if (!lower.ok() || lower->rows() == 0 || lower->at(0, 1) != "0") return absl::OkStatus();
    std::string pattern;
    for (const char c : table) {
      if (c == '_' || c == '%' || c == '\\') pattern.push_back('\\');
      pattern.push_back(c);
    }
    const std::string like_sql = "SHOW TABLES LIKE " + SqlString(pattern);
    const auto like = session.Query(like_sql);
    if (!like.ok()) return out_->Fault(QueryFault(like_sql, like.status()));
    if (like->rows() > 0) actual = like->text(0, 0);
    return absl::OkStatus();
  }));
  return actual;
}

absl::Status DatabaseScript::DumpSelected(const std::string& database,
                                          const std::vector<std::string>& tables) {
  const DumpOptions& options = *context_->options;
  bool failed = false;
  RETURN_IF_ERROR(SelectDatabase(database, &failed));
  if (failed) return absl::OkStatus();

  std::vector<std::string> names;
  for (const std::string& table : tables) {
    ASSIGN_OR_RETURN(const std::string actual, ActualName(table));
    if (actual.empty()) {
      RETURN_IF_ERROR(
          out_->Fault({kExitIllegalTable, absl::StrFormat("Couldn't find table: \"%s\"", table)}));
      continue;
    }
    names.push_back(actual);
  }
  // information_schema cannot be locked; mariadb-dump knows that here, and nowhere else.
  if (options.lock_tables && !Same(database, "information_schema"))
    RETURN_IF_ERROR(LockTables(names, "when doing LOCK TABLES", WithSnapshots::kYes));
  RETURN_IF_ERROR(FlushLogsHere("dump_selected_tables"));
  if (options.routines) {
    RETURN_IF_ERROR(OnSession(
        [&](Session& session) { return WriteRoutines(*context_, database, session, *out_); }));
  }

  ASSIGN_OR_RETURN(auto facts, FactsOf(database, names, WithKeys::kNo));
  std::vector<TableName> typed;
  for (const std::string& name : names) typed.push_back({name, facts[name].type});
  for (const TableName& name : typed) {
    if (!name.is_sequence()) continue;
    out_->Mark({TableMark::What::kStructure, database, name.name});
    RETURN_IF_ERROR(OnSession(
        [&](Session& session) { return WriteSequence(*context_, name.name, session, *out_); }));
    out_->Mark({TableMark::What::kEnd, database, name.name});
  }
  if (options.single_transaction) out_->Verbose("-- Setting savepoint...");
  RETURN_IF_ERROR(SubmitTables(database, typed, /*selected=*/true));
  if (context_->run->stopped()) return Reported();
  bool released = true;
  RETURN_IF_ERROR(ReleaseSavepoint(&released));
  if (!released) return absl::OkStatus();

  runner_->WaitIdle();
  if (context_->run->has_placeholders()) {
    for (const TableName& name : typed) {
      if (!name.is_view()) continue;
      RETURN_IF_ERROR(OnSession([&](Session& session) {
        return WriteFinalView(*context_, database, name.name, session, *out_);
      }));
    }
  }
  if (options.events) {
    RETURN_IF_ERROR(OnSession(
        [&](Session& session) { return WriteEvents(*context_, database, session, *out_); }));
  }
  if (options.lock_tables) RETURN_IF_ERROR(UnlockTables());
  return absl::OkStatus();
}

absl::Status DatabaseScript::DumpViews(const std::string& database, bool* failed) {
  const DumpOptions& options = *context_->options;
  RETURN_IF_ERROR(SelectDatabase(database, failed));
  if (*failed) return absl::OkStatus();
  if (options.scope == DumpScope::kDatabases || options.scope == DumpScope::kAllDatabases) {
    RETURN_IF_ERROR(WriteDatabaseHead(database, /*second_pass=*/true));
  }
  ASSIGN_OR_RETURN(const std::vector<TableName> names, ListKept(database, failed));
  if (*failed) return absl::OkStatus();
  if (options.lock_tables) {
    std::vector<std::string> locked;
    for (const TableName& name : names) {
      if (!name.is_sequence()) locked.push_back(name.name);
    }
    if (!locked.empty())
      RETURN_IF_ERROR(LockTables(locked, "when using LOCK TABLES", WithSnapshots::kNo));
  }
  RETURN_IF_ERROR(FlushLogsHere("dump_all_views_in_db"));
  for (const TableName& name : names) {
    if (name.is_sequence()) continue;
    // Without --force a table that cannot be shown has ended the run before.
    if (!name.is_view() && !options.force) {
      out_->Verbose(absl::StrFormat("-- Retrieving view structure for table %s...", name.name));
      out_->Verbose("-- It's base table, skipped");
      continue;
    }
    if (context_->run->IsLeftOut(database, name.name)) continue;
    out_->Mark({TableMark::What::kStructure, database, name.name});
    RETURN_IF_ERROR(WriteFinalViewHere(name.name));
    out_->Mark({TableMark::What::kEnd, database, name.name});
  }
  if (options.lock_tables) RETURN_IF_ERROR(UnlockTables());
  return absl::OkStatus();
}

absl::Status DatabaseScript::DumpSystemRows(const std::vector<std::string>& tables) {
  bool failed = false;
  RETURN_IF_ERROR(SelectDatabase("mysql", &failed));
  if (failed) return absl::OkStatus();
  out_->Text("\nUSE mysql;\n");
  ASSIGN_OR_RETURN(auto facts, FactsOf("mysql", tables, WithKeys::kNo));
  using Verb = TableRequest::Verb;
  for (const std::string& table : tables) {
    if (!facts[table].found) continue;
    RETURN_IF_ERROR(SubmitTable(
        {.database = "mysql",
         .table = table,
         .structure = false,
         .rows = !context_->options->no_data,
         .why_no_rows = WhyNoData(table),
         .triggers = false,
         .verb = context_->options->insert_ignore ? Verb::kInsertIgnore : Verb::kReplace},
        std::move(facts[table])));
  }
  return absl::OkStatus();
}

}  // namespace sfdb::dumper
