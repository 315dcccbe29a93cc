#include <algorithm>

#include "absl/strings/str_format.h"
#include "dumper/script/stored_programs.h"
#include "dumper/script/table_text.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// Columns of SHOW CREATE TRIGGER.
enum { kSqlMode = 1, kStatement = 2, kClientCharset = 3, kCollation = 4, kDatabaseCollation = 5 };

// Whether `trigger` is no longer listed. One that is listed and yet unknown has a name that the
// connection's character set cannot spell.
bool IsGone(const absl::Status& status, const TableRequest& request, const std::string& trigger,
            Session& session) {
  const auto error = MariadbErrorOf(status);
  if (!error || error->number != kErrNoSuchTrigger) return false;
  const auto facts = LoadTableFacts(session, request.database, {request.table}, WithKeys::kNo);
  if (!facts.ok()) return false;
  const std::vector<std::string>& listed = facts->at(request.table).triggers;
  return std::find(listed.begin(), listed.end(), trigger) == listed.end();
}

void WriteTrigger(const ScriptContext& context, const TableRequest& request,
                  const std::string& collation, const Result& show, TaskOutput& out) {
  const ProgramEnvironment environment{show.text(0, kClientCharset), show.text(0, kCollation),
                                       show.text(0, kDatabaseCollation), show.text(0, kSqlMode)};
  const std::string& its_collation = environment.database_collation;
  const Identifiers ids = context.ids.WithBackticks();
  const std::string database = ids.Optional(request.database);
  out.Text(SwitchDatabaseCollation(database, its_collation, collation, ";"));
  out.Text(EnterEnvironment(environment, ";"));
  out.Text(
      absl::StrFormat("/*!50003 SET @saved_sql_mode       = @@sql_mode */ ;\n"
                      "/*!50003 SET sql_mode              = '%s' */ ;\n",
                      environment.sql_mode));
  if (context.options->add_drop_trigger) {
    out.Text(
        absl::StrFormat("/*!50032 DROP TRIGGER IF EXISTS %s */;\n", ids.Optional(show.at(0, 0))));
  }
  out.Text(absl::StrFormat("DELIMITER ;;\n/*!50003 %s \n*/;;\nDELIMITER ;\n",
                           CoverDefiner(show.at(0, kStatement), "TRIGGER", "50017", "50003")));
  out.Text("/*!50003 SET sql_mode              = @saved_sql_mode */ ;\n");
  out.Text(LeaveEnvironment(";"));
  out.Text(SwitchDatabaseCollation(database, its_collation.empty() ? "" : collation, its_collation,
                                   ";"));
}

}  // namespace

absl::Status WriteTriggers(const ScriptContext& context, const TableRequest& request,
                           const std::vector<std::string>& triggers, Session& session,
                           TaskOutput& out) {
  if (triggers.empty()) return absl::OkStatus();
  RETURN_IF_ERROR(session.SetResultsBinary(true));
  auto write_all = [&]() -> absl::Status {
    const auto collation = DatabaseCollation(session);
    if (!collation.ok()) {
      return out.Fault(QueryFault("select @@collation_database", collation.status()));
    }
    for (const std::string& trigger : triggers) {
      const std::string sql = "SHOW CREATE TRIGGER " + context.ids.Forced(trigger);
      const auto show = session.Query(sql);
      // Dropped since it was listed: mariadb-dump lists later, and would not know of it.
      if (!show.ok() && IsGone(show.status(), request, trigger, session)) continue;
      if (!show.ok()) {
        // With --force, too, no more of this table's.
        return out.Fault(QueryFault(sql, show.status()));
      }
      if (show->rows() == 0) continue;
      WriteTrigger(context, request, *collation, *show, out);
    }
    return absl::OkStatus();
  };
  const absl::Status status = write_all();
  (void)session.SetResultsBinary(false);
  return status;
}

}  // namespace sfdb::dumper
