#include "engine/scan/database_scan.h"

#include <charconv>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dumper/text/identifiers.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {
namespace {

uint64_t NumberAt(const dumper::Result& result, size_t column) {
  const std::string_view text = result.at(0, column);
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

absl::Status PrepareSession(dumper::Session& session) {
  // Literals of ours have backslashes, whatever the server's mode is.
  RETURN_IF_ERROR(session.Execute("SET SESSION sql_mode = ''"));
  return session.Execute("SET SESSION lock_wait_timeout = 10");
}

absl::Status CountObjects(dumper::Session& session, DatabaseNumbers& database) {
  const std::string name = dumper::SqlString(database.name);
  ASSIGN_OR_RETURN(
      const dumper::Result tables,
      session.Query(absl::StrFormat("SELECT COALESCE(SUM(data_length + index_length), 0), "
                                    "COALESCE(SUM(table_type NOT LIKE '%%VIEW'), 0), "
                                    "COALESCE(SUM(table_type LIKE '%%VIEW'), 0) "
                                    "FROM information_schema.tables WHERE table_schema = %s",
                                    name)));
  database.bytes = NumberAt(tables, 0);
  database.tables = NumberAt(tables, 1);
  database.views = NumberAt(tables, 2);
  ASSIGN_OR_RETURN(
      const dumper::Result routines,
      session.Query(absl::StrFormat("SELECT COALESCE(SUM(routine_type = 'PROCEDURE'), 0), "
                                    "COALESCE(SUM(routine_type = 'FUNCTION'), 0) "
                                    "FROM information_schema.routines WHERE routine_schema = %s",
                                    name)));
  database.procedures = NumberAt(routines, 0);
  database.functions = NumberAt(routines, 1);
  return absl::OkStatus();
}

void CountGrants(dumper::Session& session, DatabaseNumbers& database) {
  const auto grants = session.Query(
      absl::StrFormat("SELECT COUNT(DISTINCT User, Host) FROM mysql.db WHERE %s LIKE Db",
                      dumper::SqlString(database.name)));
  if (grants.ok()) database.grants = NumberAt(*grants, 0);
}

// Names of `there` that the list of exclusions means, whatever the list of inclusions says.
std::set<std::string> ExcludedOf(const std::vector<std::string>& there,
                                 const std::vector<std::string>& exclude) {
  ChoiceRequest request;
  request.filter.exclude = exclude;
  request.filter.exclude_system = false;
  std::set<std::string> excluded;
  for (const DroppedDatabase& dropped : ChooseDatabases(request, there, {}).statistics.dropped) {
    if (dropped.reason == DropReason::kExcluded) excluded.insert(dropped.name);
  }
  return excluded;
}

}  // namespace

absl::StatusOr<ScanResult> ScanDatabases(dumper::Session& session, const ScanRequest& request,
                                         const std::function<bool()>& stop) {
  RETURN_IF_ERROR(PrepareSession(session));
  ScanResult result;
  result.version = session.server_version();
  ASSIGN_OR_RETURN(const dumper::Result hostname, session.Query("SELECT @@hostname"));
  result.hostname = hostname.text(0, 0);
  ASSIGN_OR_RETURN(const dumper::Result names, session.Query("SHOW DATABASES"));
  std::vector<std::string> there;
  for (size_t i = 0; i < names.rows(); ++i) there.push_back(names.text(i, 0));

  ChoiceRequest choice_request;
  choice_request.filter = request.filter;
  choice_request.filter.exclude.clear();
  DatabaseChoice choice = ChooseDatabases(choice_request, there, {});
  result.missing = std::move(choice.statistics.missing);
  const std::set<std::string> excluded = ExcludedOf(there, request.filter.exclude);
  for (const std::string& name : choice.databases) {
    if (excluded.contains(name)) continue;
    if (stop()) return absl::CancelledError("stopped");
    DatabaseNumbers database;
    database.name = name;
    database.status = CountObjects(session, database);
    if (database.status.ok()) CountGrants(session, database);
    if (session.lost()) return database.status;
    result.databases.push_back(std::move(database));
  }
  if (result.databases.empty()) {
    return base::WithExitCode(absl::NotFoundError("no database to scan"), base::kExitNothing);
  }
  return result;
}

}  // namespace sfdb::engine
