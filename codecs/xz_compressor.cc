// xz blocks, encoded one by one in a reused lzma_stream, and the index over them.
#include <lzma.h>

#include <algorithm>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "codecs/codec_rows.h"
#include "codecs/gather.h"
#include "codecs/xz_layout.h"

namespace sfdb::codecs {
namespace {

using namespace xz;  // NOLINT(google-build-using-namespace): the layout is this file's subject

constexpr uint32_t kMinDictionary = 1u << 16;

lzma_options_lzma Preset(int level) {
  lzma_options_lzma options;
  // Fails for presets above 9 only.
  lzma_lzma_preset(&options, static_cast<uint32_t>(level));
  return options;
}

// The smallest 2^n or 2^n + 2^(n-1), the sizes a block header can say exactly, that covers `bytes`.
uint32_t DictionaryFor(size_t bytes, uint32_t preset) {
  uint32_t size = kMinDictionary;
  while (size < bytes && size < preset) {
    size = size + size / 2 >= bytes ? size + size / 2 : size * 2;
  }
  return std::min(size, preset);
}

absl::Status LibraryError(std::string_view what, lzma_ret rc) {
  if (rc == LZMA_MEM_ERROR) return absl::ResourceExhaustedError("xz: no memory for an encoder");
  return absl::InternalError(absl::StrFormat("xz: %s failed with code %d", what, rc));
}

class XzCompressor final : public Compressor {
 public:
  explicit XzCompressor(int level) : preset_(Preset(level)) {}

  absl::StatusOr<FrameRecord> CompressFrame(std::span<const std::string_view> pieces,
                                            std::span<char> out) override {
    const size_t plain = TotalSize(pieces);
    const size_t bound = XzMaxCompressedBytes(plain);
    if (absl::Status s = CheckFrameSizes("xz", plain, bound, out.size()); !s.ok()) return s;
    if (plain == 0) return FrameRecord{};

    // A dictionary beyond the data is memory to clear and nothing gained. In a long file every
    // block is larger than the dictionary, so its size, and with it the memory kept, stays the
    // same.
    lzma_options_lzma options = preset_;
    options.dict_size = DictionaryFor(plain, preset_.dict_size);
    lzma_filter filters[] = {{LZMA_FILTER_LZMA2, &options}, {LZMA_VLI_UNKNOWN, nullptr}};
    lzma_block block = {};
    block.version = 1;
    block.check = kCheck;
    block.filters = filters;
    // The header stands before the data but holds its size: room is kept for the largest value.
    // That is the bound, not out.size(), or the bytes would depend on the caller's buffer.
    block.compressed_size = bound;
    block.uncompressed_size = plain;
    lzma_ret rc = lzma_block_header_size(&block);
    if (rc != LZMA_OK) return LibraryError("sizing a block header", rc);
    rc = lzma_block_encoder(stream_.get(), &block);
    if (rc != LZMA_OK) return LibraryError("starting a block", rc);

    stream_->next_out = Bytes(out.data()) + block.header_size;
    stream_->avail_out = bound - block.header_size;
    for (std::string_view piece : pieces) {
      stream_->next_in = Bytes(piece.data());
      stream_->avail_in = piece.size();
      while (stream_->avail_in > 0) {
        rc = lzma_code(stream_.get(), LZMA_RUN);
        if (rc != LZMA_OK) return LibraryError("encoding a block", rc);
      }
    }
    do {
      rc = lzma_code(stream_.get(), LZMA_FINISH);
    } while (rc == LZMA_OK);
    if (rc != LZMA_STREAM_END) return LibraryError("ending a block", rc);
    // The encoder has put the true sizes into `block`.
    rc = lzma_block_header_encode(&block, Bytes(out.data()));
    if (rc != LZMA_OK) return LibraryError("writing a block header", rc);

    const uint64_t unpadded = lzma_block_unpadded_size(&block);
    const uint64_t size = lzma_block_total_size(&block);
    return FrameRecord{size, plain, static_cast<uint32_t>(size - unpadded)};
  }

 private:
  const lzma_options_lzma preset_;
  Stream stream_;
};

}  // namespace

// What `xz -T0` does. Smaller blocks would lose more of each dictionary's reach than 5 % of size.
size_t XzIdealFrameBytes(int level) {
  return std::max<size_t>(size_t{1} << 20, size_t{3} * Preset(level).dict_size);
}

// The library's own law for LZMA2, plus half a MiB for the block coder and the allocator.
size_t XzEncoderMemoryBytes(int level) {
  return lzma_easy_encoder_memusage(static_cast<uint32_t>(level)) + (size_t{1} << 19);
}

// LZMA2 stores what it cannot compress in chunks of 32 KiB or more, 3 bytes each; half a thousandth
// and a KiB cover that, the block header and the check.
size_t XzMaxCompressedBytes(size_t plain) { return plain + plain / 2048 + 1024; }

std::unique_ptr<Compressor> NewXzCompressor(int level) {
  return std::make_unique<XzCompressor>(level);
}

std::string XzPrologue() {
  lzma_stream_flags flags = {};
  flags.check = kCheck;
  std::string out(LZMA_STREAM_HEADER_SIZE, '\0');
  // Can fail for bad flags only.
  static_cast<void>(lzma_stream_header_encode(&flags, Bytes(out.data())) == LZMA_OK);
  return out;
}

absl::StatusOr<std::string> XzEpilogue(std::span<const FrameRecord> frames) {
  struct FreeIndex {
    void operator()(lzma_index* index) const { lzma_index_end(index, nullptr); }
  };
  const std::unique_ptr<lzma_index, FreeIndex> index(lzma_index_init(nullptr));
  if (index == nullptr) return absl::ResourceExhaustedError("xz: no memory for the index");
  for (const FrameRecord& frame : frames) {
    if (frame.compressed_size == 0) continue;
    const lzma_ret rc = lzma_index_append(
        index.get(), nullptr, frame.compressed_size - frame.index_word, frame.plain_size);
    if (rc != LZMA_OK) return LibraryError("appending to the index", rc);
  }
  std::string out(lzma_index_size(index.get()) + LZMA_STREAM_HEADER_SIZE, '\0');
  size_t written = 0;
  lzma_ret rc = lzma_index_buffer_encode(index.get(), Bytes(out.data()), &written, out.size());
  if (rc != LZMA_OK) return LibraryError("writing the index", rc);
  lzma_stream_flags flags = {};
  flags.check = kCheck;
  flags.backward_size = written;
  rc = lzma_stream_footer_encode(&flags, Bytes(out.data() + written));
  if (rc != LZMA_OK) return LibraryError("writing the stream footer", rc);
  return out;
}

}  // namespace sfdb::codecs
