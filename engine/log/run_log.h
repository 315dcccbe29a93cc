// The log of runs, for people and log collectors, and the error log, as JSON lines.
//
// Thread-safe. Never a reason for a run to fail: the first line that cannot be written is reported
// once through `complain`.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "engine/log/log_file.h"

namespace sfdb::engine {

enum class LogLevel { kDebug, kInfo, kWarn, kError };
// "debug", "info", "warn", "warning", "error"; anything else is InvalidArgument.
absl::StatusOr<LogLevel> ParseLogLevel(std::string_view name);

struct LogSettings {
  std::string directory;  // of ChooseLogDirectory
  bool to_file = true;
  bool json = false;  // log.format; text otherwise
  LogLevel level = LogLevel::kInfo;
  std::string pattern = "sfDBTools_{date}.log";
  Rotation rotation = {};
  absl::TimeZone zone = absl::LocalTimeZone();
};

// One failure, with the fields that the user's document names.
struct ErrorEntry {
  std::string database = {};  // names, comma separated
  std::string type = {};      // combined, separated, ...
  std::string file = {};      // where the backup would have been
  std::string error = {};
  std::vector<std::string> output = {};  // warnings and messages that came before it
  std::string backup_id = {};            // may be empty
  int exit_code = 1;
};

using LogFields = std::vector<std::pair<std::string, std::string>>;

class RunLog {
 public:
  RunLog(LogSettings settings, std::function<void(std::string_view)> complain);

  // "[2025-01-02 15:04:05][INFO] message key=value", or the same as one JSON object.
  void Write(LogLevel level, std::string_view message, const LogFields& fields = {});
  // One line in sfDBTools_{date}_error_backup.log, whatever log.format says.
  void WriteError(const ErrorEntry& entry);
  // Deletes and compresses old files of both logs.
  void Tidy();

  std::string error_log_path() const;

 private:
  void Append(const std::string& name, const std::string& line);

  const LogSettings settings_;
  const std::function<void(std::string_view)> complain_;
  std::mutex mutex_;
  bool complained_ = false;
};

}  // namespace sfdb::engine
