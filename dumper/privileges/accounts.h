// A server's accounts as SQL: what `_users.cnf` holds.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dumper/session/session.h"

namespace sfdb::dumper {

struct AccountsText {
  std::string text;
  size_t users = 0;
  size_t roles = 0;
};

// Roles, users, what is granted to them, default roles, in an order that loads into a server that
// has the databases but none of the accounts; those it has keep their CREATE part and get the
// grants. Accounts of the system are left out. Needs SELECT on `mysql`.*. The text holds password
// hashes: it is a secret.
absl::StatusOr<AccountsText> ExportAccounts(Session& session, absl::Time now, absl::TimeZone zone);

// Accounts that a server has from its installation: root of the machine itself, mariadb.sys,
// mysql.sys and their kin, anonymous users. `hostname`: of the server.
bool IsSystemAccount(std::string_view user, std::string_view host, std::string_view hostname);

}  // namespace sfdb::dumper
