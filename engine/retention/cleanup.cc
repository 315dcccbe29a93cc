#include "engine/retention/cleanup.h"

#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/sinks/directory_lock.h"

namespace sfdb::engine {
namespace {

using base::WithExitCode;

std::string WithoutTrailingSlashes(std::string directory) {
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  return directory;
}

std::set<std::string> DirectoriesOf(const RetentionPlan& plan) {
  std::set<std::string> directories;
  for (const Removal& removal : plan.removals) directories.insert(removal.backup.directory);
  return directories;
}

absl::Status RemoveIfThere(FileSystem& files, const std::string& path) {
  const absl::Status status = files.Remove(path);
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

// All removals of one directory, each step for all of them before the next: three flushes in all.
class DirectoryCleaner {
 public:
  DirectoryCleaner(std::string directory, FileSystem& files, std::vector<absl::Status>& failures)
      : directory_(std::move(directory)), files_(files), failures_(failures) {}

  void Remove(std::vector<const Removal*> removals) {
    std::erase_if(removals, [&](const Removal* removal) { return !Hide(*removal); });
    if (!Sync()) return;
    std::erase_if(removals, [&](const Removal* removal) { return !RemoveFiles(*removal); });
    if (!Sync()) return;
    for (const Removal* removal : removals) {
      Check(RemoveIfThere(files_, Path(HiddenName(*removal))));
    }
    Sync();
  }

 private:
  static std::string HiddenName(const Removal& removal) {
    return removal.backup.metadata_name + std::string(kRemovalSuffix);
  }
  std::string Path(const std::string& name) const { return absl::StrCat(directory_, "/", name); }

  bool Hide(const Removal& removal) {
    if (removal.backup.removing) return true;
    return Check(
        files_.RenameNoReplace(Path(removal.backup.metadata_name), Path(HiddenName(removal))));
  }

  bool RemoveFiles(const Removal& removal) {
    bool all = true;
    for (const CatalogFile& file : removal.files) {
      all &= Check(RemoveIfThere(files_, Path(file.name)));
    }
    return all;
  }

  bool Sync() { return Check(files_.SyncDirectory(directory_)); }

  bool Check(const absl::Status& status) {
    if (!status.ok()) failures_.push_back(status);
    return status.ok();
  }

  const std::string directory_;
  FileSystem& files_;
  std::vector<absl::Status>& failures_;
};

absl::StatusOr<CleanupReport> Plan(const CleanupRequest& request, const std::string& root,
                                   absl::Time now) {
  absl::StatusOr<Catalog> catalog = ReadCatalog(root);
  if (!catalog.ok()) return WithExitCode(catalog.status(), base::kExitUsage);
  CleanupReport report;
  report.plan = PlanRetention(*catalog, root, request.policy, now);
  report.notes = std::move(catalog->notes);
  return report;
}

using Locks = std::map<std::string, DirectoryLock>;

// Date directories that have become empty go, up to `root`. A lock file goes with its directory if
// it is we who hold it: another's belongs to a run that has written nothing yet. Best effort: an
// empty directory harms nobody.
void RemoveEmptyDirectories(FileSystem& files, std::string directory, const std::string& root,
                            const Locks& locks) {
  while (directory.size() > root.size() && directory.starts_with(root)) {
    const auto names = files.List(directory);
    if (!names.ok() || names->size() > 1) return;
    if (names->size() == 1) {
      if (names->front() != kLockFileName || !locks.contains(directory)) return;
      if (!files.Remove(absl::StrCat(directory, "/", kLockFileName)).ok()) return;
    }
    if (!files.RemoveDirectory(directory).ok()) return;
    directory.erase(directory.rfind('/'));
  }
}

}  // namespace

absl::StatusOr<CleanupReport> RunCleanup(const CleanupRequest& request, FileSystem& files,
                                         absl::Time now) {
  RETURN_IF_ERROR(WithExitCode(CheckPolicy(request.policy), base::kExitUsage));
  const std::string root = WithoutTrailingSlashes(request.directory);
  ASSIGN_OR_RETURN(CleanupReport report, Plan(request, root, now));
  if (request.dry_run) return report;

  std::set<std::string> directories = DirectoriesOf(report.plan);
  directories.insert(root);
  Locks locks;
  for (const std::string& directory : directories) {
    absl::StatusOr<DirectoryLock> lock = DirectoryLock::Acquire(directory, "cleanup");
    if (absl::IsAborted(lock.status())) return WithExitCode(lock.status(), base::kExitLocked);
    RETURN_IF_ERROR(lock.status());
    locks.emplace(directory, *std::move(lock));
  }
  // Again, now that nobody else changes anything; what has come to other directories since is for
  // the next time.
  ASSIGN_OR_RETURN(report, Plan(request, root, now));
  std::erase_if(report.plan.removals,
                [&](const Removal& removal) { return !locks.contains(removal.backup.directory); });
  std::map<std::string, std::vector<const Removal*>> per_directory;
  for (const Removal& removal : report.plan.removals) {
    per_directory[removal.backup.directory].push_back(&removal);
  }
  for (auto& [directory, removals] : per_directory) {
    DirectoryCleaner(directory, files, report.failures).Remove(std::move(removals));
    RemoveEmptyDirectories(files, directory, root, locks);
  }
  return report;
}

absl::StatusOr<CleanupReport> CleanupAfterBackup(const absl::Status& backup,
                                                 const CleanupRequest& request) {
  const int exit_code = base::ExitCodeOf(backup);
  if (exit_code != base::kExitOk && exit_code != base::kExitIncomplete) return CleanupReport();
  return RunCleanup(request, PosixFileSystem(), absl::Now());
}

}  // namespace sfdb::engine
