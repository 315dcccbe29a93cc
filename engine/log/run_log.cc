#include "engine/log/run_log.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "engine/base/exit_code.h"

namespace sfdb::engine {
namespace {

constexpr std::string_view kErrorPattern = "sfDBTools_{date}_error_backup.log";

constexpr std::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "DEBUG";
    case LogLevel::kInfo:
      return "INFO";
    case LogLevel::kWarn:
      return "WARN";
    case LogLevel::kError:
      return "ERROR";
  }
  return "";
}

std::string JsonLine(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

// As in a shell: plain words as they are, everything else in quotes on one line.
std::string TextValue(const std::string& value) {
  const bool plain = !value.empty() && std::all_of(value.begin(), value.end(), [](unsigned char c) {
    return c > 0x20 && c != '"' && c != '\\' && c != 0x7f;
  });
  if (plain) return value;
  return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// A message is one line, whatever a server or a name put into it.
std::string OneLine(std::string_view text) {
  std::string line;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      absl::StrAppendFormat(&line, "\\x%02x", static_cast<unsigned char>(c));
    } else {
      line += c;
    }
  }
  return line;
}

}  // namespace

absl::StatusOr<LogLevel> ParseLogLevel(std::string_view name) {
  const std::string lower = absl::AsciiStrToLower(absl::string_view(name.data(), name.size()));
  if (lower == "debug" || lower == "trace") return LogLevel::kDebug;
  if (lower == "info" || lower.empty()) return LogLevel::kInfo;
  if (lower == "warn" || lower == "warning") return LogLevel::kWarn;
  if (lower == "error") return LogLevel::kError;
  return base::WithExitCode(absl::InvalidArgumentError(absl::StrFormat(
                                "log.level: '%s' is none of debug, info, warn, error", name)),
                            base::kExitUsage);
}

RunLog::RunLog(LogSettings settings, std::function<void(std::string_view)> complain)
    : settings_(std::move(settings)), complain_(std::move(complain)) {}

void RunLog::Write(LogLevel level, std::string_view message, const LogFields& fields) {
  if (!settings_.to_file || level < settings_.level) return;
  const absl::Time now = absl::Now();
  const std::string time = absl::FormatTime("%Y-%m-%d %H:%M:%S", now, settings_.zone);
  std::string line;
  if (settings_.json) {
    nlohmann::ordered_json json;
    json["time"] = absl::FormatTime(absl::RFC3339_sec, now, settings_.zone);
    json["level"] = absl::AsciiStrToLower(std::string(LevelName(level)));
    json["message"] = message;
    for (const auto& [key, value] : fields) json[key] = value;
    line = JsonLine(json);
  } else {
    line = absl::StrFormat("[%s][%s] %s", time, LevelName(level), OneLine(message));
    for (const auto& [key, value] : fields) absl::StrAppend(&line, " ", key, "=", TextValue(value));
    line += "\n";
  }
  Append(LogFileName(settings_.pattern, now, settings_.zone), line);
}

void RunLog::WriteError(const ErrorEntry& entry) {
  const absl::Time now = absl::Now();
  nlohmann::ordered_json json;
  json["timestamp"] = absl::FormatTime(absl::RFC3339_sec, now, settings_.zone);
  json["database"] = entry.database;
  json["type"] = entry.type;
  json["file"] = entry.file;
  json["error"] = entry.error;
  json["output"] = entry.output;
  if (!entry.backup_id.empty()) json["backup_id"] = entry.backup_id;
  json["exit_code"] = entry.exit_code;
  Append(LogFileName(kErrorPattern, now, settings_.zone), JsonLine(json));
}

void RunLog::Tidy() {
  const absl::Time now = absl::Now();
  for (const std::string_view pattern : {std::string_view(settings_.pattern), kErrorPattern}) {
    const auto tidied =
        TidyLogs(settings_.directory, pattern, LogFileName(pattern, now, settings_.zone),
                 settings_.rotation, now);
    if (!tidied.ok()) complain_(std::string(tidied.status().message()));
  }
}

std::string RunLog::error_log_path() const {
  return absl::StrCat(settings_.directory, "/",
                      LogFileName(kErrorPattern, absl::Now(), settings_.zone));
}

void RunLog::Append(const std::string& name, const std::string& line) {
  if (settings_.directory.empty()) return;
  const absl::Status status = AppendToLog(settings_.directory, name, line, settings_.rotation);
  if (status.ok()) return;
  std::lock_guard<std::mutex> lock(mutex_);
  if (!complained_) complain_(std::string(status.message()));
  complained_ = true;
}

}  // namespace sfdb::engine
