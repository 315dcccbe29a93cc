// Opens sessions in the state every reader of a dump needs, and sets them to work.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "dumper/options/dump_options.h"
#include "dumper/run/session_runner.h"
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

// Sessions that are at their moment -> threads that read on them. Several sessions give up the
// metadata locks of a table when nobody needs them any more. `cpu_nanos` outlives the runner.
std::unique_ptr<SessionRunner> MakeRunner(const DumpOptions& options,
                                          std::vector<std::unique_ptr<Session>> sessions,
                                          size_t reserved, std::atomic<int64_t>* cpu_nanos);

// About how much SQL a piece of a table should make.
uint64_t ChunkBytes(const DumpOptions& options);

}  // namespace sfdb::dumper
