// One statement on many sessions at the same time, by one thread: sent to all before the first
// answer is read. So N snapshots cost one round trip, not N, while a lock is held for them.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dumper/session/session.h"

namespace sfdb::dumper {

// The results, in the order of the sessions. Whatever fails, every answer that is due has been
// read (or its connection is lost) when this returns; the first error is the one returned.
absl::StatusOr<std::vector<Result>> QueryAll(std::span<Session* const> sessions,
                                             std::string_view sql);

// The same, without results.
absl::Status ExecuteAll(std::span<Session* const> sessions, std::string_view sql);

// SET ... REPEATABLE READ on all. Separate from opening, so that it is not done under a lock.
absl::Status PrepareTransactions(std::span<Session* const> sessions);

// A transaction with a snapshot of now on each. One that was open before is committed: opening
// again moves a snapshot forward. That all of them see one moment is for the caller to ensure:
// by a lock that is held meanwhile, or by comparing coordinates afterwards.
// REQUIRES: PrepareTransactions.
absl::Status OpenTransactions(std::span<Session* const> sessions);

// Ends them, which gives up all their metadata locks.
absl::Status EndTransactions(std::span<Session* const> sessions);

}  // namespace sfdb::dumper
