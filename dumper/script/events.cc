#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dumper/script/stored_programs.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// Columns of SHOW CREATE EVENT.
enum {
  kSqlMode = 1,
  kTimeZone = 2,
  kStatement = 3,
  kClientCharset = 4,
  kCollation = 5,
  kDatabaseCollation = 6
};

// ";;", unless the event's text contains it: mariadb-dump never returns from such an event, so
// there is no text to be equal to.
std::string DelimiterFor(std::string_view text) {
  std::string delimiter = ";;";
  while (absl::StrContains(absl::string_view(text.data(), text.size()), delimiter)) {
    delimiter = delimiter == ";;" ? "$$" : delimiter + "$";
  }
  return delimiter;
}

std::string EventText(const std::string& database, const std::string& collation, const Result& show,
                      const std::string& delimiter) {
  const std::string end = delimiter;
  const ProgramEnvironment environment{show.text(0, kClientCharset), show.text(0, kCollation),
                                       show.text(0, kDatabaseCollation), show.text(0, kSqlMode)};
  const std::string& its_collation = environment.database_collation;
  std::string text = absl::StrCat("DELIMITER ", delimiter, "\n");
  text += SwitchDatabaseCollation(database, its_collation, collation, end);
  text += EnterEnvironment(environment, end);
  text += absl::StrFormat(
      "/*!50003 SET @saved_sql_mode       = @@sql_mode */ %s\n"
      "/*!50003 SET sql_mode              = '%s' */ %s\n"
      "/*!50003 SET @saved_time_zone      = @@time_zone */ %s\n"
      "/*!50003 SET time_zone             = '%s' */ %s\n",
      end, environment.sql_mode, end, end, show.at(0, kTimeZone), end);
  text += absl::StrFormat("/*!50106 %s \n*/ %s\n",
                          CoverDefiner(show.at(0, kStatement), "EVENT", "50117", "50106"), end);
  text += absl::StrFormat(
      "/*!50003 SET time_zone             = @saved_time_zone */ %s\n"
      "/*!50003 SET sql_mode              = @saved_sql_mode */ %s\n",
      end, end);
  text += LeaveEnvironment(end);
  text +=
      SwitchDatabaseCollation(database, its_collation.empty() ? "" : collation, its_collation, end);
  return text;
}

}  // namespace

absl::Status WriteEvents(const ScriptContext& context, const std::string& database,
                         Session& session, TaskOutput& out) {
  // The name is printed raw between single quotes, as mariadb-dump does.
  out.Comment(absl::StrFormat("Dumping events for database '%s'", CommentSafe(database)),
              /*blank_line_after=*/false);
  auto write_all = [&]() -> absl::Status {
    const auto events = session.Query("show events");
    if (!events.ok()) return out.Fault(QueryFault("show events", events.status()));
    if (events->rows() == 0) return absl::OkStatus();
    out.Text("/*!50106 SET @save_time_zone= @@TIME_ZONE */ ;\n");
    // mariadb-dump selects the database by its name as a string literal would have it: one with a
    // quote in it is not found, and its events cannot be dumped.
    const absl::Status selected =
        session.UseDatabase(context.for_backup ? database : session.Escape(database));
    if (!selected.ok()) return out.Fault(ServerFault(selected, "when selecting the database"));
    const auto collation = DatabaseCollation(session);
    if (!collation.ok()) {
      return out.Fault(QueryFault("select @@collation_database", collation.status()));
    }
    RETURN_IF_ERROR(session.SetResultsBinary(true));
    std::string delimiter = ";";
    for (size_t i = 0; i < events->rows(); ++i) {
      const std::string name = context.ids.Forced(events->at(i, 1));
      const std::string sql = "SHOW CREATE EVENT " + name;
      const auto show = session.Query(sql);
      if (!show.ok()) {
        RETURN_IF_ERROR(out.Fault(QueryFault(sql, show.status())));
        continue;
      }
      if (show->rows() == 0 || show->at(0, kStatement).empty()) continue;
      if (context.options->add_drop_table) {
        out.Text(absl::StrFormat("/*!50106 DROP EVENT IF EXISTS %s */%s\n",
                                 context.ids.Optional(events->at(i, 1)), delimiter));
      }
      delimiter = DelimiterFor(show->at(0, kStatement));
      out.Text(EventText(context.ids.Optional(database), *collation, *show, delimiter));
    }
    out.Text(
        "DELIMITER ;\n"
        "/*!50106 SET TIME_ZONE= @save_time_zone */ ;\n");
    return absl::OkStatus();
  };
  const absl::Status status = write_all();
  (void)session.SetResultsBinary(false);
  return status;
}

}  // namespace sfdb::dumper
