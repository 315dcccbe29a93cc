// A whole dump as mariadb-dump writes it: the order of everything. The script runs on a thread of
// its own and makes an ordered tree of output; whoever drains that tree decides what becomes of the
// bytes.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "dumper/options/dump_options.h"
#include "dumper/run/database_script.h"
#include "dumper/run/session_runner.h"
#include "dumper/script/replication.h"
#include "dumper/script/script_context.h"
#include "dumper/session/keep_alive.h"
#include "dumper/snapshot/snapshot.h"
#include "dumper/stream/block_pool.h"
#include "dumper/stream/output_queue.h"

namespace sfdb::dumper {

// Lifetime: construct, Start(), drain output() to its end (or call GiveUp() and stop draining),
// Finish(), destroy. Start and Finish are called by one thread.
class DumpScript {
 public:
  // `options` and `blocks` outlive the script.
  DumpScript(const DumpOptions* options, BlockPool* blocks);
  ~DumpScript();

  // Begins to connect, read and write; returns at once.
  void Start();
  // The dump, in order. Drained by one thread.
  OutputQueue* output() { return root_.get(); }
  // The consumer wants no more (write error, fault, signal): everything winds down.
  void GiveUp();
  // Waits for the script to end. `written`: all output was drained and is safe where it belongs;
  // only then are old binary logs purged. Starts what was stopped on the server, in any case.
  // Returns the fault of that, if there is one.
  std::optional<DumpFault> Finish(bool written);

  // After Finish(): how the moment was reached, and the CPU time of all threads of the script.
  const Moment& moment() const { return moment_; }
  int64_t cpu_nanos() const { return cpu_nanos_.load(); }

 private:
  void Run();
  absl::Status Write(TaskOutput& out);
  absl::Status Connect(TaskOutput& out);
  absl::Status ReachMoment(TaskOutput& out);
  absl::Status LockOrBegin(TaskOutput& out);
  absl::Status OpenSnapshotSessions(TaskOutput& out);
  absl::Status WritePositions(Session& session, TaskOutput& out);
  void TellSizes(TaskOutput& out);
  absl::Status Fail(TaskOutput& out, DumpFault fault);
  void StartRunner(std::vector<std::unique_ptr<Session>> sessions, size_t reserved);
  absl::Status CheckNames(TaskOutput& out);
  absl::Status WriteDatabases(TaskOutput& out);
  absl::Status WriteSystemObjects(TaskOutput& out);
  absl::Status WriteGaleraInfo(TaskOutput& out);
  absl::Status OnSession(const std::function<absl::Status(Session&)>& work);
  absl::Status OnLockHolder(const std::function<absl::Status(Session&)>& work);

  const DumpOptions* options_;
  RunState run_;
  ScriptContext context_;
  TableFilter filter_;
  Replication replication_;
  std::shared_ptr<OutputQueue> root_;
  std::unique_ptr<Session> first_;  // until the runner has it
  Moment moment_;
  std::unique_ptr<Session> keeper_;  // holds off DDL (--block-ddl)
  std::optional<KeepAlive> keeper_kept_alive_;
  std::unique_ptr<SessionRunner> runner_;
  std::atomic<int64_t> cpu_nanos_{0};
  std::thread thread_;
};

}  // namespace sfdb::dumper
