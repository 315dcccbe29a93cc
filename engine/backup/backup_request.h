// What a backup is asked to do, and what it says it has done: the library's interface, together
// with backup_run.h. Plain values; nothing here is shared with a running backup except `progress`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "codecs/codec.h"
#include "crypto/slot.h"
#include "dumper/options/connection_options.h"
#include "dumper/options/dump_options.h"
#include "engine/backup/metadata.h"
#include "engine/filters/database_filter.h"
#include "engine/pipeline/backup_pipeline.h"
#include "engine/progress/progress.h"

namespace sfdb::engine {

struct BackupRequest {
  BackupMode mode = BackupMode::kCombined;
  dumper::ConnectionOptions connection;

  // What to take. `database`: modes single (required), primary and secondary (empty: all of them).
  DatabaseFilter filter;
  std::string database;
  Companions companions;
  bool exclude_data = false;  // structure only
  // More options of mariadb-dump, as on its command line; those that say what is dumped, where to,
  // from where, or at which moment are refused.
  std::vector<std::string> dump_args;

  // Where to, and in which form.
  std::string output_dir;  // created when missing
  // Name of the combined file, or of the one for the main database, without extensions; with ".sql"
  // in it, the whole name. Empty: the usual one. No slash, no backslash, no "..".
  std::string filename;
  const codecs::Codec* codec = nullptr;
  int level = 0;
  std::vector<crypto::RecipientPtr> recipients;  // empty: not sealed
  bool capture_gtid = true;                      // write _gtid.info, where there is a binary log
  bool export_users = true;                      // write _users.cnf
  bool check_disk_space = true;                  // before the first row
  std::string ticket;                            // goes into the metadata

  // How.
  unsigned threads = 1;  // connections, and workers
  uint64_t memory_limit_bytes = 512ull << 20;
  dumper::Consistency consistency = dumper::Consistency::kAuto;
  double lock_wait_timeout_seconds = 60;
  std::string tool_version;
  ProgressCounters* progress = nullptr;  // counted in while the run goes on; null: nobody looks
};

// CPU seconds of each stage of a run, all files together.
struct BackupCpu {
  PipelineCpu pipeline;
  double read = 0;    // sessions: network, rows to text
  double stitch = 0;  // the thread that puts the text in order and gathers frames
  double total = 0;   // of the process, from the first row to the last byte
  double wall = 0;
};

// One file of a run.
struct FileOutcome {
  std::vector<std::string> databases;
  absl::Status status;  // OK: published. Else nothing of it is left
  std::string path;     // of the dump; the one it would have had when it failed
  // Published beside it: index, metadata, _gtid.info, _users.cnf. The last one only with the first
  // file of a run that succeeds.
  std::string toc_path, metadata_path, gtid_path, users_path;
  std::vector<std::string> warnings;  // of this file only
  // Objects that the server could not show: "view `d`.`v`: <its words>".
  std::vector<std::string> left_out;
  BackupMetadata metadata;  // as written; databases, sizes, times
  uint64_t plain_bytes = 0;

  bool published() const { return status.ok(); }
};

struct BackupOutcome {
  // OK; or an error with the run's exit code (engine/base/exit_code.h). Codes 3 (some databases
  // failed) and 5 (objects were left out) say that there are published files all the same.
  absl::Status status;
  // Of the run as a whole and, behind them, of all files.
  std::vector<std::string> warnings;
  std::string hostname;  // the server's own
  std::string server_version;
  FilterStatistics filter;
  std::vector<FileOutcome> files;  // in plan order; empty when the run did not get that far
  BackupCpu cpu;
  absl::Time start, end;

  size_t published() const;
  size_t failed() const { return files.size() - published(); }
};

}  // namespace sfdb::engine
