#include "tests/unit/retention/backup_maker.h"

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/backup/file_names.h"
#include "engine/sinks/directory_lock.h"

namespace sfdb::engine {

namespace fs = std::filesystem;

absl::Time TestNow() {
  return absl::FromCivil(absl::CivilSecond(2026, 6, 30, 12, 0, 0), absl::LocalTimeZone());
}

namespace {

absl::Time TimeOf(const MadeBackup& backup) {
  return TestNow() - absl::Hours(24) * backup.days_ago - absl::Hours(1) +
         absl::Seconds(backup.second);
}

}  // namespace

std::string BaseOf(const MadeBackup& backup) {
  return BackupBaseName(backup.type, backup.database, backup.host, TimeOf(backup),
                        absl::LocalTimeZone());
}

BackupDirectory::BackupDirectory() {
  // In memory where there is such a place: random histories are thousands of files.
  const fs::path memory = "/dev/shm";
  std::string pattern = ((access(memory.c_str(), W_OK) == 0 ? memory : fs::temp_directory_path()) /
                         "retention-XXXXXX")
                            .string();
  path_ = mkdtemp(pattern.data());
}

BackupDirectory::~BackupDirectory() { fs::remove_all(path_); }

void BackupDirectory::Add(const MadeBackup& backup, const std::string& below) {
  const std::string base = below + BaseOf(backup);
  const std::string dump = base + backup.extension;
  const std::string content = "dump of " + base;
  BackupMetadata m;
  m.backup_file = "/somewhere/else/" + fs::path(dump).filename().string();
  m.backup_type = backup.type;
  if (!backup.database.empty()) m.database_names = {backup.database};
  m.hostname = backup.host;
  m.selection = backup.selection;
  m.exclude_data = backup.exclude_data;
  m.start = m.end = TimeOf(backup);
  m.status = backup.status;
  m.sha256 = std::string(64, '0');
  m.file_size_bytes = content.size() + (backup.cut_short ? 1 : 0);
  Write((backup.old_spelling ? dump : base) + ".meta.json", MetadataText(m, absl::LocalTimeZone()));
  if (!backup.with_dump) return;
  Write(dump, content);
  Write(base + ".toc", "index");
  Write(base + "_gtid.info", "gtid");
  Write(base + "_users.cnf", "users");
}

void BackupDirectory::Write(const std::string& name, const std::string& content) {
  const fs::path path = fs::path(path_) / name;
  fs::create_directories(path.parent_path());
  std::ofstream(path) << content;
}

std::string BackupDirectory::Read(const std::string& name) const {
  std::ifstream in(fs::path(path_) / name);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::map<std::string, std::string> BackupDirectory::Files() const {
  std::map<std::string, std::string> files;
  for (const auto& file : fs::recursive_directory_iterator(path_)) {
    if (!file.is_regular_file() || file.path().filename() == kLockFileName) continue;
    const std::string name = file.path().lexically_relative(path_).string();
    files[name] = Read(name);
  }
  return files;
}

}  // namespace sfdb::engine
