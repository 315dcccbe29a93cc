// The middle of a backup: databases -> files, through the pipeline, one file at a time. Reading
// does not stop between files: the sessions are at the next file's tables by then.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/seal.h"
#include "dumper/run/shared_dump.h"
#include "engine/backup/backup_drain.h"
#include "engine/backup/backup_request.h"
#include "engine/backup/toc.h"
#include "engine/pipeline/memory_plan.h"
#include "engine/sinks/sink.h"

namespace sfdb::engine {

// The options of the dump that `backup` makes: mariadb-dump's for --single-transaction
// --order-by-primary --hex-blob --routines --events --triggers --databases D..., and
// request.dump_args. InvalidArgument: those are not what they may be.
absl::StatusOr<dumper::DumpOptions> BackupDumpOptions(const BackupRequest& request);

struct DumpedFile {
  Toc toc;  // without backup_id
  std::string sha256;
};

// Used by one thread, except Stop().
class DumpToFiles {
 public:
  // `parts`: the databases of each file. All pointers outlive this.
  DumpToFiles(const BackupRequest* request, dumper::DumpOptions options,
              std::vector<std::vector<std::string>> parts, const MemoryPlan& memory);
  ~DumpToFiles();

  // Connects all sessions, brings them to one moment, and begins to read.
  absl::Status Open(const std::function<void(std::string)>& note);
  const SnapshotFacts& snapshot() const { return snapshot_; }

  // Writes the next part's file, not closing it: in order, each part once. `seal` null: plain. An
  // error concerns this part only. `listeners.failed` is ours.
  absl::StatusOr<DumpedFile> Write(size_t part, const crypto::SealedMessage* seal, SinkFile* file,
                                   BackupDrain::Listeners listeners);

  // Instead of Write(): there is no file to write it to.
  void Skip(size_t part);

  // Ends the run: what is being done ends with Cancelled, soon.
  void Stop();
  // After the last part, or instead of it. CPU time of all that was done.
  BackupCpu Finish();

 private:
  // What Stop() has to end.
  struct Active {
    BackupPipeline* pipeline = nullptr;
    BackupDrain* drain = nullptr;
  };
  bool Activate(Active active);
  absl::Status Drain(size_t part, BackupDrain& drain, FrameCutter& cutter);

  const BackupRequest* const request_;
  const dumper::DumpOptions options_;
  const MemoryPlan memory_;
  dumper::BlockPool pool_;
  dumper::SharedDump dump_;
  dumper::SizesItem sizes_;
  ProgressCounters unseen_;
  ProgressCounters* const progress_;
  SnapshotFacts snapshot_;
  BackupCpu cpu_;
  int64_t cpu_begin_ = 0;
  double wall_begin_ = 0;

  std::mutex mutex_;
  Active active_;
  bool stopped_ = false;
};

}  // namespace sfdb::engine
