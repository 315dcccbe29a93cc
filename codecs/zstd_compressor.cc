// zstd frames: one ZSTD_compress2 each in a reused context.
#include <zstd.h>

#include <array>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "codecs/codec_rows.h"
#include "codecs/gather.h"
#include "codecs/little_endian.h"
#include "codecs/zstd_layout.h"

namespace sfdb::codecs {
namespace {

using namespace zstd;  // NOLINT(google-build-using-namespace): the layout is this file's subject

struct FreeContext {
  void operator()(ZSTD_CCtx* c) const { ZSTD_freeCCtx(c); }
};

void AppendPzstdHeader(uint32_t size, std::string* out) {
  AppendLe(out, kPzstdMagic);
  AppendLe(out, uint32_t{4});
  AppendLe(out, size);
}

class ZstdCompressor final : public Compressor {
 public:
  explicit ZstdCompressor(int level) : context_(ZSTD_createCCtx()) {
    if (context_ == nullptr) return;
    // Both parameters are within their bounds: the table's level range is the library's.
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, level);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
  }

  absl::StatusOr<FrameRecord> CompressFrame(std::span<const std::string_view> pieces,
                                            std::span<char> out) override {
    const size_t plain = TotalSize(pieces);
    if (absl::Status s = CheckFrameSizes("zstd", plain, ZstdMaxCompressedBytes(plain), out.size());
        !s.ok()) {
      return s;
    }
    if (plain == 0) return FrameRecord{};
    if (context_ == nullptr) return absl::ResourceExhaustedError("zstd: no memory for an encoder");
    Gather gather(pieces);
    const std::string_view input = gather.Next(plain, &scratch_);
    const size_t size = ZSTD_compress2(context_.get(), out.data() + kPzstdHeaderBytes,
                                       out.size() - kPzstdHeaderBytes, input.data(), input.size());
    if (ZSTD_isError(size)) {
      return absl::InternalError(
          absl::StrFormat("zstd: compressing %d bytes: %s", plain, ZSTD_getErrorName(size)));
    }
    StoreLe(out.data(), kPzstdMagic);
    StoreLe(out.data() + 4, uint32_t{4});
    StoreLe(out.data() + 8, static_cast<uint32_t>(size));
    // A frame with checksum ends with the low half of its content's XXH64, which is what the seek
    // table wants as well.
    const auto checksum = LoadLe<uint32_t>(out.data() + kPzstdHeaderBytes + size - 4);
    return FrameRecord{kPzstdHeaderBytes + size, plain, checksum};
  }

 private:
  const std::unique_ptr<ZSTD_CCtx, FreeContext> context_;
  Scratch scratch_;
};

void AppendEntry(uint64_t compressed, uint64_t plain, uint32_t checksum, std::string* out) {
  AppendLe(out, static_cast<uint32_t>(compressed));
  AppendLe(out, static_cast<uint32_t>(plain));
  AppendLe(out, checksum);
}

}  // namespace

// 1 MiB costs nothing up to level 12 (level 3: 0.99 of `zstd -3` on SQL rows, 1.02 on English
// text). Levels above search an 8 MiB window: at -19, 1 MiB frames are 1.036 of zstd's size, 4
// MiB 1.014.
size_t ZstdIdealFrameBytes(int level) { return size_t{level <= 12 ? 1u : 4u} << 20; }

// ZSTD_sizeof_CCtx after one ideal frame of each level, rounded up to half a MiB, plus the scratch
// for scattered input; the conformance test measures again.
size_t ZstdEncoderMemoryBytes(int level) {
  constexpr std::array<uint8_t, 23> kHalfMiB = {
      0, 2, 2, 3, 6, 8, 8, 14, 14, 26, 26, 26, 26, 66, 66, 130, 130, 100, 100, 100, 132, 132, 132};
  return (size_t{kHalfMiB[static_cast<size_t>(level)]} << 19) + ZstdIdealFrameBytes(level);
}

size_t ZstdMaxCompressedBytes(size_t plain) {
  return ZSTD_compressBound(plain) + kPzstdHeaderBytes;
}

std::unique_ptr<Compressor> NewZstdCompressor(int level) {
  return std::make_unique<ZstdCompressor>(level);
}

std::string ZstdPrologue() {
  std::string out;
  AppendPzstdHeader(kSkippableHeadBytes + kMark.size(), &out);
  AppendLe(&out, kMarkMagic);
  AppendLe(&out, static_cast<uint32_t>(kMark.size()));
  out += kMark;
  return out;
}

absl::StatusOr<std::string> ZstdEpilogue(std::span<const FrameRecord> frames) {
  constexpr size_t kEntryBytes = 12;
  if ((frames.size() + 1) * 2 > kSeekTableMaxFrames) {
    return absl::OutOfRangeError(
        absl::StrFormat("zstd: %d frames are more than a seek table can hold", frames.size()));
  }
  std::string out;
  out.reserve(kSkippableHeadBytes + (frames.size() + 1) * 2 * kEntryBytes + kSeekTableFooterBytes);
  AppendLe(&out, kSeekTableMagic);
  AppendLe(&out, uint32_t{0});  // size, below
  AppendEntry(kPzstdHeaderBytes, 0, kEmptyChecksum, &out);
  AppendEntry(kSkippableHeadBytes + kMark.size(), 0, kEmptyChecksum, &out);
  uint32_t entries = 2;
  for (const FrameRecord& frame : frames) {
    if (frame.compressed_size == 0) continue;
    AppendEntry(kPzstdHeaderBytes, 0, kEmptyChecksum, &out);
    AppendEntry(frame.compressed_size - kPzstdHeaderBytes, frame.plain_size, frame.index_word,
                &out);
    entries += 2;
  }
  AppendLe(&out, entries);
  AppendLe(&out, kSeekTableChecksums);
  AppendLe(&out, kSeekTableFooterMagic);
  StoreLe(out.data() + 4, static_cast<uint32_t>(out.size() - kSkippableHeadBytes));
  return out;
}

}  // namespace sfdb::codecs
