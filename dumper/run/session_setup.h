// Opens a session in the state every reader of a dump needs.
#pragma once

#include <memory>

#include "dumper/script/task_output.h"
#include "dumper/session/session.h"

namespace sfdb::dumper {

// Connects and sets SQL mode and time zone. Null when that failed; the error is in `out`.
std::unique_ptr<Session> OpenDumpSession(const DumpOptions& options, TaskOutput& out);

// Time-outs that must not end a long dump: the server's, for a reader that is slow (back-pressure),
// an idle connection, and a long statement. `out` gets the error.
absl::Status SetTimeouts(const DumpOptions& options, Session& session, TaskOutput& out);

}  // namespace sfdb::dumper
