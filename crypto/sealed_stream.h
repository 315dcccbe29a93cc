// Opening what comes in order: from a pipe, or a file read once from the beginning.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/open.h"
#include "crypto/source.h"

namespace sfdb::crypto {

// Cuts the bytes behind a header into sealed frames without opening them, so that several threads
// can: the splitter is serial and only copies. Numbers, order, lengths and the end are checked
// here, contents by FrameOpener. Not thread-safe.
class FrameSplitter {
 public:
  struct Frame {
    uint32_t number = 0;
    FrameKind kind = FrameKind::kRegular;
    std::string bytes;  // for FrameOpener::Open; keeps its capacity when the object is used again
  };

  // `source` stands at the first byte behind the header, and outlives the splitter.
  FrameSplitter(SequentialSource* source, const MessageHeader& header)
      : source_(source), frame_length_(header.frame_length), offset_(header.size()) {}

  // The next frame; false when the last one was returned before and the source ends right behind
  // it.
  absl::StatusOr<bool> Next(Frame* frame);

 private:
  SequentialSource* source_;
  uint32_t frame_length_;
  uint64_t offset_;  // in the file, for messages
  uint64_t next_ = 1;
  bool seen_final_ = false;
};

// The plain data as a source. Every byte that Read() returns is authenticated, but only the end (a
// read of 0 bytes) proves that there was no truncation: whoever publishes must have seen it. Sticky
// after an error. Not thread-safe.
class SealedStreamReader : public SequentialSource {
 public:
  // Reads the header. `source` outlives the reader.
  static absl::StatusOr<std::unique_ptr<SealedStreamReader>> Open(
      SequentialSource* source, std::span<const IdentityPtr> identities);

  const OpenedMessage& message() const { return message_; }
  absl::StatusOr<size_t> Read(char* out, size_t size) override;
  const std::string& name() const override { return source_->name(); }

 private:
  SealedStreamReader(SequentialSource* source, OpenedMessage message, FrameOpener opener)
      : source_(source),
        message_(std::move(message)),
        opener_(std::move(opener)),
        splitter_(source, message_.header()) {}

  SequentialSource* source_;
  OpenedMessage message_;
  FrameOpener opener_;
  FrameSplitter splitter_;
  FrameSplitter::Frame frame_;
  std::string plain_;
  size_t position_ = 0;  // in plain_
  bool at_end_ = false;
  absl::Status status_;
};

// Plain data as a stream, with what the header says about it.
class OpenStream : public SequentialSource {
 public:
  // Empty for a file of Go sfDBTools, which has none.
  virtual const Context& context() const = 0;
};

// Whatever we can open, by its first bytes: a sealed file, or one that Go sfDBTools encrypted
// (crypto/legacy_go.h), for which the passphrases among `identities` are tried. `source` outlives
// the result.
absl::StatusOr<std::unique_ptr<OpenStream>> OpenSealedStream(
    SequentialSource* source, std::span<const IdentityPtr> identities);

}  // namespace sfdb::crypto
