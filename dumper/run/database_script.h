// One database, start to end: the order of its objects, its locks, its filters.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dumper/run/session_runner.h"
#include "dumper/run/table_job.h"
#include "dumper/script/script_context.h"
#include "dumper/script/table_catalog.h"
#include "dumper/script/table_filter.h"
#include "dumper/script/table_text.h"

namespace sfdb::dumper {

// Used by the one thread that writes the script; table tasks run on the runner's sessions.
// Methods return Reported() when the run ends early; with --force what failed is left out.
class DatabaseScript {
 public:
  // The last session of `runner` is the one that holds table locks, or a global lock.
  DatabaseScript(const ScriptContext* context, const TableFilter* filter, SessionRunner* runner,
                 TaskOutput* out)
      : context_(context), filter_(filter), runner_(runner), out_(out) {}

  // All objects of `database`. `*failed` says that it could not be dumped (with --force).
  absl::Status DumpAll(const std::string& database, bool* failed);
  // The tables named, in their order (DB t1 t2 ...).
  absl::Status DumpSelected(const std::string& database, const std::vector<std::string>& tables);
  // Second pass: the final views of `database`.
  absl::Status DumpViews(const std::string& database, bool* failed);

  // Rows only, of tables of mysql, with another verb (--system=stats, timezones).
  absl::Status DumpSystemRows(const std::vector<std::string>& tables);

 private:
  absl::Status SelectDatabase(const std::string& database, bool* failed);
  absl::Status WriteDatabaseHead(const std::string& database, bool second_pass);
  enum class WithSnapshots { kNo, kYes };
  absl::Status LockTables(const std::vector<std::string>& names, std::string_view when,
                          WithSnapshots snapshots);
  absl::StatusOr<std::vector<TableName>> ListKept(const std::string& database, bool* failed);
  absl::Status SubmitTables(const std::string& database, const std::vector<TableName>& names,
                            bool selected);
  absl::Status SubmitTable(TableRequest request, TableFacts facts);
  absl::Status OnSessionThatSees(const std::string& view,
                                 const std::function<void(Session&)>& work);
  absl::Status WriteViewHere(TableRequest request);
  absl::Status WriteFinalViewHere(const std::string& view);
  // Submits the small tables that were gathered.
  void SubmitGroup();
  absl::Status WriteOne(const std::string& database, const std::string& table, bool rows);
  absl::StatusOr<std::map<std::string, TableFacts>> FactsOf(const std::string& database,
                                                            const std::vector<std::string>& tables,
                                                            WithKeys with_keys);
  absl::Status ReleaseSavepoint(bool* released);
  // The name under which the server knows it; "" when it does not.
  absl::StatusOr<std::string> ActualName(const std::string& table);
  // As OnSession, on the session that holds locks.
  absl::Status OnLockHolder(const std::function<absl::Status(Session&)>& work);
  // While the tables of a database are locked, opens a snapshot on every other session, which then
  // sees what the holder of the locks sees; and ends them.
  absl::Status OpenSnapshotsUnderLock();
  void CloseSnapshots();
  absl::Status UnlockTables();
  absl::Status FlushLogsHere(std::string_view where);
  // Runs `work` on a session whose current database is the one being dumped.
  absl::Status OnSession(const std::function<absl::Status(Session&)>& work);

  const ScriptContext* context_;
  const TableFilter* filter_;
  SessionRunner* runner_;
  TaskOutput* out_;
  std::vector<std::shared_ptr<TableJob>> group_;  // small tables, in a row
  std::string database_;                          // the one being dumped
  bool locked_ = false;  // its tables are locked, and all sessions see what the lock protects
};

}  // namespace sfdb::dumper
