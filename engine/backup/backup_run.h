// `sfdbtools backup`: one dump file with its index and metadata, published only when whole.
#pragma once

#include <functional>
#include <stop_token>
#include <string_view>

#include "engine/backup/backup_request.h"

namespace sfdb::engine {

// Runs a backup to its end. `say` gets each warning as it happens, without newline, on the calling
// thread. `stop` ends the run from outside (a signal, a time-out): the status is then Cancelled, and
// nothing was published. SIGPIPE must be ignored by the caller.
BackupOutcome RunBackup(const BackupRequest& request, std::stop_token stop,
                        const std::function<void(std::string_view)>& say);

}  // namespace sfdb::engine
