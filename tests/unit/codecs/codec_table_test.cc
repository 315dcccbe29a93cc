// The table itself: names, extensions, magic bytes, refusals.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/unit/codecs/codec_fixture.h"
#include "tests/unit/codecs/sql_text.h"

namespace sfdb::codecs {
namespace {

using testing::HasSubstr;

TEST(CodecTable, NamesAliasesAndExtensionsAreUnique) {
  std::set<std::string_view> names;
  std::set<std::string_view> extensions;
  for (const Codec& codec : AllCodecs()) {
    EXPECT_TRUE(names.insert(codec.name).second) << codec.name;
    for (std::string_view alias : codec.aliases) EXPECT_TRUE(names.insert(alias).second) << alias;
    EXPECT_TRUE(extensions.insert(codec.extension).second) << codec.name;
  }
}

TEST(CodecTable, RowsAreComplete) {
  for (const Codec& codec : AllCodecs()) {
    EXPECT_NE(codec.new_decompressor, nullptr) << codec.name;
    EXPECT_NE(codec.new_frame_decoder, nullptr) << codec.name;
    EXPECT_NE(codec.read_frame_index, nullptr) << codec.name;
    if (!codec.can_write) continue;
    EXPECT_LE(codec.min_level, codec.default_level) << codec.name;
    EXPECT_LE(codec.default_level, codec.max_level) << codec.name;
    for (int level = codec.min_level; level <= codec.max_level; ++level) {
      EXPECT_GE(codec.ideal_frame_bytes(level), size_t{1} << 20) << codec.name << level;
      EXPECT_GT(codec.encoder_memory_bytes(level), 0u) << codec.name << level;
      EXPECT_LE(codec.ideal_frame_bytes(level), kMaxFrameBytes) << codec.name << level;
    }
  }
}

TEST(CodecTable, PgzipIsGzip) { EXPECT_EQ(*FindCodec("pgzip"), *FindCodec("gzip")); }

TEST(CodecTable, AnUnknownNameIsRefusedWithTheChoices) {
  const auto status = FindCodec("lz4").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("gzip, zstd, xz, none"));
}

TEST(CodecTable, LevelsOutsideTheRangeAreRefused) {
  for (const Codec& codec : AllCodecs()) {
    if (!codec.can_write) continue;
    EXPECT_EQ(codec.NewCompressor(codec.max_level + 1).status().code(),
              absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(codec.NewCompressor(codec.min_level - 1).status().code(),
              absl::StatusCode::kInvalidArgument);
  }
}

TEST(CodecTable, ZlibCannotWrite) {
  const auto status = Row("zlib").NewCompressor(6).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(status.message()), HasSubstr("can only be read"));
}

TEST(CodecTable, PathsFindTheirCodec) {
  EXPECT_EQ(CodecForPath("/a/b_all.sql.gz").name, "gzip");
  EXPECT_EQ(CodecForPath("x.sql.zst").name, "zstd");
  EXPECT_EQ(CodecForPath("x.sql.xz").name, "xz");
  EXPECT_EQ(CodecForPath("x.sql.zlib").name, "zlib");
  EXPECT_EQ(CodecForPath("x.sql").name, "none");
  EXPECT_EQ(CodecForPath("x.gz.sql").name, "none");
  EXPECT_EQ(CodecForPath("").name, "none");
}

TEST(CodecTable, EveryVariantIsDetectedByItsFirstBytes) {
  for (const Variant& variant : AllVariants()) {
    for (const size_t size : {0, 1, 100'000}) {
      const CompressedFile file = Compress(variant, MakeSqlText(size, 1));
      EXPECT_EQ(DetectCodec(std::string_view(file.bytes).substr(0, kDetectBytes)).name,
                variant.codec)
          << VariantName(variant) << " of " << size;
    }
  }
}

TEST(CodecTable, TextIsNoCodec) {
  for (std::string_view head : {"", "-", "-- Maria", "/*M!9999", "x", "INSERT I", "\n\n"}) {
    EXPECT_EQ(DetectCodec(head).name, "none") << head;
  }
}

TEST(CodecTable, ZlibHeadsOfEveryStrengthAreDetected) {
  for (std::string_view head : {"\x78\x01", "\x78\x5e", "\x78\x9c", "\x78\xda"}) {
    EXPECT_EQ(DetectCodec(head).name, "zlib");
  }
  EXPECT_EQ(DetectCodec("\x78\xbb").name, "none") << "asks for a dictionary";
}

}  // namespace
}  // namespace sfdb::codecs
