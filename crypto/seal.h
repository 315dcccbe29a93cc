// Sealing: bytes -> header and frames of a sealed file.
//
// For a parallel pipeline:
//   ASSIGN_OR_RETURN(SealedMessage message, SealedMessage::Create(context, recipients));
//   write(message.header());
//   per worker:  FrameSealer sealer = *message.NewSealer();
//   per frame:   sealer.Seal(number, kind, pieces, out) -> write in order of the numbers
// Every frame but the last holds exactly frame_length() bytes; the last one, of kind kFinal, holds
// what is left, 0 to frame_length() bytes, and is always there. Frames are numbered from 1 and a
// number must never be sealed twice with different content: its IV is the number.
//
// For everything small or sequential: SealWriter, SealBytes.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/frame_layout.h"
#include "crypto/message_header.h"
#include "crypto/slot.h"
#include "crypto/source.h"

namespace sfdb::crypto {

namespace internal {
struct MessageKeys;
}

// Seals frames of one message. Not thread-safe: one per thread (the key schedule is set up once and
// kept; per frame only the IV changes).
class FrameSealer {
 public:
  ~FrameSealer();
  FrameSealer(FrameSealer&&) noexcept;
  FrameSealer& operator=(FrameSealer&&) noexcept;

  // Seals the concatenation of `pieces` and writes the whole frame, SealedFrameSize(kind, plain)
  // bytes, into `out`, which must have room for it and not overlap the pieces. Returns the size of
  // the frame. InvalidArgument when a regular frame is not exactly full, the last one overfull, or
  // the number 0.
  absl::StatusOr<size_t> Seal(uint32_t frame, FrameKind kind,
                              std::span<const std::string_view> pieces, std::span<char> out);

 private:
  friend class SealedMessage;
  struct Impl;
  explicit FrameSealer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// The keys and the header of a file that is being written. Immutable and thread-safe once made.
class SealedMessage {
 public:
  // A fresh data key, wrapped for each of `recipients` (1 to kMaxSlots). "sfdb-format" is added to
  // the context. Takes as long as the slowest slot: about 0.4 s with a passphrase.
  static absl::StatusOr<SealedMessage> Create(Context context,
                                              std::span<const RecipientPtr> recipients,
                                              uint32_t frame_length = kFrameLength);
  ~SealedMessage();
  SealedMessage(SealedMessage&&) noexcept;
  SealedMessage& operator=(SealedMessage&&) noexcept;

  // The first bytes of the file.
  const std::string& header() const { return header_; }
  uint32_t frame_length() const { return frame_length_; }
  absl::StatusOr<FrameSealer> NewSealer() const;

 private:
  SealedMessage();
  std::string header_;
  uint32_t frame_length_ = 0;
  std::string message_id_;
  std::unique_ptr<const internal::MessageKeys> keys_;
};

// Seals a stream on the calling thread. Sticky: after an error every call returns it. Not
// thread-safe.
class SealWriter {
 public:
  // Writes the header at once. `sink` outlives the writer.
  static absl::StatusOr<SealWriter> Create(Context context,
                                           std::span<const RecipientPtr> recipients, ByteSink* sink,
                                           uint32_t frame_length = kFrameLength);
  absl::Status Append(std::string_view bytes);
  // Writes the final frame. Without it the file is truncated, and every reader says so.
  absl::Status Finish();

 private:
  SealWriter(FrameSealer sealer, uint32_t frame_length, ByteSink* sink);
  absl::Status WriteFrame(FrameKind kind, std::string_view plain);

  FrameSealer sealer_;
  ByteSink* sink_;
  size_t frame_length_;
  std::string pending_;  // less than one frame
  std::string frame_;
  uint64_t next_ = 1;
  bool finished_ = false;
  absl::Status status_;
};

// A whole sealed file in memory: `.toc` and other sidecars.
absl::StatusOr<std::string> SealBytes(std::string_view plain, Context context,
                                      std::span<const RecipientPtr> recipients,
                                      uint32_t frame_length = kFrameLength);

}  // namespace sfdb::crypto
