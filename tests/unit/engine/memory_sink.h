// A file in memory that fails when it is told to.
#pragma once

#include <string>

#include "engine/sinks/sink.h"

namespace sfdb::engine {

class MemoryFile : public SinkFile {
 public:
  // Appending fails when the file would grow beyond `room` bytes.
  explicit MemoryFile(uint64_t room = UINT64_MAX) : SinkFile("memory"), room_(room) {}

  absl::Status Append(std::span<const std::string_view> pieces) override {
    for (const std::string_view piece : pieces) {
      if (piece.size() > room_ - content.size()) {
        return absl::ResourceExhaustedError("writing memory: no space");
      }
      content += piece;
      bytes_ = content.size();
    }
    return absl::OkStatus();
  }
  absl::Status Close() override { return absl::OkStatus(); }

  std::string content;

 private:
  const uint64_t room_;
};

}  // namespace sfdb::engine
