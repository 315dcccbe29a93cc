// The rows of an indexed backup, loaded by several sessions: tables side by side, and large ones in
// pieces by several sessions at once.
//
// A table may be cut if its rows have an order of their own, by a primary or unique key without
// NULLs, on InnoDB; others are loaded in the order of the dump by one session: that order is all
// they have. A piece is one transaction, so one that meets a deadlock is loaded again.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/base/first_error.h"
#include "engine/progress/progress.h"
#include "engine/restore/schema_loader.h"

namespace sfdb::engine {

struct TableRows {
  const TocSection* section = nullptr;  // kRows
  bool can_be_cut = false;
  bool is_transactional = false;
  std::string then;  // a statement when all rows are in: the keys that were put off; may be empty
};

class TableLoader {
 public:
  // `done` is called, on any thread, for each table whose rows and keys are in without an error.
  TableLoader(BackupFile* file, Runners runners, FailureLog* failures, std::stop_token stop,
              ProgressCounters* progress, std::function<absl::Status(const TableRows&)> done)
      : file_(file),
        runners_(runners),
        failures_(failures),
        stop_(std::move(stop)),
        progress_(progress),
        done_(std::move(done)) {}

  absl::Status Load(std::vector<TableRows> tables);

 private:
  struct Table {
    TableRows rows;
    uint64_t next = 0;  // where the next piece begins
    size_t active = 0;  // sessions at work on it
    uint64_t failures = 0;
    bool finished = false;
    uint64_t left() const { return rows.section->at + rows.section->bytes - next; }
  };
  struct Piece {
    Table* table = nullptr;
    uint64_t from = 0;
    uint64_t to = 0;
  };

  void Work(StatementRunner& runner);
  // False: there is nothing left to take.
  bool Take(Piece* piece);
  Table* Choose();
  absl::Status LoadPiece(StatementRunner& runner, const Piece& piece, uint64_t* failed);
  absl::Status LoadOnce(StatementRunner& runner, const Piece& piece, uint64_t* failed,
                        bool* try_again);
  absl::Status Finish(StatementRunner& runner, Table& table);

  BackupFile* file_;
  const Runners runners_;
  FailureLog* failures_;
  const std::stop_token stop_;
  ProgressCounters* progress_;
  const std::function<absl::Status(const TableRows&)> done_;
  base::FirstError error_;
  std::mutex mutex_;
  std::vector<Table> tables_;
};

}  // namespace sfdb::engine
