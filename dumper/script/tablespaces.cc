#include "dumper/script/tablespaces.h"

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace sfdb::dumper {
namespace {

std::string Quoted(const std::vector<std::string>& names, Session& session) {
  return absl::StrJoin(names, ",", [&](std::string* out, const std::string& name) {
    out->append("'").append(session.Escape(name)).append("'");
  });
}

// Which partitions are in the dump; "" for all of them.
std::string Condition(const DumpOptions& options, Session& session) {
  if (options.all_tablespaces) return "";
  switch (options.scope) {
    case DumpScope::kAllDatabases:
    case DumpScope::kSystemOnly:
      return "";
    case DumpScope::kSelectedTables:
      return absl::StrFormat("TABLE_SCHEMA=%s AND TABLE_NAME IN (%s)",
                             Quoted({options.databases.front()}, session),
                             Quoted(options.tables, session));
    case DumpScope::kOneDatabase:
    case DumpScope::kDatabases:
      break;
  }
  return absl::StrFormat("TABLE_SCHEMA IN (%s)", Quoted(options.databases, session));
}

}  // namespace

void CheckTablespaces(const ScriptContext& context, Session& session, TaskOutput& out) {
  const DumpOptions& options = *context.options;
  if (options.no_tablespaces) return;
  const std::string condition = Condition(options, session);
  // ASCII compares with everything: most dumps need not ask.
  if (std::all_of(condition.begin(), condition.end(), [](char c) { return c >= 0; })) return;
  (void)session.Execute("set optimizer_switch='semijoin=off'");
  const absl::Status status = session.Execute(
      "SELECT DISTINCT TABLESPACE_NAME FROM INFORMATION_SCHEMA.FILES WHERE FILE_TYPE = 'DATAFILE' "
      "AND TABLESPACE_NAME IN (SELECT DISTINCT TABLESPACE_NAME FROM INFORMATION_SCHEMA.PARTITIONS "
      "WHERE " +
      condition + ")");
  (void)session.Execute("set optimizer_switch=default");
  const auto error = MariadbErrorOf(status);
  if (!error) return;
  (void)out.Fault({.text = absl::StrFormat("Error: '%s' when trying to dump tablespaces",
                                           error->text),
                   .is_warning = true});
}

}  // namespace sfdb::dumper
