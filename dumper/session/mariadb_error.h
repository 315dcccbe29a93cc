// Server and client library errors as absl::Status: the code tells the caller what to do, the
// number and the library's own text stay readable for messages that must match mariadb-dump's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace sfdb::dumper {

struct MariadbError {
  unsigned number = 0;  // 1045, 2013, ...
  std::string text;     // as the server or the library says it, no number, no SQLSTATE
};

// Numbers that decide what happens next.
inline constexpr unsigned kErrDeadlock = 1213;
inline constexpr unsigned kErrLockWaitTimeout = 1205;
inline constexpr unsigned kErrQueryInterrupted = 1317;
inline constexpr unsigned kErrViewInvalid = 1356;
inline constexpr unsigned kErrNoSuchTrigger = 1360;
inline constexpr unsigned kErrTableDefChanged = 1412;
inline constexpr unsigned kErrNoSuchUser = 1449;
inline constexpr unsigned kErrServerGone = 2006;
inline constexpr unsigned kErrServerLost = 2013;

// A non-OK status for `error`; `doing` says what was tried ("executing 'SELECT 1'", "connecting").
// Lost connections are Unavailable, missing privileges PermissionDenied, unknown objects NotFound,
// lock waits DeadlineExceeded, killed queries Aborted, out of space ResourceExhausted; else
// Internal.
absl::Status MariadbStatus(const MariadbError& error, std::string_view doing);

// The error a status made by MariadbStatus carries; nullopt for any other status.
std::optional<MariadbError> MariadbErrorOf(const absl::Status& status);

// True when the connection itself is gone (2006, 2013, 2055, 4031, ...), not just the statement.
bool IsConnectionLost(const absl::Status& status);

}  // namespace sfdb::dumper
