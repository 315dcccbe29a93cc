#include "engine/config/list_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "engine/base/exit_code.h"

namespace sfdb::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class ListFile : public testing::Test {
 protected:
  ~ListFile() override { std::filesystem::remove(path_); }
  absl::StatusOr<std::vector<std::string>> Names(const std::string& text) {
    std::ofstream(path_, std::ios::binary) << text;
    return ReadListFile(path_);
  }
  const std::string path_ =
      std::filesystem::temp_directory_path() / ("list_file." + std::to_string(getpid()));
};

TEST_F(ListFile, NamesStandOneALineWhateverTheLineEnds) {
  EXPECT_THAT(*Names("a\r\n  b c \n\n#d\ne,f\n\xc3\xa9"),
              ElementsAre("a", "b c", "#d", "e,f", "\xc3\xa9"));
  EXPECT_THAT(*Names("\xef\xbb\xbfx\n"), ElementsAre("x"));
  EXPECT_THAT(*Names(""), IsEmpty());
}

TEST_F(ListFile, WhatIsNoListIsAUsageError) {
  EXPECT_EQ(base::ExitCodeOf(Names(std::string("a\0b\n", 4)).status()), base::kExitUsage);
  EXPECT_EQ(base::ExitCodeOf(ReadListFile("/nonexistent/list").status()), base::kExitUsage);
  EXPECT_EQ(base::ExitCodeOf(ReadListFile("/").status()), base::kExitUsage);
}

}  // namespace
}  // namespace sfdb::engine
