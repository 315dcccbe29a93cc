// Triggers, events, routines: objects whose text is the server's, wrapped so that a client restores
// them under the character set, collation and SQL mode they were created with.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dumper/script/script_context.h"

namespace sfdb::dumper {

// The environment a stored program was created in, as SHOW CREATE reports it.
struct ProgramEnvironment {
  std::string character_set_client;
  std::string collation_connection;
  std::string database_collation;
  std::string sql_mode;
};

// "/*!50003 SET @saved_cs_client ..." and the five lines after it, each ending in " <end>\n".
std::string EnterEnvironment(const ProgramEnvironment& environment, std::string_view end);
std::string LeaveEnvironment(std::string_view end);

// "ALTER DATABASE `db` CHARACTER SET x COLLATE y <end>\n" when the program's database collation is
// not the current one; "" when it is. A collation's character set is its name up to the first "_".
std::string SwitchDatabaseCollation(const std::string& quoted_database,
                                    const std::string& collation, const std::string& current,
                                    std::string_view end);

// `CREATE DEFINER=... EVENT ...` with the definer in a version comment of its own, so that servers
// that do not know it skip it. `keyword` is TRIGGER or EVENT; a statement without both comes back
// as it is. `definer_version` and `statement_version` are like 50017 and 50003.
std::string CoverDefiner(std::string_view statement, std::string_view keyword,
                         std::string_view definer_version, std::string_view statement_version);

// The collation of the current database.
absl::StatusOr<std::string> DatabaseCollation(Session& session);

// mariadb-dump locks mysql.event and mysql.proc around these, which gives up the locks on the
// tables being dumped; we leave those locks as they are: the catalog tables need none to be read.
absl::Status WriteEvents(const ScriptContext& context, const std::string& database,
                         Session& session, TaskOutput& out);
absl::Status WriteRoutines(const ScriptContext& context, const std::string& database,
                           Session& session, TaskOutput& out);

}  // namespace sfdb::dumper
