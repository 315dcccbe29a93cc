// The invariants of engine/pipeline/frame_cutter.h.
#include "engine/pipeline/frame_cutter.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "codecs/gather.h"

namespace sfdb::engine {
namespace {

struct Cut {
  std::vector<FramePtr> frames;
  FrameCutter cutter;
  explicit Cut(size_t frame_bytes)
      : cutter(frame_bytes, [this](FramePtr frame) {
          frames.push_back(std::move(frame));
          return absl::OkStatus();
        }) {}

  std::string Text() const {
    std::string text;
    for (const FramePtr& frame : frames) {
      for (const std::string_view piece : frame->data.pieces) text += piece;
    }
    return text;
  }
  std::vector<uint64_t> Sizes() const {
    std::vector<uint64_t> sizes;
    for (const FramePtr& frame : frames) sizes.push_back(frame->plain_bytes);
    return sizes;
  }
};

std::string Letters(size_t size) {
  std::string text(size, ' ');
  for (size_t i = 0; i < size; ++i) text[i] = static_cast<char>('a' + i * 7 % 26);
  return text;
}

TEST(FrameCutter, LongTextIsCutIntoFramesOfExactlyTheirSize) {
  Cut cut(1000);
  const auto text = std::make_shared<const std::string>(Letters(3500));
  ASSERT_TRUE(cut.cutter.Add(*text, text).ok());
  ASSERT_TRUE(cut.cutter.Finish().ok());
  EXPECT_EQ(cut.Sizes(), (std::vector<uint64_t>{1000, 1000, 1000, 500}));
  EXPECT_EQ(cut.Text(), *text);
}

TEST(FrameCutter, ATextOfExactlyOneFrameMakesOneFrame) {
  Cut cut(1000);
  ASSERT_TRUE(cut.cutter.AddOwned(Letters(1000)).ok());
  ASSERT_TRUE(cut.cutter.Finish().ok());
  EXPECT_EQ(cut.Sizes(), (std::vector<uint64_t>{1000}));
}

TEST(FrameCutter, NoTextMakesNoFrame) {
  Cut cut(1000);
  ASSERT_TRUE(cut.cutter.Add("", nullptr).ok());
  ASSERT_TRUE(cut.cutter.Finish().ok());
  EXPECT_TRUE(cut.frames.empty());
}

TEST(FrameCutter, ATableThatDoesNotFitBeginsAFrame) {
  Cut cut(1000);
  ASSERT_TRUE(cut.cutter.AddOwned(Letters(300)).ok());
  cut.cutter.BeginUnit();
  ASSERT_TRUE(cut.cutter.AddOwned(Letters(1800)).ok());
  ASSERT_TRUE(cut.cutter.Finish().ok());
  EXPECT_EQ(cut.Sizes(), (std::vector<uint64_t>{300, 1000, 800}));
}

TEST(FrameCutter, SmallNeighboursShareFramesAndNoneIsTorn) {
  Cut cut(1000);
  for (int i = 0; i < 10; ++i) {
    cut.cutter.BeginUnit();
    ASSERT_TRUE(cut.cutter.AddOwned(Letters(300)).ok());
  }
  ASSERT_TRUE(cut.cutter.Finish().ok());
  EXPECT_EQ(cut.Sizes(), (std::vector<uint64_t>{900, 900, 900, 300}));
}

TEST(FrameCutter, FramesDoNotDependOnHowTheTextCame) {
  const std::string text = Letters(100'000);
  std::vector<uint64_t> sizes;
  for (const size_t piece : {size_t{1}, size_t{7}, size_t{4096}, text.size()}) {
    Cut cut(9'000);
    size_t table = 0;
    for (size_t at = 0; at < text.size(); at += piece) {
      // Tables begin at bytes that every piece size reaches.
      for (; table < 5 && at >= table * 28'672; ++table) cut.cutter.BeginUnit();
      const auto hold = std::make_shared<const std::string>(text.substr(at, piece));
      ASSERT_TRUE(cut.cutter.Add(*hold, hold).ok());
    }
    ASSERT_TRUE(cut.cutter.Finish().ok());
    EXPECT_EQ(cut.Text(), text) << piece;
    if (piece == 1) sizes = cut.Sizes();
    if (piece < text.size() && piece != 7) {
      EXPECT_EQ(cut.Sizes(), sizes) << piece;
    }
  }
}

TEST(FrameCutter, SpansNameTheSectionOfEveryByte) {
  Cut cut(1000);
  std::vector<uint64_t> expected;
  std::mt19937 random(1);
  for (uint32_t section = 0; section < 40; ++section) {
    cut.cutter.BeginSection(section);
    if (section % 3 == 0) cut.cutter.BeginUnit();
    uint64_t bytes = 0;
    for (int i = 0; i < 3; ++i) {
      const size_t size = random() % 900;
      ASSERT_TRUE(cut.cutter.AddOwned(Letters(size)).ok());
      bytes += size;
    }
    expected.push_back(bytes);
  }
  ASSERT_TRUE(cut.cutter.Finish().ok());
  std::vector<uint64_t> seen(expected.size());
  for (const FramePtr& frame : cut.frames) {
    uint64_t bytes = 0;
    for (const SectionSpan& span : frame->spans) {
      seen[span.section] += span.bytes;
      bytes += span.bytes;
    }
    EXPECT_EQ(bytes, frame->plain_bytes);
    EXPECT_EQ(codecs::TotalSize(frame->data.pieces), frame->plain_bytes);
    EXPECT_LE(frame->plain_bytes, 1000u);
  }
  EXPECT_EQ(seen, expected);
}

TEST(FrameCutter, BothFramesThatShareABlockKeepIt) {
  Cut cut(1000);
  std::weak_ptr<const std::string> block;
  {
    const auto owned = std::make_shared<const std::string>(Letters(1500));
    block = owned;
    ASSERT_TRUE(cut.cutter.Add(*owned, owned).ok());
  }
  ASSERT_TRUE(cut.cutter.Finish().ok());
  ASSERT_EQ(cut.frames.size(), 2u);
  cut.frames.erase(cut.frames.begin());
  EXPECT_FALSE(block.expired());
  EXPECT_EQ(cut.Text(), Letters(1500).substr(1000));
  cut.frames.clear();
  EXPECT_TRUE(block.expired());
}

TEST(FrameCutter, AnErrorOfTheReceiverComesBack) {
  FrameCutter cutter(10, [](const FramePtr&) { return absl::AbortedError("enough"); });
  EXPECT_EQ(cutter.AddOwned(Letters(11)), absl::AbortedError("enough"));
}

}  // namespace
}  // namespace sfdb::engine
