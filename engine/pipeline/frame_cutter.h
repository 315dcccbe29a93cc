// Cuts a stream of text into frames without copying it.
//
// Invariants:
//  1. No frame is longer than `frame_bytes`; encoders are sized for that.
//  2. Inside a long table frames are exactly that long, wherever the reader's blocks ended: the
//     frames, and with them the file, do not depend on how the text came.
//  3. A table that does not fit into what is left of the open frame begins a new one; small
//     neighbours share frames (2,000 small tables in frames of their own came out 42 times larger).
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "engine/pipeline/frame.h"

namespace sfdb::engine {

// Used by one thread. Methods return what `emit` returned, when it failed.
class FrameCutter {
 public:
  using Emit = std::function<absl::Status(FramePtr)>;
  FrameCutter(size_t frame_bytes, Emit emit);

  // What follows belongs to `section`.
  void BeginSection(uint32_t section) { section_ = section; }
  // A table begins here: a good place for a frame to begin.
  void BeginUnit();

  // Appends text that `hold` keeps in its place.
  absl::Status Add(std::string_view piece, const Hold& hold);
  // Appends a copy: for text whose memory is wanted back at once, and short text.
  absl::Status AddCopy(std::string_view text);
  // Appends text that now belongs to the frame.
  absl::Status AddOwned(std::string text);

  // Emits what is left. Nothing may be added afterwards.
  absl::Status Finish();

  // Bytes of text so far.
  uint64_t offset() const { return offset_; }

 private:
  // Short text is gathered in chunks of this size.
  static constexpr size_t kChunkBytes = 64 << 10;

  absl::Status CutWhileTooLong();
  absl::Status EmitFirst(uint64_t bytes);

  const size_t frame_bytes_;
  const Emit emit_;
  FramePtr open_;
  uint64_t next_number_ = 0;
  uint64_t unit_at_ = 0;  // where in the open frame the current table begins; 0: at its start, or before
  uint32_t section_ = 0;
  uint64_t offset_ = 0;
  std::shared_ptr<std::string> chunk_;
};

}  // namespace sfdb::engine
