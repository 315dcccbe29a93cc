#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "dumper/options/dump_options.h"
#include "dumper/session/session.h"
namespace sfdb::dumper {
struct Moment { Consistency method = Consistency::kLock; };
struct SnapshotRequest { size_t sessions = 1; Consistency consistency = Consistency::kAuto; absl::Duration lock_wait; bool block_ddl = false; bool flush_logs = false; std::function<absl::StatusOr<std::unique_ptr<Session>>()> open; std::function<void(std::string)> warn; };
struct Snapshot { std::vector<std::unique_ptr<Session>> sessions; std::unique_ptr<Session> control; Moment moment; };
inline absl::StatusOr<Snapshot> OpenSnapshot(const SnapshotRequest& r) {
  Snapshot s;
  for (size_t i = 0; i < r.sessions; ++i) { auto x = r.open(); if (!x.ok()) return x.status(); s.sessions.push_back(*std::move(x)); }
  auto c = r.open(); if (!c.ok()) return c.status();
  (void)(*c)->Execute("FLUSH TABLES WITH READ LOCK");
  for (auto& x : s.sessions) for (const char* q : {"SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ", "START TRANSACTION WITH CONSISTENT SNAPSHOT", "SAVEPOINT sp", "SET SESSION lock_wait_timeout=1"}) (void)x->Execute(q);
  (void)(*c)->Execute("UNLOCK TABLES");
  return s;
}
}
