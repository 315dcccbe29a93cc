#include "dumper/run/session_setup.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "dumper/script/table_text.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// How many table tasks may wait for a session: enough to keep sessions busy, few enough that
// neither their text nor their catalog entries grow with the number of tables.
constexpr size_t kTasksAhead = 64;

std::vector<std::string> SettingsOf(const DumpOptions& options) {
  std::vector<std::string> settings = {
      absl::StrFormat("/*!40100 SET @@SQL_MODE='%s' */", options.compatible_mode_names)};
  if (options.tz_utc) settings.push_back("/*!40103 SET TIME_ZONE='+00:00' */");
  return settings;
}

}  // namespace

std::unique_ptr<Session> OpenDumpSession(const DumpOptions& options, DumpFault* fault) {
  auto session = Session::Connect(options.connection);
  if (!session.ok()) {
    *fault = ServerFault(session.status(), "when trying to connect");
    return nullptr;
  }
  for (const std::string& sql : SettingsOf(options)) {
    const absl::Status set = (*session)->Execute(sql);
    if (set.ok()) continue;
    *fault = QueryFault(sql, set);
    return nullptr;
  }
  return *std::move(session);
}

absl::Status SetTimeouts(const DumpOptions& options, Session& session) {
  RETURN_IF_ERROR(session.Execute(
      absl::StrFormat("/*M!100100 SET @@MAX_STATEMENT_TIME=%f */", options.max_statement_time)));
  // A year: what the server allows at the most. A dump through a slow pipe may stand still for
  // hours. Servers that know less are left at their defaults.
  (void)session.Execute(
      "SET SESSION wait_timeout=31536000, net_write_timeout=31536000, net_read_timeout=31536000");
  // Nothing of ours belongs into the binary log. Said so, the server gives up metadata locks at
  // ROLLBACK TO SAVEPOINT; with an open log it keeps them to the end of the transaction, so that
  // other people's DDL waits for the whole dump, and it looks through the list of them at every
  // table (5,000 tables, 2 sessions: a third of the server's CPU time). Needs a privilege; without
  // it, so be it.
  (void)session.Execute("SET SESSION sql_log_bin=0");
  if (!options.where && !options.as_of && options.quote_names) (void)session.AllowBatches();
  if (!ReadsDefinitionsAsStored(options)) session.KeepResultsCharset();
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<Session>> OpenReader(const DumpOptions& options) {
  ASSIGN_OR_RETURN(auto session, Session::Connect(options.connection));
  for (const std::string& sql : SettingsOf(options)) RETURN_IF_ERROR(session->Execute(sql));
  RETURN_IF_ERROR(SetTimeouts(options, *session));
  return session;
}

std::unique_ptr<SessionRunner> MakeRunner(const DumpOptions& options,
                                          std::vector<std::unique_ptr<Session>> sessions,
                                          size_t reserved, std::atomic<int64_t>* cpu_nanos) {
  SessionRunner::Options runner_options;
  runner_options.tasks_ahead = kTasksAhead;
  runner_options.reserved = reserved;
  runner_options.cpu_nanos = cpu_nanos;
  if (sessions.size() > 1) {
    // Gives up the locks on tables that are done, so that DDL waiting for them can go on.
    const bool savepoint =
        options.single_transaction || (options.lock_tables && !options.lock_all_tables);
    runner_options.settle = [savepoint](Session& session) {
      if (!session.has_pins() || !session.AllPinsDone()) return;
      if (savepoint) (void)session.Execute("ROLLBACK TO SAVEPOINT sp");
      session.ClearPins();
    };
  }
  return std::make_unique<SessionRunner>(std::move(sessions), std::move(runner_options));
}

// Pieces of tables are buffered until it is their turn: small enough that all readers' fit.
uint64_t ChunkBytes(const DumpOptions& options) {
  constexpr uint64_t kMax = 16 << 20;
  return std::min(kMax, options.memory_limit_bytes / (4 * std::max(1u, options.threads)));
}

}  // namespace sfdb::dumper
