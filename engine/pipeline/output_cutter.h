// Compressed frames in order -> pieces of the file in order. Sealed: frames of exactly 1 MiB and a
// last shorter one, without copying; else one piece per frame.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "crypto/frame_layout.h"
#include "engine/pipeline/frame.h"

namespace sfdb::engine {

// A stretch of the file on its way.
struct OutputChunk {
  uint64_t number = 0;  // from 0, in the order of the file
  // Of a sealed frame that is still to be made from `data`.
  bool to_seal = false;
  uint32_t seal_frame = 0;  // from 1
  crypto::FrameKind kind = crypto::FrameKind::kRegular;
  size_t charged_bytes = 0;  // counted as output in flight
  Gathered data;
};
using OutputChunkPtr = std::shared_ptr<OutputChunk>;

// Used by one thread at a time.
class OutputCutter {
 public:
  using Emit = std::function<void(OutputChunkPtr)>;
  // `seal_frame_bytes` 0: not sealed.
  OutputCutter(size_t seal_frame_bytes, Emit emit);

  // Bytes that are written as they are, in front of the sealed data: the header.
  void AddRaw(std::string bytes);
  // The next bytes of the compressed stream. OutOfRange: more than a sealed file can hold.
  absl::Status Add(Gathered data);
  absl::Status Add(std::string bytes);
  // Emits the last frame, which may be empty.
  absl::Status Finish();

  // Of the compressed stream so far.
  uint64_t stream_bytes() const { return stream_bytes_; }

 private:
  absl::Status SendSealFrame(crypto::FrameKind kind);
  void Send(OutputChunkPtr chunk);

  const size_t seal_frame_bytes_;
  const Emit emit_;
  OutputChunkPtr open_;
  size_t open_bytes_ = 0;
  uint64_t next_number_ = 0;
  uint64_t next_seal_frame_ = 1;
  uint64_t stream_bytes_ = 0;
};

}  // namespace sfdb::engine
