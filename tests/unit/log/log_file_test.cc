#include "engine/log/log_file.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <map>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/unit/log/log_fixture.h"

namespace sfdb::engine {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

class LogFileTest : public LogDirectoryTest {
 protected:
  // An old file of the log, last written `days` ago.
  void Old(const std::string& name, int days) {
    std::ofstream(dir_ / name) << "old\n";
    fs::last_write_time(dir_ / name,
                        fs::file_time_type::clock::now() - std::chrono::hours(24 * days + 1));
  }
  GetVariable Home(const fs::path& home) {
    return [home](const std::string& name) -> std::optional<std::string> {
      if (name == "HOME") return home.string();
      return std::nullopt;
    };
  }
};

TEST_F(LogFileTest, TheWantedDirectoryIsMadePrivateWithItsParents) {
  const auto chosen = ChooseLogDirectory(dir_ / "a/b", Home("/nonexistent"));
  ASSERT_TRUE(chosen.ok()) << chosen.status();
  EXPECT_EQ(chosen->path, (dir_ / "a/b").string());
  EXPECT_EQ(chosen->note, "");
  EXPECT_EQ(fs::status(dir_ / "a/b").permissions(), fs::perms::owner_all);
}

TEST_F(LogFileTest, ADirectoryThatCannotBeMadeIsReplacedWithANote) {
  std::ofstream(dir_ / "file") << "in the way";
  const auto chosen = ChooseLogDirectory(dir_ / "file/logs", Home(dir_ / "home"));
  ASSERT_TRUE(chosen.ok()) << chosen.status();
  EXPECT_NE(chosen->path, (dir_ / "file/logs").string());
  EXPECT_THAT(chosen->note, HasSubstr((dir_ / "file/logs").string()));
  EXPECT_TRUE(fs::is_directory(chosen->path));
}

TEST_F(LogFileTest, AFullFileIsTurnedOverAndNoLineIsLost) {
  const Rotation rotation{.max_bytes = 20};
  for (int i = 0; i < 6; ++i) {
    ASSERT_TRUE(AppendToLog(dir_, "x.log", absl::StrCat("line ", i, "...\n"), rotation).ok());
  }
  EXPECT_EQ(Contents("x.log.1"), "line 0...\nline 1...\n");
  EXPECT_EQ(Contents("x.log.2"), "line 2...\nline 3...\n");
  EXPECT_EQ(Contents("x.log"), "line 4...\nline 5...\n");
  EXPECT_EQ(fs::status(dir_ / "x.log").permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(LogFileTest, ManyWritersLoseNoLineAndBreakNone) {
  const Rotation rotation{.max_bytes = 2000};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 200; ++i) {
          EXPECT_TRUE(AppendToLog(dir_, "x.log", absl::StrCat(t, " ", i, " end\n"), rotation).ok());
        }
      });
    }
  }
  std::map<std::string, int> seen;
  for (const auto& entry : fs::directory_iterator(dir_)) {
    const std::string text = Contents(entry.path().filename());
    const std::vector<std::string> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
    for (const std::string& line : lines) ++seen[line];
  }
  EXPECT_EQ(seen.size(), 800u);
  for (const auto& [line, times] : seen) {
    EXPECT_EQ(times, 1) << line;
    EXPECT_TRUE(line.ends_with(" end")) << line;
  }
}

TEST_F(LogFileTest, ALinkInTheWayIsNotFollowed) {
  std::ofstream(dir_ / "victim") << "safe";
  fs::create_symlink(dir_ / "victim", dir_ / "x.log");
  EXPECT_FALSE(AppendToLog(dir_, "x.log", "line\n", {}).ok());
  EXPECT_EQ(Contents("victim"), "safe");
}

TEST_F(LogFileTest, OldFilesOfThePatternGoAndNothingElse) {
  Old("sfDBTools_2025-01-01.log", 9);
  Old("sfDBTools_2025-01-01.log.1", 9);
  Old("sfDBTools_2025-01-01.log.2.gz", 9);
  Old("sfDBTools_2025-01-05.log", 3);
  Old("sfDBTools_notes.log", 99);
  Old("other_2025-01-01.log", 99);
  const auto deleted = TidyLogs(dir_, "sfDBTools_{date}.log", "sfDBTools_2025-01-08.log",
                                {.retention_days = 7}, absl::Now());
  ASSERT_TRUE(deleted.ok()) << deleted.status();
  EXPECT_THAT(*deleted, ElementsAre("sfDBTools_2025-01-01.log", "sfDBTools_2025-01-01.log.1",
                                    "sfDBTools_2025-01-01.log.2.gz"));
  EXPECT_TRUE(Exists("sfDBTools_2025-01-05.log"));
  EXPECT_TRUE(Exists("sfDBTools_notes.log"));
  EXPECT_TRUE(Exists("other_2025-01-01.log"));
}

TEST_F(LogFileTest, TheCurrentFileStaysHoweverOldItIs) {
  Old("x.log", 99);
  Old("x.log.1", 99);
  const auto deleted = TidyLogs(dir_, "x.log", "x.log", {.retention_days = 1}, absl::Now());
  EXPECT_THAT(*deleted, ElementsAre("x.log.1"));
  EXPECT_TRUE(Exists("x.log"));
}

TEST_F(LogFileTest, OldFilesAreCompressedForZcatWithTheirTime) {
  Old("x.log.1", 3);
  const auto before = fs::last_write_time(dir_ / "x.log.1");
  ASSERT_TRUE(TidyLogs(dir_, "x.log", "x.log", {.compress_old = true}, absl::Now()).ok());
  EXPECT_FALSE(Exists("x.log.1"));
  EXPECT_EQ(fs::last_write_time(dir_ / "x.log.1.gz"), before);
  const std::string gunzip = "gunzip -c " + (dir_ / "x.log.1.gz").string() + " | grep -q '^old$'";
  EXPECT_EQ(std::system(gunzip.c_str()), 0);
}

}  // namespace
}  // namespace sfdb::engine
