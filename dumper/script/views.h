// Final view definitions and sequences: the objects that are printed apart from tables.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "dumper/script/script_context.h"

namespace sfdb::dumper {

// The final structure of `view`; a base table prints nothing. Current database: `database`.
absl::Status WriteFinalView(const ScriptContext& context, const std::string& database,
                            const std::string& view, Session& session, TaskOutput& out);

// DROP, CREATE and SETVAL of one sequence of the current database.
absl::Status WriteSequence(const ScriptContext& context, const std::string& sequence,
                           Session& session, TaskOutput& out);

// Puts definer and check option of a view's CREATE text into version comments of their own; text
// surgery on first occurrences, exactly mariadb-dump's, quirks included. `definer` is user@host.
std::string CoverView(const Identifiers& ids, std::string text, std::string_view check_option,
                      std::string_view definer, std::string_view security_type);

}  // namespace sfdb::dumper
