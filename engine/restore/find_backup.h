// Which file `restore DIR` and `restore latest` mean.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace sfdb::engine {

// The dump of the newest whole backup below `directory` that holds `database` (nullopt: any).
// Safety backups of restores do not count. NotFound, exit 4: there is none.
absl::StatusOr<std::string> FindNewestBackup(const std::string& directory,
                                             const std::optional<std::string>& database);

}  // namespace sfdb::engine
