// Several dumps of one moment: each as mariadb-dump would write it for some databases, all read
// through the same sessions of one snapshot. What `backup` makes its files from.
//
//   script thread: part 0, part 1, ... ──tasks──▶ SessionRunner (N sessions, one snapshot)
//                                                     │ rows, text
//   consumer: output(0), output(1), ... in this order ◀┘
//
// Sessions take tables in the order of the parts, so they read tables of the next part while the
// last ones of this part are still being read: no session waits at the end of a part.
//
// Invariants:
//  1. An error ends the part it happened in, and no other.
//  2. Whatever the consumer waits for in output(i) was begun before anything of part i + 1, so the
//     memory rule of BlockPool (the head always gets a block) holds across parts.
//  3. The script is at most kPartsAhead parts ahead of the consumer.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "dumper/options/dump_options.h"
#include "dumper/run/session_runner.h"
#include "dumper/script/script_context.h"
#include "dumper/script/table_filter.h"
#include "dumper/snapshot/snapshot.h"
#include "dumper/stream/block_pool.h"
#include "dumper/stream/output_queue.h"

namespace sfdb::dumper {

// Lifetime: construct, Open(), Start(), drain each output in order, Finish(), destroy; all by one
// thread, except GiveUp().
class SharedDump {
 public:
  // `parts`: the databases of each dump, each list not empty. `options`: single_transaction, scope
  // kDatabases; its own lists of databases are not looked at. All pointers outlive the dump.
  SharedDump(const DumpOptions* options, std::vector<std::vector<std::string>> parts,
             BlockPool* blocks);
  ~SharedDump();

  // Connects and reaches the moment. Blocks, each wait with a bound. `note` hears warnings.
  absl::Status Open(const std::function<void(std::string)>& note);
  const Moment& moment() const { return moment_; }
  // Sizes of the tables of all parts, for an estimate of the time left. After Open(), before
  // Start().
  SizesItem Sizes();

  void Start();
  // To be drained to its end (children too) before that of the next part is looked at, whether or
  // not anything of it is still wanted.
  OutputQueue* output(size_t part) { return parts_[part]->root.get(); }
  // Nothing more of this part is wanted: what is not begun is not read.
  void Drop(size_t part);
  // output(part) has come to its end: the script may go on. False: the part has failed, even if
  // its output did not say so.
  bool Release(size_t part);
  // What stands after the last database; made now, since it says when the dump was complete.
  std::string Footer() const;

  // Everything winds down soon, with whatever result. From any thread.
  void GiveUp();
  // Waits for the end of all work and closes the connections.
  void Finish();
  // After Finish(): the CPU time of all threads of the dump, in nanoseconds.
  int64_t cpu_nanos() const { return cpu_nanos_.load(); }

 private:
  struct Part {
    std::vector<std::string> databases;
    RunState run{/*force=*/false, /*all_or_nothing=*/true};
    ScriptContext context;
    std::shared_ptr<OutputQueue> root = std::make_shared<OutputQueue>();
  };

  void Run();
  void WritePart(Part& part);
  absl::Status WriteDatabases(Part& part, TaskOutput& out);
  absl::StatusOr<std::unique_ptr<Session>> OpenSession();

  const DumpOptions* const options_;
  BlockPool* const blocks_;
  const TableFilter filter_;
  std::vector<std::unique_ptr<Part>> parts_;
  Moment moment_;
  std::string server_version_;
  std::unique_ptr<Session> keeper_;  // holds off DDL (block_ddl)
  std::atomic<int64_t> cpu_nanos_{0};
  std::unique_ptr<SessionRunner> runner_;
  std::thread thread_;

  std::mutex mutex_;
  std::condition_variable released_;
  size_t drained_ = 0;  // parts
  bool given_up_ = false;
  std::vector<std::shared_ptr<SessionSocket>> sockets_;  // of all sessions, also those of the locks
};

}  // namespace sfdb::dumper
