// Reads the rows of one statement into blocks.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/status.h"
#include "dumper/script/script_context.h"
#include "dumper/session/session.h"
#include "dumper/stream/output_queue.h"

namespace sfdb::dumper {

struct ReadOutcome {
  uint64_t rows = 0;    // formatted and delivered, also when the read failed
  absl::Status status;  // carries the server's number when it is the server's
};

// Goes on with a statement that BeginStream() started on `session`: formats each row into blocks of
// the pool and pushes them to `queue` in order. Rows read before an error are delivered.
ReadOutcome ReadRows(const ScriptContext& context, Session& session, OutputQueue* queue);

}  // namespace sfdb::dumper
