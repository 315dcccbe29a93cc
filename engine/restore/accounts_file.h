// The accounts beside a dump, `{base}_users.cnf`: SQL that creates roles and users, and grants.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "engine/restore/section_reader.h"

namespace sfdb::engine {

// In either spelling; "" if there is none.
std::string AccountsPathOf(const std::string& dump_path);

// Every statement of the file, in order.
absl::Status ReadAccounts(const std::string& path, const StatementSink& sink);

// Whether it makes a role or user. These come before the databases: a view whose definer is a role
// that is not there is stored with the definer role@%. All else comes after them: a grant on a
// table needs the table.
bool CreatesAccount(const Statement& statement);

}  // namespace sfdb::engine
