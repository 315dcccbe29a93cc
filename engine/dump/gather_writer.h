// Gathers pieces of text in order and hands them to the output many at a time, without copying
// them.
#pragma once

#include <sys/uio.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "dumper/rows/block.h"
#include "engine/sinks/file_output.h"

namespace sfdb::engine {

// Used by one thread. What was added must stay until the next Flush(): blocks and strings are
// handed over with Keep(), everything else outlives the writer.
class GatherWriter {
 public:
  // `output` outlives the writer.
  explicit GatherWriter(FileOutput* output) : output_(output) {}

  void Add(std::string_view piece);
  void Keep(dumper::BlockPtr block) { blocks_.push_back(std::move(block)); }
  // Adds `text` and keeps it.
  void AddOwned(std::string text);

  // Gives everything added to the output and lets go of what was kept. Errors are the output's.
  absl::Status Flush();
  // Flush(), when enough has been gathered for a large write.
  absl::Status FlushIfLarge();

  bool empty() const { return pieces_.empty(); }

 private:
  FileOutput* output_;
  size_t gathered_bytes_ = 0;
  std::vector<iovec> pieces_;
  std::vector<dumper::BlockPtr> blocks_;
  std::vector<std::unique_ptr<std::string>> texts_;
};

}  // namespace sfdb::engine
