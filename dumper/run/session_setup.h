// Opens sessions in the state every reader of a dump needs.
#pragma once

#include <memory>

#include "dumper/options/dump_options.h"
#include "dumper/session/session.h"
#include "dumper/stream/dump_fault.h"

namespace sfdb::dumper {

// Connects and sets SQL mode and time zone. Null when that failed; then `*fault` says why.
std::unique_ptr<Session> OpenDumpSession(const DumpOptions& options, DumpFault* fault);

// Time-outs that must not end a long dump: the server's, for a reader that is slow (back-pressure),
// an idle connection, and a long statement.
absl::Status SetTimeouts(const DumpOptions& options, Session& session);

// Both, for the sessions after the first.
absl::StatusOr<std::unique_ptr<Session>> OpenReader(const DumpOptions& options);

}  // namespace sfdb::dumper
