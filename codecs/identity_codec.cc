// The codec `none`: bytes pass as they are. Has no structure, so it can tell neither damage nor
// truncation; the layers around it do.
#include <algorithm>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "codecs/codec_rows.h"
#include "codecs/gather.h"

namespace sfdb::codecs {
namespace {

class IdentityCompressor final : public Compressor {
 public:
  absl::StatusOr<FrameRecord> CompressFrame(std::span<const std::string_view> pieces,
                                            std::span<char> out) override {
    const size_t plain = TotalSize(pieces);
    if (absl::Status s = CheckFrameSizes("none", plain, plain, out.size()); !s.ok()) return s;
    char* to = out.data();
    for (std::string_view piece : pieces) to = std::copy(piece.begin(), piece.end(), to);
    return FrameRecord{plain, plain, 0};
  }
};

class IdentityDecompressor final : public Decompressor {
 private:
  absl::StatusOr<Progress> Step(std::string_view in, std::span<char> out) override {
    const size_t take = std::min(in.size(), out.size());
    in.copy(out.data(), take);
    return Progress{take, take};
  }
  absl::Status AtEnd() override { return absl::OkStatus(); }
};

class IdentityFrameDecoder final : public FrameDecoder {
 public:
  absl::Status DecompressFrame(std::string_view frame, std::span<char> plain, uint32_t) override {
    if (frame.size() != plain.size()) {
      return Damage("none",
                    absl::StrFormat("damaged (frame holds %d plain bytes, not %d)", frame.size(),
                                    plain.size()),
                    frame.size());
    }
    frame.copy(plain.data(), plain.size());
    return absl::OkStatus();
  }
};

}  // namespace

size_t IdentityIdealFrameBytes(int) { return size_t{1} << 20; }
size_t IdentityEncoderMemoryBytes(int) { return 4096; }
size_t IdentityMaxCompressedBytes(size_t plain) { return plain; }
std::unique_ptr<Compressor> NewIdentityCompressor(int) {
  return std::make_unique<IdentityCompressor>();
}
std::string IdentityPrologue() { return {}; }
absl::StatusOr<std::string> IdentityEpilogue(std::span<const FrameRecord>) { return std::string(); }
std::unique_ptr<Decompressor> NewIdentityDecompressor() {
  return std::make_unique<IdentityDecompressor>();
}
std::unique_ptr<FrameDecoder> NewIdentityFrameDecoder() {
  return std::make_unique<IdentityFrameDecoder>();
}

absl::StatusOr<std::vector<FrameExtent>> NoFrameIndex(ByteSource&) {
  return absl::NotFoundError("this format holds no index of frames");
}

}  // namespace sfdb::codecs
