// What the codec tests share: whole files made of frames, streams read with any buffer sizes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "codecs/codec.h"

namespace sfdb::codecs {

// One codec at one level, as a test parameter.
struct Variant {
  std::string_view codec;
  int level;
};
std::string VariantName(const Variant& variant);  // "gzip_6"
// Every writable codec at levels that reach each of its encoders; `slow` ones left out of big
// inputs.
std::vector<Variant> AllVariants();
const Codec& Row(std::string_view name);

struct CompressedFile {
  std::string bytes;
  std::vector<FrameExtent> frames;  // where CompressFrame's output went; empty frames left out
  std::vector<FrameRecord> records;
};
// Compresses `plain` in frames of `frame_bytes` (0: the level's ideal), each given as `pieces`
// scattered pieces.
CompressedFile Compress(const Variant& variant, std::string_view plain, size_t frame_bytes = 0,
                        size_t pieces = 1);

// Feeds `in_step` bytes at a time and reads into a buffer of `out_step` bytes.
absl::StatusOr<std::string> Decompress(const Codec& codec, std::string_view bytes,
                                       size_t in_step = 1 << 20, size_t out_step = 1 << 20);

// Reads every listed frame with one decoder.
absl::StatusOr<std::string> DecompressFrames(const Codec& codec, std::string_view bytes,
                                             const std::vector<FrameExtent>& frames);

class StringSource final : public ByteSource {
 public:
  explicit StringSource(std::string_view bytes) : bytes_(bytes) {}
  uint64_t size() const override { return bytes_.size(); }
  absl::Status ReadAt(uint64_t offset, std::span<char> out) override;
  uint64_t bytes_read() const { return bytes_read_; }

 private:
  std::string_view bytes_;
  uint64_t bytes_read_ = 0;
};

absl::StatusOr<std::vector<FrameExtent>> ReadIndex(const Codec& codec, std::string_view bytes);

}  // namespace sfdb::codecs
