// Random histories of a directory, random policies, and a machine that dies at any call.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <filesystem>
#include <limits>
#include <set>

#include "engine/base/status_macros.h"
#include "engine/retention/cleanup.h"
#include "tests/unit/retention/backup_maker.h"

namespace sfdb::engine {
namespace {

namespace fs = std::filesystem;
using FileMap = std::map<std::string, std::string>;

// Every call from the n-th on fails, as if the process had been killed there.
class DyingFileSystem : public FileSystem {
 public:
  explicit DyingFileSystem(int calls) : left_(calls) {}
  bool died() const { return left_ < 0; }

  absl::StatusOr<std::unique_ptr<WritableFile>> Create(const std::string& path) override {
    RETURN_IF_ERROR(Call());
    return PosixFileSystem().Create(path);
  }
  absl::Status RenameNoReplace(const std::string& from, const std::string& to) override {
    RETURN_IF_ERROR(Call());
    return PosixFileSystem().RenameNoReplace(from, to);
  }
  absl::Status Remove(const std::string& path) override {
    RETURN_IF_ERROR(Call());
    return PosixFileSystem().Remove(path);
  }
  absl::Status RemoveDirectory(const std::string& path) override {
    RETURN_IF_ERROR(Call());
    return PosixFileSystem().RemoveDirectory(path);
  }
  bool Exists(const std::string& path) override { return PosixFileSystem().Exists(path); }
  absl::Status SyncDirectory(const std::string&) override { return Call(); }
  absl::Status CreateDirectories(const std::string& directory) override {
    RETURN_IF_ERROR(Call());
    return PosixFileSystem().CreateDirectories(directory);
  }
  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override {
    return PosixFileSystem().List(directory);
  }

 private:
  absl::Status Call() { return --left_ < 0 ? absl::InternalError("killed") : absl::OkStatus(); }
  int left_;
};

struct History {
  BackupDirectory directory;
  std::set<std::string> foreign;
};

// Dots and words that our names have, too: what is foreign is not told by its looks.
const std::vector<std::string> kForeign = {"app_single_db1_20250101_000000.sql.gz",
                                           "combined_db1_20250101_000000.sql.zst.enc",
                                           "combined_db1_20250101_000000_users.cnf",
                                           "x.toc",
                                           "prod.cnf.enc",
                                           "notes.meta.json",
                                           "2026/a.gz",
                                           "2026/01/lost.sql.meta.json"};

// Of the whole range in the first cases too.
int AnyOf(int from, int to) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(from, to));
}

void MakeHistory(History& history) {
  const int count = AnyOf(0, 14);
  for (int i = 0; i < count; ++i) {
    MadeBackup backup;
    backup.type = *rc::gen::element<std::string>("combined", "combined", "separated");
    if (backup.type != "combined")
      backup.database = *rc::gen::element<std::string>("app", "app", "app", "shop");
    backup.host = *rc::gen::element<std::string>("db1", "db1", "db1", "db2");
    backup.days_ago = AnyOf(0, 60);
    backup.second = i;
    if (backup.type == "combined") {
      backup.selection = *rc::gen::element<std::string>("", "", "", "app");
    }
    backup.status = *rc::gen::weightedElement<std::string>(
        {{6, "success"}, {2, "success_with_warnings"}, {1, "failed"}});
    backup.with_dump = AnyOf(0, 8) != 0;
    backup.cut_short = AnyOf(0, 5) == 0;
    backup.extension = *rc::gen::element<std::string>(".sql", ".sql.gz", ".sql.zst.enc");
    backup.old_spelling = *rc::gen::arbitrary<bool>();
    history.directory.Add(backup, *rc::gen::element<std::string>("", "", "2026/05/", "2026/06/"));
  }
  for (const std::string& name : kForeign) {
    if (!*rc::gen::arbitrary<bool>()) continue;
    history.directory.Write(name, "{\"backup_file\":\"notes\"}");
    history.foreign.insert(name);
  }
}

RetentionPolicy AnyPolicy() {
  RetentionPolicy policy;
  const int rules = AnyOf(1, 4);
  if ((rules & 1) != 0) policy.days = AnyOf(0, 40);
  if ((rules & 2) != 0) policy.keep_last = AnyOf(1, 4);
  policy.pattern = *rc::gen::weightedElement<std::string>({{8, ""}, {1, "app_*"}, {1, "**/*.gz"}});
  return policy;
}

// Does not die, and does not wait for the disk either.
FileSystem& Immortal() {
  static DyingFileSystem files(std::numeric_limits<int>::max());
  return files;
}

absl::StatusOr<CleanupReport> Clean(const History& history, const RetentionPolicy& policy,
                                    FileSystem& files = Immortal(), bool dry_run = false) {
  return RunCleanup({history.directory.path(), policy, dry_run}, files, TestNow());
}

std::vector<CatalogEntry> Backups(const History& history) {
  return ReadCatalog(history.directory.path())->backups;
}

std::string Below(const History& history, const std::string& path) {
  return fs::path(path).lexically_relative(history.directory.path()).string();
}

// Names of every file the report says goes.
std::set<std::string> Announced(const History& history, const CleanupReport& report) {
  std::set<std::string> names;
  for (const Removal& removal : report.plan.removals) {
    const std::string directory = removal.backup.directory + "/";
    names.insert(Below(history, directory + removal.backup.metadata_name));
    for (const CatalogFile& file : removal.files) {
      names.insert(Below(history, directory + file.name));
    }
  }
  return names;
}

// The newest good backup of each series, by the path of its dump.
std::map<std::string, CatalogEntry> NewestGood(const History& history) {
  std::map<std::string, CatalogEntry> newest;
  for (const CatalogEntry& entry : Backups(history)) {
    if (entry.good()) newest.insert_or_assign(SeriesOf(entry.metadata), entry);
  }
  return newest;
}

RC_GTEST_PROP(RetentionProperty, RemovesWhatADryRunSaysAndNeverTheNewestGoodNorAForeignFile, ()) {
  History history;
  MakeHistory(history);
  const RetentionPolicy policy = AnyPolicy();
  const FileMap before = history.directory.Files();
  const auto newest = NewestGood(history);

  const auto planned = Clean(history, policy, Immortal(), /*dry_run=*/true);
  RC_ASSERT(planned.ok());
  RC_ASSERT(history.directory.Files() == before);
  const auto done = Clean(history, policy);
  RC_ASSERT(done.ok());
  RC_ASSERT(done->failures.empty());
  const std::set<std::string> announced = Announced(history, *planned);
  RC_ASSERT(Announced(history, *done) == announced);

  FileMap expected = before;
  for (const std::string& name : announced) RC_ASSERT(expected.erase(name) == 1u);
  RC_ASSERT(history.directory.Files() == expected);
  for (const std::string& name : history.foreign) RC_ASSERT(expected.contains(name));
  for (const auto& [series, entry] : newest) {
    RC_ASSERT(expected.contains(Below(history, entry.dump_path())));
    RC_ASSERT(expected.contains(Below(history, entry.directory + "/" + entry.metadata_name)));
    for (const CatalogFile& file : entry.sidecars) {
      RC_ASSERT(expected.contains(Below(history, entry.directory + "/" + file.name)));
    }
  }
  RC_CLASSIFY(!announced.empty(), "something went");

  const auto again = Clean(history, policy);
  RC_ASSERT(again.ok());
  RC_ASSERT(again->plan.removals.empty());
  RC_ASSERT(history.directory.Files() == expected);
}

RC_GTEST_PROP(RetentionProperty, KeepsAsManyGoodBackupsAsItWasTold, ()) {
  History history;
  MakeHistory(history);
  RetentionPolicy policy = AnyPolicy();
  policy.keep_last = AnyOf(1, 5);
  std::map<std::string, int> had, has;
  const auto count = [&](std::map<std::string, int>& counts) {
    for (const CatalogEntry& entry : Backups(history)) {
      if (entry.good()) ++counts[SeriesOf(entry.metadata)];
    }
  };
  count(had);
  RC_ASSERT(Clean(history, policy).ok());
  count(has);
  for (const auto& [series, number] : had) {
    RC_ASSERT(has[series] >= std::min(number, *policy.keep_last));
    if (!policy.days && policy.pattern.empty()) {
      RC_ASSERT(has[series] == std::min(number, *policy.keep_last));
    }
  }
}

RC_GTEST_PROP(RetentionProperty, DyingAnywhereLeavesWholeBackupsAndTheNextRunFinishes, ()) {
  History history;
  MakeHistory(history);
  const RetentionPolicy policy = AnyPolicy();
  const FileMap before = history.directory.Files();
  FileMap expected = before;
  const auto planned = Clean(history, policy, Immortal(), /*dry_run=*/true);
  for (const std::string& name : Announced(history, *planned)) expected.erase(name);

  DyingFileSystem dying(AnyOf(0, 40));
  (void)Clean(history, policy, dying);
  RC_CLASSIFY(dying.died(), "died");
  // Every backup that can be seen is as it was.
  const FileMap middle = history.directory.Files();
  for (const CatalogEntry& entry : Backups(history)) {
    if (entry.removing) continue;
    const std::string stem = entry.dump_path().substr(0, entry.dump_path().rfind(".sql"));
    for (const auto& [name, content] : before) {
      if (!name.starts_with(Below(history, stem))) continue;
      RC_ASSERT(middle.contains(name));
    }
  }
  const auto finished = Clean(history, policy);
  RC_ASSERT(finished.ok());
  RC_ASSERT(finished->failures.empty());
  RC_ASSERT(history.directory.Files() == expected);
}

}  // namespace
}  // namespace sfdb::engine
