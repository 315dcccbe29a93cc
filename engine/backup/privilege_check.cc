#include "engine/backup/privilege_check.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "dumper/text/identifiers.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/filters/database_filter.h"

namespace sfdb::engine {
namespace {

// With more databases than this a grant on all of them is proposed.
constexpr size_t kMaxDatabasesNamed = 3;

// Text of routines is kept in one table, for all databases.
bool MaySeeRoutines(const dumper::Grants& grants, const DatabaseSummary& database) {
  if (grants.HasOnTable("SELECT", "mysql", "proc")) return true;
  // Whoever may run or change all routines sees that they are there; their text only if he made
  // them, or (11.3 and later) has SHOW CREATE ROUTINE.
  return (grants.HasOnDatabase("EXECUTE", database.name) ||
          grants.HasOnDatabase("ALTER ROUTINE", database.name) ||
          grants.HasOnDatabase("SHOW CREATE ROUTINE", database.name)) &&
         database.hidden_routines == 0;
}

std::string Quoted(const std::string& database) {
  std::string name = "`";
  for (const char c : database) name += c == '`' ? "``" : std::string(1, c);
  return name + "`";
}

// In GRANT a database's name is a pattern.
std::string GrantTarget(const std::string& database) {
  if (database.empty()) return "*.*";
  std::string pattern;
  for (const char c : database) {
    if (c == '_' || c == '%') pattern += '\\';
    pattern += c;
  }
  return Quoted(pattern) + ".*";
}

}  // namespace

std::vector<MissingPrivilege> FindMissingPrivileges(const dumper::Grants& grants,
                                                    const PrivilegeNeeds& needs) {
  std::vector<MissingPrivilege> missing;
  for (const DatabaseSummary& database : needs.databases) {
    if (IsVirtualDatabase(database.name)) continue;
    auto need = [&](const char* privilege, const char* why) {
      if (grants.HasOnDatabase(privilege, database.name)) return;
      missing.push_back(
          {privilege, database.name, absl::StrFormat("%s %s", why, Quoted(database.name))});
    };
    need("SELECT", "to see all tables of");
    if (database.views > 0) need("SHOW VIEW", "to see the views of");
    if (needs.triggers) need("TRIGGER", "to see the triggers of");
    if (needs.events) need("EVENT", "to see the events of");
    if (needs.routines && !MaySeeRoutines(grants, database)) {
      missing.push_back(
          {"SELECT", "mysql", absl::StrFormat("to see the routines of %s", Quoted(database.name))});
    }
  }
  if (needs.export_users && !grants.HasOnDatabase("SELECT", "mysql")) {
    missing.push_back({"SELECT", "mysql", "to write down users and their grants"});
  }
  return missing;
}

std::string GrantsText(const std::vector<MissingPrivilege>& missing, const std::string& account) {
  std::map<std::string, std::set<std::string>> databases_of;  // privilege -> databases
  for (const MissingPrivilege& one : missing) databases_of[one.privilege].insert(one.database);
  std::map<std::string, std::set<std::string>> privileges_of;  // target -> privileges
  for (const auto& [privilege, databases] : databases_of) {
    if (databases.size() > kMaxDatabasesNamed) {
      privileges_of["*.*"].insert(privilege);
      continue;
    }
    for (const std::string& database : databases) {
      privileges_of[GrantTarget(database)].insert(privilege);
    }
  }
  std::vector<std::string> statements;
  for (const auto& [target, privileges] : privileges_of) {
    statements.push_back(absl::StrCat("GRANT ", absl::StrJoin(privileges, ", "), " ON ", target,
                                      " TO ", account, ";"));
  }
  return absl::StrJoin(statements, "\n");
}

absl::Status CheckPrivileges(dumper::Session& session, const PrivilegeNeeds& needs) {
  const absl::StatusOr<dumper::Grants> grants = dumper::LoadGrants(session);
  if (absl::IsNotFound(grants.status())) return absl::OkStatus();
  RETURN_IF_ERROR(grants.status());
  const std::vector<MissingPrivilege> missing = FindMissingPrivileges(*grants, needs);
  if (missing.empty()) return absl::OkStatus();
  std::string account = "CURRENT_USER()";
  if (const auto user =
          session.Query("SELECT CONCAT(QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', 1)), '@', "
                        "QUOTE(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)))");
      user.ok() && user->rows() > 0) {
    account = user->text(0, 0);
  }
  std::set<std::string> privileges;
  for (const MissingPrivilege& one : missing) privileges.insert(one.privilege);
  const bool only_users = std::all_of(missing.begin(), missing.end(), [](const auto& one) {
    return one.why == "to write down users and their grants";
  });
  return base::WithExitCode(
      absl::PermissionDeniedError(absl::StrFormat(
          "the backup would not be whole: %s is missing, %s%s. What would help%s:\n%s",
          absl::StrJoin(privileges, ", "), missing.front().why,
          missing.size() > 1 ? " and more" : "",
          only_users ? ", if they are not to be left out (--exclude-user)" : "",
          GrantsText(missing, account))),
      base::kExitUsage);
}

}  // namespace sfdb::engine
