#include "tools/backup_flags.h"

#include <cstdio>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/base/exit_code.h"

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

// Not CLI11's ValidationError, to which it would add the names of an option that is hidden: none.
class Refused : public CLI::ParseError {
 public:
  explicit Refused(const std::string& text)
      : CLI::ParseError("Refused", text, static_cast<int>(base::kExitUsage)) {}
};

}  // namespace

void BackupFlags::AddTo(CLI::App& app, std::optional<engine::BackupMode> mode) {
  app.add_option("--config", config_path_,
                 "configuration file [SFDB_APPS_CONFIG] (default /etc/sfDBTools/config.yaml, "
                 "~/.config/sfdbtools/config.yaml)")
      ->group("Run");
  for (const BackupSettingRow& row : BackupSettingTable()) {
    if (!row.spec.flags.empty()) AddRow(app, row, mode);
  }
}

void BackupFlags::AddRow(CLI::App& app, const BackupSettingRow& row,
                         std::optional<engine::BackupMode> mode) {
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
  if (mode && (row.modes & ModeBit(*mode)) == 0) {
    slot.option->group("");
    const std::string refusal = absl::StrFormat("%s: not with mode %s: %s",
                                                row.spec.flags.substr(0, row.spec.flags.find(',')),
                                                engine::BackupModeName(*mode), row.refusal);
    slot.option->each([refusal](std::string) { throw Refused(refusal); });
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

void ReportFindings(const engine::ConfigFile& file, const std::string& program) {
  std::vector<std::string> idle;
  for (const engine::ConfigFinding& finding : file.findings) {
    if (finding.kind == engine::ConfigFinding::Kind::kIdle) {
      idle.push_back(finding.key);
      continue;
    }
    std::fprintf(stderr, "%s: %s:%d: %s %s\n", program.c_str(), file.path.c_str(), finding.line,
                 finding.key.c_str(), finding.text.c_str());
  }
  if (idle.empty()) return;
  std::fprintf(stderr, "%s: %s: without effect: %s (sfdbtools config show says why)\n",
               program.c_str(), file.path.c_str(), absl::StrJoin(idle, ", ").c_str());
}

absl::StatusOr<std::string> TakeOption(std::vector<std::string>& args, const std::string& name) {
  for (auto arg = args.begin(); arg != args.end(); ++arg) {
    if (arg->starts_with(name + "=")) {
      std::string value = arg->substr(name.size() + 1);
      args.erase(arg);
      return value;
    }
    if (*arg != name) continue;
    if (arg + 1 == args.end()) {
      return base::WithExitCode(absl::InvalidArgumentError(name + " needs a value"),
                                base::kExitUsage);
    }
    std::string value = arg[1];
    args.erase(arg, arg + 2);
    return value;
  }
  return std::string();
}

}  // namespace sfdb::tools
