// Standard output as a sink: nothing to publish, nothing to take back.
#pragma once

#include "engine/sinks/sink.h"

namespace sfdb::engine {

class StreamFile : public SinkFile {
 public:
  // Does not own `fd`.
  StreamFile(int fd, std::string name) : SinkFile(std::move(name)), fd_(fd) {}
  absl::Status Append(std::span<const std::string_view> pieces) override;
  absl::Status Close() override { return absl::OkStatus(); }

 private:
  int fd_;
};

}  // namespace sfdb::engine
