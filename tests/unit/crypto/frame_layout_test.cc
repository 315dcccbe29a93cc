#include "crypto/frame_layout.h"

#include <set>

#include "tests/unit/crypto/crypto_testing.h"

namespace sfdb::crypto {
namespace {

TEST(FrameLayout, SizeAndLayoutDetermineEachOther) {
  constexpr uint32_t kLength = 100;
  for (uint64_t plain = 0; plain <= 5 * kLength; ++plain) {
    const FrameLayout written = FrameLayout::ForPlainSize(77, kLength, plain);
    EXPECT_EQ(written.plain_size(), plain);
    const auto read = FrameLayout::FromFileSize(77, kLength, written.file_size());
    ASSERT_TRUE(read.has_value()) << plain;
    EXPECT_EQ(read->frames, written.frames);
    EXPECT_EQ(read->final_length, written.final_length);
  }
}

TEST(FrameLayout, EverySizeHasAtMostOneLayoutAndTheGapsHaveNone) {
  constexpr uint32_t kLength = 100;
  std::set<std::pair<uint64_t, uint32_t>> seen;
  for (uint64_t size = 0; size < 77 + 5 * 132; ++size) {
    const auto layout = FrameLayout::FromFileSize(77, kLength, size);
    const bool gap = size < 77 + 40 || (size - 77 - 40) % 132 > kLength;
    ASSERT_EQ(layout.has_value(), !gap) << size;
    if (gap) continue;
    EXPECT_EQ(layout->file_size(), size);
    EXPECT_TRUE(seen.emplace(layout->frames, layout->final_length).second) << size;
  }
}

TEST(FrameLayout, FindsTheFrameOfAByteAlsoInAFullLastFrame) {
  const auto layout = FrameLayout::FromFileSize(0, 10, 42 + 50);  // one regular, one full final
  ASSERT_TRUE(layout.has_value());
  EXPECT_EQ(layout->frames, 2u);
  EXPECT_EQ(layout->plain_size(), 20u);
  EXPECT_EQ(layout->FrameAt(9), 1u);
  EXPECT_EQ(layout->FrameAt(10), 2u);
  EXPECT_EQ(layout->FrameAt(19), 2u);
  EXPECT_EQ(layout->FrameOffset(2), 42u);
}

TEST(FrameLayout, MoreFramesThanNumbersIsNotASize) {
  const uint64_t most = FrameLayout{0, 1, kMaxFrames, 1}.file_size();
  EXPECT_TRUE(FrameLayout::FromFileSize(0, 1, most).has_value());
  EXPECT_FALSE(FrameLayout::FromFileSize(0, 1, most + 33).has_value());
}

}  // namespace
}  // namespace sfdb::crypto
