// A directory for logs, gone afterwards.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

namespace sfdb::engine {

class LogDirectoryTest : public testing::Test {
 protected:
  LogDirectoryTest() { std::filesystem::create_directories(dir_); }
  ~LogDirectoryTest() override { std::filesystem::remove_all(dir_); }
  std::string Contents(const std::string& name) const {
    std::ifstream stream(dir_ / name, std::ios::binary);
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
  }
  bool Exists(const std::string& name) const { return std::filesystem::exists(dir_ / name); }

  const std::filesystem::path dir_ =
      std::filesystem::temp_directory_path() / ("sfdb_log_test." + std::to_string(getpid()));
};

}  // namespace sfdb::engine
