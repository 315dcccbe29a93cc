// The middle of a backup: databases -> one file, through the pipeline.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/seal.h"
#include "engine/backup/backup_request.h"
#include "engine/backup/toc.h"
#include "engine/pipeline/memory_plan.h"
#include "engine/sinks/sink.h"

namespace sfdb::engine {

// The options of the dump that `backup` makes: mariadb-dump's for --single-transaction
// --order-by-primary --hex-blob --routines --events --triggers --databases D...
dumper::DumpOptions BackupDumpOptions(const BackupRequest& request,
                                      const std::vector<std::string>& databases);

struct DumpedFile {
  Toc toc;  // without backup_id
  std::string sha256;
  SnapshotFacts snapshot;
  BackupCpu cpu;
};

// Reads `databases` and writes the file, not closing it. `seal` null: plain. Ends early, Cancelled,
// when `stop` is requested. `note` hears warnings on the calling thread.
absl::StatusOr<DumpedFile> DumpToFile(const BackupRequest& request,
                                      const std::vector<std::string>& databases,
                                      const MemoryPlan& memory, const crypto::SealedMessage* seal,
                                      SinkFile* file, std::stop_token stop,
                                      const std::function<void(std::string)>& note);

}  // namespace sfdb::engine
