// Throughput of one core, codec by codec and level by level, on 32 MiB of SQL text in frames of the
// level's ideal size. bytes_per_second counts plain bytes; `ratio` is plain / compressed.
//
// Against the stock tools: bench/codecs/codecs_vs_tools.sh.
#include <benchmark/benchmark.h>

#include <map>
#include <string>
#include <vector>

#include "codecs/codec.h"
#include "tests/unit/codecs/sql_text.h"

namespace sfdb::codecs {
namespace {

constexpr size_t kTextBytes = size_t{32} << 20;

const std::string& Text() {
  static const std::string text = MakeSqlText(kTextBytes, 1);
  return text;
}

struct Compressed {
  std::string bytes;
  std::vector<FrameExtent> frames;
  std::vector<FrameRecord> records;
};

Compressed CompressText(const Codec& codec, Compressor& compressor, int level) {
  const size_t frame_bytes = codec.ideal_frame_bytes(level);
  Compressed result;
  result.bytes = codec.make_prologue();
  static std::string out;
  out.resize(codec.max_compressed_bytes(frame_bytes));
  for (size_t at = 0; at < Text().size(); at += frame_bytes) {
    const std::string_view pieces[] = {std::string_view(Text()).substr(at, frame_bytes)};
    const FrameRecord record = compressor.CompressFrame(pieces, out).value();
    result.frames.push_back({result.bytes.size(), record.compressed_size, record.plain_size, 0});
    result.records.push_back(record);
    result.bytes.append(out, 0, record.compressed_size);
  }
  result.bytes += codec.make_epilogue(result.records).value();
  return result;
}

const Compressed& CompressedText(const Codec& codec, int level) {
  static std::map<std::pair<const Codec*, int>, Compressed> cache;
  Compressed& entry = cache[{&codec, level}];
  if (entry.bytes.empty()) entry = CompressText(codec, **codec.NewCompressor(level), level);
  return entry;
}

void Compress(benchmark::State& state, const Codec* codec, int level) {
  auto compressor = codec->NewCompressor(level).value();
  size_t size = 0;
  for (auto _ : state) size = CompressText(*codec, *compressor, level).bytes.size();
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * Text().size()));
  state.counters["ratio"] = static_cast<double>(Text().size()) / static_cast<double>(size);
}

void DecompressStream(benchmark::State& state, const Codec* codec, int level) {
  const Compressed& file = CompressedText(*codec, level);
  std::string out(size_t{1} << 18, '\0');
  for (auto _ : state) {
    auto decompressor = codec->new_decompressor();
    std::string_view in = file.bytes;
    for (bool full = true; full || !in.empty();) {
      const auto step = decompressor->Decompress(in, out).value();
      in.remove_prefix(step.consumed);
      full = step.produced == out.size();
    }
    if (!decompressor->Finish().ok()) state.SkipWithError("not decompressed");
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * Text().size()));
}

void DecompressFrames(benchmark::State& state, const Codec* codec, int level) {
  const Compressed& file = CompressedText(*codec, level);
  auto decoder = codec->new_frame_decoder();
  std::string out;
  for (auto _ : state) {
    for (const FrameExtent& frame : file.frames) {
      out.resize(frame.plain_size);
      const auto status = decoder->DecompressFrame(
          std::string_view(file.bytes).substr(frame.offset, frame.compressed_size), out);
      if (!status.ok()) state.SkipWithError("not decompressed");
    }
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations() * Text().size()));
}

void RegisterAll() {
  for (const Codec& codec : AllCodecs()) {
    if (!codec.can_write) continue;
    for (int level = codec.min_level; level <= codec.max_level; ++level) {
      const std::string name = std::string(codec.name) + "/" + std::to_string(level);
      benchmark::RegisterBenchmark(("Compress/" + name).c_str(), Compress, &codec, level)
          ->Unit(benchmark::kMillisecond);
    }
    for (const int level : {codec.min_level, codec.default_level}) {
      const std::string name = std::string(codec.name) + "/" + std::to_string(level);
      benchmark::RegisterBenchmark(("DecompressStream/" + name).c_str(), DecompressStream, &codec,
                                   level)
          ->Unit(benchmark::kMillisecond);
      benchmark::RegisterBenchmark(("DecompressFrames/" + name).c_str(), DecompressFrames, &codec,
                                   level)
          ->Unit(benchmark::kMillisecond);
      if (codec.min_level == codec.default_level) break;
    }
  }
}

}  // namespace
}  // namespace sfdb::codecs

int main(int argc, char** argv) {
  sfdb::codecs::RegisterAll();
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
