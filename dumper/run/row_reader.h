// Reads the rows of one statement into blocks; if it has to be read again, goes on where it
// stopped.
#pragma once

#include <xxhash.h>

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "dumper/script/script_context.h"
#include "dumper/session/session.h"
#include "dumper/stream/output_queue.h"

namespace sfdb::dumper {

// How far a piece of a table has been delivered, over all attempts to read it.
class ReadProgress {
 public:
  ReadProgress();

  uint64_t rows = 0;
  uint64_t bytes = 0;
  // Hash of the delivered text.
  void Hash(const char* data, size_t size);
  uint64_t digest() const;

 private:
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> state_;
};

// Goes on with a statement that BeginStream() started on `session`: formats each row into blocks of
// the pool and pushes them to `queue` in order; adds to `progress`. Rows read before an error are
// delivered. With `progress` from an earlier attempt, that many rows are read and compared first;
// if they are not what was delivered, the error is DataLoss and nothing more is delivered.
absl::Status ReadRows(const ScriptContext& context, Session& session, OutputQueue* queue,
                      ReadProgress* progress);

}  // namespace sfdb::dumper
