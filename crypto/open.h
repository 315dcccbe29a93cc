// Opening: header + keys -> the right to open frames.
//
// For a parallel pipeline over a file use SealedFileReader (crypto/sealed_file_reader.h), over a
// pipe FrameSplitter (crypto/sealed_stream.h); both hand out the FrameOpeners declared here.
//
// Errors, everywhere in crypto/:
//   PermissionDenied  no key given fits, or the passphrase is wrong      exit 12
//   DataLoss          damage, truncation, or not a sealed file at all    exit 13
//   anything else     the system: the file cannot be read, no memory
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

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

// Opens frames of one message. Not thread-safe: one per thread.
class FrameOpener {
 public:
  ~FrameOpener();
  FrameOpener(FrameOpener&&) noexcept;
  FrameOpener& operator=(FrameOpener&&) noexcept;

  // `sealed` is exactly the bytes of frame `frame`, which must be of `kind`. Writes the content to
  // `out` (room: sealed.size() minus the overhead of its kind) and returns its size. Nothing of
  // `out` may be used when this fails; DataLoss says what is wrong and carries the DamagedFrame.
  absl::StatusOr<size_t> Open(uint32_t frame, FrameKind kind, std::string_view sealed,
                              std::span<char> out);

 private:
  friend class OpenedMessage;
  struct Impl;
  explicit FrameOpener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// A header that has been authenticated. Immutable and thread-safe.
class OpenedMessage {
 public:
  // Finds a slot that one of `identities` opens, checks the key commitment, then the header's tag.
  // `source` is the file's name for messages.
  static absl::StatusOr<OpenedMessage> Open(MessageHeader header, std::string_view source,
                                            std::span<const IdentityPtr> identities);
  ~OpenedMessage();
  OpenedMessage(OpenedMessage&&) noexcept;
  OpenedMessage& operator=(OpenedMessage&&) noexcept;

  const MessageHeader& header() const { return header_; }
  const Context& context() const { return header_.context; }
  absl::StatusOr<FrameOpener> NewOpener() const;

  // The same message for other keys: a header with slots for `recipients` only, to be written in
  // front of the frames as they are. See crypto/rotate.h for what this does and does not revoke.
  absl::StatusOr<std::string> Rewrap(std::span<const RecipientPtr> recipients) const;

 private:
  OpenedMessage();
  MessageHeader header_;
  std::string source_;
  SecretBytes data_key_;
  std::unique_ptr<const internal::MessageKeys> keys_;
};

// The header of `source`, from where it stands (the first byte of the file); the next byte read is
// the first frame's. Reads not one byte further.
absl::StatusOr<MessageHeader> ReadMessageHeader(SequentialSource& source);
// The same from a file by offset.
absl::StatusOr<MessageHeader> ReadMessageHeader(const RandomAccessSource& source);

}  // namespace sfdb::crypto
