// One table or view, start to end, on one session.
#pragma once

#include "dumper/script/script_context.h"
#include "dumper/script/table_catalog.h"
#include "dumper/script/table_text.h"

namespace sfdb::dumper {

// Writes structure, rows and triggers of `request` to `out`, as far as asked for. Errors are
// reported in their place in `out`; afterwards the session is ready for the next task, unless it is
// dead.
void RunTableTask(const ScriptContext& context, const TableRequest& request, TableFacts facts,
                  Session& session, TaskOutput& out);

}  // namespace sfdb::dumper
