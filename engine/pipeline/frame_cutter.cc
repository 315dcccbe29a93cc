#include "engine/pipeline/frame_cutter.h"

#include <utility>

#include "engine/base/status_macros.h"

namespace sfdb::engine {
namespace {

void AppendSpan(uint32_t section, uint64_t bytes, std::vector<SectionSpan>* spans) {
  if (!spans->empty() && spans->back().section == section) {
    spans->back().bytes += bytes;
  } else {
    spans->push_back({.section = section, .bytes = bytes});
  }
}

// Moves what comes after the first `bytes` of `from` into a new frame.
FramePtr SplitTail(Frame& from, uint64_t bytes) {
  auto tail = std::make_shared<Frame>();
  tail->plain_bytes = from.plain_bytes - bytes;
  from.plain_bytes = bytes;

  uint64_t left = bytes;
  std::vector<SectionSpan>& spans = from.spans;
  size_t span = 0;
  while (left >= spans[span].bytes) left -= spans[span++].bytes;
  tail->spans.assign(spans.begin() + static_cast<ptrdiff_t>(span), spans.end());
  tail->spans.front().bytes -= left;
  spans.resize(span + (left > 0 ? 1 : 0));
  if (left > 0) spans.back().bytes = left;

  left = bytes;
  Gathered& head = from.data;
  size_t piece = 0;
  while (left >= head.pieces[piece].size()) left -= head.pieces[piece++].size();
  const auto at = [piece](auto& list) { return list.begin() + static_cast<ptrdiff_t>(piece); };
  tail->data.pieces.assign(at(head.pieces), head.pieces.end());
  tail->data.holds.assign(at(head.holds), head.holds.end());
  tail->data.pieces.front().remove_prefix(left);
  head.pieces.resize(piece + (left > 0 ? 1 : 0));
  head.holds.resize(head.pieces.size());
  if (left > 0) head.pieces.back() = head.pieces.back().substr(0, left);
  return tail;
}

}  // namespace

FrameCutter::FrameCutter(size_t frame_bytes, Emit emit)
    : frame_bytes_(frame_bytes), emit_(std::move(emit)), open_(std::make_shared<Frame>()) {}

void FrameCutter::BeginUnit() { unit_at_ = open_->plain_bytes; }

absl::Status FrameCutter::Add(std::string_view piece, const Hold& hold) {
  if (piece.empty()) return absl::OkStatus();
  // One hold per piece, so that a cut knows what each side needs.
  Gathered& data = open_->data;
  if (!data.pieces.empty() && data.pieces.back().data() + data.pieces.back().size() == piece.data() &&
      data.holds.back() == hold) {
    data.pieces.back() = {data.pieces.back().data(), data.pieces.back().size() + piece.size()};
  } else {
    data.pieces.push_back(piece);
    data.holds.push_back(hold);
  }
  AppendSpan(section_, piece.size(), &open_->spans);
  open_->plain_bytes += piece.size();
  offset_ += piece.size();
  return CutWhileTooLong();
}

absl::Status FrameCutter::AddCopy(std::string_view text) {
  while (!text.empty()) {
    if (chunk_ == nullptr || chunk_->size() == kChunkBytes) {
      chunk_ = std::make_shared<std::string>();
      // Never grows beyond, so what points into it stays valid.
      chunk_->reserve(kChunkBytes);
    }
    const size_t take = std::min(text.size(), kChunkBytes - chunk_->size());
    const char* const at = chunk_->data() + chunk_->size();
    chunk_->append(text.substr(0, take));
    RETURN_IF_ERROR(Add({at, take}, chunk_));
    text.remove_prefix(take);
  }
  return absl::OkStatus();
}

absl::Status FrameCutter::AddOwned(std::string text) {
  if (text.size() < kChunkBytes / 4) return AddCopy(text);
  const auto owned = std::make_shared<const std::string>(std::move(text));
  return Add(*owned, owned);
}

absl::Status FrameCutter::CutWhileTooLong() {
  while (open_->plain_bytes > frame_bytes_) {
    RETURN_IF_ERROR(EmitFirst(unit_at_ > 0 ? unit_at_ : frame_bytes_));
  }
  return absl::OkStatus();
}

absl::Status FrameCutter::EmitFirst(uint64_t bytes) {
  FramePtr tail = SplitTail(*open_, bytes);
  FramePtr full = std::exchange(open_, std::move(tail));
  unit_at_ = 0;
  full->number = next_number_++;
  return emit_(std::move(full));
}

absl::Status FrameCutter::Finish() {
  chunk_.reset();
  if (open_->plain_bytes == 0) return absl::OkStatus();
  open_->number = next_number_++;
  return emit_(std::move(open_));
}

}  // namespace sfdb::engine
