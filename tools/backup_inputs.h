// From settings to what the engine is asked to do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dumper/options/connection_options.h"
#include "engine/backup/backup_request.h"
#include "engine/log/run_log.h"
#include "tools/backup_settings.h"
#include "tools/key_flags.h"

namespace sfdb::tools {

// Everything of the request but the connection and the keys, which may have to be asked for.
// InvalidArgument, exit 2: a value that cannot be honoured, with the reason.
absl::StatusOr<engine::BackupRequest> RequestFromSettings(const engine::Settings& settings,
                                                          engine::BackupMode mode);

// The output directory as given, or the configured base directory with its pattern. `databases`:
// what {database} stands for: one name, else the mode's.
absl::StatusOr<std::string> OutputDirectory(const engine::Settings& settings,
                                            engine::BackupMode mode, const std::string& database,
                                            absl::Time now);

// Which keys the settings name. Sealing is on with --encryption, the configuration, or any key but
// that of the environment alone. InvalidArgument: switched off and a key on the command line.
absl::StatusOr<SealChoice> SealChoiceFromSettings(const engine::Settings& settings);

// Where and how runs are logged; a note when the wanted directory cannot be written.
struct LogChoice {
  engine::LogSettings settings;
  std::string note;
};
absl::StatusOr<LogChoice> LogFromSettings(const engine::Settings& settings);

// "-CfQq --where='a b'" as words, quotes resolved as a shell would. InvalidArgument: a quote
// without its end.
absl::StatusOr<std::vector<std::string>> SplitArguments(std::string_view text);

}  // namespace sfdb::tools
