// Arbitrary bytes as the end (and the rest) of a file whose frames are to be listed. Built once per
// codec (SFDB_FUZZ_CODEC). Must hold: no crash, no read outside the file, and frames that lie
// within it, in order, without overlap.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "codecs/codec.h"

namespace {

class Source final : public sfdb::codecs::ByteSource {
 public:
  explicit Source(std::string_view bytes) : bytes_(bytes) {}
  uint64_t size() const override { return bytes_.size(); }
  absl::Status ReadAt(uint64_t offset, std::span<char> out) override {
    if (offset > bytes_.size() || out.size() > bytes_.size() - offset) std::abort();
    bytes_.copy(out.data(), out.size(), offset);
    return absl::OkStatus();
  }

 private:
  std::string_view bytes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const sfdb::codecs::Codec& codec = **sfdb::codecs::FindCodec(SFDB_FUZZ_CODEC);
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Source source(bytes);
  const auto frames = codec.read_frame_index(source);
  if (!frames.ok()) return 0;
  auto decoder = codec.new_frame_decoder();
  uint64_t end = 0;
  for (const sfdb::codecs::FrameExtent& frame : *frames) {
    if (frame.offset < end || frame.compressed_size > size - frame.offset) std::abort();
    end = frame.offset + frame.compressed_size;
    if (frame.plain_size > (1 << 20)) continue;
    std::string plain(frame.plain_size, '\0');
    static_cast<void>(decoder
                          ->DecompressFrame(bytes.substr(frame.offset, frame.compressed_size),
                                            plain, frame.encoding)
                          .ok());
  }
  return 0;
}
