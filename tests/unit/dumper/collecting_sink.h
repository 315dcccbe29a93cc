// A sink that keeps the blocks in order, and what the stitcher makes of them.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dumper/rows/block.h"
#include "dumper/rows/row_writer.h"
#include "dumper/rows/stitcher.h"

namespace sfdb::dumper {

class CollectingSink : public BlockSink {
 public:
  explicit CollectingSink(size_t capacity) : capacity_(capacity) {}

  absl::StatusOr<BlockPtr> Acquire() override {
    if (acquire_failures_from_ == acquired_) return absl::CancelledError("no more blocks");
    ++acquired_;
    return BlockPtr(new Block(capacity_, nullptr));
  }
  absl::Status Deliver(BlockPtr block) override {
    blocks.push_back(std::move(block));
    return absl::OkStatus();
  }
  void FailAcquireFrom(size_t count) { acquire_failures_from_ = count; }

  std::vector<BlockPtr> blocks;

 private:
  size_t capacity_;
  size_t acquired_ = 0;
  size_t acquire_failures_from_ = SIZE_MAX;
};

// The statements of one table made of `blocks`.
inline std::string Stitched(const std::vector<BlockPtr>& blocks, const InsertStyle& style) {
  Stitcher stitcher;
  stitcher.BeginTable(&style);
  std::vector<std::string_view> pieces;
  for (const BlockPtr& block : blocks) stitcher.Add(block.get(), &pieces);
  stitcher.EndTable(&pieces);
  std::string text;
  for (const std::string_view piece : pieces) text += piece;
  return text;
}

}  // namespace sfdb::dumper
