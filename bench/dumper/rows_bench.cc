// Rows into blocks, and blocks into statements; in bytes of row text per second. Values lie behind
// one another as in libmariadb's row buffer.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "dumper/rows/row_writer.h"
#include "dumper/rows/stitcher.h"

namespace sfdb::dumper {
namespace {

constexpr size_t kBlock = 256 << 10;

// Hands out the same block again and again.
class Recycler : public BlockSink, public BlockHome {
 public:
  absl::StatusOr<BlockPtr> Acquire() override {
    free_->Clear();
    return BlockPtr(free_.release());
  }
  absl::Status Deliver(BlockPtr block) override {
    block.reset();
    return absl::OkStatus();
  }
  void Return(Block* block) override { free_.reset(block); }

 private:
  std::unique_ptr<Block> free_ = std::make_unique<Block>(kBlock, this);
};

// Keeps all blocks.
class Keeper : public BlockSink {
 public:
  absl::StatusOr<BlockPtr> Acquire() override { return BlockPtr(new Block(kBlock, nullptr)); }
  absl::Status Deliver(BlockPtr block) override {
    blocks.push_back(std::move(block));
    return absl::OkStatus();
  }
  std::vector<BlockPtr> blocks;
};

struct Rows {
  std::vector<ColumnFormat> columns;
  std::vector<std::string> buffers;  // one per row
  std::vector<std::vector<const char*>> values;
  std::vector<std::vector<unsigned long>> lengths;
};

enum Shape { kNumbers, kMixed, kWideText, kBlobs };

// The text of one column's value.
std::string MakeValue(ColumnFormat format, size_t mean, std::mt19937* random) {
  if (format == ColumnFormat::kBare) {
    std::string digits = std::to_string((*random)());
    digits.resize(1 + (*random)() % digits.size());
    return digits;
  }
  std::string text;
  for (size_t n = mean / 2 + (*random)() % (mean + 1); n > 0; --n) {
    const auto dice = (*random)() % 200;
    text += dice == 0 ? '\'' : dice < 30 ? ' ' : static_cast<char>('a' + dice % 26);
  }
  return text;
}

Rows MakeRows(Shape shape) {
  constexpr auto kBare = ColumnFormat::kBare;
  constexpr auto kQuoted = ColumnFormat::kQuoted;
  std::mt19937 random(7);
  Rows rows;
  size_t mean = 10;
  size_t count = 4000;
  switch (shape) {
    case kNumbers:
      rows.columns.assign(10, kBare);
      break;
    case kMixed:  // like TPC-H lineitem: numbers, flags, dates, a comment
      rows.columns = {kBare, kBare, kBare, kBare, kBare, kBare, kQuoted, kQuoted, kQuoted, kQuoted};
      mean = 16;
      break;
    case kWideText:
      rows.columns = {kBare, kQuoted, kQuoted, kQuoted};
      mean = 250;
      count = 1000;
      break;
    case kBlobs:
      rows.columns = {kBare, ColumnFormat::kHex};
      mean = 4000;
      count = 200;
      break;
  }
  for (size_t r = 0; r < count; ++r) {
    std::string buffer;
    std::vector<size_t> at;
    std::vector<unsigned long> lengths;
    for (const ColumnFormat format : rows.columns) {
      const std::string value = MakeValue(format, mean, &random);
      at.push_back(buffer.size());
      lengths.push_back(value.size());
      buffer += value + '\0';
    }
    rows.buffers.push_back(std::move(buffer));
    std::vector<const char*> values;
    for (const size_t offset : at) values.push_back(rows.buffers.back().data() + offset);
    rows.values.push_back(std::move(values));
    rows.lengths.push_back(std::move(lengths));
  }
  // The strings moved into place keep their heap buffers; short ones do not.
  for (size_t r = 0; r < count; ++r) {
    const char* at = rows.buffers[r].data();
    for (size_t c = 0; c < rows.columns.size(); ++c) {
      rows.values[r][c] = at;
      at += rows.lengths[r][c] + 1;
    }
  }
  return rows;
}

void BM_AppendRow(benchmark::State& state, Shape shape) {
  const Rows rows = MakeRows(shape);
  Recycler sink;
  uint64_t bytes = 0;
  for (auto _ : state) {
    RowWriter writer(rows.columns, EscapeCharset::kBytewise, &sink);
    for (size_t r = 0; r < rows.values.size(); ++r) {
      if (!writer.AppendRow(rows.values[r].data(), rows.lengths[r].data()).ok()) std::abort();
    }
    if (!writer.Finish().ok()) std::abort();
    bytes += writer.bytes();
  }
  state.SetBytesProcessed(static_cast<int64_t>(bytes));
  state.SetItemsProcessed(static_cast<int64_t>(state.iterations() * rows.values.size()));
  state.SetLabel(EscapeKernelName());
}
BENCHMARK_CAPTURE(BM_AppendRow, numbers, kNumbers);
BENCHMARK_CAPTURE(BM_AppendRow, mixed, kMixed);
BENCHMARK_CAPTURE(BM_AppendRow, wide_text, kWideText);
BENCHMARK_CAPTURE(BM_AppendRow, blobs_hex, kBlobs);

void BM_Stitch(benchmark::State& state) {
  const Rows rows = MakeRows(kNumbers);
  Keeper sink;
  RowWriter writer(rows.columns, EscapeCharset::kBytewise, &sink);
  for (int repeat = 0; repeat < 40; ++repeat) {
    for (size_t r = 0; r < rows.values.size(); ++r) {
      if (!writer.AppendRow(rows.values[r].data(), rows.lengths[r].data()).ok()) std::abort();
    }
  }
  if (!writer.Finish().ok()) std::abort();
  InsertStyle style{.pattern = "INSERT INTO `t` VALUES\n",
                    .net_buffer_length = static_cast<uint64_t>(state.range(0))};
  std::vector<std::string_view> pieces;
  for (auto _ : state) {
    Stitcher stitcher;
    stitcher.BeginTable(&style);
    for (const BlockPtr& block : sink.blocks) {
      pieces.clear();
      stitcher.Add(block.get(), &pieces);
      benchmark::DoNotOptimize(pieces.data());
    }
    stitcher.EndTable(&pieces);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * writer.bytes()));
}
BENCHMARK(BM_Stitch)->ArgName("net_buffer_length")->Arg(1046528)->Arg(16384)->Arg(4096);

}  // namespace
}  // namespace sfdb::dumper
