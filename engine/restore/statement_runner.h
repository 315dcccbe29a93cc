// Executes the statements of a dump in one session, but for what a restore leaves out or sends
// elsewhere:
//   LOCK TABLES, UNLOCK TABLES  left out: a locked table with DEFAULT NEXTVAL(seq) refuses rows
//   (1100) USE, CREATE, ALTER and DROP DATABASE  name the target instead of the database of the
//   dump CREATE TABLE                its sequences (DEFAULT nextval(`db`.`s`)) come from the
//   target, too
// System databases are refused unless allowed.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "dumper/load/load_session.h"
#include "engine/restore/failure_log.h"
#include "engine/restore/statement_head.h"
#include "engine/restore/statement_splitter.h"

namespace sfdb::engine {

// Where the databases of a dump go. Immutable while a restore runs.
struct TargetNames {
  std::optional<std::string> from;  // with `to`: this database goes there
  std::optional<std::string> to;
  bool system_databases = false;

  const std::string& Of(const std::string& name) const {
    return from && to && *from == name ? *to : name;
  }
};

// Counters of all sessions.
struct RestoreCounters {
  std::atomic<uint64_t> statements{0};
  std::atomic<uint64_t> bytes{0};
};

// Used by one thread at a time.
class StatementRunner {
 public:
  StatementRunner(std::unique_ptr<dumper::LoadSession> session, const TargetNames* names,
                  FailureLog* failures, RestoreCounters* counters)
      : session_(std::move(session)), names_(names), failures_(failures), counters_(counters) {}

  // Executes `statement` of `object` (for messages). Not OK: the restore ends.
  absl::Status Run(const Statement& statement, std::string_view object);
  // The same without deciding what an error means: nullopt, or what went wrong.
  std::optional<SqlFailure> Try(const Statement& statement, std::string_view object);
  // The error of Try() for good.
  absl::Status Fail(SqlFailure failure) {
    return failures_->Add(std::move(failure), session_->lost());
  }

  // Our own statements, and the target of the dump's `database`.
  absl::Status Execute(std::string_view sql) { return session_->Run(sql); }
  absl::Status Use(const std::string& database);
  dumper::LoadSession& session() { return *session_; }
  SplitterModes modes() const { return {session_->backslash_escapes(), session_->ansi_quotes()}; }

 private:
  absl::Status Send(std::string_view text);
  absl::Status Dispatch(std::string_view text);
  absl::Status Renamed(std::string_view text, const StatementHead& head);

  std::unique_ptr<dumper::LoadSession> session_;
  const TargetNames* names_;
  FailureLog* failures_;
  RestoreCounters* counters_;
};

}  // namespace sfdb::engine
