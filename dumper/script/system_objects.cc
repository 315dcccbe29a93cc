#include "dumper/script/system_objects.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dumper/escape/escape.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// `text` between single quotes, escaped like a value of a row.
std::string Literal(const ScriptContext& context, std::string_view text) {
  std::string out(2 * text.size() + 64, '\0');
  const char* end = EscapeString(context.escape_charset, text.data(), text.size(), out.data());
  out.resize(static_cast<size_t>(end - out.data()));
  return absl::StrCat("'", out, "'");
}

constexpr char kUdfTypes[][8] = {"STRING", "REAL", "INT", "ROW", "DECIMAL", "TIME"};

}  // namespace

absl::Status WritePlugins(const ScriptContext& context, Session& session, TaskOutput& out) {
  const char sql[] = "SHOW PLUGINS";
  const auto plugins = session.Query(sql);
  if (!plugins.ok()) return out.Fault(QueryFault(sql, plugins.status()));
  for (size_t i = 0; i < plugins->rows(); ++i) {
    if (plugins->at(i, 1) != "ACTIVE" || plugins->is_null(i, 3)) continue;
    const std::string name = context.ids.Optional(plugins->at(i, 0));
    if (context.options->replace) {
      out.Text(absl::StrCat("/*M!100401 UNINSTALL PLUGIN IF EXIST ", name, " */;\n"));
    }
    out.Text(absl::StrFormat("INSTALL PLUGIN %s %s SONAME '%s';\n", name,
                             context.options->insert_ignore ? "/*M!100401 IF NOT EXISTS */" : "",
                             plugins->at(i, 3)));
  }
  return absl::OkStatus();
}

absl::Status WriteUdfs(const ScriptContext& context, Session& session, TaskOutput& out) {
  const DumpOptions& options = *context.options;
  const char sql[] = "SELECT * FROM mysql.func";
  const auto udfs = session.Query(sql);
  if (!udfs.ok()) return out.Fault(QueryFault(sql, udfs.status()));
  for (size_t i = 0; i < udfs->rows(); ++i) {
    const std::string name = context.ids.Optional(udfs->at(i, 0));
    const std::string type = udfs->text(i, 1);
    const size_t code = type.size() == 1 ? static_cast<size_t>(type[0] - '0') : 99;
    if (code >= std::size(kUdfTypes)) {
      RETURN_IF_ERROR(out.Fault(
          {kExitIllegalTable,
           absl::StrFormat("Error: invalid return type on udf function '%s'", udfs->at(i, 0)), true,
           /*is_warning=*/true}));
      continue;
    }
    if (options.replace) {
      out.Text(absl::StrCat("/*!50701 DROP FUNCTION IF EXISTS ", name, " */;\n"));
    }
    out.Text(absl::StrFormat("CREATE %s%sFUNCTION %s%s RETURNS %s SONAME %s;\n",
                             options.replace ? "/*M!100103 OR REPLACE */ " : "",
                             udfs->at(i, 3) == "aggregate" ? "AGGREGATE " : "",
                             options.insert_ignore ? "IF NOT EXISTS " : "", name, kUdfTypes[code],
                             Literal(context, udfs->at(i, 2))));
  }
  return absl::OkStatus();
}

absl::Status WriteServers(const ScriptContext& context, Session& session, TaskOutput& out) {
  const DumpOptions& options = *context.options;
  const char sql[] =
      "SELECT Server_name, Host, Db AS `Database`, Username AS `User`, Password, Port, Socket, "
      "Wrapper, Owner FROM mysql.servers";
  const auto servers = session.Query(sql);
  if (!servers.ok()) return out.Fault(QueryFault(sql, servers.status()));
  enum { kName, kHost, kDatabase, kUser, kPassword, kPort, kSocket, kWrapper, kOwner };
  constexpr std::pair<int, const char*> kOptions[] = {
      {kHost, "Host"}, {kDatabase, "Database"}, {kUser, "User"},  {kPassword, "Password"},
      {kPort, "Port"}, {kSocket, "Socket"},     {kOwner, "Owner"}};
  for (size_t i = 0; i < servers->rows(); ++i) {
    std::string list;
    for (const auto& [column, label] : kOptions) {
      const std::string_view value = servers->at(i, static_cast<size_t>(column));
      if (column != kPort && value.empty()) continue;
      absl::StrAppend(&list, list.empty() ? "" : ", ", label, " ",
                      column == kPort ? std::string(value) : Literal(context, value));
    }
    out.Text(absl::StrFormat("CREATE %sSERVER %s%s FOREIGN DATA WRAPPER %s OPTIONS (%s);\n",
                             options.replace ? "/*M!100103 OR REPLACE */ " : "",
                             options.insert_ignore ? "/*M!100103 IF NOT EXISTS */ " : "",
                             context.ids.Optional(servers->at(i, kName)),
                             Literal(context, servers->at(i, kWrapper)), list));
  }
  return absl::OkStatus();
}

}  // namespace sfdb::dumper
