// Removing backups that retention does not keep, so that whenever it ends, crash included, every
// backup that can be seen is whole:
//   1. the metadata gets the name `{metadata}.cleanup.tmp`: the backup does not exist any more,
//   2. its dump and sidecars are removed,
//   3. what the metadata became is removed.
// Each step is durable before the next begins. What step 1 leaves is found by the next cleanup,
// which goes on with step 2: nothing is orphaned.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "engine/retention/retention_plan.h"
#include "engine/sinks/file_system.h"

namespace sfdb::engine {

struct CleanupRequest {
  std::string directory;  // and what is below it
  RetentionPolicy policy;
  bool dry_run = false;  // plan only: nothing is locked, made or removed
};

struct CleanupReport {
  RetentionPlan plan;
  std::vector<std::string> notes;      // files that look like ours and were left alone, and why
  std::vector<absl::Status> failures;  // of removals; those backups are gone or go next time
};

// Takes the lock of `directory` and of every directory in which something is to be removed; exit 11
// when another run holds one, and then nothing was touched. Exit 2: the policy says nothing, or
// there is no such directory.
absl::StatusOr<CleanupReport> RunCleanup(const CleanupRequest& request, FileSystem& files,
                                         absl::Time now);

// Retention after a backup (`backup.cleanup.enabled`, `.days`): the backup verb calls it when
// RunBackup() has returned, which is when the directory is unlocked, and passes the run's status.
// Does nothing unless the run published all it could: after a failed run the older backups are what
// is left. A failure of this does not unmake the backup; the verb warns of it.
absl::StatusOr<CleanupReport> CleanupAfterBackup(const absl::Status& backup,
                                                 const CleanupRequest& request);

}  // namespace sfdb::engine
