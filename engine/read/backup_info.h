// What can be said about a backup file without reading it: header, metadata, and with its key the
// index.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/slot.h"
#include "engine/backup/metadata.h"
#include "engine/backup/toc.h"

namespace sfdb::engine {

struct TableInfo {
  std::string database;
  std::string table;
  uint64_t rows = 0;
  uint64_t bytes = 0;
};

struct BackupInfo {
  std::string path;
  uint64_t file_bytes = 0;
  std::string sealed;  // empty: no; else the format
  std::string keys;    // which keys open it
  std::string codec;
  bool has_index = false;
  std::string index_note;  // why the index could not be read
  std::string metadata_text;
  std::optional<BackupMetadata> metadata;
  std::optional<Toc> toc;
  std::vector<TableInfo> tables;
};

// Needs no key; with one that opens the file the index is read too. Exit codes as BackupFile's.
absl::StatusOr<BackupInfo> ReadBackupInfo(const std::string& path,
                                          std::span<const crypto::IdentityPtr> identities);

// `{base}.meta.json` beside a dump. NotFound: there is none.
absl::StatusOr<std::string> ReadMetadataText(const std::string& dump_path);

}  // namespace sfdb::engine
