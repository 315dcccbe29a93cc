// `{base}.meta.json`: what a backup is, for people, for other programs, and for whoever has only
// this file. Written last: a dump without it is not a backup. docs/format.md describes the keys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace sfdb::engine {

inline constexpr int kMetadataSchemaVersion = 1;

struct DatabaseFacts {
  std::string name;
  uint64_t tables = 0;  // base tables and sequences, not views
  uint64_t rows = 0;
  uint64_t bytes = 0;  // of SQL text
};

// How the moment was reached and proved (design section 4).
struct SnapshotFacts {
  std::string method;  // backup-stage, lock, binlog, single, none
  std::string proof;   // why all connections see one moment
  double lock_ms = 0;  // for how long a global lock was held
  std::string binlog_file;
  uint64_t binlog_position = 0;
  std::string gtid;
};

struct BackupMetadata {
  std::string backup_file;
  std::string backup_type;  // combined, separated, single (of modes primary and secondary, too)
  std::string mode;         // combined, separated, single, primary, secondary
  // What the databases were chosen by, when not all were asked for: two backups of one server
  // belong to one series only when this is the same. Any text that says it; empty: all.
  std::string selection;
  std::vector<std::string> database_names;
  std::string hostname;
  absl::Time start;
  absl::Time end;
  uint64_t file_size_bytes = 0;
  std::string compression_type;  // empty: not compressed
  bool encrypted = false;
  std::string server_version;
  std::string status = "success";  // or success_with_warnings
  std::vector<std::string> warnings;
  std::vector<std::string> left_out;  // objects that the server could not show
  bool exclude_data = false;          // structure only
  std::string ticket;
  std::string gtid_file, users_file, toc_file;  // names of what lies beside it; empty: none
  std::string backup_id;
  std::string sha256;  // of the file, in hex
  SnapshotFacts snapshot;
  std::vector<DatabaseFacts> databases;
  std::string tool_version;
  std::string generated_by = "sfDBTools";
};

// Indented by two spaces, with a newline at the end. `zone` is that of the local times.
std::string MetadataText(const BackupMetadata& metadata, absl::TimeZone zone);

// The fields that a reader needs, from the flat layout of ours and of Go sfDBTools, and from the
// grouped one of its later versions. DataLoss: not JSON, or without the name of a file.
absl::StatusOr<BackupMetadata> ParseMetadata(std::string_view text, absl::TimeZone zone);

// The metadata of the same backup in another file: everything else stays, known or not. Names of
// what lies beside it follow the file's.
absl::StatusOr<std::string> MetadataForCopy(std::string_view text, const std::string& backup_file,
                                            uint64_t file_bytes, const std::string& sha256);

// "45s", "2m 30s", "1h 0m 5s": the same in every language.
std::string ShortDuration(absl::Duration duration);
// "82 MB": powers of 1000, as Go sfDBTools prints sizes.
std::string HumanSize(uint64_t bytes);

}  // namespace sfdb::engine
