// Makes directories that look as if backups had been written there for months.
#pragma once

#include <map>
#include <string>

#include "absl/time/time.h"
#include "engine/backup/metadata.h"

namespace sfdb::engine {

// Noon of a day in 2026, so many days before which everything here happens.
absl::Time TestNow();

struct MadeBackup {
  std::string type = "combined";
  std::string database = {};  // empty for combined
  std::string host = "db1";
  int days_ago = 0;
  int second = 0;  // tells backups of one day apart
  std::string selection = {};
  std::string status = "success";
  bool exclude_data = false;
  bool with_dump = true;
  bool cut_short = false;  // the dump is shorter than the metadata says
  std::string extension = ".sql.gz";
  // How the metadata is called: "{base}.meta.json", or after the whole dump.
  bool old_spelling = false;
};

std::string BaseOf(const MadeBackup& backup);

// A temporary directory that goes with the object.
class BackupDirectory {
 public:
  BackupDirectory();
  ~BackupDirectory();
  BackupDirectory(const BackupDirectory&) = delete;
  BackupDirectory& operator=(const BackupDirectory&) = delete;

  const std::string& path() const { return path_; }
  // Writes dump, index, sidecars and metadata below `path()`/`below`.
  void Add(const MadeBackup& backup, const std::string& below = "");
  void Write(const std::string& name, const std::string& content);
  std::string Read(const std::string& name) const;
  // Every file below path(), by its path there; locks left out.
  std::map<std::string, std::string> Files() const;
  bool Has(const std::string& name) const { return Files().contains(name); }

 private:
  std::string path_;
};

}  // namespace sfdb::engine
