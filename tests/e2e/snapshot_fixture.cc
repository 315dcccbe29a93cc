#include "tests/e2e/snapshot_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"

namespace sfdb::e2e {

using dumper::Session;
using test_support::MariadbServer;

std::unique_ptr<Session> ConnectAs(std::string_view user, const std::string& socket) {
  // On the heap: g++ 12 takes the optional strings of a local one for uninitialized.
  const auto options = std::make_unique<dumper::ConnectionOptions>();
  options->socket = socket;
  options->user = std::string(user);
  auto session = Session::Connect(*options);
  if (!session.ok()) {
    std::fprintf(stderr, "%s\n", std::string(session.status().message()).c_str());
    std::abort();
  }
  return *std::move(session);
}

std::unique_ptr<Session> ConnectTo(const MariadbServer& server) {
  return ConnectAs("root", server.socket_path());
}

dumper::SnapshotRequest RequestFor(const MariadbServer& server, size_t sessions,
                                   dumper::Consistency consistency) {
  dumper::SnapshotRequest request;
  request.sessions = sessions;
  request.consistency = consistency;
  request.lock_wait = absl::Seconds(20);
  request.open = [&server]() -> absl::StatusOr<std::unique_ptr<Session>> {
    return ConnectTo(server);
  };
  return request;
}

std::vector<Session*> PointersTo(const dumper::Snapshot& snapshot) {
  std::vector<Session*> pointers;
  for (const auto& session : snapshot.sessions) pointers.push_back(session.get());
  return pointers;
}

std::string ValueOf(Session& session, std::string_view sql) {
  const auto result = session.Query(sql);
  if (result.ok() && result->rows() > 0) return result->text(0, 0);
  ADD_FAILURE() << sql << ": " << result.status();
  return "";
}

Running::Running(const MariadbServer& server, std::string sql)
    : server_(server), session_(ConnectTo(server)) {
  id_ = session_->thread_id();
  thread_ = std::thread([this, sql = std::move(sql)] { (void)session_->Execute(sql); });
  auto watcher = ConnectTo(server);
  const absl::Time end = absl::Now() + absl::Seconds(20);
  const std::string ready = absl::StrFormat(
      "SELECT COUNT(*) FROM information_schema.processlist WHERE id = %d AND state = 'User sleep'",
      id_);
  while (ValueOf(*watcher, ready) != "1") {
    if (absl::Now() > end) {
      ADD_FAILURE() << "the statement does not run";
      break;
    }
    absl::SleepFor(absl::Milliseconds(5));
  }
}

Running::~Running() {
  (void)ConnectTo(server_)->Execute(absl::StrFormat("KILL %d", id_));
  thread_.join();
}

Hammer::Hammer(const MariadbServer& server) : session_(ConnectTo(server)) {
  EXPECT_TRUE(server
                  .Exec("CREATE DATABASE IF NOT EXISTS hammer;"
                        "CREATE TABLE IF NOT EXISTS hammer.t (a INT AUTO_INCREMENT PRIMARY KEY)")
                  .ok());
  thread_ = std::thread([this] { Loop(); });
}

Hammer::~Hammer() {
  stop_ = true;
  thread_.join();
}

void Hammer::Loop() {
  while (!stop_) {
    const absl::Time begin = absl::Now();
    const absl::Status status = session_->Execute("INSERT INTO hammer.t VALUES ()");
    if (!status.ok()) {
      ADD_FAILURE() << status;
      return;
    }
    const int64_t took = absl::ToInt64Nanoseconds(absl::Now() - begin);
    int64_t longest = longest_ns_;
    while (took > longest && !longest_ns_.compare_exchange_weak(longest, took)) {
    }
    ++commits_;
  }
}

absl::Duration Hammer::LongestStall() {
  // The commit under way may be the longest.
  const uint64_t before = commits_;
  const absl::Time end = absl::Now() + absl::Seconds(30);
  while (commits_ <= before) {
    if (absl::Now() > end) {
      ADD_FAILURE() << "the writer still waits";
      break;
    }
    absl::SleepFor(absl::Microseconds(100));
  }
  return absl::Nanoseconds(longest_ns_.exchange(0));
}

}  // namespace sfdb::e2e
