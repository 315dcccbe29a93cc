#include "engine/log/run_log.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "absl/time/clock.h"
#include "tests/unit/log/log_fixture.h"

namespace sfdb::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::SizeIs;

class RunLogTest : public LogDirectoryTest {
 protected:
  LogSettings Settings() {
    return {.directory = dir_.string(), .pattern = "run.log", .zone = absl::UTCTimeZone()};
  }
  std::vector<std::string> complaints_;
  std::function<void(std::string_view)> complain_ = [this](std::string_view text) {
    complaints_.emplace_back(text);
  };
};

TEST_F(RunLogTest, TextLinesAreOneLineEach) {
  RunLog log(Settings(), complain_);
  log.Write(LogLevel::kInfo, "backup\nended", {{"mode", "single"}, {"file", "a b\n"}});
  EXPECT_THAT(Contents("run.log"),
              MatchesRegex("\\[[0-9-]+ [0-9:]+\\]\\[INFO\\] backup\\\\x0aended mode=single "
                           "file=\"a b\\\\n\"\n"));
}

TEST_F(RunLogTest, JsonLinesParse) {
  LogSettings settings = Settings();
  settings.json = true;
  RunLog log(settings, complain_);
  log.Write(LogLevel::kWarn, "name \xff", {{"mode", "single"}});
  const auto json = nlohmann::json::parse(Contents("run.log"));
  EXPECT_EQ(json["level"], "warn");
  EXPECT_EQ(json["mode"], "single");
}

TEST_F(RunLogTest, LinesBelowTheLevelAreNotWritten) {
  LogSettings settings = Settings();
  settings.level = LogLevel::kError;
  RunLog log(settings, complain_);
  log.Write(LogLevel::kWarn, "no");
  EXPECT_FALSE(Exists("run.log"));
  EXPECT_EQ(*ParseLogLevel("Warning"), LogLevel::kWarn);
  EXPECT_FALSE(ParseLogLevel("loud").ok());
}

TEST_F(RunLogTest, AnErrorIsOneJsonLineWithTheDocumentsFields) {
  RunLog log(Settings(), complain_);
  log.WriteError({.database = "shop",
                  .type = "separated",
                  .file = "/b/shop.sql.gz",
                  .error = "lost connection",
                  .output = {"first", "second"},
                  .exit_code = 3});
  log.WriteError({.database = "two"});
  std::ifstream stream(log.error_log_path());
  std::string line;
  ASSERT_TRUE(std::getline(stream, line));
  const auto json = nlohmann::ordered_json::parse(line);
  std::vector<std::string> keys;
  for (const auto& [key, value] : json.items()) keys.push_back(key);
  EXPECT_THAT(keys,
              ElementsAre("timestamp", "database", "type", "file", "error", "output", "exit_code"));
  EXPECT_EQ(json["database"], "shop");
  EXPECT_THAT(json["output"], SizeIs(2));
  ASSERT_TRUE(std::getline(stream, line));
  EXPECT_EQ(nlohmann::json::parse(line)["database"], "two");
}

TEST_F(RunLogTest, WhatCannotBeWrittenIsSaidOnce) {
  LogSettings settings = Settings();
  settings.directory = dir_ / "gone";
  RunLog log(settings, complain_);
  log.Write(LogLevel::kInfo, "a");
  log.Write(LogLevel::kInfo, "b");
  EXPECT_THAT(complaints_, ElementsAre(HasSubstr("gone/run.log")));
}

}  // namespace
}  // namespace sfdb::engine
