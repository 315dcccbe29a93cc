// Where in the binary log a snapshot stands, and whether equal coordinates prove one moment.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dumper/session/session.h"

namespace sfdb::dumper {

struct Coordinates {
  std::string binlog_file;  // empty without binary log
  uint64_t binlog_position = 0;
  std::string gtid;  // "0-1-77"; empty when unknown

  bool empty() const { return binlog_file.empty(); }
  friend bool operator==(const Coordinates&, const Coordinates&) = default;
};

// File and position at which all the open snapshots stand (not those of now), as MariaDB keeps them
// with a consistent snapshot; nullopt when they differ. Empty ones where the server has no binary
// log or does not know them. No privilege is needed. Two round trips a session, in turn: asked at
// the same time, sessions are told each other's.
absl::StatusOr<std::optional<Coordinates>> CommonCoordinates(std::span<Session* const> sessions);

// The GTID that belongs to `at`; "" where the server cannot tell. The server reads its log from the
// beginning of the file for this, so not while a lock is held.
absl::StatusOr<std::string> GtidAt(Session& session, const Coordinates& at);

// OK when every transaction that commits now advances the coordinates, so that equal ones mean the
// same data. FailedPrecondition says why not: no binary log, filters, a replica that does not log
// what it applies, or that we are not allowed to see. A user who switches sql_log_bin off for his
// session stays invisible.
absl::Status CheckAllWritesAreLogged(Session& session);

}  // namespace sfdb::dumper
