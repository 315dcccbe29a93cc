#include "dumper/run/table_task.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "dumper/run/row_reader.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// Whether the run holds locks under which no table can change (LOCK TABLES, a global read lock).
bool TablesAreLocked(const DumpOptions& options) {
  return options.lock_tables || options.lock_all_tables;
}

// Takes the table's metadata lock, so that the CREATE text read next belongs to the rows read after
// it; and makes sure the columns we know are the columns it has. SHOW CREATE keeps no lock: without
// this, an instant ADD COLUMN in between makes a dump that cannot be restored. A failure here is
// left to the statement that reads the rows, in whose place mariadb-dump reports it.
absl::Status PinTable(const ScriptContext& context, const TableRequest& request, Session& session,
                      TableFacts& facts) {
  if (TablesAreLocked(*context.options)) return absl::OkStatus();
  if (!context.options->single_transaction) {
    RETURN_IF_ERROR(session.Execute("START TRANSACTION"));
  }
  RETURN_IF_ERROR(
      session.BeginStream("SELECT * FROM " + context.ids.Forced(request.table) + " LIMIT 0"));
  std::vector<std::string> there;
  for (const FieldInfo& field : session.fields()) there.push_back(field.name);
  const char* const* values = nullptr;
  const unsigned long* lengths = nullptr;
  const auto row = session.NextRow(&values, &lengths);
  session.EndStream();
  RETURN_IF_ERROR(row.status());

  std::vector<std::string> known;
  for (const Column& column : facts.columns) {
    if (column.extra.find("INVISIBLE") == std::string::npos) known.push_back(column.name);
  }
  if (there == known) return absl::OkStatus();
  ASSIGN_OR_RETURN(auto fresh, LoadTableFacts(session, request.database, {request.table},
                                              facts.keys.empty() ? WithKeys::kNo : WithKeys::kYes));
  facts = std::move(fresh[request.table]);
  return absl::OkStatus();
}

absl::Status Unpin(const ScriptContext& context, Session& session, TaskOutput& out) {
  if (context.options->single_transaction) {
    out.Verbose("-- Rolling back to savepoint sp...");
    const char sql[] = "ROLLBACK TO SAVEPOINT sp";
    const absl::Status status = session.Execute(sql);
    if (!status.ok()) return out.Fault(QueryFault(sql, status));
    return absl::OkStatus();
  }
  if (!TablesAreLocked(*context.options)) (void)session.Execute("COMMIT");
  return absl::OkStatus();
}

absl::Status WriteRows(const ScriptContext& context, const TableRequest& request,
                       const TableFacts& facts, bool history, Session& session, TaskOutput& out) {
  const RowsPlan plan = PlanRows(context, request, facts, history);
  out.Mark({TableMark::What::kRows, request.database, request.table});
  out.Text(plan.intro);
  out.Verbose("-- Sending SELECT query...");
  const std::string sql = plan.select + plan.order_by;
  const absl::Status begun = session.BeginStream(sql);
  if (!begun.ok()) return out.Fault(QueryFault(sql, begun));

  out.Text(plan.before);
  out.Verbose("-- Retrieving rows...");
  out.BeginRows(plan.style);
  const ReadOutcome outcome = ReadRows(context, session, out.queue());
  out.EndRows(outcome.rows);
  if (!outcome.status.ok()) {
    const auto error = MariadbErrorOf(outcome.status);
    if (!error) return outcome.status;  // given up, not failed
    return out.Fault(
        {kExitConsCheck,
         absl::StrFormat("Error %u: %s when dumping table %s at row: %u", error->number,
                         error->text, context.ids.Forced(request.table), outcome.rows)});
  }
  out.Text(plan.after);
  out.Mark({TableMark::What::kRowsEnd, request.database, request.table});
  return absl::OkStatus();
}

absl::Status WriteTable(const ScriptContext& context, const TableRequest& request,
                        TableFacts& facts, Session& session, TaskOutput& out) {
  const absl::Status used = session.UseDatabase(request.database);
  if (!used.ok()) return out.Fault(ServerFault(used, "when selecting the database"));
  out.Mark({TableMark::What::kStructure, request.database, request.table});
  if (request.is_view) {
    const absl::Status entered = EnterTableMode(context, session);
    if (!entered.ok()) return out.Fault(QueryFault("SET SQL_QUOTE_SHOW_CREATE", entered));
    return WriteViewPlaceholder(context, request, session, out);
  }

  const bool reads_rows =
      request.rows && !(context.options->no_data_med && IsManagedExternally(facts.engine));
  if (reads_rows) (void)PinTable(context, request, session, facts);
  (void)EnterTableMode(context, session);
  const absl::Status structure = WriteStructure(context, request, session, out);
  if (IsReported(structure) && context.run->force()) {
    // mariadb-dump goes on with the triggers of a table whose structure it could not show.
  } else {
    RETURN_IF_ERROR(structure);
    ASSIGN_OR_RETURN(const bool history, ReadsHistory(context, request, facts, out));
    if (reads_rows) RETURN_IF_ERROR(WriteRows(context, request, facts, history, session, out));
  }
  if (request.triggers) {
    RETURN_IF_ERROR(WriteTriggers(context, request, facts.triggers, session, out));
  }
  return absl::OkStatus();
}

}  // namespace

void RunTableTask(const ScriptContext& context, const TableRequest& request, TableFacts facts,
                  Session& session, TaskOutput& out) {
  if (context.run->stopped()) return;
  const absl::Status written = WriteTable(context, request, facts, session, out);
  out.Mark({TableMark::What::kEnd, request.database, request.table});
  if (!written.ok() && !IsReported(written) && !context.run->stopped()) {
    (void)out.Fault({kExitMysqlError, std::string(written.message())});
  }
  if (context.run->stopped()) return;
  (void)Unpin(context, session, out);
}

}  // namespace sfdb::dumper
