#include "engine/dump/gather_writer.h"

#include <limits.h>

#include <utility>

namespace sfdb::engine {
namespace {

// Two blocks: write calls vanish in the profile, and the blocks are back in the pool soon.
constexpr size_t kLargeBytes = 512 << 10;

}  // namespace

void GatherWriter::Add(std::string_view piece) {
  if (piece.empty()) return;
  pieces_.push_back({const_cast<char*>(piece.data()), piece.size()});
  gathered_bytes_ += piece.size();
}

void GatherWriter::AddOwned(std::string text) {
  texts_.push_back(std::make_unique<std::string>(std::move(text)));
  Add(*texts_.back());
}

absl::Status GatherWriter::FlushIfLarge() {
  if (gathered_bytes_ < kLargeBytes && pieces_.size() < IOV_MAX / 2) return absl::OkStatus();
  return Flush();
}

absl::Status GatherWriter::Flush() {
  const absl::Status status = output_->Write(pieces_);
  pieces_.clear();
  blocks_.clear();
  texts_.clear();
  gathered_bytes_ = 0;
  return status;
}

}  // namespace sfdb::engine
