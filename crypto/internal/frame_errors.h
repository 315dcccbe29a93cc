// One wording for what can be wrong with the sequence of frames, for files and for pipes.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace sfdb::crypto::internal {

inline constexpr uint32_t kFinalMark = 0xffffffffu;
// Mark, number, IV, length: what a last frame has before its content.
inline constexpr size_t kFinalHeadBytes = 4 + 4 + 12 + 4;

class FrameErrors {
 public:
  FrameErrors(const std::string& source, uint32_t frame_length)
      : source_(source), frame_length_(frame_length) {}

  // Frame `expected` begins with `number`: OK if it is its own.
  absl::Status CheckNumber(uint64_t expected, uint32_t number) const;
  // The clear part of a last frame in the place of frame `expected`: number and length.
  absl::Status CheckFinalHead(uint64_t expected, const char* head) const;

  // The file ends at `file_size`, `have` bytes into frame `frame` (0: between two frames).
  absl::Status Truncated(uint64_t frame, uint64_t file_size, uint64_t have) const;
  // The last frame claims `claimed` bytes of content and has `have` bytes in all.
  absl::Status FinalTooShort(uint64_t frame, uint64_t claimed, uint64_t have) const;
  // `count` bytes follow the last frame.
  absl::Status Surplus(uint64_t count) const;

 private:
  const std::string& source_;
  uint32_t frame_length_;
};

}  // namespace sfdb::crypto::internal
