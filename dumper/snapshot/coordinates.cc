#include "dumper/snapshot/coordinates.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// Two are enough but for an accident; ten accidents in a row are none.
constexpr int kMaxReads = 10;

absl::Status Refusal(std::string_view why) {
  return absl::FailedPreconditionError(
      absl::StrFormat("coordinates in the binary log prove nothing here: %s", why));
}

// What a statement shows that only the privileged may see.
absl::StatusOr<Result> Shown(Session& session, std::string_view sql, std::string_view what,
                             std::string_view privilege) {
  auto result = session.Query(sql);
  if (!absl::IsPermissionDenied(result.status())) return result;
  return Refusal(
      absl::StrFormat("whether there are %s cannot be seen without GRANT %s", what, privilege));
}

absl::StatusOr<Coordinates> ReadOnce(Session& session) {
  ASSIGN_OR_RETURN(const Result result, session.Query("SHOW STATUS LIKE 'binlog_snapshot_%'"));
  Coordinates at;
  for (size_t row = 0; row < result.rows(); ++row) {
    const std::string_view name = result.at(row, 0);
    if (name == "Binlog_snapshot_file") at.binlog_file = result.text(row, 1);
    if (name == "Binlog_snapshot_position" &&
        !absl::SimpleAtoi(result.text(row, 1), &at.binlog_position)) {
      return absl::InternalError(
          absl::StrFormat("Binlog_snapshot_position is no number: '%s'", result.at(row, 1)));
    }
  }
  if (at.empty()) at.binlog_position = 0;
  return at;
}

// The server (10.11) keeps these two values in one place for all connections: of two SHOW STATUS at
// the same time one may show the other's. Asked of 8 or 16 sessions at once, at least 7 sets of
// snapshots in 400 stood at different places and all claimed the same. So sessions are asked one
// after another, and each until it says the same twice in a row, since monitoring asks, too.
absl::StatusOr<Coordinates> SteadyCoordinates(Session& session) {
  ASSIGN_OR_RETURN(Coordinates last, ReadOnce(session));
  for (int reads = 1; reads < kMaxReads; ++reads) {
    ASSIGN_OR_RETURN(Coordinates next, ReadOnce(session));
    if (next == last) return next;
    last = std::move(next);
  }
  return absl::AbortedError(absl::StrFormat(
      "Binlog_snapshot_position of one snapshot changed at %d reads in a row", kMaxReads));
}

}  // namespace

absl::StatusOr<std::optional<Coordinates>> CommonCoordinates(std::span<Session* const> sessions) {
  std::optional<Coordinates> common;
  for (Session* session : sessions) {
    ASSIGN_OR_RETURN(Coordinates at, SteadyCoordinates(*session));
    if (!common)
      common = std::move(at);
    else if (at != *common)
      return std::nullopt;
  }
  return common;
}

absl::StatusOr<std::string> GtidAt(Session& session, const Coordinates& at) {
  ASSIGN_OR_RETURN(
      const Result result,
      session.Query(absl::StrFormat("SELECT BINLOG_GTID_POS('%s', %d)",
                                    Session::EscapeLiteral(at.binlog_file), at.binlog_position)));
  return result.rows() == 0 ? std::string() : result.text(0, 0);
}

absl::Status CheckAllWritesAreLogged(Session& session) {
  ASSIGN_OR_RETURN(const Result logging, session.Query("SELECT @@log_bin, @@log_slave_updates"));
  if (logging.at(0, 0) != "1") return Refusal("the binary log is off");
  const bool logs_applied = logging.at(0, 1) == "1";

  ASSIGN_OR_RETURN(const Result master,
                   Shown(session, "SHOW MASTER STATUS", "filters", "BINLOG MONITOR"));
  for (const char* filter : {"Binlog_Do_DB", "Binlog_Ignore_DB"}) {
    const auto column = master.column(filter);
    if (column && master.rows() > 0 && !master.at(0, *column).empty()) {
      return Refusal(
          absl::StrFormat("%s=%s keeps writes out of it", filter, master.at(0, *column)));
    }
  }
  if (logs_applied) return absl::OkStatus();

  ASSIGN_OR_RETURN(const Result slaves, Shown(session, "SHOW ALL SLAVES STATUS",
                                              "replicas' threads running", "SLAVE MONITOR"));
  const auto running = slaves.column("Slave_SQL_Running");
  for (size_t row = 0; running && row < slaves.rows(); ++row) {
    if (slaves.at(row, *running) != "No") {
      return Refusal("this is a running replica without log_slave_updates");
    }
  }
  const auto cluster = session.Query("SHOW VARIABLES LIKE 'wsrep_on'");
  if (cluster.ok() && cluster->rows() > 0 && cluster->at(0, 1) == "ON") {
    return Refusal("this is a Galera node without log_slave_updates");
  }
  return absl::OkStatus();
}

}  // namespace sfdb::dumper
