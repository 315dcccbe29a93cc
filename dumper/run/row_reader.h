// Reads the rows of one statement into blocks; if it has to be read again, goes on where it
// stopped.
#pragma once

#include <xxhash.h>

#include <cstdint>
#include <functional>
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

  uint64_t rows = 0;   // whole ones
  uint64_t bytes = 0;  // of these
  // Counts and hashes text that is delivered.
  void Hash(const char* data, size_t size);
  // From now on text is not hashed: it will not be read again.
  void OnlyCount() { hashes_ = false; }
  uint64_t delivered() const { return delivered_; }
  uint64_t digest() const;

 private:
  bool hashes_ = true;
  uint64_t delivered_ = 0;  // more than `bytes` when it ended within a row
  struct Free {
    void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
  };
  std::unique_ptr<XXH3_state_t, Free> state_;
};

// Goes on with a statement that BeginStream() started on `session`: formats each row into blocks of
// the pool and pushes them to `queue` in order; adds to `progress`. Rows read before an error are
// delivered. With `progress` from an earlier attempt, as much text is read and compared first; if
// it is not what was delivered, the error is DataLoss and nothing more is delivered.
//
// While there is no memory, `gives_way` is asked whether the session is wanted for something else:
// then the read is ended, also within a row, with an error that GaveWay() knows, and the session is
// as good as before.
absl::Status ReadRows(const ScriptContext& context, Session& session, OutputQueue* queue,
                      ReadProgress* progress, const std::function<bool()>& gives_way = nullptr);

}  // namespace sfdb::dumper
