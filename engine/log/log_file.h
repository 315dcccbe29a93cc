// Log files: a directory that can be written, one file a day, limited in size and age.
//
// Several runs may write to one file at a time: every line is one write() at its end, and files are
// renamed under a lock. Nothing here stops a backup: what cannot be logged is said once, by the
// caller.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace sfdb::engine {

struct LogDirectory {
  std::string path;
  std::string note;  // why it is not the first choice; empty: it is
};
// The first of `wanted`, /var/log/sfDBTools, $XDG_STATE_HOME/sfdbtools, ~/.local/state/sfdbtools
// that can be made (0700) and written. `wanted` may be empty: the default comes first. Error: none.
using GetVariable = std::function<std::optional<std::string>(const std::string&)>;
absl::StatusOr<LogDirectory> ChooseLogDirectory(const std::string& wanted,
                                                const GetVariable& environment);

// log.output.file.rotation of the configuration.
struct Rotation {
  uint64_t max_bytes = 100 << 20;  // then the file gets the next free number: x.log.1, x.log.2, ...
  int retention_days = 7;          // 0: for ever. Counted from the last write
  bool compress_old = false;       // numbered files and those of other days, with gzip
};

// "sfDBTools_{date}.log" with the day of `time` for {date}.
std::string LogFileName(std::string_view pattern, absl::Time time, absl::TimeZone zone);

// Appends whole lines to `directory`/`name`, mode 0600, and turns it over when it would grow past
// the limit.
absl::Status AppendToLog(const std::string& directory, const std::string& name,
                         std::string_view lines, const Rotation& rotation);

// Compresses and deletes what Rotation says, among files made by `pattern` only, never `current`.
// Returns the names of files deleted.
absl::StatusOr<std::vector<std::string>> TidyLogs(const std::string& directory,
                                                  std::string_view pattern,
                                                  const std::string& current,
                                                  const Rotation& rotation, absl::Time now);

}  // namespace sfdb::engine
