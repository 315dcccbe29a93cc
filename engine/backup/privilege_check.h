// Whether the user of a backup may see all it is asked for: found out before the first row, because
// the server does not say what it hides (triggers, routines, tables without any grant).
// docs/privileges.md has the list, and why each is needed.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "dumper/privileges/grants.h"
#include "engine/backup/server_facts.h"

namespace sfdb::engine {

// One GRANT that is missing.
struct MissingPrivilege {
  std::string privilege;  // "TRIGGER"
  std::string database;   // "" for *.*
  std::string why;        // "to see the triggers of `d`"
  friend bool operator==(const MissingPrivilege&, const MissingPrivilege&) = default;
};

struct PrivilegeNeeds {
  std::vector<DatabaseSummary> databases;
  bool export_users = false;
  bool triggers = true, events = true, routines = true;
};

// What `grants` lack for that.
std::vector<MissingPrivilege> FindMissingPrivileges(const dumper::Grants& grants,
                                                    const PrivilegeNeeds& needs);

// The statements that would help, for `account` ('u'@'h'): few, whatever the number of databases.
std::string GrantsText(const std::vector<MissingPrivilege>& missing, const std::string& account);

// Asks the server. PermissionDenied, exit 2, with those statements.
absl::Status CheckPrivileges(dumper::Session& session, const PrivilegeNeeds& needs);

}  // namespace sfdb::engine
