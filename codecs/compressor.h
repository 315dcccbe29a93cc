// Bytes -> independent, concatenable compressed frames.
//
// A compressed file is  Prologue | frame | frame | ... | Epilogue.  Every frame can be decompressed
// without the others and frames may be made in parallel, in any order; what the container's own
// index needs to know about a frame comes back in its FrameRecord, and the records, in file order,
// make the epilogue. The stock tool of the format reads the whole as one file.
//
// A frame's bytes depend only on its input and the level, never on threads or on earlier frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "absl/status/statusor.h"

namespace sfdb::codecs {

// One frame as it stands in the file.
struct FrameRecord {
  uint64_t compressed_size = 0;
  uint64_t plain_size = 0;
  // What else the container's index holds: the zstd content checksum, the count of xz padding
  // bytes. Opaque to callers; kept from CompressFrame to MakeEpilogue.
  uint32_t index_word = 0;

  friend bool operator==(const FrameRecord&, const FrameRecord&) = default;
};

// Not thread-safe: one object per worker thread, made by Codec::NewCompressor. Contexts and scratch
// memory are kept from frame to frame.
class Compressor {
 public:
  virtual ~Compressor() = default;
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;

  // Compresses the concatenation of `pieces` (may be empty, any of them may be empty) into one
  // frame at the start of `out`.
  // REQUIRES: out.size() >= Codec::max_compressed_bytes(sum of the pieces' sizes).
  // InvalidArgument if that does not hold or the input is longer than kMaxFrameBytes; Internal if
  // the library fails, which no input can cause.
  virtual absl::StatusOr<FrameRecord> CompressFrame(std::span<const std::string_view> pieces,
                                                    std::span<char> out) = 0;

 protected:
  Compressor() = default;
};

// Longest input of one frame. Formats hold 32-bit sizes; the reference reader of zstd's seek table
// refuses frames above 1 GiB.
inline constexpr size_t kMaxFrameBytes = size_t{1} << 30;

}  // namespace sfdb::codecs
