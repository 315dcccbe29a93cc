// Arbitrary bytes through one codec's stream decompressor and its frame decoder. Built once per
// codec (SFDB_FUZZ_CODEC). Must hold: no crash, bounded memory, the result does not depend on
// buffer sizes, and where stream and frame decoders (different libraries for gzip and zlib) both
// accept, they agree.
//
// The first byte of the input chooses the buffer sizes; the rest is the file.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "codecs/codec.h"

namespace {

using sfdb::codecs::Codec;

// Small inputs may claim gigabytes; reading stops here.
constexpr size_t kMaxPlainBytes = size_t{1} << 20;

struct Result {
  absl::Status status;
  std::string plain;
  bool cut = false;
};

Result Stream(const Codec& codec, std::string_view bytes, size_t in_step, size_t out_step) {
  Result result;
  auto decompressor = codec.new_decompressor();
  std::string out(out_step, '\0');
  bool full = false;
  while (!bytes.empty() || full) {
    const std::string_view in = bytes.substr(0, in_step);
    const auto step = decompressor->Decompress(in, out);
    if (!step.ok()) {
      result.status = step.status();
      return result;
    }
    if (step->consumed > in.size() || step->produced > out.size()) std::abort();
    full = step->produced == out.size();
    if (!full && step->consumed != in.size()) std::abort();
    bytes.remove_prefix(step->consumed);
    result.plain.append(out, 0, step->produced);
    if (result.plain.size() > kMaxPlainBytes) {
      result.cut = true;
      return result;
    }
  }
  result.status = decompressor->Finish();
  return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  static const Codec& codec = **sfdb::codecs::FindCodec(SFDB_FUZZ_CODEC);
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Result whole = Stream(codec, bytes, size, 1 << 16);
  const Result pieces = Stream(codec, bytes, 1 + (data[0] & 7), 1 + (data[0] >> 3) * 37u);
  if (whole.cut || pieces.cut) return 0;
  // Which error is noticed first may differ (the text before it is not promised either).
  if (whole.status.ok() != pieces.status.ok()) std::abort();
  if (whole.status.ok() && whole.plain != pieces.plain) std::abort();

  auto decoder = codec.new_frame_decoder();
  std::string plain(whole.status.ok() ? whole.plain.size() : data[0] * 16u, '\0');
  if (decoder->DecompressFrame(bytes, plain).ok() && whole.status.ok() && plain != whole.plain) {
    std::abort();
  }
  // An xz frame is a block: what stands behind the 12 bytes of the stream header.
  if (bytes.size() > 12) {
    for (uint32_t encoding : {0u, 1u, 2u, 11u}) {
      static_cast<void>(decoder->DecompressFrame(bytes.substr(12), plain, encoding).ok());
    }
  }
  return 0;
}
