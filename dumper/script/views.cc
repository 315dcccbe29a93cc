#include "dumper/script/views.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

void ReplaceFirst(std::string& text, const std::string& from, const std::string& to) {
  const size_t at = text.find(from);
  if (at != std::string::npos) text.replace(at, from.size(), to);
}

}  // namespace

std::string CoverView(const Identifiers& ids, std::string text, std::string_view check_option,
                      std::string_view definer, std::string_view security_type) {
  if (check_option != "NONE") {
    const std::string clause = absl::StrFormat("WITH %s CHECK OPTION", check_option);
    ReplaceFirst(text, clause, "*/\n/*!50002 " + clause);
  }
  const size_t at = definer.rfind('@');
  const std::string user(definer.substr(0, at));
  const std::string host(at == std::string_view::npos ? "" : definer.substr(at + 1));
  const std::string clause = absl::StrFormat("DEFINER=%s@%s SQL SECURITY %s", ids.Optional(user),
                                             ids.Optional(host), security_type);
  ReplaceFirst(text, clause, "*/\n/*!50013 " + clause + " */\n/*!50001");
  return text;
}

absl::Status WriteFinalView(const ScriptContext& context, const std::string& database,
                            const std::string& view, Session& session, TaskOutput& out) {
  const std::string name = context.ids.Forced(view);
  out.Verbose(absl::StrFormat("-- Retrieving view structure for table %s...", view));
  RETURN_IF_ERROR(session.SetResultsBinary(true));
  auto write = [&]() -> absl::Status {
    const std::string sql = "SHOW CREATE TABLE " + name;
    const auto create = session.Query(sql);
    if (!create.ok()) return out.Fault(QueryFault(sql, create.status()));
    if (!create->column("View")) {
      out.Verbose("-- It's base table, skipped");
      return absl::OkStatus();
    }
    const std::string facts_sql = absl::StrFormat(
        "SELECT CHECK_OPTION, DEFINER, SECURITY_TYPE,        CHARACTER_SET_CLIENT, "
        "COLLATION_CONNECTION FROM information_schema.views WHERE table_name=%s AND "
        "table_schema=%s",
        SqlString(view), SqlString(database));
    const auto facts = session.Query(facts_sql);
    if (!facts.ok()) return out.Fault(QueryFault(facts_sql, facts.status()));

    out.Comment("Final view structure for view " + CommentSafe(name));
    out.Text("/*!50001 DROP VIEW IF EXISTS " + context.ids.Optional(view) + "*/;\n");
    if (facts->rows() == 0) {
      out.Text(absl::StrCat("/*!50001 ", std::string(create->at(0, 1)), " */;\n"));
      return absl::OkStatus();
    }
    out.Text(
        absl::StrFormat("/*!50001 SET @saved_cs_client          = @@character_set_client */;\n"
                        "/*!50001 SET @saved_cs_results         = @@character_set_results */;\n"
                        "/*!50001 SET @saved_col_connection     = @@collation_connection */;\n"
                        "/*!50001 SET character_set_client      = %s */;\n"
                        "/*!50001 SET character_set_results     = %s */;\n"
                        "/*!50001 SET collation_connection      = %s */;\n"
                        "/*!50001 %s */;\n"
                        "/*!50001 SET character_set_client      = @saved_cs_client */;\n"
                        "/*!50001 SET character_set_results     = @saved_cs_results */;\n"
                        "/*!50001 SET collation_connection      = @saved_col_connection */;\n",
                        facts->at(0, 3), facts->at(0, 3), facts->at(0, 4),
                        CoverView(context.ids, create->text(0, 1), facts->at(0, 0), facts->at(0, 1),
                                  facts->at(0, 2))));
    return absl::OkStatus();
  };
  const absl::Status status = write();
  (void)session.SetResultsBinary(false);
  return status;
}

absl::Status WriteSequence(const ScriptContext& context, const std::string& sequence,
                           Session& session, TaskOutput& out) {
  const std::string name = context.ids.Forced(sequence);
  if (context.options->no_create_info) return absl::OkStatus();
  out.Verbose(absl::StrFormat("-- Retrieving sequence structure for  %s...", sequence));
  const std::string show = "SHOW CREATE SEQUENCE " + name;
  const auto create = session.Query(show);
  if (!create.ok()) return out.Fault(QueryFault(show, create.status()));
  out.Comment("Sequence structure for " + CommentSafe(name));
  if (context.options->add_drop_table) out.Text("DROP SEQUENCE IF EXISTS " + name + ";\n");
  out.Text(absl::StrCat(create->text(0, 1), ";\n"));
  const std::string value_sql = "SELECT next_not_cached_value FROM " + name;
  const auto value = session.Query(value_sql);
  if (!value.ok()) return out.Fault(QueryFault(value_sql, value.status()));
  if (value->rows() > 0) {
    out.Text(absl::StrFormat("DO SETVAL(%s, %s, 0);\n", name, value->at(0, 0)));
  }
  return absl::OkStatus();
}

}  // namespace sfdb::dumper
