// `sfdbtools config show`: every setting of `backup` with its value and where it comes from.
#include <cstdio>
#include <nlohmann/json.hpp>

#include "absl/strings/str_format.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "tools/backup_flags.h"
#include "tools/command_line.h"
#include "tools/screen/table.h"
#include "tools/verbs.h"

namespace sfdb::tools {
namespace {

constexpr char kProgram[] = "sfdbtools config show";
constexpr char kUsage[] =
    "Usage: sfdbtools config show [options of backup]\n"
    "\n"
    "Prints every setting with its value and its origin: flag, environment, file or default.\n"
    "--json prints one JSON document; secrets are masked.\n";

// A setting is called by its flag, or, where it has none, by its key.
std::string NameOf(const engine::SettingSpec& spec) {
  if (spec.flags.empty()) return std::string(spec.config_keys);
  return std::string(spec.flags.substr(2, spec.flags.find(',') - 2));
}

std::string_view FindingName(engine::ConfigFinding::Kind kind) {
  switch (kind) {
    case engine::ConfigFinding::Kind::kUnknown:
      return "unknown";
    case engine::ConfigFinding::Kind::kIdle:
      return "idle";
    case engine::ConfigFinding::Kind::kExposed:
      return "exposed";
  }
  return "";
}

void PrintTable(const engine::Settings& settings, const std::optional<engine::ConfigFile>& file) {
  Table table{.header = {"setting", "value", "origin"}, .rows = {}, .right = {}};
  const auto specs = BackupSettingSpecs();
  for (size_t i = 0; i < specs.size(); ++i) {
    const engine::SettingValue& value = settings.at(i);
    table.rows.push_back({NameOf(specs[i]), ShownValue(specs[i], value),
                          value.where.empty()
                              ? std::string(OriginName(value.origin))
                              : absl::StrFormat("%s: %s", OriginName(value.origin), value.where)});
  }
  std::printf("configuration file: %s\n", file ? file->path.c_str() : "none");
  std::fputs(TableText(table, StyleFor(fileno(stdout), ProcessVariable)).c_str(), stdout);
  if (!file) return;
  for (const engine::ConfigFinding& finding : file->findings) {
    std::printf("%s:%d: %s %s\n", file->path.c_str(), finding.line, finding.key.c_str(),
                finding.text.c_str());
  }
}

void PrintJson(const engine::Settings& settings, const std::optional<engine::ConfigFile>& file) {
  nlohmann::ordered_json json;
  json["config_file"] = nullptr;
  if (file) json["config_file"] = file->path;
  const auto specs = BackupSettingSpecs();
  for (size_t i = 0; i < specs.size(); ++i) {
    const engine::SettingValue& value = settings.at(i);
    nlohmann::ordered_json& entry = json["settings"][NameOf(specs[i])];
    entry["value"] = nullptr;
    if (!value.values.empty()) entry["value"] = ShownValue(specs[i], value);
    entry["origin"] = OriginName(value.origin);
    if (!value.where.empty()) entry["where"] = value.where;
  }
  json["findings"] = nlohmann::ordered_json::array();
  for (size_t i = 0; file && i < file->findings.size(); ++i) {
    const engine::ConfigFinding& finding = file->findings[i];
    json["findings"].push_back({{"kind", FindingName(finding.kind)},
                                {"key", finding.key},
                                {"line", finding.line},
                                {"text", finding.text}});
  }
  std::printf("%s\n", json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

}  // namespace

int ConfigVerb(const std::vector<std::string>& args) {
  if (args.empty() || args.front() != "show") {
    const bool help = !args.empty() && (args.front() == "--help" || args.front() == "-h");
    std::fputs(kUsage, help ? stdout : stderr);
    return help ? base::kExitOk : base::kExitUsage;
  }
  CLI::App app("Prints every setting of backup with its value and where it comes from.", kProgram);
  BackupFlags flags;
  flags.AddTo(app, std::nullopt);
  return ParseAndRun(app, {args.begin() + 1, args.end()}, [&]() -> int {
    const auto file = engine::FindConfigFile(flags.config_path(), ProcessVariable);
    if (!file.ok()) return ReportFailure(kProgram, file.status());
    const auto settings = engine::MergeSettings(BackupSettingSpecs(), flags.Given(),
                                                ProcessVariable, *file ? &**file : nullptr);
    if (!settings.ok()) return ReportFailure(kProgram, settings.status());
    if (settings->flag(kJson)) {
      PrintJson(*settings, *file);
    } else {
      PrintTable(*settings, *file);
    }
    return base::kExitOk;
  });
}

}  // namespace sfdb::tools
