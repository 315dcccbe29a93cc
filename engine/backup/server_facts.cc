#include "engine/backup/server_facts.h"

#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "dumper/session/session.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {

absl::StatusOr<ServerFacts> AskServer(const dumper::ConnectionOptions& connection) {
  ASSIGN_OR_RETURN(const std::unique_ptr<dumper::Session> session,
                   dumper::Session::Connect(connection));
  if (!session->is_mariadb()) {
    return base::WithExitCode(
        absl::UnimplementedError(absl::StrCat(
            "the server is ", session->server_version(),
            "; only MariaDB servers can be backed up: no other has been tested")),
        base::kExitUsage);
  }
  ServerFacts facts;
  facts.version = session->server_version();
  ASSIGN_OR_RETURN(const dumper::Result hostname, session->Query("SELECT @@hostname"));
  facts.hostname = hostname.text(0, 0);
  ASSIGN_OR_RETURN(const dumper::Result databases, session->Query("SHOW DATABASES"));
  for (size_t i = 0; i < databases.rows(); ++i) facts.databases.push_back(databases.text(i, 0));
  return facts;
}

bool IsSystemDatabase(std::string_view name) {
  return name == "information_schema" || name == "performance_schema" || name == "mysql" ||
         name == "sys";
}

DatabaseChoice ChooseDatabases(const std::vector<std::string>& there,
                               const std::vector<std::string>& wanted) {
  auto contains = [](const std::vector<std::string>& list, const std::string& name) {
    return std::find(list.begin(), list.end(), name) != list.end();
  };
  DatabaseChoice choice;
  for (const std::string& name : there) {
    if (wanted.empty() ? !IsSystemDatabase(name) : contains(wanted, name)) {
      choice.databases.push_back(name);
    }
  }
  for (const std::string& name : wanted) {
    if (!contains(there, name)) choice.missing.push_back(name);
  }
  return choice;
}

}  // namespace sfdb::engine
