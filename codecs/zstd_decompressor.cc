// zstd streams and frames. The boundaries between frames are walked here, not by the library: that
// is where trailing garbage, a cut-off file and the seek table can be told apart, and it keeps the
// decoders of pre-standard formats, which the library also has, out of reach.
#include <zstd.h>
#include <zstd_errors.h>

#include <algorithm>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "codecs/codec_rows.h"
#include "codecs/little_endian.h"
#include "codecs/zstd_layout.h"

namespace sfdb::codecs {
namespace {

using namespace zstd;  // NOLINT(google-build-using-namespace): the layout is this file's subject

struct FreeContext {
  void operator()(ZSTD_DCtx* c) const { ZSTD_freeDCtx(c); }
};
using Context = std::unique_ptr<ZSTD_DCtx, FreeContext>;

bool IsSkippable(uint32_t magic) { return (magic & kSkippableMask) == kSkippableMagic; }

absl::Status DecoderError(size_t code, uint64_t offset) {
  switch (ZSTD_getErrorCode(code)) {
    case ZSTD_error_checksum_wrong:
      return Damage("zstd", "checksum mismatch", offset);
    case ZSTD_error_memory_allocation:
      return absl::ResourceExhaustedError("zstd: no memory for a decoder");
    case ZSTD_error_frameParameter_windowTooLarge:
      return absl::UnimplementedError(absl::StrFormat(
          "zstd: the frame at byte %d asks for a window above 128 MiB; decompress the file with "
          "'zstd -d --long=31' first",
          offset));
    case ZSTD_error_dictionary_wrong:
      return absl::UnimplementedError(
          absl::StrFormat("zstd: the frame at byte %d needs a dictionary", offset));
    default:
      return Damage("zstd", absl::StrFormat("damaged (%s)", ZSTD_getErrorName(code)), offset);
  }
}

class ZstdDecompressor final : public Decompressor {
 public:
  ZstdDecompressor() : context_(ZSTD_createDCtx()) {}

 private:
  enum class State { kHead, kSkip, kFrame };

  absl::StatusOr<Progress> Step(std::string_view in, std::span<char> out) override {
    if (context_ == nullptr) return absl::ResourceExhaustedError("zstd: no memory for a decoder");
    switch (state_) {
      case State::kHead:
        return Head(in, out);
      case State::kSkip:
        return Skip(in);
      case State::kFrame:
        return Frame(in, out);
    }
    return absl::InternalError("zstd: no such state");
  }

  // Collects a frame's whole header, or of a skippable frame its magic number and size.
  //
  // The library must get a frame's header in one piece: when a call begins within it, libzstd 1.5.4
  // looks for a complete frame at the place where that call's input begins.
  absl::StatusOr<Progress> Head(std::string_view in, std::span<char> out) {
    if (head_size_ == 0 && in.size() >= kMaxFrameHeaderBytes &&
        LoadLe<uint32_t>(in.data()) == kFrameMagic) {
      // Not through head_: a frame that is complete in both buffers is then decoded in place.
      StartFrame(offset());
      replay_ = 0;
      return Frame(in, out);
    }
    const size_t take = std::min(in.size(), HeadBytes() - head_size_);
    in.copy(head_ + head_size_, take);
    head_size_ += take;
    // A wrong first byte already tells garbage; waiting for four would call one byte "truncated".
    for (size_t i = 0; i < std::min<size_t>(head_size_, 4); ++i) {
      if (!MagicByteFits(i)) {
        return Damage("zstd", frames_ == 0 ? "damaged (not a zstd file)" : "trailing garbage",
                      offset() + take - head_size_);
      }
    }
    if (head_size_ < HeadBytes()) return Progress{take, 0};
    const auto magic = LoadLe<uint32_t>(head_);
    if (magic == kFrameMagic) {
      StartFrame(offset() + take - head_size_);
      replay_ = head_size_;
      return Progress{take, 0};
    }
    skip_left_ = LoadLe<uint32_t>(head_ + 4);
    skip_magic_ = magic;
    tail_size_ = 0;
    state_ = State::kSkip;
    if (skip_left_ == 0) EndSkip();
    return Progress{take, 0};
  }

  void StartFrame(uint64_t begin) {
    ZSTD_DCtx_reset(context_.get(), ZSTD_reset_session_only);
    frame_begin_ = begin;
    pending_ = false;
    last_is_seek_table_ = false;
    state_ = State::kFrame;
  }

  // How many bytes of head_ are wanted, as far as those that are there tell (RFC 8878 3.1.1.1).
  size_t HeadBytes() const {
    if (head_size_ < 4) return 4;
    if (LoadLe<uint32_t>(head_) != kFrameMagic) return kSkippableHeadBytes;
    if (head_size_ == 4) return 5;
    const auto descriptor = static_cast<uint8_t>(head_[4]);
    const bool single_segment = (descriptor & 0x20) != 0;
    constexpr size_t kDictionaryBytes[] = {0, 1, 2, 4};
    constexpr size_t kContentSizeBytes[] = {0, 2, 4, 8};
    const size_t content_size = descriptor >> 6;
    return 5 + (single_segment ? 0 : 1) + kDictionaryBytes[descriptor & 3] +
           (content_size == 0 && single_segment ? 1 : kContentSizeBytes[content_size]);
  }

  bool MagicByteFits(size_t i) const {
    const auto byte = static_cast<uint8_t>(head_[i]);
    const auto frame = static_cast<uint8_t>(kFrameMagic >> (8 * i));
    const auto skippable = static_cast<uint8_t>(kSkippableMagic >> (8 * i));
    const bool is_frame = static_cast<uint8_t>(head_[0]) == (kFrameMagic & 0xff);
    return is_frame ? byte == frame : (i == 0 ? (byte & 0xf0) == skippable : byte == skippable);
  }

  // Keeps the last bytes: enough to know our mark and a seek table's footer.
  absl::StatusOr<Progress> Skip(std::string_view in) {
    const size_t take = static_cast<size_t>(std::min<uint64_t>(in.size(), skip_left_));
    std::string_view last = in.substr(0, take);
    if (last.size() > sizeof tail_) last.remove_prefix(last.size() - sizeof tail_);
    const size_t keep = std::min(tail_size_, sizeof tail_ - last.size());
    std::memmove(tail_, tail_ + tail_size_ - keep, keep);
    last.copy(tail_ + keep, last.size());
    tail_size_ = keep + last.size();
    skip_left_ -= take;
    if (skip_left_ == 0) EndSkip();
    return Progress{take, 0};
  }

  void EndSkip() {
    const std::string_view tail(tail_, tail_size_);
    if (skip_magic_ == kMarkMagic && tail == kMark) marked_ = true;
    last_is_seek_table_ = skip_magic_ == kSeekTableMagic && tail_size_ >= kSeekTableFooterBytes &&
                          LoadLe<uint32_t>(tail_ + tail_size_ - 4) == kSeekTableFooterMagic;
    NextFrame();
  }

  void NextFrame() {
    ++frames_;
    head_size_ = 0;
    state_ = State::kHead;
  }

  absl::StatusOr<Progress> Frame(std::string_view in, std::span<char> out) {
    // Asking again without input or pending output is what the library calls lack of progress, and
    // fails after a while.
    if (in.empty() && replay_ == 0 && !pending_) return Progress{};
    ZSTD_outBuffer to{out.data(), out.size(), 0};
    size_t rc = 1;
    if (replay_ > 0) {
      ZSTD_inBuffer header{head_, replay_, 0};
      rc = ZSTD_decompressStream(context_.get(), &to, &header);
      if (ZSTD_isError(rc)) return DecoderError(rc, frame_begin_);
      // A header alone is always taken whole: no frame ends with it, and it gives no output.
      replay_ = 0;
    }
    ZSTD_inBuffer from{in.data(), in.size(), 0};
    rc = ZSTD_decompressStream(context_.get(), &to, &from);
    if (ZSTD_isError(rc)) return DecoderError(rc, offset() + from.pos);
    pending_ = rc != 0 && to.pos == to.size;
    if (rc == 0) NextFrame();
    return Progress{from.pos, to.pos};
  }

  absl::Status AtEnd() override {
    if (state_ != State::kHead || head_size_ > 0) {
      return Truncated("zstd", "the rest of a frame", offset());
    }
    if (frames_ == 0) return Truncated("zstd", "everything", offset());
    if (marked_ && !last_is_seek_table_) return Truncated("zstd", "the seek table", offset());
    return absl::OkStatus();
  }

  const Context context_;
  State state_ = State::kHead;
  uint64_t frames_ = 0;
  char head_[kMaxFrameHeaderBytes] = {};
  size_t head_size_ = 0;
  size_t replay_ = 0;  // bytes of head_ that the library has not seen
  uint64_t frame_begin_ = 0;
  bool pending_ = false;  // the library may hold output that did not fit
  uint32_t skip_magic_ = 0;
  uint64_t skip_left_ = 0;
  char tail_[kSeekTableFooterBytes] = {};
  size_t tail_size_ = 0;
  bool marked_ = false;
  bool last_is_seek_table_ = false;
};

class ZstdFrameDecoder final : public FrameDecoder {
 public:
  ZstdFrameDecoder() : context_(ZSTD_createDCtx()) {}

  absl::Status DecompressFrame(std::string_view frame, std::span<char> plain, uint32_t) override {
    if (context_ == nullptr) return absl::ResourceExhaustedError("zstd: no memory for a decoder");
    const std::string_view whole = frame;
    size_t done = 0;
    while (!frame.empty()) {
      const uint64_t at = whole.size() - frame.size();
      if (frame.size() < 4) return Truncated("zstd", "the rest of a frame", whole.size());
      const auto magic = LoadLe<uint32_t>(frame.data());
      if (!IsSkippable(magic) && magic != kFrameMagic) {
        return Damage("zstd", "damaged (no frame)", at);
      }
      const size_t size = ZSTD_findFrameCompressedSize(frame.data(), frame.size());
      if (ZSTD_isError(size)) {
        if (ZSTD_getErrorCode(size) == ZSTD_error_srcSize_wrong) {
          return Truncated("zstd", "the rest of a frame", whole.size());
        }
        return DecoderError(size, at);
      }
      if (!IsSkippable(magic)) {
        const size_t got = ZSTD_decompressDCtx(context_.get(), plain.data() + done,
                                               plain.size() - done, frame.data(), size);
        if (ZSTD_isError(got)) return DecoderError(got, at);
        done += got;
      }
      frame.remove_prefix(size);
    }
    if (done != plain.size()) {
      return Damage(
          "zstd",
          absl::StrFormat("damaged (frame holds %d plain bytes, not %d)", done, plain.size()),
          whole.size());
    }
    return absl::OkStatus();
  }

 private:
  const Context context_;
};

}  // namespace

std::unique_ptr<Decompressor> NewZstdDecompressor() { return std::make_unique<ZstdDecompressor>(); }
std::unique_ptr<FrameDecoder> NewZstdFrameDecoder() { return std::make_unique<ZstdFrameDecoder>(); }

}  // namespace sfdb::codecs
