// What a user may do, as SHOW GRANTS says it.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "dumper/session/session.h"

namespace sfdb::dumper {

// Privileges of the user and of the roles that are active; "ALL PRIVILEGES" stands for each.
class Grants {
 public:
  // Rows of SHOW GRANTS. Rows of other kinds (default roles, proxies, routines) are passed over.
  explicit Grants(const std::vector<std::string>& rows);

  // On all databases.
  bool HasGlobally(std::string_view privilege) const;
  // On the whole of `database`. Of several patterns that match it the server looks at the most
  // specific one only, and so does this.
  bool HasOnDatabase(std::string_view privilege, std::string_view database) const;
  // On one table: through it, its database, or globally.
  bool HasOnTable(std::string_view privilege, std::string_view database,
                  std::string_view table) const;

 private:
  struct Grant {
    std::string grantee;
    std::string database;  // a pattern, unless there is a table; "" for *.*
    std::string table;     // "" for db.*
    std::set<std::string> privileges;
    bool Has(std::string_view privilege) const;
  };
  static bool Parse(std::string_view row, Grant* grant);
  std::vector<Grant> grants_;
};

// Asks for those of the session's own user. NotFound: the server keeps no grants
// (--skip-grant-tables), everything is allowed.
absl::StatusOr<Grants> LoadGrants(Session& session);

// Whether `database` matches a pattern of GRANT: _ one character, % any, both after \ themselves.
bool MatchesGrantPattern(std::string_view pattern, std::string_view database);

}  // namespace sfdb::dumper
