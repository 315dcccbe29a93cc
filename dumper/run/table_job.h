// One table or view, start to end: on one session, or its rows in pieces on several.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "dumper/chunks/table_chunker.h"
#include "dumper/run/row_reader.h"
#include "dumper/run/session_runner.h"
#include "dumper/script/script_context.h"
#include "dumper/script/table_catalog.h"
#include "dumper/script/table_text.h"

namespace sfdb::dumper {

// How the sessions of a run see a table.
enum class TableAccess {
  // By one session, in one statement.
  kAlone,
  // All sessions see the same rows (they share a snapshot, or a lock keeps writers out): it may be
  // cut, and what was read on a connection that died may be read again on another.
  kShared,
};

// Begins with Start(), as a task of the runner; goes on by itself and closes its output when done.
//
// Metadata locks. The first session pins the table before its CREATE text is read, every other pins
// it before it takes a piece, and all keep their locks until the last piece is delivered
// (Session::AddPin). So a DDL statement that arrives in between waits; and sessions that do not
// hold the table yet would queue behind it for ever, were it not that readers wait a second only
// (lock_wait_timeout): who meets error 1205 takes no piece, and leaves the table to those who hold
// it. Under LOCK TABLES that is also the session that holds those. A piece whose session is lost
// may still meet error 1205, and moves to a holder. That one may be waiting for memory ahead of the
// output: then it gives way (SessionRunner::GivesWay).
class TableJob : public PieceSource, public std::enable_shared_from_this<TableJob> {
 public:
  TableJob(const ScriptContext* context, SessionRunner* runner, TableRequest request,
           TableFacts facts, TableAccess access, std::shared_ptr<OutputQueue> queue);

  // For small tables, to be begun several at once (table_group.h). Whether nothing but the
  // statements below is asked for the table on the session, from Start() to its end.
  bool IsGroupable() const;
  const std::string& database() const { return request_.database; }
  std::string PinSql(const Session& session) const;
  std::string DefinitionSql() const;
  std::string RowsSql() const;
  // Takes the answers to the first two; false when the columns are not those that RowsSql() names.
  bool Knows(const Result& pinned, const Result& definition);
  // Which of the group's tables this is: the one piece that its rows are has this number.
  void SetPlaceInGroup(uint64_t place) { first_piece_ = place; }
  // The answers have been taken, and the rows are the session's next stream.
  void RowsFollow() { rows_follow_ = true; }
  // They are lost with their session.
  void Forget() { rows_follow_ = false, create_.reset(); }

  // Whether `status` says that the server rolled back the session's transaction, and with it its
  // snapshot. Then the connection is of no more use, and closed.
  bool LosesSnapshot(Session& session, const absl::Status& status) const;

  void Start(Session& session);
  // Instead of Start(): nothing is to be written after all.
  void Abandon() { queue_->Close(); }
  bool RunNext(Session& session) override;

 private:
  // Rows between two keys, or all of them. Owned by whoever reads it now.
  struct Piece {
    uint64_t number = 0;
    std::string sql;
    std::unique_ptr<TaskOutput> out;  // null: the job's own
    ReadProgress progress;
    bool begun = false;
    int breaks = 0;  // how often its query ended too early
    int asked = 0;   // whether it gives way
  };
  using PiecePtr = std::shared_ptr<Piece>;
  enum class Next { kDone, kAgain, kFault };

  absl::Status Begin(Session& session);
  absl::Status ReportLost(Session& session);
  absl::Status ReportTriggers(Session& session);
  absl::Status ReportCatalog(Session& session);
  void Announce(Session& session);
  void SayWhyNoRows();
  bool IsExternal() const;
  std::string EngineSql() const;
  absl::Status BeginRows(Session& session, bool history);
  absl::Status PinTable(Session& session);
  bool ColumnsAreKnown(const std::vector<std::string>& there) const;
  bool AllVisible() const;
  std::string RowsSql(const RowsPlan& plan) const;
  absl::Status CheckColumns(const std::vector<std::string>& there, Session& session);
  // As PinTable(), and perhaps with the rows to follow. False: nothing was done.
  absl::StatusOr<bool> PinInOneTrip(Session& session);
  // Whether all rows are read by the session that begins the table, with one statement.
  bool IsReadAtOnce() const;
  PiecePtr NewPiece() const;
  void ReadPiece(Session& session, PiecePtr piece);
  // What to do after `status`; requeues the piece itself where that is the answer.
  void HandleFailure(Session& session, PiecePtr piece, bool begun, const absl::Status& status);
  bool GivesWay(Piece& piece);
  bool IsLeftToOthers(const Session& session) const;
  bool WaitsForLock(const absl::Status& status);
  void AddHolder(Session& session);
  // Whether the session may take pieces: it holds the table, or does now. `*goes_on` is RunNext()'s
  // answer when not.
  bool Joins(Session& session, bool* goes_on);
  // Takes the metadata lock, and nothing else, in the transaction that is open.
  absl::Status TakeLock(Session& session);
  // A session other than the calling one that can read the table whatever DDL waits for it.
  // REQUIRES: mutex_ held.
  std::optional<size_t> OtherHolder();
  // Leaves the pieces that are left to the sessions that hold the table. REQUIRES: mutex_ held.
  void RestrictToHolders();
  void RunPieces(size_t session);
  // Nothing more is begun. REQUIRES: mutex_ held; nothing is outstanding.
  void EndPieces(const absl::Status& status);
  void PieceEnded(Session& session, const Piece& piece);
  void Finish(Session& session);
  void Close();

  const ScriptContext* context_;
  SessionRunner* runner_;
  TableRequest request_;
  TableFacts facts_;
  const TableAccess access_;
  std::shared_ptr<OutputQueue> queue_;
  std::unique_ptr<TaskOutput> out_;
  std::optional<std::string> create_;  // the CREATE text, once read
  RowsPlan plan_;
  bool rows_begun_ = false;  // the first piece's rows are coming already
  bool structure_begun_ = false;
  bool rows_follow_ = false;  // they come after those of the tables before
  uint64_t order_ = 0;
  uint64_t first_piece_ = 0;
  // Set when no session needs its lock on this table any more.
  std::shared_ptr<std::atomic<bool>> done_ = std::make_shared<std::atomic<bool>>(false);
  std::optional<std::chrono::steady_clock::time_point> lock_waited_since_;

  std::mutex mutex_;  // guards what follows; held while a boundary is looked for
  std::unique_ptr<TableChunker> chunker_;
  std::set<size_t> holders_;
  bool restricted_ = false;
  bool exhausted_ = false;
  bool failed_ = false;
  bool finished_ = false;
  int killed_searches_ = 0;
  uint64_t pieces_ = 0;
  uint64_t rows_wanted_ = 0;
  size_t outstanding_ = 0;
  uint64_t rows_ = 0;
  uint64_t bytes_ = 0;
};

}  // namespace sfdb::dumper
