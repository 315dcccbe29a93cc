// Writes pieces of text to a file descriptor in order, many at a time, without copying them.
#pragma once

#include <sys/uio.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "dumper/rows/block.h"

namespace sfdb::engine {

// Used by one thread. What was added must stay until the next Flush(): blocks and strings are
// handed over with Keep(), everything else outlives the writer.
class GatherWriter {
 public:
  // Does not own `fd`.
  explicit GatherWriter(int fd) : fd_(fd) {}

  void Add(std::string_view piece);
  void Keep(dumper::BlockPtr block) { blocks_.push_back(std::move(block)); }
  // Adds `text` and keeps it.
  void AddOwned(std::string text);

  // Writes everything added, whatever the descriptor takes at a time, and lets go of what was kept.
  // Errors: ResourceExhausted (no space), Unavailable (reader gone), Internal; last_errno() says.
  absl::Status Flush();
  // Flush(), when enough has been gathered for a large write.
  absl::Status FlushIfLarge();

  bool empty() const { return pieces_.empty(); }
  int last_errno() const { return last_errno_; }
  uint64_t bytes_written() const { return bytes_written_; }

 private:
  int fd_;
  int last_errno_ = 0;
  uint64_t bytes_written_ = 0;
  size_t gathered_bytes_ = 0;
  std::vector<iovec> pieces_;
  std::vector<dumper::BlockPtr> blocks_;
  std::vector<std::unique_ptr<std::string>> texts_;
};

}  // namespace sfdb::engine
