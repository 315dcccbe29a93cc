#include "dumper/snapshot/snapshot.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "dumper/session/io_deadline.h"
#include "dumper/snapshot/transactions.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// For one connection, and for a round trip that waits for no lock.
constexpr absl::Duration kAnswerBound = absl::Seconds(30);
// What a stalled connection may cost the server's writers (invariant 3).
constexpr absl::Duration kHoldBound = absl::Seconds(5);
// BINLOG_GTID_POS reads up to one log file (1 GiB by default).
constexpr absl::Duration kGtidBound = absl::Minutes(5);
// Things no lock stops can move the binary log under it: FLUSH LOGS, GRANT, ANALYZE. Seldom twice.
constexpr int kLockedTries = 3;
// The lock-free method while four writers do nothing but commit, on two cores: 4 sessions agree
// after 6 tries in the mean, 16 after 42; the longest of 99 took 180. Beyond that an early refusal
// is better than a late one.
constexpr int kUnlockedTries = 200;
constexpr absl::Duration kUnlockedBound = absl::Seconds(5);

double Milliseconds(absl::Duration duration) { return absl::ToDoubleMilliseconds(duration); }

std::string Place(const Coordinates& at) {
  return absl::StrFormat("%s:%d", at.binlog_file, at.binlog_position);
}

class Opener {
 public:
  explicit Opener(const SnapshotRequest& request) : request_(request) {}

  // The steps, in their order.
  absl::Status Connect(size_t count);
  absl::Status KeepDdlOut();
  absl::Status Try(Consistency method);
  absl::Status UnderLock(const GlobalLock& lock, Consistency method);
  absl::Status Finish();

  void Warn(std::string text);
  Snapshot Take() { return std::move(snapshot_); }

 private:
  absl::Status UnderBackupStage();
  absl::Status ByCoordinates();
  absl::Status WithoutLock(Consistency method);
  absl::Status HoldAndOpen(const GlobalLock& lock, Session& control);
  absl::Status CheckServerHasStages() const;
  absl::Status FlushLogsOnce(Session& session);

  const SnapshotRequest& request_;
  Snapshot snapshot_;
  std::vector<Session*> sessions_;  // of snapshot_
  std::vector<unsigned long> own_;  // connection ids
  bool logs_flushed_ = false;
};

void Opener::Warn(std::string text) {
  if (request_.warn) request_.warn(text);
  snapshot_.moment.warnings.push_back(std::move(text));
}

// All connections exist and are set up before any lock is taken.
absl::Status Opener::Connect(size_t count) {
  while (snapshot_.sessions.size() < count) {
    const IoDeadline bound(absl::Now() + kAnswerBound);
    ASSIGN_OR_RETURN(auto session, request_.open());
    sessions_.push_back(session.get());
    own_.push_back(session->thread_id());
    snapshot_.sessions.push_back(std::move(session));
  }
  const IoDeadline bound(absl::Now() + kAnswerBound);
  return PrepareTransactions(sessions_);
}

absl::Status Opener::CheckServerHasStages() const {
  const Session& session = *sessions_.front();
  if (session.is_mariadb() && session.server_version_number() >= 100400) return absl::OkStatus();
  return absl::UnimplementedError(absl::StrFormat(
      "server %s has no BACKUP STAGE, MariaDB has it since 10.4", session.server_version()));
}

absl::Status Opener::KeepDdlOut() {
  RETURN_IF_ERROR(CheckServerHasStages());
  {
    const IoDeadline bound(absl::Now() + kAnswerBound);
    ASSIGN_OR_RETURN(snapshot_.control, request_.open());
  }
  own_.push_back(snapshot_.control->thread_id());
  RETURN_IF_ERROR(
      TakeLock(BlockDdlLock(), *snapshot_.control, request_.lock_wait, *sessions_.front(), own_));
  Warn("--block-ddl: writes to non-transactional tables wait, too, until the dump has ended");
  return absl::OkStatus();
}

absl::Status Opener::Try(Consistency method) {
  switch (method) {
    case Consistency::kBackupStage:
      return UnderBackupStage();
    case Consistency::kLock:
      return UnderLock(ReadLock(), method);
    case Consistency::kBinlog:
      return ByCoordinates();
    case Consistency::kSingle:
    case Consistency::kNone:
      return WithoutLock(method);
    case Consistency::kAuto:
      break;
  }
  return absl::InternalError("no method was chosen for the snapshot");
}

absl::Status Opener::UnderBackupStage() {
  RETURN_IF_ERROR(CheckServerHasStages());
  return UnderLock(BackupStageLock(), Consistency::kBackupStage);
}

absl::Status Opener::FlushLogsOnce(Session& session) {
  if (!request_.flush_logs || logs_flushed_) return absl::OkStatus();
  RETURN_IF_ERROR(session.FlushLogs());
  logs_flushed_ = true;
  return absl::OkStatus();
}

absl::Status Opener::HoldAndOpen(const GlobalLock& lock, Session& control) {
  const absl::Time asked = absl::Now();
  RETURN_IF_ERROR(TakeLock(lock, control, request_.lock_wait, *sessions_.front(), own_));
  const absl::Time held_from = absl::Now();
  snapshot_.moment.lock_wait_ms += Milliseconds(held_from - asked);

  absl::Status opened;
  {
    const IoDeadline bound(held_from + kHoldBound);
    opened = FlushLogsOnce(control);
    if (opened.ok()) opened = OpenTransactions(sessions_);
  }
  // Its answer is the proof: it comes on the connection that took the lock, so that was not lost
  // while the snapshots were opened. Should it not come, closing the connection ends the lock.
  const IoDeadline bound(absl::Now() + kHoldBound);
  const absl::Status released = control.Execute(lock.release);
  snapshot_.moment.lock_held_ms =
      std::max(snapshot_.moment.lock_held_ms, Milliseconds(absl::Now() - held_from));
  RETURN_IF_ERROR(opened);
  return released;
}

absl::Status Opener::UnderLock(const GlobalLock& lock, Consistency method) {
  std::unique_ptr<Session> control;
  {
    const IoDeadline bound(absl::Now() + kAnswerBound);
    ASSIGN_OR_RETURN(control, request_.open());
  }
  own_.push_back(control->thread_id());
  for (int tries = 0; tries < kLockedTries; ++tries) {
    RETURN_IF_ERROR(HoldAndOpen(lock, *control));
    const IoDeadline bound(absl::Now() + kAnswerBound);
    ASSIGN_OR_RETURN(const auto coordinates, CommonCoordinates(sessions_));
    if (!coordinates) continue;
    snapshot_.moment.method = method;
    snapshot_.moment.coordinates = *coordinates;
    snapshot_.moment.proof = absl::StrFormat(
        "%s held for %.1f ms while %d snapshots were opened%s; %s", lock.name,
        snapshot_.moment.lock_held_ms, sessions_.size(),
        snapshot_.control == nullptr ? "" : ", BACKUP STAGE BLOCK_DDL until the end",
        coordinates->empty() ? std::string("no binary log to compare")
                             : absl::StrFormat("all at %s in the binary log", Place(*coordinates)));
    return absl::OkStatus();
  }
  return absl::AbortedError(absl::StrFormat(
      "%d snapshots opened under %s stand at different places in the binary log, %d times in a "
      "row: something commits in spite of the lock",
      sessions_.size(), lock.name, kLockedTries));
}

absl::Status Opener::ByCoordinates() {
  Session& first = *sessions_.front();
  {
    const IoDeadline bound(absl::Now() + kAnswerBound);
    RETURN_IF_ERROR(CheckAllWritesAreLogged(first));
    RETURN_IF_ERROR(FlushLogsOnce(first));
  }
  const absl::Time end = absl::Now() + std::min(kUnlockedBound, request_.lock_wait);
  int tries = 0;
  while (tries < kUnlockedTries && (tries == 0 || absl::Now() < end)) {
    ++tries;
    const IoDeadline bound(absl::Now() + kAnswerBound);
    RETURN_IF_ERROR(OpenTransactions(sessions_));
    ASSIGN_OR_RETURN(const auto coordinates, CommonCoordinates(sessions_));
    if (!coordinates) continue;
    if (coordinates->empty()) {
      return absl::FailedPreconditionError(
          "coordinates in the binary log prove nothing here: the server does not report "
          "Binlog_snapshot_file");
    }
    // A replica may have been started meanwhile.
    RETURN_IF_ERROR(CheckAllWritesAreLogged(first));
    snapshot_.moment.method = Consistency::kBinlog;
    snapshot_.moment.coordinates = *coordinates;
    snapshot_.moment.proof = absl::StrFormat(
        "%d snapshots, opened without a lock, all at %s in the binary log (try %d); writes of "
        "sessions with sql_log_bin=0 would not be noticed",
        sessions_.size(), Place(*coordinates), tries);
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrFormat(
      "%d snapshots did not come to stand at one place in the binary log in %d tries: too many "
      "commits a second; fewer --threads, or a method with a lock, which needs GRANT RELOAD",
      sessions_.size(), tries));
}

absl::Status Opener::WithoutLock(Consistency method) {
  if (method == Consistency::kSingle) {
    snapshot_.sessions.resize(1);
    sessions_.resize(1);
  }
  const IoDeadline bound(absl::Now() + kAnswerBound);
  RETURN_IF_ERROR(FlushLogsOnce(*sessions_.front()));
  RETURN_IF_ERROR(OpenTransactions(sessions_));
  ASSIGN_OR_RETURN(const auto coordinates, CommonCoordinates(sessions_));
  snapshot_.moment.method = method;
  if (coordinates) snapshot_.moment.coordinates = *coordinates;
  if (method == Consistency::kSingle) {
    snapshot_.moment.proof = "one connection, one snapshot";
    return absl::OkStatus();
  }
  snapshot_.moment.proof =
      absl::StrFormat("none: %d snapshots, opened without a lock, as asked for%s", sessions_.size(),
                      coordinates ? "" : "; they are known to see different moments");
  Warn("--consistency=none: the connections may see different moments");
  return absl::OkStatus();
}

// What needs no lock any more.
absl::Status Opener::Finish() {
  {
    const IoDeadline bound(absl::Now() + kAnswerBound);
    RETURN_IF_ERROR(ExecuteAll(sessions_, "SAVEPOINT sp"));
    if (sessions_.size() > 1) {
      RETURN_IF_ERROR(ExecuteAll(sessions_, "SET SESSION lock_wait_timeout=1"));
    }
  }
  if (snapshot_.moment.coordinates.empty()) return absl::OkStatus();
  const IoDeadline bound(absl::Now() + kGtidBound);
  Session& asked = snapshot_.control != nullptr ? *snapshot_.control : *sessions_.front();
  auto gtid = GtidAt(asked, snapshot_.moment.coordinates);
  if (IsConnectionLost(gtid.status())) return gtid.status();
  if (gtid.ok()) {
    snapshot_.moment.coordinates.gtid = *std::move(gtid);
  } else {
    Warn(absl::StrFormat("no GTID for %s: %s", Place(snapshot_.moment.coordinates),
                         std::string(gtid.status().message())));
  }
  return absl::OkStatus();
}

// Which methods to try, the strongest first.
std::vector<Consistency> Methods(const SnapshotRequest& request) {
  const bool automatic = request.consistency == Consistency::kAuto;
  if (request.flush_logs && (automatic || request.consistency == Consistency::kSingle)) {
    // New logs at that very moment: only under a lock, and whoever may not lock may not flush.
    if (request.block_ddl || !automatic) return {Consistency::kLock};
    return {Consistency::kBackupStage, Consistency::kLock};
  }
  if (automatic && request.sessions == 1) return {Consistency::kSingle};
  if (automatic && request.block_ddl) return {Consistency::kLock};
  if (automatic) {
    return {Consistency::kBackupStage, Consistency::kLock, Consistency::kBinlog,
            Consistency::kSingle};
  }
  // One connection can be in one stage only, and no second one in any.
  if (request.block_ddl && request.consistency == Consistency::kBackupStage) {
    return {Consistency::kLock};
  }
  return {request.consistency};
}

// Whether the next method may be tried: this one is not to be had on this server, or not by us. A
// lock that others hold is neither (invariant 4).
bool IsNotToBeHad(const absl::Status& status) {
  return absl::IsPermissionDenied(status) || absl::IsUnimplemented(status) ||
         absl::IsFailedPrecondition(status);
}

}  // namespace

absl::StatusOr<Snapshot> OpenSnapshot(const SnapshotRequest& request) {
  const std::vector<Consistency> methods = Methods(request);
  Opener opener(request);
  const bool one = request.consistency == Consistency::kSingle;
  RETURN_IF_ERROR(opener.Connect(one ? 1 : request.sessions));
  if (one && request.sessions > 1) {
    opener.Warn(absl::StrFormat("--consistency=single: one connection reads instead of %d",
                                request.sessions));
  }
  if (request.block_ddl) RETURN_IF_ERROR(opener.KeepDdlOut());

  absl::Status reached;
  for (const Consistency method : methods) {
    if (method == Consistency::kBinlog && methods.size() > 1) {
      opener.Warn(
          absl::StrFormat("no lock for one moment on %d connections: %s; comparing "
                          "coordinates in the binary log instead",
                          request.sessions, std::string(reached.message())));
    }
    if (method == Consistency::kSingle && methods.size() > 1) {
      opener.Warn(absl::StrFormat("one connection reads instead of %d: %s; GRANT RELOAD would help",
                                  request.sessions, std::string(reached.message())));
    }
    reached = opener.Try(method);
    if (!IsNotToBeHad(reached)) break;
  }
  RETURN_IF_ERROR(reached);
  RETURN_IF_ERROR(opener.Finish());
  return opener.Take();
}

absl::StatusOr<Snapshot> OpenSnapshotUnder(const SnapshotRequest& request, const GlobalLock& lock,
                                           Consistency method) {
  Opener opener(request);
  RETURN_IF_ERROR(opener.Connect(request.sessions));
  if (request.block_ddl) RETURN_IF_ERROR(opener.KeepDdlOut());
  RETURN_IF_ERROR(opener.UnderLock(lock, method));
  RETURN_IF_ERROR(opener.Finish());
  return opener.Take();
}

}  // namespace sfdb::dumper
