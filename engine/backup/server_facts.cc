#include "engine/backup/server_facts.h"

#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "dumper/text/identifiers.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {
namespace {

// Sequences are tables here, views too.
constexpr const char* kDatabasesWithObjects[] = {
    "SELECT DISTINCT table_schema FROM information_schema.tables",
    "SELECT DISTINCT routine_schema FROM information_schema.routines",
    "SELECT DISTINCT event_schema FROM information_schema.events"};

constexpr int kMostNamed = 5;

std::string InList(std::string_view column, const std::vector<std::string>& names) {
  std::string sql = absl::StrCat(std::string(column), " IN (");
  for (size_t i = 0; i < names.size(); ++i) {
    absl::StrAppend(&sql, i > 0 ? "," : "", dumper::SqlString(names[i]));
  }
  return sql + ")";
}

uint64_t Number(const dumper::Result& result, size_t row, size_t column) {
  uint64_t number = 0;
  return absl::SimpleAtoi(result.text(row, column), &number) ? number : 0;
}

}  // namespace

absl::StatusOr<std::vector<DatabaseSummary>> SumUpDatabases(
    dumper::Session& session, const std::vector<std::string>& databases) {
  std::vector<DatabaseSummary> list;
  std::map<std::string, size_t> index;
  for (const std::string& name : databases) {
    index[name] = list.size();
    list.emplace_back();
    list.back().name = name;
  }
  // One pass: for each table of the server's catalog the server opens the table.
  ASSIGN_OR_RETURN(
      const dumper::Result sums,
      session.Query(absl::StrCat(
          "SELECT table_schema, SUM(data_length), SUM(table_type = 'VIEW'), SUM(no_snapshot), "
          "SUBSTRING_INDEX(GROUP_CONCAT(IF(no_snapshot, table_name, NULL) ORDER BY table_name "
          "SEPARATOR ', '), ', ', ",
          kMostNamed,
          ") FROM (SELECT table_schema, table_name, "
          "table_type, data_length, table_type = 'BASE TABLE' AND engine IN (SELECT engine FROM "
          "information_schema.engines WHERE transactions = 'NO') AS no_snapshot FROM "
          "information_schema.tables WHERE ",
          InList("table_schema", databases), ") AS t GROUP BY table_schema")));
  for (size_t i = 0; i < sums.rows(); ++i) {
    if (const auto at = index.find(sums.text(i, 0)); at != index.end()) {
      DatabaseSummary& summary = list[at->second];
      summary.data_bytes = Number(sums, i, 1);
      summary.views = Number(sums, i, 2);
      summary.not_transactional = Number(sums, i, 3);
      summary.not_transactional_names = sums.text(i, 4);
    }
  }
  ASSIGN_OR_RETURN(
      const dumper::Result routines,
      session.Query("SELECT routine_schema, COUNT(*) FROM information_schema.routines WHERE " +
                    InList("routine_schema", databases) +
                    " AND routine_definition IS NULL GROUP BY routine_schema"));
  for (size_t i = 0; i < routines.rows(); ++i) {
    if (const auto at = index.find(routines.text(i, 0)); at != index.end()) {
      list[at->second].hidden_routines = Number(routines, i, 1);
    }
  }
  return list;
}

absl::StatusOr<ServerFacts> AskServer(dumper::Session& session, bool find_empty) {
  if (!session.is_mariadb()) {
    return base::WithExitCode(
        absl::UnimplementedError(
            absl::StrCat("the server is ", session.server_version(),
                         "; only MariaDB servers can be backed up: no other has been tested")),
        base::kExitUsage);
  }
  ServerFacts facts;
  facts.version = session.server_version();
  ASSIGN_OR_RETURN(const dumper::Result hostname, session.Query("SELECT @@hostname"));
  facts.hostname = hostname.text(0, 0);
  ASSIGN_OR_RETURN(const dumper::Result databases, session.Query("SHOW DATABASES"));
  for (size_t i = 0; i < databases.rows(); ++i) facts.databases.push_back(databases.text(i, 0));
  if (!find_empty) return facts;
  facts.empty.insert(facts.databases.begin(), facts.databases.end());
  for (const char* sql : kDatabasesWithObjects) {
    ASSIGN_OR_RETURN(const dumper::Result filled, session.Query(sql));
    for (size_t i = 0; i < filled.rows(); ++i) facts.empty.erase(filled.text(i, 0));
  }
  return facts;
}

}  // namespace sfdb::engine
