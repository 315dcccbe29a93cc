#include "engine/pipeline/compress_stage.h"

#include <cstring>
#include <string_view>
#include <utility>

#include "codecs/crc64.h"
#include "codecs/gather.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {
namespace {

void ComputeCrcs(Frame& frame) {
  size_t piece = 0;
  size_t at = 0;
  for (SectionSpan& span : frame.spans) {
    for (uint64_t left = span.bytes; left > 0;) {
      const std::string_view rest = frame.data.pieces[piece].substr(at);
      const std::string_view run = rest.substr(0, left);
      span.crc = codecs::Crc64(span.crc, run);
      left -= run.size();
      at += run.size();
      if (run.size() == rest.size()) {
        ++piece;
        at = 0;
      }
    }
  }
}

}  // namespace

struct CompressStage::Encoder {
  std::unique_ptr<codecs::Compressor> compressor;
  codecs::Scratch out;  // sized for the worst case, and warm in the cache
};

CompressStage::CompressStage(const codecs::Codec* codec, int level)
    : codec_(codec), level_(level) {}
CompressStage::~CompressStage() = default;

std::unique_ptr<CompressStage::Encoder> CompressStage::TakeEncoder() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      std::unique_ptr<Encoder> encoder = std::move(idle_.back());
      idle_.pop_back();
      return encoder;
    }
  }
  auto encoder = std::make_unique<Encoder>();
  encoder->compressor = codec_->new_compressor(level_);
  return encoder;
}

void CompressStage::GiveBack(std::unique_ptr<Encoder> encoder) {
  std::lock_guard<std::mutex> lock(mutex_);
  idle_.push_back(std::move(encoder));
}

absl::Status CompressStage::Process(Frame& frame) {
  ComputeCrcs(frame);
  if (codec_->name == "none") {
    frame.record = {.compressed_size = frame.plain_bytes, .plain_size = frame.plain_bytes};
    return absl::OkStatus();
  }
  std::unique_ptr<Encoder> encoder = TakeEncoder();
  const size_t room = codec_->max_compressed_bytes(frame.plain_bytes);
  char* const scratch = encoder->out.Reserve(room);
  ASSIGN_OR_RETURN(frame.record,
                   encoder->compressor->CompressFrame(frame.data.pieces, {scratch, room}));
  // A buffer of the right size: worst-case buffers waiting for their turn would be several times
  // the memory, and the copy of a compressed frame is cheap against making it.
  const size_t size = frame.record.compressed_size;
  auto bytes = std::make_shared_for_overwrite<char[]>(size);
  std::memcpy(bytes.get(), scratch, size);
  GiveBack(std::move(encoder));
  frame.data.Release();
  frame.data.pieces.emplace_back(bytes.get(), size);
  frame.data.holds.push_back(std::move(bytes));
  return absl::OkStatus();
}

}  // namespace sfdb::engine
