#include "dumper/snapshot/transactions.h"

#include <utility>

#include "engine/base/status_macros.h"

namespace sfdb::dumper {

absl::StatusOr<std::vector<Result>> QueryAll(std::span<Session* const> sessions,
                                             std::string_view sql) {
  absl::Status first_error;
  std::vector<Session*> sent;
  sent.reserve(sessions.size());
  for (Session* session : sessions) {
    const absl::Status status = session->SendOnly(sql);
    if (status.ok()) {
      sent.push_back(session);
    } else if (first_error.ok()) {
      first_error = status;
    }
  }
  std::vector<Result> results;
  results.reserve(sent.size());
  for (Session* session : sent) {
    auto result = session->Receive(sql);
    if (result.ok()) {
      results.push_back(*std::move(result));
    } else if (first_error.ok()) {
      first_error = result.status();
    }
  }
  if (!first_error.ok()) return first_error;
  return results;
}

absl::Status ExecuteAll(std::span<Session* const> sessions, std::string_view sql) {
  return QueryAll(sessions, sql).status();
}

absl::Status PrepareTransactions(std::span<Session* const> sessions) {
  return ExecuteAll(sessions, "SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ");
}

absl::Status OpenTransactions(std::span<Session* const> sessions) {
  return ExecuteAll(sessions, "START TRANSACTION /*!40100 WITH CONSISTENT SNAPSHOT */");
}

absl::Status EndTransactions(std::span<Session* const> sessions) {
  return ExecuteAll(sessions, "COMMIT");
}

}  // namespace sfdb::dumper
