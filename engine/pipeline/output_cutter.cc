#include "engine/pipeline/output_cutter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "codecs/gather.h"
#include "crypto/message_header.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {

OutputCutter::OutputCutter(size_t seal_frame_bytes, Emit emit)
    : seal_frame_bytes_(seal_frame_bytes),
      emit_(std::move(emit)),
      open_(std::make_shared<OutputChunk>()) {}

void OutputCutter::Send(OutputChunkPtr chunk) {
  chunk->number = next_number_++;
  emit_(std::move(chunk));
}

void OutputCutter::AddRaw(std::string bytes) {
  auto chunk = std::make_shared<OutputChunk>();
  const auto owned = std::make_shared<const std::string>(std::move(bytes));
  chunk->charged_bytes = owned->size();
  chunk->data.pieces.emplace_back(*owned);
  chunk->data.holds.push_back(owned);
  Send(std::move(chunk));
}

absl::Status OutputCutter::Add(std::string bytes) {
  const auto owned = std::make_shared<const std::string>(std::move(bytes));
  Gathered data;
  data.pieces.emplace_back(*owned);
  data.holds.push_back(owned);
  return Add(std::move(data));
}

absl::Status OutputCutter::Add(Gathered data) {
  const size_t bytes = codecs::TotalSize(data.pieces);
  stream_bytes_ += bytes;
  if (seal_frame_bytes_ == 0) {
    if (bytes == 0) return absl::OkStatus();
    auto chunk = std::make_shared<OutputChunk>();
    chunk->charged_bytes = bytes;
    chunk->data = std::move(data);
    Send(std::move(chunk));
    return absl::OkStatus();
  }
  for (size_t i = 0; i < data.pieces.size(); ++i) {
    std::string_view piece = data.pieces[i];
    while (!piece.empty()) {
      const size_t take = std::min(piece.size(), seal_frame_bytes_ - open_bytes_);
      open_->data.pieces.push_back(piece.substr(0, take));
      open_->data.holds.push_back(data.holds[i]);
      open_bytes_ += take;
      piece.remove_prefix(take);
      if (open_bytes_ == seal_frame_bytes_) RETURN_IF_ERROR(SendSealFrame(crypto::FrameKind::kRegular));
    }
  }
  return absl::OkStatus();
}

absl::Status OutputCutter::SendSealFrame(crypto::FrameKind kind) {
  if (next_seal_frame_ > crypto::kMaxFrames) {
    return absl::OutOfRangeError(
        absl::StrFormat("the file is longer than the %d frames of %d bytes that can be sealed",
                        crypto::kMaxFrames, seal_frame_bytes_));
  }
  open_->to_seal = true;
  open_->seal_frame = static_cast<uint32_t>(next_seal_frame_++);
  open_->kind = kind;
  open_->charged_bytes = open_bytes_;
  Send(std::exchange(open_, std::make_shared<OutputChunk>()));
  open_bytes_ = 0;
  return absl::OkStatus();
}

absl::Status OutputCutter::Finish() {
  if (seal_frame_bytes_ == 0) return absl::OkStatus();
  return SendSealFrame(crypto::FrameKind::kFinal);
}

}  // namespace sfdb::engine
