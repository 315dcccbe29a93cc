// Rows read in pieces: wherever a table is cut, each statement comes once, and in the piece it
// begins in.
#include "engine/restore/section_reader.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <random>

#include "codecs/crc64.h"
#include "engine/base/exit_code.h"

namespace sfdb::engine {
namespace {

namespace fs = std::filesystem;

using Found = std::vector<std::pair<uint64_t, std::string>>;

class SectionReader : public testing::Test {
 protected:
  void SetUp() override {
    dir_ = fs::temp_directory_path() / ("section_reader_" + std::to_string(getpid()));
    fs::create_directories(dir_);
    std::mt19937 random(11);
    std::string rows =
        "--\n-- Dumping data for table `t`\n--\n\nLOCK TABLES `t` WRITE;\n"
        "/*!40000 ALTER TABLE `t` DISABLE KEYS */;\n";
    for (int statement = 0; statement < 60; ++statement) {
      rows += "INSERT INTO `t` VALUES\n";
      for (uint64_t row = random() % 40; row > 0; --row) {
        rows += "(1,'" + std::string(random() % 90, 'x') + "\\nINSERT INTO `t` VALUES;\\'\\n'),\n";
      }
      rows += "(2,NULL);\n";
    }
    rows += "/*!40000 ALTER TABLE `t` ENABLE KEYS */;\nUNLOCK TABLES;\n";
    const std::string prologue = "/*!40101 SET NAMES utf8mb4 */;\n";
    text_ = prologue + rows;
    Toc toc;
    toc.codec = "none";
    Add(&toc, TocSection::Kind::kPrologue, "", prologue);
    Add(&toc, TocSection::Kind::kRows, "t", rows);
    toc.plain_bytes = toc.stream_bytes = text_.size();
    for (size_t at = 0; at < text_.size(); at += 997) {
      const uint64_t bytes = std::min<uint64_t>(997, text_.size() - at);
      toc.frames.push_back({bytes, bytes});
    }
    Write("x.toc", TocText(toc));
    Open();
  }
  void TearDown() override { fs::remove_all(dir_); }

  static void Add(Toc* toc, TocSection::Kind kind, const char* table, const std::string& text) {
    TocSection& section = toc->sections.emplace_back();
    section.kind = kind;
    if (*table != 0) section.database = "d";
    section.table = table;
    section.at = toc->sections.size() == 1 ? 0 : toc->sections[0].bytes;
    section.bytes = text.size();
    section.crc = codecs::Crc64(0, text);
  }
  void Write(const char* name, const std::string& text) {
    std::ofstream(dir_ / name, std::ios::binary) << text;
  }
  void Open() {
    Write("x.sql", text_);
    auto file = BackupFile::Open((dir_ / "x.sql").string(), {}, 1);
    ASSERT_TRUE(file.ok()) << file.status();
    file_ = *std::move(file);
    ASSERT_NE(file_->toc(), nullptr) << file_->toc_error();
  }
  const TocSection& rows() const { return file_->toc()->sections[1]; }

  static StatementSink Into(Found* found) {
    return [found](const Statement& statement) {
      found->emplace_back(statement.offset, statement.text);
      return absl::OkStatus();
    };
  }

  fs::path dir_;
  std::string text_;
  std::unique_ptr<BackupFile> file_;
};

TEST_F(SectionReader, PiecesTogetherAreTheWholeWhereverItIsCut) {
  Found whole;
  ASSERT_TRUE(ReadSection(
                  *file_, rows(), [] { return SplitterModes(); }, Into(&whole))
                  .ok());
  ASSERT_EQ(whole.size(), 64u);
  const uint64_t begin = rows().at;
  const uint64_t end = begin + rows().bytes;
  std::mt19937 random(5);
  std::vector<uint64_t> places;
  for (const auto& [offset, text] : whole) {
    for (const int shift : {-1, 0, 1}) places.push_back(offset + shift);
  }
  for (int i = 0; i < 300; ++i) places.push_back(begin + random() % rows().bytes);
  for (const uint64_t place : places) {
    if (place <= begin || place >= end) continue;
    // What stands before the first INSERT is the first piece's alone.
    if (place < begin + text_.substr(begin).find("\nINSERT INTO")) continue;
    Found pieces;
    ASSERT_TRUE(ReadRowsBetween(*file_, rows(), begin, place, Into(&pieces)).ok());
    for (const auto& [offset, text] : pieces) EXPECT_LT(offset, place);
    const size_t first = pieces.size();
    ASSERT_TRUE(ReadRowsBetween(*file_, rows(), place, end, Into(&pieces)).ok());
    if (pieces.size() > first) {
      EXPECT_GE(pieces[first].first, place);
      EXPECT_TRUE(pieces[first].second.starts_with("INSERT INTO")) << pieces[first].second;
    }
    // Behind the last INSERT stand statements that a piece which begins there does not look for.
    if (place <= whole[61].first) {
      EXPECT_EQ(pieces, whole) << place;
    }
  }
}

TEST_F(SectionReader, ATextThatEndsInAStatementIsDamage) {
  text_[text_.size() - 2] = ' ';
  Open();
  Found found;
  const absl::Status status = ReadSection(
      *file_, rows(), [] { return SplitterModes(); }, Into(&found));
  EXPECT_EQ(base::ExitCodeOf(status), base::kExitDamaged);
  EXPECT_EQ(base::ExitCodeOf(CheckSection(*file_, rows())), base::kExitDamaged);
}

TEST_F(SectionReader, ANameWithALineEndIsNotCut) {
  TocSection section;
  section.table = "a\nb";
  EXPECT_FALSE(CanBeCut(section));
  EXPECT_TRUE(CanBeCut(rows()));
}

}  // namespace
}  // namespace sfdb::engine
