#include "engine/restore/failure_log.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace sfdb::engine {

std::string FailureText(const SqlFailure& failure) {
  return absl::StrFormat("statement at byte %d%s: error %d: %s: %s", failure.offset,
                         failure.object.empty() ? "" : absl::StrCat(" (", failure.object, ")"),
                         failure.number, failure.message, failure.head);
}

absl::Status FailureLog::Add(SqlFailure failure, bool connection_lost) {
  ++total_;
  absl::Status status = absl::OkStatus();
  if (!continue_ || connection_lost) status = absl::InternalError(FailureText(failure));
  std::lock_guard<std::mutex> lock(mutex_);
  if (kept_.size() < kKeptFailures) kept_.push_back(std::move(failure));
  return status;
}

absl::Status FailureLog::Summary() const {
  std::lock_guard<std::mutex> lock(mutex_);
  if (kept_.empty()) return absl::OkStatus();
  return absl::InternalError(absl::StrFormat("%d statements failed; the first: %s", total_.load(),
                                             FailureText(kept_.front())));
}

std::vector<SqlFailure> FailureLog::Take() {
  std::lock_guard<std::mutex> lock(mutex_);
  return std::move(kept_);
}

}  // namespace sfdb::engine
