#include "dumper/script/table_text.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

constexpr char kSaveClientCharset[] =
    "/*!40101 SET @saved_cs_client     = @@character_set_client */;\n"
    "/*!40101 SET character_set_client = utf8mb4 */;\n";
constexpr char kRestoreClientCharset[] =
    "/*!40101 SET character_set_client = @saved_cs_client */;\n";

bool HasRowStart(const TableFacts& facts) {
  return std::any_of(facts.columns.begin(), facts.columns.end(),
                     [](const Column& column) { return column.generation == "ROW START"; });
}

// With an invisible column the server would take values for the visible ones only.
bool HasInvisible(const TableFacts& facts) {
  return std::any_of(facts.columns.begin(), facts.columns.end(), [](const Column& column) {
    return absl::StrContains(column.extra, "INVISIBLE");
  });
}

std::string InsertVerb(const DumpOptions& options, TableRequest::Verb verb) {
  using Verb = TableRequest::Verb;
  if (verb == Verb::kReplace) return "REPLACE ";
  if (verb == Verb::kInsertIgnore) return "INSERT IGNORE ";
  return options.replace ? "REPLACE " : "INSERT ";
}

std::shared_ptr<const InsertStyle> StyleFor(const ScriptContext& context,
                                            const TableRequest& request, const TableFacts& facts,
                                            bool hidden_history) {
  const DumpOptions& options = *context.options;
  auto style = std::make_shared<InsertStyle>();
  style->extended = options.extended_insert;
  style->net_buffer_length = options.connection.net_buffer_length;
  std::string& pattern = style->pattern;
  pattern = InsertVerb(options, request.verb);
  if (request.verb == TableRequest::Verb::kAsOptions) {
    if (options.delayed_insert && IsDelayable(facts.engine)) pattern += "DELAYED ";
    if (options.insert_ignore) pattern += "IGNORE ";
  }
  pattern += "INTO " + context.ids.Optional(request.table);
  if (options.complete_insert || HasInvisible(facts) || hidden_history) {
    pattern += " (";
    for (size_t i = 0; i < facts.columns.size(); ++i) {
      if (i > 0) pattern += ", ";
      pattern += context.ids.Optional(facts.columns[i].name);
    }
    if (hidden_history) pattern += ", row_start, row_end";
    pattern += ") VALUES ";
  } else {
    pattern += options.extended_insert ? " VALUES\n" : " VALUES ";
  }
  return style;
}

}  // namespace

std::string TableModeSql(const ScriptContext& context) {
  std::string sql = absl::StrFormat("SET SQL_QUOTE_SHOW_CREATE=%d", context.options->quote_names);
  if (!context.options->create_options) {
    sql +=
        "/*!40102 ,SQL_MODE=concat(@@sql_mode, _utf8 "
        "',NO_KEY_OPTIONS,NO_TABLE_OPTIONS,NO_FIELD_OPTIONS') */";
  }
  return sql;
}

absl::Status EnterTableMode(const ScriptContext& context, Session& session) {
  if (session.table_mode()) return absl::OkStatus();
  RETURN_IF_ERROR(session.Execute(TableModeSql(context)));
  session.set_table_mode();
  return absl::OkStatus();
}

void FollowTableMode(const ScriptContext& context, Session& session) {
  if (context.run->tables_begun() && !session.lost()) (void)EnterTableMode(context, session);
}

bool IsDelayable(const std::string& engine) {
  for (const char* name : {"MyISAM", "ISAM", "ARCHIVE", "HEAP", "MEMORY"}) {
    if (engine == name) return true;
  }
  return false;
}

bool IsManagedExternally(const std::string& engine) {
  for (const char* name :
       {"MRG_MyISAM", "MRG_ISAM", "CONNECT", "OQGRAPH", "SPIDER", "VP", "FEDERATED"}) {
    if (engine == name) return true;
  }
  return false;
}

bool ReadsDefinitionsAsStored(const DumpOptions& options) {
  return (options.compatible & (kCompatMysql323 | kCompatMysql40)) == 0;
}

std::string ShowCreateTable(const ScriptContext& context, const TableRequest& request) {
  return "show create table " + context.ids.Forced(request.table);
}

absl::Status WriteStructure(const ScriptContext& context, const TableRequest& request,
                            std::optional<std::string> create, Session& session, TaskOutput& out) {
  const DumpOptions& options = *context.options;
  if (!request.structure || options.no_create_info) return absl::OkStatus();

  if (!create) {
    const std::string show = ShowCreateTable(context, request);
    const absl::Status binary = session.SetResultsBinary(true);
    const auto shown = binary.ok() ? session.Query(show) : absl::StatusOr<Result>(binary);
    if (!shown.ok()) {
      (void)session.SetResultsBinary(false);
      RETURN_IF_ERROR(out.Fault(QueryFault(show, shown.status())));
      return Reported();
    }
    RETURN_IF_ERROR(session.SetResultsBinary(false));
    create = shown->text(0, 1);
  }

  out.Comment("Table structure for table " + CommentSafe(context.ids.Forced(request.table)));
  if (options.add_drop_table && !request.if_not_exists) {
    out.Text("DROP TABLE IF EXISTS " + context.ids.Optional(request.table) + ";\n");
  }
  const bool old_server = !ReadsDefinitionsAsStored(options);
  if (!old_server) out.Text(kSaveClientCharset);
  if (request.if_not_exists) {
    const size_t at = create->find("CREATE TABLE ");
    if (at != std::string::npos) create->insert(at + 13, "IF NOT EXISTS ");
  }
  out.Text(*create);
  out.Text(";\n");
  if (!old_server) out.Text(kRestoreClientCharset);
  return absl::OkStatus();
}

absl::StatusOr<bool> ReadsHistory(const ScriptContext& context, const TableRequest& request,
                                  const TableFacts& facts, TaskOutput& out) {
  if (!context.options->dump_history || !facts.versioned()) return false;
  for (const Column& column : facts.columns) {
    if (column.generation != "ROW START" || column.data_type != "bigint") continue;
    RETURN_IF_ERROR(
        out.Fault({kExitIllegalTable, absl::StrFormat("Cannot use --dump-history for table %s with "
                                                      "transaction-precise history",
                                                      context.ids.Forced(request.table))}));
    return false;
  }
  return true;
}

bool IsUnshowable(const absl::Status& status) {
  const auto error = MariadbErrorOf(status);
  return error && (error->number == kErrViewInvalid || error->number == kErrNoSuchUser);
}

absl::Status CheckViewIsShowable(const ScriptContext& context, const std::string& view,
                                 Session& session) {
  const std::string name = context.ids.Forced(view);
  RETURN_IF_ERROR(session.Execute("SHOW CREATE TABLE " + name));
  return session.Execute("SHOW FIELDS FROM " + name);
}

absl::Status WriteViewPlaceholder(const ScriptContext& context, const TableRequest& request,
                                  Session& session, TaskOutput& out) {
  const DumpOptions& options = *context.options;
  const std::string view = context.ids.Forced(request.table);
  if (options.no_create_info) return absl::OkStatus();

  RETURN_IF_ERROR(session.SetResultsBinary(true));
  const std::string show = "show create table " + view;
  const auto create = session.Query(show);
  if (!create.ok()) {
    RETURN_IF_ERROR(session.SetResultsBinary(false));
    RETURN_IF_ERROR(out.Fault(QueryFault(show, create.status())));
    return Reported();
  }
  out.Verbose("-- It's a view, create dummy view for view");
  out.Comment("Temporary table structure for view " + CommentSafe(view));
  if (options.add_drop_table) {
    out.Text("DROP TABLE IF EXISTS " + context.ids.Optional(request.table) + ";\n");
  }
  const std::string show_fields = "SHOW FIELDS FROM " + view;
  const auto fields = session.Query(show_fields);
  RETURN_IF_ERROR(session.SetResultsBinary(false));
  if (!fields.ok()) {
    const auto error = MariadbErrorOf(fields.status());
    if (error && error->number == kErrViewInvalid && context.run->force()) {
      out.Text(absl::StrFormat("\n-- failed on view %s: %s\n\n", view, create->at(0, 1)));
    }
    RETURN_IF_ERROR(out.Fault(QueryFault(show_fields, fields.status())));
    return Reported();
  }
  context.run->NotePlaceholder();
  if (fields->rows() == 0) return absl::OkStatus();
  if (options.add_drop_table) {
    out.Text("/*!50001 DROP VIEW IF EXISTS " + context.ids.Optional(request.table) + "*/;\n");
  }
  out.Text(
      "SET @saved_cs_client     = @@character_set_client;\n"
      "SET character_set_client = utf8mb4;\n");
  out.Text("/*!50001 CREATE VIEW " + view + " AS SELECT\n");
  for (size_t i = 0; i < fields->rows(); ++i) {
    out.Text(absl::StrCat(i > 0 ? ",\n" : "", " NULL AS ", context.ids.Optional(fields->at(i, 0))));
  }
  out.Text(" */;\nSET character_set_client = @saved_cs_client;\n");
  return absl::OkStatus();
}

std::string PrimaryOrder(const ScriptContext& context, const TableFacts& facts) {
  if (facts.keys.empty() || !facts.keys.front().unique) return "";
  std::string columns;
  for (const KeyPart& part : facts.keys) {
    if (part.key != facts.keys.front().key) break;
    if (!columns.empty()) columns += ",";
    columns += context.ids.Forced(part.column);
  }
  return columns;
}

RowsPlan PlanRows(const ScriptContext& context, const TableRequest& request,
                  const TableFacts& facts, bool history) {
  const DumpOptions& options = *context.options;
  RowsPlan plan;
  // Hidden period columns are read and listed by name; declared ones are columns like any other.
  const bool hidden_history = history && !HasRowStart(facts);
  plan.style = StyleFor(context, request, facts, hidden_history);

  plan.select = "SELECT /*!40001 SQL_NO_CACHE */ ";
  for (size_t i = 0; i < facts.columns.size(); ++i) {
    if (i > 0) plan.select += ", ";
    plan.select += context.ids.Optional(facts.columns[i].name);
  }
  if (hidden_history) plan.select += ", row_start, row_end";
  plan.select += " FROM " + context.ids.Forced(request.table);
  if (facts.versioned() && options.as_of) {
    plan.select += absl::StrFormat(" FOR SYSTEM_TIME AS OF TIMESTAMP '%s'", *options.as_of);
  } else if (history) {
    plan.select += " FOR SYSTEM_TIME ALL";
  }

  if (options.comments) {
    plan.intro = absl::StrFormat("\n--\n-- Dumping data for table %s\n--\n",
                                 CommentSafe(context.ids.Forced(request.table)));
    if (options.where) plan.intro += "-- WHERE:  " + CommentSafe(*options.where) + "\n";
  }
  if (options.order_by_primary) {
    const std::string columns = PrimaryOrder(context, facts);
    if (!columns.empty()) {
      plan.order_by = " ORDER BY " + columns;
      if (options.comments) plan.intro += "-- ORDER BY:  " + CommentSafe(columns) + "\n";
    }
  }
  if (!options.compact) plan.intro += "\n";

  const std::string target = context.ids.Optional(request.table);
  if (history) {
    plan.before +=
        "/*M!101100 SET "
        "@old_system_versioning_insert_history=@@session.system_versioning_insert_history, "
        "@@session.system_versioning_insert_history=1 */;\n";
  }
  if (options.no_autocommit) {
    plan.before += "SET @OLD_AUTOCOMMIT=@@AUTOCOMMIT, @@AUTOCOMMIT=0;\n";
  }
  if (options.add_locks) {
    plan.before += "LOCK TABLES " + target + " WRITE;\n";
  }
  if (options.disable_keys) {
    plan.before += "/*!40000 ALTER TABLE " + target + " DISABLE KEYS */;\n";
    plan.after += "/*!40000 ALTER TABLE " + target + " ENABLE KEYS */;\n";
  }
  if (options.add_locks) plan.after += "UNLOCK TABLES;\n";
  if (options.no_autocommit) {
    plan.after += "COMMIT;\nSET AUTOCOMMIT=@OLD_AUTOCOMMIT;\n";
  }
  if (history) {
    plan.after +=
        "/*M!101100 SET system_versioning_insert_history=@old_system_versioning_insert_history "
        "*/;\n";
  }
  return plan;
}

}  // namespace sfdb::dumper
