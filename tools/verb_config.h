// What verbs other than `backup` take from the configuration file.
#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "engine/config/config_file.h"

namespace sfdb::tools {

// Lives as long as the CLI::App.
class ConfigFlag {
 public:
  // --config FILE, else what FindConfigFile() finds.
  void AddTo(CLI::App& app);
  // Once the command line has been parsed. Exit 2: a file that was named cannot be used.
  absl::Status Load();
  // The value of a key, after Load(); nullopt: not set, or no file.
  std::optional<std::string> text(const std::string& key) const;

 private:
  std::optional<std::string> path_;
  std::optional<engine::ConfigFile> file_;
};

}  // namespace sfdb::tools
