#include "engine/backup/server_facts.h"

#include "absl/strings/str_cat.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {
namespace {

// Sequences are tables here, views too.
constexpr const char* kDatabasesWithObjects[] = {
    "SELECT DISTINCT table_schema FROM information_schema.tables",
    "SELECT DISTINCT routine_schema FROM information_schema.routines",
    "SELECT DISTINCT event_schema FROM information_schema.events"};

}  // namespace

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
