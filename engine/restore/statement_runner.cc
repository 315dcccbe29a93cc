#include "engine/restore/statement_runner.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dumper/text/identifiers.h"
#include "engine/filters/database_filter.h"

namespace sfdb::engine {

using Kind = StatementHead::Kind;

absl::Status StatementRunner::Use(const std::string& database) {
  const std::string& target = names_->Of(database);
  if (IsSystemDatabase(target) && !names_->system_databases) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "`%s` is a system database; --system-databases allows to write it", target));
  }
  return session_->Use(target);
}

absl::Status StatementRunner::Send(std::string_view text) {
  counters_->statements.fetch_add(1, std::memory_order_relaxed);
  counters_->bytes.fetch_add(text.size(), std::memory_order_relaxed);
  return session_->Run(text);
}

absl::Status StatementRunner::Renamed(std::string_view text, const StatementHead& head) {
  const std::string& target = names_->Of(head.name);
  if (IsSystemDatabase(target) && !names_->system_databases) {
    return absl::FailedPreconditionError(absl::StrFormat(
        "`%s` is a system database; --system-databases allows to write it", target));
  }
  if (target == head.name) return Send(text);
  std::string renamed(text.substr(0, head.name_at));
  renamed += dumper::QuoteIdentifier(target);
  renamed += text.substr(head.name_at + head.name_bytes);
  return Send(renamed);
}

absl::Status StatementRunner::Dispatch(std::string_view text) {
  const StatementHead head = ParseStatementHead(text);
  switch (head.kind) {
    case Kind::kLockTables:
    case Kind::kUnlockTables:
      return absl::OkStatus();
    case Kind::kUse:
      return Use(head.name);
    case Kind::kCreateDatabase:
    case Kind::kAlterDatabase:
    case Kind::kDropDatabase:
      return Renamed(text, head);
    case Kind::kCreate:
      if (head.what == "TABLE" && names_->from && names_->to) {
        return Send(RenameQualifier(text, *names_->from, *names_->to));
      }
      return Send(text);
    default:
      return Send(text);
  }
}

std::optional<SqlFailure> StatementRunner::Try(const Statement& statement,
                                               std::string_view object) {
  const absl::Status status = Dispatch(statement.text);
  if (status.ok()) return std::nullopt;
  SqlFailure failure;
  failure.offset = statement.offset;
  failure.object = std::string(object);
  failure.head = ShownHead(statement.text);
  if (const auto error = dumper::MariadbErrorOf(status)) {
    failure.number = error->number;
    failure.message = error->text;
  } else {
    failure.message = std::string(status.message());
  }
  return failure;
}

absl::Status StatementRunner::Run(const Statement& statement, std::string_view object) {
  std::optional<SqlFailure> failure = Try(statement, object);
  if (!failure) return absl::OkStatus();
  return Fail(*std::move(failure));
}

}  // namespace sfdb::engine
