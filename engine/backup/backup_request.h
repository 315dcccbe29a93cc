// What a backup is asked to do, and what it says it has done.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "codecs/codec.h"
#include "crypto/slot.h"
#include "dumper/options/connection_options.h"
#include "dumper/options/dump_options.h"
#include "engine/backup/metadata.h"
#include "engine/pipeline/backup_pipeline.h"
#include "engine/progress/progress.h"

namespace sfdb::engine {

enum class BackupMode {
  kCombined,  // all databases, or those included, in one file
  kSingle,    // one database
};

struct BackupRequest {
  BackupMode mode = BackupMode::kCombined;
  dumper::ConnectionOptions connection;
  // kCombined: only these; empty: all but the system's. kSingle: exactly one.
  std::vector<std::string> databases;
  std::string output_dir;  // created when missing
  const codecs::Codec* codec = nullptr;
  int level = 0;
  std::vector<crypto::RecipientPtr> recipients;  // empty: not sealed
  unsigned threads = 1;                          // connections, and workers
  uint64_t memory_limit_bytes = 512ull << 20;
  dumper::Consistency consistency = dumper::Consistency::kAuto;
  double lock_wait_timeout_seconds = 60;
  std::string tool_version;
  ProgressCounters* progress = nullptr;  // counted in while the run goes on; null: nobody looks
};

// CPU seconds of each stage of a run.
struct BackupCpu {
  PipelineCpu pipeline;
  double read = 0;    // sessions: network, rows to text
  double stitch = 0;  // the thread that puts the text in order and gathers frames
  double total = 0;   // of the process, from the first row to the last byte
  double wall = 0;
};

struct BackupOutcome {
  absl::Status status;  // with an exit code (engine/base/exit_code.h)
  std::vector<std::string> warnings;
  BackupMetadata metadata;  // of a successful run
  std::string dump_path;
  uint64_t plain_bytes = 0;
  BackupCpu cpu;
};

}  // namespace sfdb::engine
