// Where frames lie in a sealed file: the size law, both ways.
//
// With header size H and frame length L a file of n frames whose last one holds `final` bytes is
//   H + (n-1) * (L+32) + final + 40 bytes,   0 <= final <= L,
// and there is at most one (n, final) for a size: a size that fits none is damage. Our writer
// always makes n = plain / L + 1 and final = plain % L, so that it never has to look ahead; readers
// also take a last frame that is full.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace sfdb::crypto {

// Bytes that a frame adds to its content.
inline constexpr size_t kRegularFrameOverhead = 4 + 12 + 16;  // number, IV, tag
inline constexpr size_t kFinalFrameOverhead =
    4 + 4 + 12 + 4 + 16;  // marker, number, IV, length, tag

inline constexpr uint32_t kMaxFrames = 0xffffffffu;

enum class FrameKind { kRegular, kFinal };

constexpr size_t SealedFrameSize(FrameKind kind, size_t plain) {
  return plain + (kind == FrameKind::kFinal ? kFinalFrameOverhead : kRegularFrameOverhead);
}

// Frames are counted from 1. All sizes in bytes.
struct FrameLayout {
  uint64_t header_size = 0;
  uint32_t frame_length = 0;
  uint64_t frames = 0;  // the last one is the final one
  uint32_t final_length = 0;

  // The layout our writer gives `plain_size` bytes.
  static constexpr FrameLayout ForPlainSize(uint64_t header_size, uint32_t frame_length,
                                            uint64_t plain_size) {
    return {header_size, frame_length, plain_size / frame_length + 1,
            static_cast<uint32_t>(plain_size % frame_length)};
  }

  // The only layout a file of `file_size` bytes can have; nullopt: none.
  static constexpr std::optional<FrameLayout> FromFileSize(uint64_t header_size,
                                                           uint32_t frame_length,
                                                           uint64_t file_size) {
    if (file_size < header_size + kFinalFrameOverhead) return std::nullopt;
    const uint64_t body = file_size - header_size - kFinalFrameOverhead;
    const uint64_t step = uint64_t{frame_length} + kRegularFrameOverhead;
    if (body % step > frame_length || body / step + 1 > kMaxFrames) return std::nullopt;
    return FrameLayout{header_size, frame_length, body / step + 1,
                       static_cast<uint32_t>(body % step)};
  }

  constexpr uint64_t plain_size() const { return (frames - 1) * frame_length + final_length; }
  constexpr uint64_t file_size() const {
    return FrameOffset(frames) + SealedFrameSize(FrameKind::kFinal, final_length);
  }

  constexpr FrameKind KindOf(uint64_t frame) const {
    return frame == frames ? FrameKind::kFinal : FrameKind::kRegular;
  }
  constexpr size_t PlainSizeOf(uint64_t frame) const {
    return frame == frames ? final_length : frame_length;
  }
  constexpr size_t SealedSizeOf(uint64_t frame) const {
    return SealedFrameSize(KindOf(frame), PlainSizeOf(frame));
  }
  // Of the frame's first byte in the file, and of its first byte in the plain data.
  constexpr uint64_t FrameOffset(uint64_t frame) const {
    return header_size + (frame - 1) * (uint64_t{frame_length} + kRegularFrameOverhead);
  }
  constexpr uint64_t PlainOffset(uint64_t frame) const { return (frame - 1) * frame_length; }
  // The frame that holds byte `offset` of the plain data. REQUIRES: offset < plain_size().
  constexpr uint64_t FrameAt(uint64_t offset) const {
    return std::min(offset / frame_length + 1, frames);
  }
};

}  // namespace sfdb::crypto
