// The command line of `backup` and `config show`: the rows of backup_settings.h as CLI11 options.
#pragma once

#include <CLI/CLI.hpp>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tools/backup_settings.h"

namespace sfdb::tools {

// Lives as long as the CLI::App that it adds its options to.
class BackupFlags {
 public:
  // Options that `mode` does not take are added hidden, and refuse with their reason when used.
  // Without a mode all are taken.
  void AddTo(CLI::App& app, std::optional<engine::BackupMode> mode);

  // What was given, by row, for MergeSettings.
  std::map<size_t, std::vector<std::string>> Given() const;
  const std::optional<std::string>& config_path() const { return config_path_; }

 private:
  struct Slot {
    CLI::Option* option = nullptr;
    bool flag = false;
    std::vector<std::string> values;
  };
  void AddRow(CLI::App& app, const BackupSettingRow& row, std::optional<engine::BackupMode> mode);

  std::map<size_t, Slot> slots_;
  std::optional<std::string> config_path_;
};

// Says on stderr, one line a kind, which keys of the file are unknown, idle or exposed.
void ReportFindings(const engine::ConfigFile& file, const std::string& program);

// Takes "NAME VALUE" or "NAME=VALUE" out of the arguments; empty: it is not there. InvalidArgument:
// no value.
absl::StatusOr<std::string> TakeOption(std::vector<std::string>& args, const std::string& name);

}  // namespace sfdb::tools
