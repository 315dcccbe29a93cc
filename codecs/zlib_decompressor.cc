// zlib (RFC 1950), for files that older programs wrote. One stream per file.
#include <libdeflate.h>

#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "codecs/codec_rows.h"
#include "codecs/inflate.h"

namespace sfdb::codecs {
namespace {

class ZlibDecompressor final : public Decompressor {
 private:
  absl::StatusOr<Progress> Step(std::string_view in, std::span<char> out) override {
    if (inflate_.finished()) {
      if (in.empty()) return Progress{};
      return Damage("zlib", "trailing garbage", offset());
    }
    const Inflate::Result result = inflate_.Step(in, out);
    const uint64_t at = offset() + result.progress.consumed;
    switch (result.code) {
      case ISAL_INCORRECT_CHECKSUM:
        // Also of its header.
        return Damage("zlib", "checksum mismatch", at);
      case ISAL_NEED_DICT:
        return absl::UnimplementedError("zlib: the stream needs a dictionary");
      default:
        break;
    }
    if (result.code < 0) {
      return Damage("zlib", absl::StrFormat("damaged (deflate error %d)", result.code), at);
    }
    if (inflate_.finished() && inflate_.overread() > 0) {
      return Damage("zlib", "trailing garbage", at - inflate_.overread());
    }
    return result.progress;
  }

  absl::Status AtEnd() override {
    if (inflate_.finished()) return absl::OkStatus();
    return Truncated("zlib", "the rest of the stream", offset());
  }

  Inflate inflate_{ISAL_ZLIB};
};

struct FreeDeflate {
  void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
};

// A "frame" is the whole stream.
class ZlibFrameDecoder final : public FrameDecoder {
 public:
  ZlibFrameDecoder() : context_(libdeflate_alloc_decompressor()) {}

  absl::Status DecompressFrame(std::string_view frame, std::span<char> plain, uint32_t) override {
    if (context_ == nullptr) return absl::ResourceExhaustedError("zlib: no memory for a decoder");
    size_t used = 0;
    size_t got = 0;
    const libdeflate_result rc = libdeflate_zlib_decompress_ex(
        context_.get(), frame.data(), frame.size(), plain.data(), plain.size(), &used, &got);
    if (rc != LIBDEFLATE_SUCCESS || used != frame.size() || got != plain.size()) {
      return Damage("zlib", "damaged, truncated, or checksum mismatch, in the stream", 0);
    }
    return absl::OkStatus();
  }

 private:
  const std::unique_ptr<libdeflate_decompressor, FreeDeflate> context_;
};

}  // namespace

std::unique_ptr<Decompressor> NewZlibDecompressor() { return std::make_unique<ZlibDecompressor>(); }
std::unique_ptr<FrameDecoder> NewZlibFrameDecoder() { return std::make_unique<ZlibFrameDecoder>(); }

}  // namespace sfdb::codecs
