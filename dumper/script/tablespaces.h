// Tablespaces and log file groups.
#pragma once

#include "dumper/script/script_context.h"

namespace sfdb::dumper {

// MariaDB knows no tablespaces that would have to be created before tables, so there is never
// anything to print. But mariadb-dump asks, and says so when the question cannot be asked: names
// that the connection's character set cannot compare. Such a message ends nothing.
void CheckTablespaces(const ScriptContext& context, Session& session, TaskOutput& out);

}  // namespace sfdb::dumper
