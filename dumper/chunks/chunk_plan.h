// Decides whether the rows of a table can be read in pieces, along which key, and writes the
// statements. See table_chunker.h for what is promised.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dumper/chunks/key_catalog.h"
#include "dumper/chunks/key_range.h"
#include "dumper/session/session.h"

namespace sfdb::dumper {

struct ChunkRequest {
  std::string database, table;
  std::string engine;
  // The statement in parts: select + " WHERE " + *where + order_by.
  std::string select;                // "SELECT /*!40001 SQL_NO_CACHE */ `a`, `b` FROM `t`"
  std::optional<std::string> where;  // the user's, as it is
  std::string order_by;              // " ORDER BY `a`,`b`" (the first key's columns), or ""
  bool versioned = false;            // WITH SYSTEM VERSIONING, whether history is asked for or not
  bool utc = true;                   // the sessions' time zone is UTC
};

// When cutting is worth it. Changed by tests only.
struct ChunkLimits {
  // A table with fewer rows, as EXPLAIN estimates them, is one chunk, decided at the price of that
  // one query (0.1 ms). Few rows are many bytes only if they are blobs.
  uint64_t small_rows = 64;
  // So is one with less data, as the information schema says: it would be one chunk anyway.
  uint64_t small_bytes = 4 << 20;
  // Boundaries this many rows ahead are looked for by the optimizer's estimates. Nearer ones are
  // found faster by seeking, at 0.2 us a row.
  uint64_t estimate_from_rows = 2000;
};

// A part of the rows.
struct Chunk {
  std::optional<KeyBound> after, up_to;  // nullopt: open
  size_t partition = 0;
};

// Constant once made.
struct ChunkPlan {
  ChunkRequest request;
  std::string reason;  // why it is one read; "" when it can be cut

  TableSize size;                  // estimates; 0 when not asked
  std::string key;                 // the index to read along
  std::vector<KeyColumn> columns;  // a total order of the rows, which the index has
  // To be read one after the other; empty: all at once, or not partitioned.
  std::vector<std::string> partitions;
  // The user's condition is answered by the key, so rows are counted among those that match it.
  // Otherwise all are counted: a boundary costs the same however few rows match.
  bool seek_with_where = false;

  // mariadb-dump's own statement.
  std::string WholeSql() const;
  std::string ChunkSql(const Chunk& chunk) const;
  // " FROM `t` PARTITION (`p`) FORCE INDEX (`k`)"
  std::string From(size_t partition) const;
  // What follows the table's name there.
  std::string Along(size_t partition) const;
  // " WHERE (...) AND ...", or "".
  std::string Where(bool with_users, const std::string& range) const;
};

// Errors are those after which nothing can be said (connection lost, query killed, lock wait, table
// changed since the snapshot); what merely prevents cutting is a reason.
absl::StatusOr<ChunkPlan> PlanChunks(Session& session, ChunkRequest request,
                                     const ChunkLimits& limits);

// Whether an error says something about the connection or the moment (lost, killed, lock wait,
// table changed since the snapshot), not about the statement.
bool IsOfTheMoment(const absl::Status& status);

// One row of EXPLAIN.
struct Explained {
  std::string type, key, extra;
  uint64_t rows = 0;
  bool partitioned = false;
  bool sorts() const;
};
// nullopt: more than one row, or a plan that reads no table.
absl::StatusOr<std::optional<Explained>> Explain(Session& session, const std::string& sql);

}  // namespace sfdb::dumper
