// Small tables that follow each other, begun together by one session: on schemas of thousands of
// them round trips and statements are most of the time. Two round trips a group and three
// statements a table, instead of one and six. 5,000 tables on two sessions, CPU seconds of client
// and server: 0.17 and 0.64 so, 0.28 and 0.88 table by table, 0.77 and 4.75 for mariadb-dump.
#pragma once

#include <memory>
#include <vector>

#include "dumper/run/session_runner.h"
#include "dumper/run/table_job.h"
#include "dumper/session/session.h"

namespace sfdb::dumper {

// As many as make a round trip vanish, and few enough that sessions have about the same to do.
inline constexpr size_t kTablesInGroup = 16;

// Begins and ends `jobs`, all of one database, on the session, as a task of the runner: all pinned
// and their CREATE texts read, then the rows of each. When anything is not as expected, each job
// begins by itself.
// REQUIRES: TableJob::IsGroupable() of each.
void RunTableGroup(const ScriptContext& context, SessionRunner& runner,
                   const std::vector<std::shared_ptr<TableJob>>& jobs, Session& session);

}  // namespace sfdb::dumper
