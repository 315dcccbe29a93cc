// Statements that failed, from all sessions of a restore.
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/restore/restore_request.h"

namespace sfdb::engine {

// Thread-safe.
class FailureLog {
 public:
  explicit FailureLog(bool continue_on_error) : continue_(continue_on_error) {}

  // Not OK: the restore ends here. A lost connection always ends it.
  absl::Status Add(SqlFailure failure, bool connection_lost);
  // OK, or how many failed, and which was the first.
  absl::Status Summary() const;
  uint64_t total() const { return total_.load(); }
  std::vector<SqlFailure> Take();

 private:
  const bool continue_;
  mutable std::mutex mutex_;
  std::vector<SqlFailure> kept_;
  std::atomic<uint64_t> total_{0};
};

}  // namespace sfdb::engine
