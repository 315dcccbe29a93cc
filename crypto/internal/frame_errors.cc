#include "crypto/internal/frame_errors.h"

#include "absl/strings/str_format.h"
#include "crypto/damage.h"
#include "crypto/frame_layout.h"
#include "crypto/internal/wire.h"

namespace sfdb::crypto::internal {
namespace {

DamagedFrame At(uint64_t frame, uint32_t frame_length) {
  return {frame, (frame - 1) * frame_length, frame * frame_length};
}

}  // namespace

absl::Status FrameErrors::CheckNumber(uint64_t expected, uint32_t number) const {
  if (number == expected) return absl::OkStatus();
  return FrameDamageError(
      source_, At(expected, frame_length_),
      absl::StrFormat("is out of order: the frame in its place has number %u", number));
}

absl::Status FrameErrors::CheckFinalHead(uint64_t expected, const char* head) const {
  if (const uint32_t number = LoadU32(head + 4); number != expected) {
    return FrameDamageError(
        source_, At(expected, frame_length_),
        absl::StrFormat("is out of order: the last frame, in its place, has number %u", number));
  }
  if (const uint32_t length = LoadU32(head + 20); length > frame_length_) {
    return FrameDamageError(
        source_, At(expected, frame_length_),
        absl::StrFormat("is damaged: the last frame claims %u bytes, more than a frame can hold",
                        length));
  }
  return absl::OkStatus();
}

absl::Status FrameErrors::Truncated(uint64_t frame, uint64_t file_size, uint64_t have) const {
  return FrameDamageError(
      source_, At(frame, frame_length_),
      absl::StrFormat("is missing: the file is truncated, it ends at byte %d, %s", file_size,
                      have == 0 ? std::string("where this frame should begin")
                                : absl::StrFormat("%d bytes into this frame", have)));
}

absl::Status FrameErrors::FinalTooShort(uint64_t frame, uint64_t claimed, uint64_t have) const {
  const uint64_t begin = (frame - 1) * frame_length_;
  return FrameDamageError(
      source_, {frame, begin, begin + claimed},
      absl::StrFormat("is missing in part: the file is truncated, its last frame needs %d bytes "
                      "and has %d",
                      claimed + kFinalFrameOverhead, have));
}

absl::Status FrameErrors::Surplus(uint64_t count) const {
  return absl::DataLossError(
      absl::StrFormat("%s: %d bytes follow the end of the sealed data", source_, count));
}

}  // namespace sfdb::crypto::internal
