// xz streams and blocks.
#include <lzma.h>

#include <algorithm>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "codecs/codec_rows.h"
#include "codecs/xz_layout.h"

namespace sfdb::codecs {
namespace {

using namespace xz;  // NOLINT(google-build-using-namespace): the layout is this file's subject

absl::Status DecoderError(lzma_ret rc, uint64_t offset) {
  switch (rc) {
    case LZMA_MEM_ERROR:
      return absl::ResourceExhaustedError("xz: no memory for a decoder");
    case LZMA_MEMLIMIT_ERROR:
      return absl::UnimplementedError(
          absl::StrFormat("xz: the data at byte %d asks for a dictionary beyond the limit of %d "
                          "bytes; decompress the file with 'xz -d' first",
                          offset, kMaxDecoderBytes));
    case LZMA_OPTIONS_ERROR:
      return absl::UnimplementedError(
          absl::StrFormat("xz: unsupported options or damage at byte %d", offset));
    case LZMA_UNSUPPORTED_CHECK:
      return absl::UnimplementedError(
          absl::StrFormat("xz: unsupported check kind at byte %d", offset));
    case LZMA_FORMAT_ERROR:
      return Damage("xz", "damaged (not an xz file)", offset);
    default:
      // The library does not say which of the two it was.
      return Damage("xz", "damaged, or checksum mismatch,", offset);
  }
}

// Streams may follow each other with zero bytes, a multiple of four, between them; walked here so
// that garbage behind the last one has its own message.
class XzDecompressor final : public Decompressor {
 private:
  enum class State { kBetween, kMagic, kStream };

  absl::StatusOr<Progress> Step(std::string_view in, std::span<char> out) override {
    switch (state_) {
      case State::kBetween:
        return Between(in);
      case State::kMagic:
        return Magic(in);
      case State::kStream:
        return InStream(in, out);
    }
    return absl::InternalError("xz: no such state");
  }

  absl::StatusOr<Progress> Between(std::string_view in) {
    if (in.empty()) return Progress{};
    const size_t zeros = std::min(in.find_first_not_of('\0'), in.size());
    padding_ += zeros;
    if (zeros > 0 && streams_ == 0) return DecoderError(LZMA_FORMAT_ERROR, 0);
    if (zeros == in.size()) return Progress{zeros, 0};
    if (padding_ % 4 != 0) return Damage("xz", "trailing garbage", offset() + zeros - padding_);
    stream_begin_ = offset() + zeros;
    magic_size_ = 0;
    state_ = State::kMagic;
    absl::StatusOr<Progress> magic = Magic(in.substr(zeros));
    if (magic.ok()) magic->consumed += zeros;
    return magic;
  }

  absl::StatusOr<Progress> Magic(std::string_view in) {
    const size_t take = std::min(in.size(), sizeof kHeaderMagic - magic_size_);
    if (std::memcmp(in.data(), kHeaderMagic + magic_size_, take) != 0) {
      if (streams_ == 0) return DecoderError(LZMA_FORMAT_ERROR, stream_begin_);
      return Damage("xz", "trailing garbage", stream_begin_);
    }
    magic_size_ += take;
    if (magic_size_ < sizeof kHeaderMagic) return Progress{take, 0};
    lzma_ret rc = lzma_stream_decoder(stream_.get(), kMaxDecoderBytes, LZMA_TELL_UNSUPPORTED_CHECK);
    if (rc != LZMA_OK) return DecoderError(rc, stream_begin_);
    stream_->next_in = kHeaderMagic;
    stream_->avail_in = sizeof kHeaderMagic;
    stream_->next_out = nullptr;
    stream_->avail_out = 0;
    rc = lzma_code(stream_.get(), LZMA_RUN);
    if (rc != LZMA_OK) return DecoderError(rc, stream_begin_);
    state_ = State::kStream;
    pending_ = false;
    return Progress{take, 0};
  }

  absl::StatusOr<Progress> InStream(std::string_view in, std::span<char> out) {
    // The library reports calls that can do nothing as errors.
    if (in.empty() && !pending_) return Progress{};
    stream_->next_in = Bytes(in.data());
    stream_->avail_in = in.size();
    stream_->next_out = Bytes(out.data());
    stream_->avail_out = out.size();
    const lzma_ret rc = lzma_code(stream_.get(), LZMA_RUN);
    const Progress done{in.size() - stream_->avail_in, out.size() - stream_->avail_out};
    pending_ = stream_->avail_out == 0;
    if (rc == LZMA_STREAM_END) {
      ++streams_;
      padding_ = 0;
      state_ = State::kBetween;
      return done;
    }
    if (rc == LZMA_BUF_ERROR) {
      pending_ = false;
      return done;
    }
    if (rc != LZMA_OK) return DecoderError(rc, offset() + done.consumed);
    return done;
  }

  absl::Status AtEnd() override {
    if (state_ == State::kBetween && streams_ > 0) {
      if (padding_ % 4 == 0) return absl::OkStatus();
      return Damage("xz", "trailing garbage", offset() - padding_);
    }
    if (state_ == State::kStream) return Truncated("xz", "the rest of a stream", offset());
    return Truncated("xz", streams_ == 0 ? "everything" : "the rest of a stream", offset());
  }

  Stream stream_;
  State state_ = State::kBetween;
  uint64_t streams_ = 0;  // complete ones
  uint64_t padding_ = 0;  // zero bytes since the last
  uint64_t stream_begin_ = 0;
  size_t magic_size_ = 0;
  bool pending_ = false;  // the library may hold output that did not fit
};

// Frees what lzma_block_header_decode allocates.
struct Filters {
  lzma_filter list[LZMA_FILTERS_MAX + 1] = {{LZMA_VLI_UNKNOWN, nullptr}};
  ~Filters() { lzma_filters_free(list, nullptr); }
};

class XzFrameDecoder final : public FrameDecoder {
 public:
  absl::Status DecompressFrame(std::string_view frame, std::span<char> plain,
                               uint32_t encoding) override {
    const std::string_view whole = frame;
    size_t done = 0;
    while (!frame.empty()) {
      const absl::Status s =
          DecodeBlock(encoding == 0 ? kCheck : static_cast<lzma_check>(encoding - 1),
                      whole.size() - frame.size(), &frame, plain, &done);
      if (!s.ok()) return s;
    }
    if (done != plain.size()) {
      return Damage(
          "xz", absl::StrFormat("damaged (frame holds %d plain bytes, not %d)", done, plain.size()),
          whole.size());
    }
    return absl::OkStatus();
  }

 private:
  absl::Status DecodeBlock(lzma_check check, uint64_t at, std::string_view* frame,
                           std::span<char> plain, size_t* done) {
    const auto first = static_cast<uint8_t>(frame->front());
    if (first == 0) return Damage("xz", "damaged (no block)", at);
    Filters filters;
    lzma_block block = {};
    block.version = 1;
    block.check = check;
    block.filters = filters.list;
    block.header_size = lzma_block_header_size_decode(first);
    if (block.header_size > frame->size()) {
      return Truncated("xz", "the rest of a block header", at + frame->size());
    }
    lzma_ret rc = lzma_block_header_decode(&block, nullptr, Bytes(frame->data()));
    if (rc != LZMA_OK) return DecoderError(rc, at);
    if (lzma_raw_decoder_memusage(filters.list) > kMaxDecoderBytes) {
      return DecoderError(LZMA_MEMLIMIT_ERROR, at);
    }
    rc = lzma_block_decoder(stream_.get(), &block);
    if (rc != LZMA_OK) return DecoderError(rc, at);
    stream_->next_in = Bytes(frame->data()) + block.header_size;
    stream_->avail_in = frame->size() - block.header_size;
    stream_->next_out = Bytes(plain.data()) + *done;
    stream_->avail_out = plain.size() - *done;
    do {
      rc = lzma_code(stream_.get(), LZMA_FINISH);
    } while (rc == LZMA_OK);
    const size_t used = frame->size() - stream_->avail_in;
    if (rc == LZMA_BUF_ERROR) {
      if (stream_->avail_in == 0) {
        return Truncated("xz", "the rest of a block", at + frame->size());
      }
      return Damage("xz", "damaged (frame holds more than its plain size)", at + used);
    }
    if (rc != LZMA_STREAM_END) return DecoderError(rc, at + used);
    *done = plain.size() - stream_->avail_out;
    frame->remove_prefix(used);
    return absl::OkStatus();
  }

  Stream stream_;
};

}  // namespace

std::unique_ptr<Decompressor> NewXzDecompressor() { return std::make_unique<XzDecompressor>(); }
std::unique_ptr<FrameDecoder> NewXzFrameDecoder() { return std::make_unique<XzFrameDecoder>(); }

}  // namespace sfdb::codecs
