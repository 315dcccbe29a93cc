#include "engine/restore/table_loader.h"

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

#include "engine/base/status_macros.h"

namespace sfdb::engine {
namespace {

using Kind = StatementHead::Kind;

// A transaction, and what a session takes at a time. Smaller pieces read more frames twice (each
// reads up to 2 MiB behind its end); larger ones keep more locks and undo, and leave less to share
// at the end of a table.
constexpr uint64_t kPieceBytes = 16 << 20;
constexpr int kMostTries = 10;
constexpr unsigned kErrDeadlock = 1213;
constexpr unsigned kErrLockWaitTimeout = 1205;

}  // namespace

absl::Status TableLoader::Load(std::vector<TableRows> tables) {
  for (TableRows& rows : tables) {
    const uint64_t at = rows.section->at;
    tables_.push_back({std::move(rows), at, 0, 0, false});
  }
  {
    std::vector<std::jthread> threads;
    for (size_t i = 1; i < runners_.size(); ++i) {
      threads.emplace_back([this, i] { Work(*runners_[i]); });
    }
    Work(*runners_.front());
  }
  if (stop_.stop_requested()) return absl::CancelledError("stopped");
  return error_.status();
}

// Sessions spread over tables first, the largest ones in front and, of those, what one session has
// to load alone; then they help where most is left.
TableLoader::Table* TableLoader::Choose() {
  Table* best = nullptr;
  auto is_better = [](const Table& a, const Table& b) {
    if (a.active != b.active) return a.active < b.active;
    // What cannot be shared counts for more: it must not be what all wait for at the end.
    const uint64_t a_left = a.left() * (a.rows.can_be_cut ? 1 : 2);
    const uint64_t b_left = b.left() * (b.rows.can_be_cut ? 1 : 2);
    return a_left > b_left;
  };
  for (Table& table : tables_) {
    if (table.left() == 0) continue;
    if (best == nullptr || is_better(table, *best)) best = &table;
  }
  return best;
}

bool TableLoader::Take(Piece* piece) {
  std::lock_guard<std::mutex> lock(mutex_);
  Table* const table = Choose();
  if (table == nullptr) return false;
  piece->table = table;
  piece->from = table->next;
  const uint64_t bytes = table->rows.can_be_cut && table->left() > kPieceBytes + kPieceBytes / 2
                             ? kPieceBytes
                             : table->left();
  piece->to = piece->from + bytes;
  table->next = piece->to;
  ++table->active;
  return true;
}

void TableLoader::Work(StatementRunner& runner) {
  Piece piece;
  while (!error_.failed() && !stop_.stop_requested() && Take(&piece)) {
    uint64_t failed = 0;
    const absl::Status status = LoadPiece(runner, piece, &failed);
    error_.Set(status);
    Table& table = *piece.table;
    bool is_last = false;
    {
      std::lock_guard<std::mutex> lock(mutex_);
      --table.active;
      table.failures += failed;
      is_last = status.ok() && table.active == 0 && table.left() == 0;
    }
    if (is_last) error_.Set(Finish(runner, table));
  }
}

absl::Status TableLoader::LoadPiece(StatementRunner& runner, const Piece& piece, uint64_t* failed) {
  RETURN_IF_ERROR(runner.Use(piece.table->rows.section->database));
  for (int tries = 1;; ++tries) {
    bool try_again = tries < kMostTries;
    *failed = 0;
    RETURN_IF_ERROR(LoadOnce(runner, piece, failed, &try_again));
    if (!try_again) return absl::OkStatus();
    RETURN_IF_ERROR(runner.Execute("ROLLBACK"));
  }
}

// In: whether the piece may be tried again. Out: whether it has to be.
absl::Status TableLoader::LoadOnce(StatementRunner& runner, const Piece& piece, uint64_t* failed,
                                   bool* try_again) {
  const TableRows& rows = piece.table->rows;
  const std::string object = ObjectOf(*rows.section);
  const bool may_try_again = std::exchange(*try_again, false) && rows.is_transactional;
  auto take = [&](const Statement& statement) -> absl::Status {
    if (stop_.stop_requested() || error_.failed()) return absl::CancelledError("stopped");
    // DISABLE KEYS means nothing to InnoDB, and pieces begin after it.
    if (rows.is_transactional && ParseStatementHead(statement.text).kind != Kind::kInsert) {
      return absl::OkStatus();
    }
    std::optional<SqlFailure> failure = runner.Try(statement, object);
    if (failure) {
      const bool is_lock =
          failure->number == kErrDeadlock || failure->number == kErrLockWaitTimeout;
      if (is_lock && may_try_again) {
        *try_again = true;
        return absl::AbortedError("deadlock");
      }
      ++*failed;
      RETURN_IF_ERROR(runner.Fail(*std::move(failure)));
    }
    if (progress_ != nullptr) progress_->bytes += statement.text.size();
    return absl::OkStatus();
  };
  const bool is_whole =
      piece.from == rows.section->at && piece.to == rows.section->at + rows.section->bytes;
  const absl::Status status =
      is_whole ? ReadSection(
                     *file_, *rows.section, [] { return SplitterModes(); }, take)
               : ReadRowsBetween(*file_, *rows.section, piece.from, piece.to, take);
  if (*try_again) return absl::OkStatus();
  RETURN_IF_ERROR(status);
  const absl::Status committed = runner.Execute("COMMIT");
  if (committed.ok()) return committed;
  SqlFailure failure;
  failure.offset = piece.from;
  failure.object = object;
  failure.head = "COMMIT";
  failure.message = std::string(committed.message());
  if (const auto error = dumper::MariadbErrorOf(committed)) failure.number = error->number;
  ++*failed;
  return runner.Fail(std::move(failure));
}

absl::Status TableLoader::Finish(StatementRunner& runner, Table& table) {
  const TableRows& rows = table.rows;
  if (!rows.then.empty()) {
    const uint64_t before = failures_->total();
    RETURN_IF_ERROR(runner.Run({rows.then, rows.section->at, true}, ObjectOf(*rows.section)));
    if (failures_->total() != before) ++table.failures;
  }
  if (progress_ != nullptr) {
    ++progress_->tables;
    progress_->rows += rows.section->rows;
    progress_->data_done += rows.section->bytes;
  }
  return table.failures == 0 ? done_(rows) : absl::OkStatus();
}

}  // namespace sfdb::engine
