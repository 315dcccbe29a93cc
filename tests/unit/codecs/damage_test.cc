// Damaged input: always a DataLoss that says what and where, never a crash, never other bytes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "absl/strings/str_format.h"
#include "tests/unit/codecs/codec_fixture.h"
#include "tests/unit/codecs/sql_text.h"

namespace sfdb::codecs {
namespace {

using testing::HasSubstr;

// Levels that reach each layout; `none` has no structure to check.
std::vector<Variant> Layouts() { return {{"gzip", 1}, {"gzip", 6}, {"zstd", 3}, {"xz", 0}}; }

std::string Message(const absl::Status& status) { return std::string(status.message()); }

class Damaged : public testing::TestWithParam<Variant> {
 protected:
  Damaged() : plain_(MakeSqlText(200'000, 1)), file_(Compress(GetParam(), plain_, 50'000)) {}
  const Codec& codec() const { return Row(GetParam().codec); }

  const std::string plain_;
  const CompressedFile file_;
};

TEST_P(Damaged, TruncationAtAndAroundEveryFrameEdgeIsDataLoss) {
  std::vector<size_t> cuts = {0};
  for (const FrameExtent& frame : file_.frames) {
    for (const uint64_t edge : {frame.offset, frame.offset + frame.compressed_size}) {
      for (const uint64_t cut : {edge - 1, edge, edge + 1, edge + 9, edge + 13}) {
        if (cut < file_.bytes.size()) cuts.push_back(cut);
      }
    }
  }
  for (size_t back = 1; back <= 40; ++back) cuts.push_back(file_.bytes.size() - back);
  for (const size_t cut : cuts) {
    const std::string_view bytes = std::string_view(file_.bytes).substr(0, cut);
    for (const size_t step : {size_t{1}, size_t{1} << 16}) {
      const auto back = Decompress(codec(), bytes, step, step);
      EXPECT_EQ(back.status().code(), absl::StatusCode::kDataLoss) << cut;
      EXPECT_THAT(Message(back.status()), HasSubstr("truncated")) << cut;
      EXPECT_THAT(Message(back.status()), HasSubstr(absl::StrFormat("at byte %d", cut)));
    }
    const auto frames = ReadIndex(codec(), bytes);
    EXPECT_FALSE(frames.ok()) << cut;
  }
}

TEST_P(Damaged, TrailingBytesAreDataLossAtTheirPlace) {
  for (const std::string& garbage :
       {std::string("x"), std::string("-- Dump completed"), std::string(3, '\0'),
        std::string("\x1f", 1), std::string("\xfd\x37\x7a\x58\x5a\x01", 6),
        MakeRandomBytes(5000, 9)}) {
    const std::string bytes = file_.bytes + garbage;
    for (const size_t step : {size_t{1}, size_t{1} << 16}) {
      const auto back = Decompress(codec(), bytes, step, step);
      EXPECT_EQ(back.status().code(), absl::StatusCode::kDataLoss) << garbage;
      // The beginning of a header is a truncated member, and is called so.
      if (garbage == "\x1f" && codec().name == "gzip") continue;
      EXPECT_THAT(Message(back.status()), HasSubstr("trailing garbage"));
      EXPECT_THAT(Message(back.status()),
                  HasSubstr(absl::StrFormat("at byte %d", file_.bytes.size())));
    }
    EXPECT_FALSE(ReadIndex(codec(), bytes).ok());
  }
}

TEST_P(Damaged, FlippedBitsNeverGiveOtherBytes) {
  std::mt19937 random(1);
  int unnoticed = 0;
  for (int i = 0; i < 500; ++i) {
    std::string bytes = file_.bytes;
    const size_t at = random() % bytes.size();
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
    const auto back = Decompress(codec(), bytes, 1 + random() % 5000, 1 + random() % 70'000);
    if (back.ok()) {
      ++unnoticed;
      EXPECT_TRUE(*back == plain_) << "bit flip at " << at << " gave other bytes";
    } else {
      EXPECT_THAT(back.status().code(),
                  testing::AnyOf(absl::StatusCode::kDataLoss, absl::StatusCode::kUnimplemented))
          << back.status();
      EXPECT_THAT(Message(back.status()), HasSubstr("at byte")) << back.status();
    }
  }
  // What may pass: header fields that change no byte (time, names), and the seek table.
  EXPECT_LT(unnoticed, 25);
}

TEST_P(Damaged, FlippedBitsInAFrameNeverGiveOtherBytes) {
  std::mt19937 random(2);
  auto decoder = codec().new_frame_decoder();
  for (int i = 0; i < 500; ++i) {
    const FrameExtent& extent = file_.frames[random() % file_.frames.size()];
    std::string frame = file_.bytes.substr(extent.offset, extent.compressed_size);
    const size_t at = random() % frame.size();
    frame[at] = static_cast<char>(frame[at] ^ (1 << random() % 8));
    std::string out(extent.plain_size, '\0');
    const absl::Status status = decoder->DecompressFrame(frame, out);
    if (status.ok()) {
      EXPECT_TRUE(plain_.find(out) != std::string::npos) << at;
    }
  }
}

TEST_P(Damaged, FlippedBitsInTheIndexNeverLeadToOtherBytes) {
  std::mt19937 random(3);
  const size_t index_begin = file_.frames.back().offset + file_.frames.back().compressed_size;
  for (int i = 0; i < 500; ++i) {
    std::string bytes = file_.bytes;
    const size_t at = i % 2 == 0 ? index_begin + random() % (bytes.size() - index_begin)
                                 : random() % bytes.size();
    bytes[at] = static_cast<char>(bytes[at] ^ (1 << random() % 8));
    const auto frames = ReadIndex(codec(), bytes);
    if (!frames.ok()) continue;
    uint64_t plain = 0;
    for (const FrameExtent& frame : *frames) {
      ASSERT_LE(frame.offset + frame.compressed_size, bytes.size());
      plain += frame.plain_size;
    }
    if (plain > 10 * plain_.size()) continue;  // a claim that the caller refuses to allocate
    const auto back = DecompressFrames(codec(), bytes, *frames);
    if (back.ok()) {
      EXPECT_TRUE(*back == plain_) << "bit flip at " << at;
    }
  }
}

TEST_P(Damaged, AWrongPlainSizeIsDataLoss) {
  auto decoder = codec().new_frame_decoder();
  for (const FrameExtent& extent : file_.frames) {
    const std::string_view frame =
        std::string_view(file_.bytes).substr(extent.offset, extent.compressed_size);
    for (const int64_t wrong : {-1, 1, 1000, -1000}) {
      std::string out(extent.plain_size + wrong, '\0');
      EXPECT_EQ(decoder->DecompressFrame(frame, out).code(), absl::StatusCode::kDataLoss);
    }
    // The decoder is not spoilt by what it refused.
    std::string out(extent.plain_size, '\0');
    EXPECT_TRUE(decoder->DecompressFrame(frame, out).ok());
  }
}

TEST_P(Damaged, ACutFrameIsDataLoss) {
  auto decoder = codec().new_frame_decoder();
  const FrameExtent& extent = file_.frames[1];
  std::string out(extent.plain_size, '\0');
  for (size_t size = 0; size < extent.compressed_size; size += 1 + size / 50) {
    EXPECT_EQ(
        decoder->DecompressFrame(std::string_view(file_.bytes).substr(extent.offset, size), out)
            .code(),
        absl::StatusCode::kDataLoss)
        << size;
  }
}

TEST_P(Damaged, AnErrorIsKept) {
  auto decompressor = codec().new_decompressor();
  std::string out(100'000, '\0');
  const auto first = decompressor->Decompress("no such format at all", out);
  ASSERT_FALSE(first.ok());
  EXPECT_EQ(decompressor->Decompress(file_.bytes, out).status(), first.status());
  EXPECT_EQ(decompressor->Finish(), first.status());
}

TEST_P(Damaged, AnotherFormatIsSaidToBeOne) {
  const auto back = Decompress(codec(), "-- MariaDB dump 10.19\n");
  EXPECT_EQ(back.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(Message(back.status()),
              HasSubstr(absl::StrFormat("not a%s %s file", codec().name == "xz" ? "n" : "",
                                        std::string(codec().name))));
}

INSTANTIATE_TEST_SUITE_P(AllLayouts, Damaged, testing::ValuesIn(Layouts()),
                         [](const auto& param) { return VariantName(param.param); });

// A wrong checksum over right data.
TEST(Checksums, AreSaidToMismatch) {
  const std::string plain = MakeSqlText(10'000, 1);
  for (const auto& [variant, from_end] : {std::pair<Variant, size_t>{{"gzip", 1}, 8},
                                          {{"gzip", 6}, 8},
                                          {{"zstd", 3}, 1},
                                          {{"xz", 0}, 1}}) {
    CompressedFile file = Compress(variant, plain);
    const FrameExtent& frame = file.frames.back();
    const size_t at = frame.offset + frame.compressed_size - from_end;
    file.bytes[at] = static_cast<char>(file.bytes[at] ^ 0x40);
    const Codec& codec = Row(variant.codec);
    EXPECT_THAT(Message(Decompress(codec, file.bytes).status()), HasSubstr("checksum mismatch"));
    EXPECT_THAT(Message(DecompressFrames(codec, file.bytes, file.frames).status()),
                HasSubstr("checksum mismatch"));
  }
}

TEST(Gzip, WrongSizeInTheTrailerIsNoticed) {
  CompressedFile file = Compress({"gzip", 6}, MakeSqlText(10'000, 1));
  const size_t at = file.frames[0].offset + file.frames[0].compressed_size - 1;
  file.bytes[at] = static_cast<char>(file.bytes[at] ^ 0x01);
  EXPECT_FALSE(Decompress(Row("gzip"), file.bytes).ok());
}

TEST(Zstd, AHugeCountInTheSeekTableCostsNoMemory) {
  CompressedFile file = Compress({"zstd", 3}, MakeSqlText(10'000, 1));
  for (const char* count : {"\xff\xff\xff\xff", "\xff\xff\xff\x07", "\x00\x00\x00\x01"}) {
    std::string bytes = file.bytes;
    bytes.replace(bytes.size() - 9, 4, std::string(count, 4));
    EXPECT_EQ(ReadIndex(Row("zstd"), bytes).status().code(), absl::StatusCode::kDataLoss);
  }
}

TEST(Zstd, AWindowBeyondTheBoundIsRefused) {
  // Magic, then: no content size, window descriptor for 2^31 bytes, one empty last block.
  const std::string bytes("\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00", 9);
  EXPECT_EQ(Decompress(Row("zstd"), bytes).status().code(), absl::StatusCode::kUnimplemented);
}

TEST(Zlib, TruncationGarbageAndFlipsAreDataLoss) {
  // zlib.compress(b"sfdb " * 20), from Python.
  const std::string bytes("\x78\x9c\x2b\x4e\x4b\x49\x52\x28\xa6\x2d\x01\x00\xf1\x94\x22\xed", 16);
  std::string plain;
  for (int i = 0; i < 20; ++i) plain += "sfdb ";
  const Codec& zlib = Row("zlib");
  for (const size_t step : {1, 3, 100}) {
    const auto back = Decompress(zlib, bytes, step, step);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(*back, plain);
    EXPECT_THAT(Message(Decompress(zlib, bytes + "x", step, step).status()),
                HasSubstr("trailing garbage at byte 16"));
    EXPECT_THAT(Message(Decompress(zlib, bytes + std::string(100, '\0'), step, step).status()),
                HasSubstr("trailing garbage at byte 16"));
  }
  for (size_t cut = 0; cut < bytes.size(); ++cut) {
    EXPECT_THAT(Message(Decompress(zlib, bytes.substr(0, cut)).status()), HasSubstr("truncated"));
  }
  for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    std::string flipped = bytes;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto back = Decompress(zlib, flipped);
    if (back.ok()) {
      EXPECT_EQ(*back, plain) << bit;
    }
    std::string out(plain.size(), '\0');
    if (zlib.new_frame_decoder()->DecompressFrame(flipped, out).ok()) {
      EXPECT_EQ(out, plain) << bit;
    }
  }
}

}  // namespace
}  // namespace sfdb::codecs
