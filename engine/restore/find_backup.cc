#include "engine/restore/find_backup.h"

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_format.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/restore/restore_target.h"
#include "engine/retention/backup_catalog.h"

namespace sfdb::engine {

absl::StatusOr<std::string> FindNewestBackup(const std::string& directory,
                                             const std::optional<std::string>& database) {
  ASSIGN_OR_RETURN(const Catalog catalog, ReadCatalog(directory));
  for (auto entry = catalog.backups.rbegin(); entry != catalog.backups.rend(); ++entry) {
    if (!entry->good()) continue;
    if (std::filesystem::path(entry->directory).filename() == kSafetyDirectory) continue;
    const auto& names = entry->metadata.database_names;
    if (database && std::find(names.begin(), names.end(), *database) == names.end()) continue;
    return entry->dump_path();
  }
  return base::WithExitCode(
      absl::NotFoundError(absl::StrFormat("there is no whole backup%s below %s",
                                          database ? " of `" + *database + "`" : "", directory)),
      base::kExitNothing);
}

}  // namespace sfdb::engine
