// What is known of one table's keys, columns, size and partitions; asked only for tables that look
// large, because it is four queries.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "dumper/chunks/key_column.h"
#include "dumper/session/session.h"

namespace sfdb::dumper {

struct TableKey {
  struct Part {
    std::string column;
    bool descending = false;
    bool prefix = false;  // only the first bytes are indexed
  };
  std::string name;
  bool unique = false;
  bool nullable = false;  // any part
  bool btree = false;
  std::vector<Part> parts;

  bool has_prefix() const;
  bool has_descending() const;
};

struct KeyCatalog {
  std::vector<TableKey> keys;  // in the order of SHOW KEYS
  std::vector<ColumnFacts> columns;

  const TableKey* key(std::string_view name) const;
  const ColumnFacts* column(std::string_view name) const;
  // The key whose order the rows of an InnoDB table have: the primary key, or else the first unique
  // one of whole columns that cannot be NULL; nullptr when rows are ordered by a hidden number.
  const TableKey* clustered() const;
};

struct TableSize {
  uint64_t rows = 0;       // estimates, as the engine has them
  uint64_t row_bytes = 0;  // average in the clustered key, with what is stored off the page
  uint64_t data_bytes = 0;
};

absl::StatusOr<KeyCatalog> LoadKeyCatalog(Session& session, const std::string& database,
                                          const std::string& table);
absl::StatusOr<TableSize> LoadTableSize(Session& session, const std::string& database,
                                        const std::string& table);
// Names for PARTITION (...), subpartitions where there are any, in the order in which a scan of the
// whole table reads them.
absl::StatusOr<std::vector<std::string>> LoadPartitions(Session& session,
                                                        const std::string& database,
                                                        const std::string& table);

}  // namespace sfdb::dumper
