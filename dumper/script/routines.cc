#include "absl/strings/str_format.h"
#include "dumper/script/stored_programs.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// Columns of SHOW CREATE FUNCTION and its kin.
enum { kSqlMode = 1, kStatement = 2, kClientCharset = 3, kCollation = 4, kDatabaseCollation = 5 };

// MariaDB numbers its version 10.03 as 100300 and MySQL never reached it.
constexpr unsigned long kFirstVersionWithPackages = 100300;

std::string RoutineText(const ScriptContext& context, const std::string& database,
                        const std::string& collation, std::string_view kind,
                        std::string_view quoted_name, const Result& show) {
  const ProgramEnvironment environment{show.text(0, kClientCharset), show.text(0, kCollation),
                                       show.text(0, kDatabaseCollation), show.text(0, kSqlMode)};
  const std::string& its_collation = environment.database_collation;
  std::string text = absl::StrFormat(
      "/*!50003 SET @saved_sql_mode       = @@sql_mode */ ;\n"
      "/*!50003 SET sql_mode              = '%s' */ ;\n",
      environment.sql_mode);
  if (context.options->add_drop_table) {
    text += absl::StrFormat("/*!50003 DROP %s IF EXISTS %s */;\n", kind, quoted_name);
  }
  text += SwitchDatabaseCollation(database, its_collation, collation, ";");
  text += EnterEnvironment(environment, ";");
  text += absl::StrFormat("DELIMITER ;;\n%s\n;;\nDELIMITER ;\n", show.at(0, kStatement));
  text += "/*!50003 SET sql_mode              = @saved_sql_mode */ ;\n";
  text += LeaveEnvironment(";");
  text +=
      SwitchDatabaseCollation(database, its_collation.empty() ? "" : collation, its_collation, ";");
  return text;
}

absl::Status WriteKind(const ScriptContext& context, const std::string& database,
                       const std::string& collation, std::string_view kind, Session& session,
                       TaskOutput& out) {
  const std::string list_sql =
      absl::StrFormat("SHOW %s STATUS WHERE Db = %s", kind, SqlString(database));
  const auto list = session.Query(list_sql);
  if (!list.ok()) return out.Fault(QueryFault(list_sql, list.status()));
  for (size_t i = 0; i < list->rows(); ++i) {
    const std::string name = context.ids.Forced(list->at(i, 1));
    const std::string sql = absl::StrFormat("SHOW CREATE %s %s", kind, name);
    const auto show = session.Query(sql);
    if (!show.ok()) {
      RETURN_IF_ERROR(out.Fault(QueryFault(sql, show.status())));
      continue;
    }
    if (show->rows() == 0) continue;
    if (show->is_null(0, kStatement)) {
      // The user may run the routine but not see it. A dump without it must not pass for whole.
      out.Text(absl::StrFormat(
          "\n-- insufficient privileges to %s\n-- does %s have permissions on mysql.proc?\n\n", sql,
          CommentSafe(context.user)));
      RETURN_IF_ERROR(
          out.Fault({kExitMysqlError,
                     absl::StrFormat("%s has insufficient privileges to %s!", context.user, sql)}));
      continue;
    }
    if (show->at(0, kStatement).empty()) continue;
    out.Text(RoutineText(context, context.ids.Optional(database), collation, kind,
                         context.ids.Optional(list->at(i, 1)), *show));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteRoutines(const ScriptContext& context, const std::string& database,
                           Session& session, TaskOutput& out) {
  out.Comment(absl::StrFormat("Dumping routines for database '%s'", CommentSafe(database)),
              /*blank_line_after=*/false);

  auto write_all = [&]() -> absl::Status {
    const auto collation = DatabaseCollation(session);
    if (!collation.ok() && session.lost()) {
      return out.Fault(ServerFault(collation.status(), "when selecting the database"));
    }
    if (!collation.ok()) {
      return out.Fault(QueryFault("select @@collation_database", collation.status()));
    }
    RETURN_IF_ERROR(session.SetResultsBinary(true));
    const bool packages =
        session.is_mariadb() && session.server_version_number() >= kFirstVersionWithPackages;
    for (const char* kind : {"FUNCTION", "PROCEDURE", "PACKAGE", "PACKAGE BODY"}) {
      if (kind[1] == 'A' && !packages) break;
      RETURN_IF_ERROR(WriteKind(context, database, *collation, kind, session, out));
    }
    return absl::OkStatus();
  };
  const absl::Status status = write_all();
  (void)session.SetResultsBinary(false);
  return status;
}

}  // namespace sfdb::dumper
