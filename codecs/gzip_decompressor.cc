// gzip streams of any member structure, and single frames (runs of whole members).
//
// Streams: the member header is read here, the data and its trailer by ISA-L. Frames: libdeflate.
// That is not for speed: libdeflate 1.14 gives 0.83 to 0.87 of ISA-L's throughput here (README). It
// is a second implementation, which the fuzzer holds the first one to.
#include <libdeflate.h>

#include <algorithm>
#include <memory>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "codecs/codec_rows.h"
#include "codecs/gzip_layout.h"
#include "codecs/inflate.h"

namespace sfdb::codecs {
namespace {

using namespace gzip;  // NOLINT(google-build-using-namespace): the layout is this file's subject

// Reads one member header byte by byte, keeping the little that is asked about later.
class HeaderParser {
 public:
  enum class Result { kMore, kDone, kNotGzip, kUnsupported };

  void Reset() { *this = HeaderParser(); }

  // Takes bytes up to the header's end; `taken` says how many.
  Result Parse(std::string_view in, size_t* taken) {
    for (size_t i = 0; i < in.size(); ++i) {
      const Result result = Byte(static_cast<uint8_t>(in[i]));
      if (result != Result::kMore) {
        *taken = i + (result == Result::kDone ? 1 : 0);
        return result;
      }
    }
    *taken = in.size();
    return Result::kMore;
  }

  bool started() const { return size_ > 0; }
  uint64_t size() const { return size_; }
  // A member of a kind whose files end with the end marker: BGZF, and ours. MiGz and mgzip use the
  // same 'MZ' field but other values in the bytes before it, and no end marker.
  bool expects_end_marker() const { return fixed_ == kBgzfHead || fixed_ == kMzHead; }
  // Size of the BGZF member, if it is one.
  uint32_t bgzf_size() const { return fixed_ == kBgzfHead ? uint32_t{bsize_} + 1 : 0; }

 private:
  enum class Field { kFixed, kExtraLength, kExtraData, kName, kComment, kHeaderCrc };

  Result Byte(uint8_t byte) {
    if (size_ < kBgzfHead.size()) fixed_ += static_cast<char>(byte);
    if (size_ >= kBgzfHead.size() && size_ < kBgzfHeadBytes) {
      bsize_ = static_cast<uint16_t>(bsize_ | byte << (8 * (size_ - kBgzfHead.size())));
    }
    const uint64_t at = size_++;
    switch (field_) {
      case Field::kFixed:
        if (at == 0 && byte != 0x1f) return Result::kNotGzip;
        if (at == 1 && byte != 0x8b) return Result::kNotGzip;
        if (at == 2 && byte != 8) return Result::kUnsupported;
        if (at == 3) {
          flags_ = byte;
          if ((flags_ & kReserved) != 0) return Result::kUnsupported;
        }
        return at + 1 == kFixedHeadBytes ? Next() : Result::kMore;
      case Field::kExtraLength:
        left_ |= uint32_t{byte} << (8 * count_++);
        if (count_ < 2) return Result::kMore;
        if (left_ == 0) return Next();
        field_ = Field::kExtraData;
        return Result::kMore;
      case Field::kExtraData:
        return --left_ == 0 ? Next() : Result::kMore;
      case Field::kName:
      case Field::kComment:
        return byte == 0 ? Next() : Result::kMore;
      case Field::kHeaderCrc:
        return ++count_ == 2 ? Next() : Result::kMore;
    }
    return Result::kNotGzip;
  }

  // Goes to the next field that the flags announce.
  Result Next() {
    static constexpr struct {
      Flags flag;
      Field field;
    } kOrder[] = {{kExtra, Field::kExtraLength},
                  {kName, Field::kName},
                  {kComment, Field::kComment},
                  {kHeaderCrc, Field::kHeaderCrc}};
    for (const auto& [flag, field] : kOrder) {
      if ((flags_ & flag) == 0) continue;
      flags_ = static_cast<uint8_t>(flags_ & ~flag);
      field_ = field;
      count_ = left_ = 0;
      return Result::kMore;
    }
    return Result::kDone;
  }

  Field field_ = Field::kFixed;
  uint8_t flags_ = 0;
  uint32_t count_ = 0;
  uint32_t left_ = 0;
  uint64_t size_ = 0;
  uint16_t bsize_ = 0;
  std::string fixed_;
};

class GzipDecompressor final : public Decompressor {
 private:
  absl::StatusOr<Progress> Step(std::string_view in, std::span<char> out) override {
    return in_header_ ? Header(in) : Data(in, out);
  }

  absl::StatusOr<Progress> Header(std::string_view in) {
    if (in.empty()) return Progress{};
    if (!header_.started()) member_begin_ = offset();
    size_t taken = 0;
    switch (header_.Parse(in, &taken)) {
      case HeaderParser::Result::kMore:
        return Progress{taken, 0};
      case HeaderParser::Result::kDone:
        in_header_ = false;
        inflate_.Reset();
        return Progress{taken, 0};
      case HeaderParser::Result::kNotGzip:
        return Damage("gzip", members_ == 0 ? "damaged (not a gzip file)" : "trailing garbage",
                      member_begin_);
      case HeaderParser::Result::kUnsupported:
        return Damage("gzip", "damaged (unknown method or flags)", member_begin_);
    }
    return absl::InternalError("gzip: no such result");
  }

  absl::StatusOr<Progress> Data(std::string_view in, std::span<char> out) {
    const Inflate::Result result = inflate_.Step(in, out);
    const uint64_t at = offset() + result.progress.consumed;
    if (result.code == ISAL_INCORRECT_CHECKSUM) return Damage("gzip", "checksum mismatch", at);
    if (result.code < 0) {
      return Damage("gzip", absl::StrFormat("damaged (deflate error %d)", result.code), at);
    }
    if (inflate_.finished()) {
      ++members_;
      const uint64_t size = at - member_begin_;
      ends_well_ = !header_.expects_end_marker() ||
                   (inflate_.produced_nothing() && size == header_.bgzf_size());
      header_.Reset();
      in_header_ = true;
    }
    return result.progress;
  }

  absl::Status AtEnd() override {
    if (!in_header_ || header_.started()) {
      return Truncated("gzip", "the rest of a member", offset());
    }
    if (members_ == 0) return Truncated("gzip", "everything", offset());
    if (!ends_well_) return Truncated("gzip", "the end marker", offset());
    return absl::OkStatus();
  }

  Inflate inflate_{ISAL_GZIP_NO_HDR_VER};
  HeaderParser header_;
  bool in_header_ = true;
  uint64_t members_ = 0;
  uint64_t member_begin_ = 0;
  bool ends_well_ = false;
};

struct FreeDeflate {
  void operator()(libdeflate_decompressor* d) const { libdeflate_free_decompressor(d); }
};

class GzipFrameDecoder final : public FrameDecoder {
 public:
  GzipFrameDecoder() : context_(libdeflate_alloc_decompressor()) {}

  absl::Status DecompressFrame(std::string_view frame, std::span<char> plain, uint32_t) override {
    if (context_ == nullptr) return absl::ResourceExhaustedError("gzip: no memory for a decoder");
    size_t in = 0;
    size_t out = 0;
    while (in < frame.size()) {
      size_t used = 0;
      size_t got = 0;
      switch (libdeflate_gzip_decompress_ex(context_.get(), frame.data() + in, frame.size() - in,
                                            plain.data() + out, plain.size() - out, &used, &got)) {
        case LIBDEFLATE_SUCCESS:
          break;
        case LIBDEFLATE_INSUFFICIENT_SPACE:
          return Damage("gzip", "damaged (frame holds more than its plain size)", in);
        default:
          // The library does not say which it was.
          return Damage("gzip", "damaged, truncated, or checksum mismatch, in the member", in);
      }
      in += used;
      out += got;
    }
    if (out != plain.size()) {
      return Damage(
          "gzip",
          absl::StrFormat("damaged (frame holds %d plain bytes, not %d)", out, plain.size()), in);
    }
    return absl::OkStatus();
  }

 private:
  const std::unique_ptr<libdeflate_decompressor, FreeDeflate> context_;
};

}  // namespace

std::unique_ptr<Decompressor> NewGzipDecompressor() { return std::make_unique<GzipDecompressor>(); }
std::unique_ptr<FrameDecoder> NewGzipFrameDecoder() { return std::make_unique<GzipFrameDecoder>(); }

}  // namespace sfdb::codecs
