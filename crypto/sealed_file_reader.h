// Random access to a sealed file: any byte of the plain data at the price of one frame.
//
// Open() proves, before it hands out a byte, that the file is complete: the size law gives the
// number of frames, and the last frame is authenticated first. What is read later is authenticated
// frame by frame.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/frame_layout.h"
#include "crypto/open.h"
#include "crypto/source.h"

namespace sfdb::crypto {

// The frames of the file behind `header`, without any key: the size law, and whether the last frame
// stands where it must, with the number and length it must have. DataLoss tells truncation from
// surplus bytes from frames out of order.
absl::StatusOr<FrameLayout> LocateFrames(const RandomAccessSource& source,
                                         const MessageHeader& header);

class SealedFileReader {
 public:
  // `source` outlives the reader.
  static absl::StatusOr<SealedFileReader> Open(const RandomAccessSource* source,
                                               std::span<const IdentityPtr> identities);

  const OpenedMessage& message() const { return message_; }
  const FrameLayout& layout() const { return layout_; }
  // Of the plain data.
  uint64_t size() const { return layout_.plain_size(); }

  // Reads one frame, 1 to layout().frames, with an opener from message().NewOpener(). Thread-safe
  // as long as every thread has its own opener, scratch and out. `out` has room for
  // layout().PlainSizeOf(frame) bytes; returns that size.
  absl::StatusOr<size_t> ReadFrame(uint64_t frame, FrameOpener& opener, std::string* scratch,
                                   std::span<char> out) const;

  // Reads plain bytes [offset, offset + size), which must exist (OutOfRange). Not thread-safe:
  // keeps the frame it opened last, so small reads in order open every frame once.
  absl::Status ReadAt(uint64_t offset, size_t size, char* out);

 private:
  SealedFileReader(const RandomAccessSource* source, OpenedMessage message, FrameOpener opener,
                   FrameLayout layout)
      : source_(source),
        message_(std::move(message)),
        opener_(std::move(opener)),
        layout_(layout) {}
  absl::Status LoadFrame(uint64_t frame);

  const RandomAccessSource* source_;
  OpenedMessage message_;
  FrameOpener opener_;
  FrameLayout layout_;
  std::string scratch_;
  std::string plain_;    // content of frame cached_
  uint64_t cached_ = 0;  // 0: none
};

}  // namespace sfdb::crypto
