// Compressed bytes -> plain bytes: as a stream, or frame by frame from any place of a file.
//
// Whatever the bytes are, these classes neither crash nor use unbounded memory. Damage is
// absl::DataLoss whose message begins with the codec's name, then says one of "truncated",
// "trailing garbage", "checksum mismatch", "damaged", and at which byte of the compressed input it
// was noticed. Input that needs more memory than kMaxDecoderBytes, or a feature that no stock tool
// writes by default, is absl::Unimplemented with what was asked for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sfdb::codecs {

// Bound on the memory of one decoder. xz -9 needs 65 MiB, zstd's default limit (--long=27) 128 MiB.
inline constexpr size_t kMaxDecoderBytes = size_t{192} << 20;

// Push decompression of a whole file: concatenated frames, members and streams are read through.
// Not thread-safe. After an error every further call returns the same error.
class Decompressor {
 public:
  virtual ~Decompressor() = default;
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;

  struct Progress {
    size_t consumed = 0;  // bytes taken from the front of `in`
    size_t produced = 0;  // bytes written to the front of `out`
  };

  // REQUIRES: `out` is not empty. On return either all of `in` is consumed and nothing more can be
  // produced from it, or `out` is full.
  absl::StatusOr<Progress> Decompress(std::string_view in, std::span<char> out);

  // Tells that the input is complete. Truncation is noticed only here. REQUIRES: the last
  // Decompress() returned with `out` not full.
  absl::Status Finish();

  // Compressed bytes consumed so far.
  uint64_t offset() const { return offset_; }

 protected:
  Decompressor() = default;

 private:
  // As Decompress; called with what is left until one of its two ends is reached. A call that
  // neither consumes nor produces ends the loop.
  virtual absl::StatusOr<Progress> Step(std::string_view in, std::span<char> out) = 0;
  virtual absl::Status AtEnd() = 0;

  absl::Status failed_;
  uint64_t offset_ = 0;
};

// Where one frame lies, as the container's own index says: claims of the file, not facts. They are
// consistent with the file's size; compare plain_size with your memory before you allocate it.
struct FrameExtent {
  uint64_t offset = 0;
  uint64_t compressed_size = 0;
  uint64_t plain_size = 0;
  // What the frame's bytes do not say about their encoding (the xz check kind). 0 is what our own
  // compressors write.
  uint32_t encoding = 0;

  friend bool operator==(const FrameExtent&, const FrameExtent&) = default;
};

// Decompresses single frames. Not thread-safe: one object per thread; contexts are reused.
class FrameDecoder {
 public:
  virtual ~FrameDecoder() = default;
  FrameDecoder(const FrameDecoder&) = delete;
  FrameDecoder& operator=(const FrameDecoder&) = delete;

  // Fills `plain` exactly from the bytes of one frame (or of several adjacent ones). DataLoss if
  // they are not exactly that, offsets counted from the frame's first byte.
  virtual absl::Status DecompressFrame(std::string_view frame, std::span<char> plain,
                                       uint32_t encoding) = 0;
  absl::Status DecompressFrame(std::string_view frame, std::span<char> plain) {
    return DecompressFrame(frame, plain, 0);
  }

 protected:
  FrameDecoder() = default;
};

// A file of known size that can be read at any place. ReadAt is called from one thread at a time.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  virtual uint64_t size() const = 0;
  // Fills `out` from `offset`. REQUIRES: offset + out.size() <= size().
  virtual absl::Status ReadAt(uint64_t offset, std::span<char> out) = 0;
};

}  // namespace sfdb::codecs
