// What the snapshot suites share: sessions to a private server, requests, and threads that write
// while snapshots are opened.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/time/time.h"
#include "dumper/options/option_names.h"
#include "dumper/session/session.h"
#include "dumper/snapshot/snapshot.h"
#include "tests/support/mariadb_server.h"

namespace sfdb::e2e {

// A session as `user` (no password) through `socket`; ends the test program when there is none.
std::unique_ptr<dumper::Session> ConnectAs(std::string_view user, const std::string& socket);
std::unique_ptr<dumper::Session> ConnectTo(const test_support::MariadbServer& server);

// A request for `sessions` root sessions; change what the test is about.
dumper::SnapshotRequest RequestFor(const test_support::MariadbServer& server, size_t sessions,
                                   dumper::Consistency consistency = dumper::Consistency::kAuto);

std::vector<dumper::Session*> PointersTo(const dumper::Snapshot& snapshot);

// The first value of the first row; a failure of the test when there is none.
std::string ValueOf(dumper::Session& session, std::string_view sql);

// Runs a statement in a thread of its own, on a connection of its own, until it ends or the object
// does. Errors of the statement are ignored.
class Running {
 public:
  // Returns when the server shows the statement as running, or the connection as idle after it.
  Running(const test_support::MariadbServer& server, std::string sql);
  ~Running();
  unsigned long id() const { return id_; }

 private:
  const test_support::MariadbServer& server_;
  unsigned long id_ = 0;
  std::unique_ptr<dumper::Session> session_;
  std::thread thread_;
};

// A thread that commits one row after another and remembers the longest that one took.
class Hammer {
 public:
  explicit Hammer(const test_support::MariadbServer& server);
  ~Hammer();
  // Since the last call, the commit that is under way now included.
  absl::Duration LongestStall();
  uint64_t commits() const { return commits_; }

 private:
  void Loop();

  std::unique_ptr<dumper::Session> session_;
  std::atomic<bool> stop_ = false;
  std::atomic<uint64_t> commits_ = 0;
  std::atomic<int64_t> longest_ns_ = 0;
  std::thread thread_;
};

}  // namespace sfdb::e2e
