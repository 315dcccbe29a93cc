// The exit codes of everything but `dump` (design section 9), and how a status carries one up to the
// command line: what a status means there is known where it is made.
#pragma once

#include <charconv>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/cord.h"

namespace sfdb::base {

enum ExitCode : int {
  kExitOk = 0,
  kExitFailed = 1,
  kExitUsage = 2,         // usage or configuration
  kExitSomeFailed = 3,    // some databases failed, the rest are published
  kExitNothing = 4,       // nothing matched
  kExitIncomplete = 5,    // published without objects the server could not show
  kExitLocked = 11,       // another run holds the lock
  kExitWrongKey = 12,     // wrong or missing key
  kExitDamaged = 13,      // verification failed
  kExitTimeout = 124,     // --timeout
  kExitSignalBase = 128,  // + the signal's number
};

inline constexpr char kExitCodePayload[] = "sfdb/exit-code";

// `status` with an exit code, unless it has one already. OK stays OK.
inline absl::Status WithExitCode(absl::Status status, int exit_code) {
  if (!status.ok() && !status.GetPayload(kExitCodePayload)) {
    status.SetPayload(kExitCodePayload, absl::Cord(std::to_string(exit_code)));
  }
  return status;
}

// 0 for OK, what WithExitCode() attached, else 1.
inline int ExitCodeOf(const absl::Status& status) {
  if (status.ok()) return kExitOk;
  int code = kExitFailed;
  if (const auto payload = status.GetPayload(kExitCodePayload)) {
    const std::string text(*payload);
    std::from_chars(text.data(), text.data() + text.size(), code);
  }
  return code;
}

}  // namespace sfdb::base
