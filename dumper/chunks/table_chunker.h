// Cuts the rows of one table into pieces that several connections of one snapshot can read, and
// that put together in order are exactly the rows of mariadb-dump's one SELECT, in its order.
//
// Two orders are reproduced:
//   - ORDER BY (--order-by-primary): defined if the key it names is unique and has no NULL, or one.
//   - none: what the server's own plan gives. EXPLAIN of mariadb-dump's statement names the key: a
//     covering secondary key gives its columns and then those of the clustered key; a full scan of
//     an InnoDB table gives the clustered key, partition by partition.
// Where neither can be shown, the table is one chunk, whose statement is mariadb-dump's own.
//
// Boundaries are found inside the snapshot while the table is read, each from the one before, so
// skew, gaps and constant first columns cannot hurt, and no empty range is asked for. The outer
// ends are open. A boundary belongs to the chunk before it.
//
//   auto chunker = *TableChunker::Create(session, request);
//   while (auto chunk = *chunker->Next(session, rows)) Read(any_session, chunker->Sql(*chunk));
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "dumper/chunks/boundary_finder.h"
#include "dumper/chunks/chunk_plan.h"
#include "dumper/script/script_context.h"
#include "dumper/script/table_catalog.h"
#include "dumper/script/table_text.h"
#include "dumper/session/session.h"

namespace sfdb::dumper {

// The request for the rows that `plan` reads.
ChunkRequest MakeChunkRequest(const ScriptContext& context, const TableRequest& request,
                              const TableFacts& facts, const RowsPlan& plan);

// Used by one thread at a time; Sql() by any number.
class TableChunker {
 public:
  // Looks at the table through `session`, whose current database becomes the request's. An error
  // is one of the connection or of the moment (killed, lock wait, table changed since the
  // snapshot); whatever merely prevents cutting makes the table one chunk.
  static absl::StatusOr<std::unique_ptr<TableChunker>> Create(Session& session,
                                                              ChunkRequest request,
                                                              const ChunkLimits& limits = {});

  // Whether there may be more than one chunk, and if not, why: "small", "no clustered key", ...
  bool divisible() const { return plan_.reason.empty(); }
  const std::string& reason() const { return plan_.reason; }
  // Estimates: rows that the statement reads, and bytes of the whole table in the server. 0: not
  // asked for, because the table is small or cannot be cut.
  uint64_t rows() const { return plan_.size.rows; }
  uint64_t data_bytes() const { return plan_.size.data_bytes; }
  // About how many rows make `bytes` of SQL, by the size that they have in the server; at least
  // one.
  uint64_t RowsFor(uint64_t bytes) const;

  // The next chunk, of about `rows_wanted` rows; nullopt after the last. `session` may be any of
  // the snapshot. After an error the same chunk can be asked for again, through any session.
  // With a --where that the key does not answer, rows are counted whether they match or not.
  absl::StatusOr<std::optional<Chunk>> Next(Session& session, uint64_t rows_wanted);

  // The statement that reads `chunk`, in the request's database.
  std::string Sql(const Chunk& chunk) const { return plan_.ChunkSql(chunk); }

 private:
  TableChunker(ChunkPlan plan, const ChunkLimits& limits)
      : plan_(std::move(plan)), finder_(plan_, limits) {}
  TableChunker(const TableChunker&) = delete;
  TableChunker& operator=(const TableChunker&) = delete;

  const ChunkPlan plan_;
  BoundaryFinder finder_;
  // The place reached.
  bool done_ = false;
  size_t partition_ = 0;
  std::optional<KeyBound> after_;
};

}  // namespace sfdb::dumper
