#include "tools/backup_report.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/backup/file_names.h"

namespace sfdb::tools {
namespace {

using Json = nlohmann::ordered_json;

std::string_view RunStatus(const engine::BackupOutcome& outcome) {
  if (outcome.published() == 0) return "failed";
  if (outcome.failed() > 0) return "partial";
  return outcome.warnings.empty() && outcome.status.ok() ? "success" : "success_with_warnings";
}

Json FileJson(const engine::FileOutcome& file) {
  if (file.published()) {
    return Json::parse(engine::MetadataText(file.metadata, absl::LocalTimeZone()));
  }
  return {{"backup_file", file.path},
          {"database_names", file.databases},
          {"backup_status", "failed"},
          {"error", std::string(file.status.message())}};
}

}  // namespace

std::string ReportJson(const engine::BackupOutcome& outcome, int exit_code) {
  size_t databases = 0;
  size_t failed = 0;
  for (const engine::FileOutcome& file : outcome.files) {
    databases += file.databases.size();
    if (!file.published()) failed += file.databases.size();
  }
  Json json;
  if (outcome.files.size() == 1 && outcome.published() == 1) {
    json = FileJson(outcome.files.front());
  } else {
    json["backup_status"] = RunStatus(outcome);
    if (!outcome.status.ok()) json["error"] = std::string(outcome.status.message());
    json["warnings"] = outcome.warnings;
    if (!outcome.files.empty()) json["files"] = Json::array();
    for (const engine::FileOutcome& file : outcome.files) json["files"].push_back(FileJson(file));
  }
  json["summary"] = {{"total_databases", databases},
                     {"succeeded", databases - failed},
                     {"failed", failed},
                     {"duration", engine::ShortDuration(outcome.end - outcome.start)}};
  json["exit_code"] = exit_code;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string DryRunJson(const engine::BackupRequest& request, const engine::BackupPlan& plan) {
  Json json;
  json["dry_run"] = true;
  json["backup_type"] = engine::BackupModeName(request.mode);
  json["output_dir"] = request.output_dir;
  json["database_names"] = plan.choice.databases;
  json["files"] = Json::array();
  for (const std::string& base : plan.base_names) {
    json["files"].push_back(
        base.find(".sql") != base.npos
            ? base
            : engine::DumpFileName(base, request.codec->extension, !request.recipients.empty()));
  }
  json["left_out"] = Json::array();
  for (const engine::DroppedDatabase& database : plan.choice.statistics.dropped) {
    json["left_out"].push_back(
        {{"database", database.name}, {"reason", engine::DropReasonText(database.reason)}});
  }
  json["missing"] = plan.choice.statistics.missing;
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string StatsText(const engine::BackupOutcome& outcome) {
  std::string text;
  const engine::BackupCpu& cpu = outcome.cpu;
  struct Row {
    const char* stage;
    double seconds;
    bool serial;
  };
  const Row rows[] = {{"read", cpu.read, false},
                      {"stitch", cpu.stitch, true},
                      {"compress", cpu.pipeline.compress, false},
                      {"order", cpu.pipeline.order, true},
                      {"cut", cpu.pipeline.cut, true},
                      {"seal", cpu.pipeline.seal, false},
                      {"write", cpu.pipeline.write, true},
                      {"sha256", cpu.pipeline.sha256, false},
                      {"schedule", cpu.pipeline.schedule, false}};
  double sum = 0;
  double serial = 0;
  for (const Row& row : rows) {
    sum += row.seconds;
    if (row.serial) serial += row.seconds;
  }
  auto share = [&](double seconds) { return cpu.total > 0 ? 100 * seconds / cpu.total : 0.0; };
  absl::StrAppendFormat(&text, "%-10s %10s %7s\n", "stage", "CPU s", "share");
  for (const Row& row : rows) {
    absl::StrAppendFormat(&text, "%-10s %10.3f %6.1f%%%s\n", row.stage, row.seconds,
                          share(row.seconds), row.serial ? "  serial" : "");
  }
  absl::StrAppendFormat(&text, "%-10s %10.3f %6.1f%%\n", "sum", sum, share(sum));
  absl::StrAppendFormat(&text, "%-10s %10.3f\n", "process", cpu.total);
  absl::StrAppendFormat(&text, "%-10s %10.3f %6.1f%%\n", "serial", serial, share(serial));
  absl::StrAppendFormat(&text, "%-10s %10.3f\n", "wall", cpu.wall);
  double sql_bytes = 0;
  double file_bytes = 0;
  for (const engine::FileOutcome& file : outcome.files) {
    sql_bytes += static_cast<double>(file.plain_bytes);
    file_bytes += static_cast<double>(file.metadata.file_size_bytes);
  }
  absl::StrAppendFormat(&text, "text %.3f GB, file %.3f GB\n", sql_bytes / 1e9, file_bytes / 1e9);
  return text;
}

}  // namespace sfdb::tools
