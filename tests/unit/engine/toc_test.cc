#include "engine/backup/toc.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/backup/toc_builder.h"

namespace sfdb::engine {
namespace {

using Kind = TocSection::Kind;
using What = dumper::TableMark::What;
using testing::ElementsAre;
using testing::HasSubstr;

// Two databases; the first has a table and a view.
Toc SmallToc() {
  Toc toc;
  toc.backup_id = "0123456789abcdef";
  toc.codec = "zstd";
  toc.stream_bytes = 700;
  toc.prologue_bytes = 20;
  auto add = [&](Kind kind, std::string database, std::string table, uint64_t bytes,
                 uint64_t rows = 0) {
    toc.sections.push_back(
        {kind, std::move(database), std::move(table), rows, toc.plain_bytes, bytes, bytes * 77});
    toc.plain_bytes += bytes;
  };
  add(Kind::kPrologue, "", "", 100);
  add(Kind::kHead, "a", "", 10);
  add(Kind::kStructure, "a", "t", 200);
  add(Kind::kRows, "a", "t", 1000, 7);
  add(Kind::kTriggers, "a", "t", 30);
  add(Kind::kStructure, "a", "v", 40);
  add(Kind::kCode, "a", "", 50);
  add(Kind::kHead, "b", "", 10);
  add(Kind::kStructure, "b", "t", 60);
  add(Kind::kViewsHead, "a", "", 5);
  add(Kind::kView, "a", "v", 45);
  add(Kind::kViewsHead, "b", "", 5);
  add(Kind::kEpilogue, "", "", 90);
  toc.frames = {{1000, 400}, {toc.plain_bytes - 1000, 200}};
  return toc;
}

TEST(Toc, ReadsBackWhatWasWritten) {
  const Toc toc = SmallToc();
  const auto parsed = ParseToc(TocText(toc));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, toc);
}

TEST(Toc, HoldsNamesOfAnyBytes) {
  Toc toc = SmallToc();
  toc.sections[2].table = "a`b \n \xff\xfe \"quoted\" ü";
  toc.sections[3].table = "日本";
  const auto parsed = ParseToc(TocText(toc));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, toc);
}

TEST(Toc, HoldsMoreFramesThanFitALine) {
  Toc toc = SmallToc();
  toc.frames.assign(10'000, {0, 0});
  toc.frames.front() = {toc.plain_bytes, 600};
  const auto parsed = ParseToc(TocText(toc));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->frames.size(), 10'000u);
}

TEST(Toc, ATableIsPrologueItsOwnTextAndEpilogue) {
  const Toc toc = SmallToc();
  const auto ranges = RangesOfTable(toc, "a", "t");
  ASSERT_TRUE(ranges.ok());
  EXPECT_THAT(*ranges, ElementsAre(TextRange{0, 100}, TextRange{110, 1230},
                                   TextRange{toc.plain_bytes - 90, 90}));
  EXPECT_TRUE(absl::IsNotFound(RangesOfTable(toc, "a", "x").status()));
  EXPECT_TRUE(absl::IsNotFound(RangesOfTable(toc, "a", "").status()));
}

TEST(Toc, AViewIsItsPlaceholderAndItsFinalText) {
  const auto ranges = RangesOfTable(SmallToc(), "a", "v");
  ASSERT_TRUE(ranges.ok());
  EXPECT_THAT(*ranges, ElementsAre(TextRange{0, 100}, TextRange{1340, 40}, TextRange{1505, 45},
                                   TextRange{1555, 90}));
}

TEST(Toc, ADatabaseHasASecondHeadOnlyForItsViews) {
  const auto with_views = RangesOfDatabase(SmallToc(), "a");
  ASSERT_TRUE(with_views.ok());
  EXPECT_THAT(*with_views,
              ElementsAre(TextRange{0, 1430}, TextRange{1500, 50}, TextRange{1555, 90}));
  const auto without = RangesOfDatabase(SmallToc(), "b");
  ASSERT_TRUE(without.ok());
  EXPECT_THAT(*without, ElementsAre(TextRange{0, 100}, TextRange{1430, 70}, TextRange{1555, 90}));
  EXPECT_TRUE(absl::IsNotFound(RangesOfDatabase(SmallToc(), "").status()));
}

struct Damage {
  const char* from;
  const char* to;
  const char* says;
};

TEST(Toc, EveryKindOfDamageIsRefused) {
  const std::string good = TocText(SmallToc());
  for (const Damage& damage : {
           Damage{"{\"sfdb_toc\":1", "{\"sfdb_toc\":\"1\"", "line 1"},
           {"\"codec\":\"zstd\"", "\"codec\":7", "line 1"},
           {"\"plain_bytes\":1645", "\"plain_bytes\":1646", "add up"},
           {"\"plain_bytes\":1645", "\"plain_bytes\":1000", "line"},
           {"\"plain_bytes\":1645", "\"plain_bytes\":-1", "line 1"},
           {"\"prologue_bytes\":20", "\"prologue_bytes\":2000", "line 1"},
           {"\"section\":\"rows\"", "\"section\":\"rowz\"", "no known kind"},
           {"\"at\":110", "\"at\":111", "does not begin"},
           {"\"rows\":7,", "", "lacks a field"},
           {"\"crc64\":\"", "\"crc64\":\"x", "lacks a checksum"},
           {"\"crc64\"", "\"crc65\"", "lacks a checksum"},
           {"[1000,400,", "[1000,4000,", "more than the file"},
           {"[1000,400,", "[1000,", "no pairs"},
           {"[1000,400,", "[1000,\"400\",", "no size"},
           {"{\"frames\":", "{\"fames\":", "neither"},
           {"{\"frames\"", "[\"frames\"", "JSON"},
           {"\"table\":\"t\"", "\"table\":[]", "lacks a field"},
       }) {
    const std::string bad = absl::StrReplaceAll(good, {{damage.from, damage.to}});
    ASSERT_NE(bad, good) << damage.from;
    const auto parsed = ParseToc(bad);
    EXPECT_TRUE(absl::IsDataLoss(parsed.status())) << damage.to << parsed.status();
    EXPECT_THAT(std::string(parsed.status().message()), HasSubstr(damage.says)) << damage.to;
  }
  for (size_t size = 0; size < good.size(); ++size) {
    EXPECT_TRUE(absl::IsDataLoss(ParseToc(good.substr(0, size)).status())) << size;
  }
  EXPECT_TRUE(absl::IsUnimplemented(
      ParseToc(absl::StrReplaceAll(good, {{"\"sfdb_toc\":1", "\"sfdb_toc\":2"}})).status()));
}

TEST(TocBuilder, TurnsMarksIntoSections) {
  TocBuilder builder;
  std::vector<SectionSum> sums = {{10, 1}};
  auto mark = [&](What what, const char* database, const char* table, uint64_t bytes) {
    const uint32_t section = builder.OnMark({what, database, table});
    EXPECT_EQ(section, sums.size());
    sums.push_back({bytes, bytes});
  };
  mark(What::kDatabase, "a", "", 20);
  mark(What::kStructure, "a", "t", 30);
  mark(What::kRows, "a", "t", 40);
  builder.OnRows(3);
  mark(What::kRowsEnd, "a", "t", 0);
  mark(What::kEnd, "a", "t", 5);
  mark(What::kDatabase, "a", "", 6);
  mark(What::kStructure, "a", "v", 7);
  mark(What::kEnd, "a", "v", 0);
  mark(What::kFooter, "", "", 8);
  const std::vector<TocSection> sections = std::move(builder).Finish(sums);
  EXPECT_THAT(sections, ElementsAre(TocSection{Kind::kPrologue, "", "", 0, 0, 10, 1},
                                    TocSection{Kind::kHead, "a", "", 0, 10, 20, 20},
                                    TocSection{Kind::kStructure, "a", "t", 0, 30, 30, 30},
                                    TocSection{Kind::kRows, "a", "t", 3, 60, 40, 40},
                                    TocSection{Kind::kCode, "a", "", 0, 100, 5, 5},
                                    TocSection{Kind::kViewsHead, "a", "", 0, 105, 6, 6},
                                    TocSection{Kind::kView, "a", "v", 0, 111, 7, 7},
                                    TocSection{Kind::kEpilogue, "", "", 0, 118, 8, 8}));
}

}  // namespace
}  // namespace sfdb::engine
