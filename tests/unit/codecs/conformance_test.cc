// One suite for every codec: what goes in comes out, whatever the level, the size, the data and the
// buffers.
#include <gtest/gtest.h>
#include <malloc.h>

#include <thread>

#include "absl/strings/str_format.h"
#include "tests/unit/codecs/codec_fixture.h"
#include "tests/unit/codecs/sql_text.h"

namespace sfdb::codecs {
namespace {

constexpr size_t kMiB = size_t{1} << 20;
constexpr size_t kSizes[] = {0, 1, 4095, 65535, 65536, 65537, kMiB, 5 * kMiB};

std::vector<std::pair<std::string, std::string>> DataOf(size_t size) {
  return {{"sql", MakeSqlText(size, 1)},
          {"zeros", std::string(size, '\0')},
          {"random", MakeRandomBytes(size, 2)}};
}

class CodecConformance : public testing::TestWithParam<Variant> {
 protected:
  const Codec& codec() const { return Row(GetParam().codec); }
};

TEST_P(CodecConformance, StreamGivesTheBytesBackForEverySizeAndBufferSize) {
  for (const size_t size : kSizes) {
    for (const auto& [kind, plain] : DataOf(size)) {
      const CompressedFile file = Compress(GetParam(), plain);
      for (const size_t step : {size_t{1}, size_t{7}, size_t{4096}, kMiB}) {
        // Byte by byte takes minutes under sanitizers: text shows it at 1 MiB, the rest at 64 KiB.
        if (step < 4096 && size > (kind == "sql" ? kMiB : 65537)) continue;
        const auto back = Decompress(codec(), file.bytes, step, step);
        ASSERT_TRUE(back.ok()) << kind << size << " step " << step << ": " << back.status();
        ASSERT_TRUE(*back == plain) << kind << size << " step " << step;
      }
      // Lopsided buffers: the library's own pending output and input are what breaks here.
      for (const auto& [in, out] : {std::pair<size_t, size_t>{1, kMiB}, {kMiB, 7}}) {
        if (size > 65537) continue;
        const auto back = Decompress(codec(), file.bytes, in, out);
        ASSERT_TRUE(back.ok()) << kind << size << ": " << back.status();
        ASSERT_TRUE(*back == plain) << kind << size << " in " << in << " out " << out;
      }
    }
  }
}

TEST_P(CodecConformance, EveryFrameCanBeReadAlone) {
  for (const size_t size : kSizes) {
    for (const auto& [kind, plain] : DataOf(size)) {
      const CompressedFile file = Compress(GetParam(), plain, 300'000);
      const auto back = DecompressFrames(codec(), file.bytes, file.frames);
      ASSERT_TRUE(back.ok()) << kind << size << ": " << back.status();
      ASSERT_TRUE(*back == plain) << kind << size;
    }
  }
}

TEST_P(CodecConformance, TheContainersOwnIndexFindsTheFrames) {
  if (codec().name == "none") {
    EXPECT_EQ(ReadIndex(codec(), "text").status().code(), absl::StatusCode::kNotFound);
    return;
  }
  for (const size_t size : kSizes) {
    for (const auto& [kind, plain] : DataOf(size)) {
      const CompressedFile file = Compress(GetParam(), plain, 300'000);
      StringSource source(file.bytes);
      const auto frames = codec().read_frame_index(source);
      ASSERT_TRUE(frames.ok()) << kind << size << ": " << frames.status();
      const auto back = DecompressFrames(codec(), file.bytes, *frames);
      ASSERT_TRUE(back.ok()) << kind << size << ": " << back.status();
      ASSERT_TRUE(*back == plain) << kind << size;
      if (size == 5 * kMiB && kind == "random") {
        EXPECT_LT(source.bytes_read(), file.bytes.size() / 50) << "an index read is not a scan";
      }
    }
  }
}

TEST_P(CodecConformance, FramesDoNotDependOnHowTheInputIsScattered) {
  // Text, then bytes that are better stored.
  const std::string plain = MakeSqlText(400'000, 3) + MakeRandomBytes(300'000, 3);
  const CompressedFile whole = Compress(GetParam(), plain, 250'000, 1);
  for (const size_t pieces : {2, 3, 100, 300'000}) {
    EXPECT_TRUE(Compress(GetParam(), plain, 250'000, pieces).bytes == whole.bytes) << pieces;
  }
}

TEST_P(CodecConformance, FramesDoNotDependOnEarlierFramesOrOtherThreads) {
  const std::string plain = MakeSqlText(200'000, 4);
  const auto compress = [&](Compressor& compressor, std::string_view input) {
    std::string out(codec().max_compressed_bytes(input.size()), '\0');
    const std::string_view pieces[] = {input};
    const auto record = compressor.CompressFrame(pieces, out);
    EXPECT_TRUE(record.ok()) << record.status();
    out.resize(record->compressed_size);
    return out;
  };
  auto fresh = *codec().NewCompressor(GetParam().level);
  const std::string expected = compress(*fresh, plain);
  auto used = *codec().NewCompressor(GetParam().level);
  compress(*used, MakeRandomBytes(1'000'000, 5));
  compress(*used, std::string(3'000, 'x'));
  EXPECT_TRUE(compress(*used, plain) == expected);
  std::vector<std::thread> threads;
  for (int i = 0; i < 3; ++i) {
    threads.emplace_back([&] {
      auto own = *codec().NewCompressor(GetParam().level);
      for (int n = 0; n < 3; ++n) EXPECT_TRUE(compress(*own, plain) == expected);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_P(CodecConformance, BoundHoldsAndASmallerBufferIsRefused) {
  for (const size_t size : {size_t{0}, size_t{1}, size_t{65280}, size_t{65281}, 3 * kMiB + 1}) {
    const std::string plain = MakeRandomBytes(size, 6);
    auto compressor = *codec().NewCompressor(GetParam().level);
    const std::string_view pieces[] = {plain};
    // The bytes beyond the bound must stay as they are.
    const size_t bound = codec().max_compressed_bytes(size);
    std::string out(bound + 64, '\x5a');
    const auto record = compressor->CompressFrame(pieces, std::span(out.data(), bound));
    ASSERT_TRUE(record.ok()) << record.status();
    EXPECT_LE(record->compressed_size, bound);
    EXPECT_EQ(out.substr(bound), std::string(64, '\x5a'));
    if (bound == 0) continue;
    EXPECT_EQ(compressor->CompressFrame(pieces, std::span(out.data(), bound - 1)).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST_P(CodecConformance, AnEmptyFrameIsNoBytes) {
  auto compressor = *codec().NewCompressor(GetParam().level);
  std::string out(codec().max_compressed_bytes(0), '\0');
  EXPECT_EQ(*compressor->CompressFrame({}, out), FrameRecord{});
  const std::string_view empties[] = {{}, {}};
  EXPECT_EQ(*compressor->CompressFrame(empties, out), FrameRecord{});
}

TEST_P(CodecConformance, EncoderHoldsNoMoreMemoryThanItSays) {
  const size_t frame = codec().ideal_frame_bytes(GetParam().level);
  // Repeated text: the slow levels take no time on it, and as much memory.
  const std::string text = MakeSqlText(size_t{1} << 16, 7);
  std::string plain;
  while (plain.size() < frame) plain += text;
  plain.resize(frame);
  std::string out(codec().max_compressed_bytes(frame), '\0');
  const std::string_view pieces[] = {std::string_view(plain).substr(0, 10),
                                     std::string_view(plain).substr(10)};
  const auto in_use = [] {
    const struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
  };
  const size_t before = in_use();
  auto compressor = *codec().NewCompressor(GetParam().level);
  ASSERT_TRUE(compressor->CompressFrame(pieces, out).ok());
  const size_t held = in_use() - before;
  RecordProperty("held_kib", static_cast<int>(held >> 10));
  EXPECT_LE(held, codec().encoder_memory_bytes(GetParam().level));
  // And not much less, else the engine runs fewer encoders than fit. (Sanitizers hide the heap.)
  if (held > 0) {
    EXPECT_GE(held * 2 + 8192, codec().encoder_memory_bytes(GetParam().level)) << held;
  }
  // Warm: another frame takes nothing more (but for the test's own crumbs).
  ASSERT_TRUE(compressor->CompressFrame(pieces, out).ok());
  EXPECT_LE(in_use() - before, held + 4096);
}

INSTANTIATE_TEST_SUITE_P(AllCodecs, CodecConformance, testing::ValuesIn(AllVariants()),
                         [](const auto& param) { return VariantName(param.param); });

}  // namespace
}  // namespace sfdb::codecs
