#include "dumper/chunks/key_catalog.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "dumper/text/identifiers.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

// The information schema compares names without case where the file system does: rows of a table
// whose name differs in case only are left out by comparing the first column with `table`.
absl::StatusOr<Result> Ask(Session& session, std::string_view columns, std::string_view view,
                           const std::string& database, const std::string& table,
                           std::string_view order) {
  return session.Query(absl::StrFormat(
      "SELECT table_name, %s FROM INFORMATION_SCHEMA.%s WHERE table_schema = %s AND table_name = "
      "%s%s",
      columns, view, SqlString(database), SqlString(table), order));
}

uint64_t Number(std::string_view digits) {
  uint64_t value = 0;
  (void)absl::SimpleAtoi(std::string(digits), &value);
  return value;
}

}  // namespace

bool TableKey::has_prefix() const {
  return std::any_of(parts.begin(), parts.end(), [](const Part& part) { return part.prefix; });
}

bool TableKey::has_descending() const {
  return std::any_of(parts.begin(), parts.end(), [](const Part& part) { return part.descending; });
}

const TableKey* KeyCatalog::key(std::string_view name) const {
  for (const TableKey& key : keys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

const ColumnFacts* KeyCatalog::column(std::string_view name) const {
  for (const ColumnFacts& column : columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

const TableKey* KeyCatalog::clustered() const {
  for (const TableKey& key : keys) {
    if (key.name == "PRIMARY") return &key;
  }
  for (const TableKey& key : keys) {
    if (key.unique && key.btree && !key.nullable && !key.has_prefix()) return &key;
  }
  return nullptr;
}

absl::StatusOr<KeyCatalog> LoadKeyCatalog(Session& session, const std::string& database,
                                          const std::string& table) {
  KeyCatalog catalog;
  ASSIGN_OR_RETURN(const Result parts,
                   Ask(session,
                       "index_name, column_name, non_unique, nullable, sub_part, index_type, "
                       "collation",
                       "STATISTICS", database, table, ""));
  for (size_t i = 0; i < parts.rows(); ++i) {
    if (parts.at(i, 0) != table) continue;
    if (catalog.keys.empty() || catalog.keys.back().name != parts.at(i, 1)) {
      TableKey& added = catalog.keys.emplace_back();
      added.name = parts.text(i, 1);
      added.unique = parts.at(i, 3) == "0";
      added.btree = parts.at(i, 6) == "BTREE";
    }
    TableKey& key = catalog.keys.back();
    key.nullable = key.nullable || parts.at(i, 4) == "YES";
    key.parts.push_back({.column = parts.text(i, 2),
                         .descending = parts.at(i, 7) == "D",
                         .prefix = !parts.is_null(i, 5)});
  }
  ASSIGN_OR_RETURN(const Result columns,
                   Ask(session,
                       "column_name, data_type, column_type, character_set_name, collation_name, "
                       "is_nullable, COALESCE(character_maximum_length, 0)",
                       "COLUMNS", database, table, ""));
  for (size_t i = 0; i < columns.rows(); ++i) {
    if (columns.at(i, 0) != table) continue;
    catalog.columns.push_back({.name = columns.text(i, 1),
                               .data_type = columns.text(i, 2),
                               .column_type = columns.text(i, 3),
                               .charset = columns.text(i, 4),
                               .collation = columns.text(i, 5),
                               .nullable = columns.at(i, 6) == "YES",
                               .characters = Number(columns.at(i, 7))});
  }
  return catalog;
}

absl::StatusOr<TableSize> LoadTableSize(Session& session, const std::string& database,
                                        const std::string& table) {
  ASSIGN_OR_RETURN(const Result result, Ask(session, "table_rows, avg_row_length, data_length",
                                            "TABLES", database, table, ""));
  TableSize size;
  for (size_t i = 0; i < result.rows(); ++i) {
    if (result.at(i, 0) != table) continue;
    size.rows = Number(result.at(i, 1));
    size.row_bytes = Number(result.at(i, 2));
    size.data_bytes = Number(result.at(i, 3));
  }
  return size;
}

absl::StatusOr<std::vector<std::string>> LoadPartitions(Session& session,
                                                        const std::string& database,
                                                        const std::string& table) {
  ASSIGN_OR_RETURN(
      const Result result,
      Ask(session, "COALESCE(subpartition_name, partition_name)", "PARTITIONS", database, table,
          " ORDER BY partition_ordinal_position, subpartition_ordinal_position"));
  std::vector<std::string> names;
  for (size_t i = 0; i < result.rows(); ++i) {
    if (result.at(i, 0) == table && !result.is_null(i, 1)) names.push_back(result.text(i, 1));
  }
  return names;
}

}  // namespace sfdb::dumper
