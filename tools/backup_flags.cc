#include "tools/backup_flags.h"

#include "absl/strings/str_format.h"

namespace sfdb::tools {
namespace {

std::string HelpOf(const BackupSettingRow& row) {
  std::string help(row.help);
  if (!row.spec.environment.empty()) {
    help += absl::StrFormat(" [%s]", row.spec.environment);
  }
  if (!row.spec.fallback.empty() && !row.is_flag()) {
    help += absl::StrFormat(" (default %s)", row.spec.fallback);
  }
  return help;
}

}  // namespace

void BackupFlags::AddTo(CLI::App& app, engine::BackupMode mode) {
  app.add_option("--config", config_path_,
                 "configuration file [SFDB_APPS_CONFIG] (default /etc/sfDBTools/config.yaml, "
                 "~/.config/sfdbtools/config.yaml)")
      ->group("Run");
  for (const BackupSettingRow& row : BackupSettingTable()) {
    if (!row.spec.flags.empty()) AddRow(app, row, mode);
  }
}

void BackupFlags::AddRow(CLI::App& app, const BackupSettingRow& row, engine::BackupMode mode) {
  Slot& slot = slots_[row.setting];
  const std::string names(row.spec.flags);
  if (row.is_flag()) {
    slot.option = app.add_flag(names, slot.flag, HelpOf(row));
  } else {
    // Not a vector of CLI11's own kind, which would eat the words that follow.
    slot.option = app.add_option(names, slot.values, HelpOf(row))
                      ->expected(1)
                      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  }
  slot.option->group(std::string(row.group));
  if (row.is_flag()) slot.option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  if ((row.modes & ModeBit(mode)) == 0) {
    slot.option->group("");
    const std::string reason = absl::StrFormat("not with mode %s: %s",
                                               engine::BackupModeName(mode), row.refusal);
    slot.option->each([option = slot.option, reason](std::string) {
      throw CLI::ValidationError(option->get_name(), reason);
    });
  }
}

std::map<size_t, std::vector<std::string>> BackupFlags::Given() const {
  std::map<size_t, std::vector<std::string>> given;
  for (const auto& [row, slot] : slots_) {
    if (slot.option->count() == 0) continue;
    if (BackupSettingTable()[row].is_flag()) {
      given[row] = {slot.flag ? "true" : "false"};
    } else {
      given[row] = slot.values;
    }
  }
  return given;
}

}  // namespace sfdb::tools
