#include "dumper/script/table_catalog.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dumper/text/identifiers.h"
#include "engine/base/status_macros.h"

namespace sfdb::dumper {
namespace {

std::string NameCondition(std::string_view schema_column, std::string_view table_column,
                          const std::string& database, const std::vector<std::string>& tables) {
  std::string sql = absl::StrFormat(" WHERE %s = %s AND %s IN (", schema_column,
                                    SqlString(database), table_column);
  for (size_t i = 0; i < tables.size(); ++i) {
    if (i > 0) sql.push_back(',');
    sql += SqlString(tables[i]);
  }
  return sql + ")";
}

// The information schema compares names without case: a row may belong to a name not asked for.
TableFacts* FactsOf(std::map<std::string, TableFacts>& facts, std::string_view name) {
  const auto it = facts.find(std::string(name));
  return it == facts.end() ? nullptr : &it->second;
}

}  // namespace

std::string ListTablesSql(const DumpOptions& options) {
  if (!options.order_by_size) return "SHOW FULL TABLES";
  return "SELECT table_name, table_type FROM INFORMATION_SCHEMA.TABLES WHERE table_schema = "
         "DATABASE() ORDER BY data_length, table_name";
}

absl::StatusOr<std::vector<TableName>> ListTables(Session& session, const DumpOptions& options) {
  ASSIGN_OR_RETURN(const Result result, session.Query(ListTablesSql(options)));
  std::vector<TableName> names;
  names.reserve(result.rows());
  for (size_t i = 0; i < result.rows(); ++i) {
    names.push_back({result.text(i, 0), result.text(i, 1)});
  }
  return names;
}

absl::StatusOr<std::map<std::string, TableFacts>> LoadTableFacts(
    Session& session, const std::string& database, const std::vector<std::string>& tables,
    WithKeys with_keys) {
  std::map<std::string, TableFacts> facts;
  if (tables.empty()) return facts;
  for (const std::string& table : tables) facts[table];

  ASSIGN_OR_RETURN(
      const Result types,
      session.Query("SELECT table_name, engine, table_type FROM INFORMATION_SCHEMA.TABLES" +
                    NameCondition("table_schema", "table_name", database, tables)));
  for (size_t i = 0; i < types.rows(); ++i) {
    TableFacts* table = FactsOf(facts, types.at(i, 0));
    if (table == nullptr) continue;
    table->found = true;
    table->engine = types.text(i, 1);
    table->type = types.text(i, 2);
  }

  ASSIGN_OR_RETURN(
      const Result columns,
      session.Query("SELECT table_name, column_name, extra, generation_expression, data_type FROM "
                    "INFORMATION_SCHEMA.COLUMNS" +
                    NameCondition("table_schema", "table_name", database, tables)));
  for (size_t i = 0; i < columns.rows(); ++i) {
    TableFacts* table = FactsOf(facts, columns.at(i, 0));
    if (table == nullptr) continue;
    table->columns.push_back(
        {columns.text(i, 1), columns.text(i, 2), columns.text(i, 3), columns.text(i, 4)});
  }

  // Trigger names travel as bytes of UTF-8, as mariadb-dump fetches them (results = binary).
  ASSIGN_OR_RETURN(
      const Result triggers,
      session.Query("SELECT EVENT_OBJECT_TABLE, CAST(TRIGGER_NAME AS BINARY) FROM "
                    "INFORMATION_SCHEMA.TRIGGERS" +
                    NameCondition("EVENT_OBJECT_SCHEMA", "EVENT_OBJECT_TABLE", database, tables)));
  for (size_t i = 0; i < triggers.rows(); ++i) {
    TableFacts* table = FactsOf(facts, triggers.at(i, 0));
    if (table != nullptr) table->triggers.push_back(triggers.text(i, 1));
  }

  if (with_keys == WithKeys::kNo) return facts;
  ASSIGN_OR_RETURN(
      const Result keys,
      session.Query("SELECT table_name, index_name, column_name, non_unique, nullable, sub_part, "
                    "index_type FROM INFORMATION_SCHEMA.STATISTICS" +
                    NameCondition("table_schema", "table_name", database, tables)));
  for (size_t i = 0; i < keys.rows(); ++i) {
    TableFacts* table = FactsOf(facts, keys.at(i, 0));
    if (table == nullptr) continue;
    table->keys.push_back({.key = keys.text(i, 1),
                           .column = keys.text(i, 2),
                           .unique = keys.at(i, 3) == "0",
                           .nullable = keys.at(i, 4) == "YES",
                           .prefix = !keys.is_null(i, 5),
                           .index_type = keys.text(i, 6)});
  }
  return facts;
}

std::map<std::string, TableFacts> LoadEachTableFacts(Session& session, const std::string& database,
                                                     const std::vector<std::string>& tables,
                                                     WithKeys with_keys) {
  auto all = LoadTableFacts(session, database, tables, with_keys);
  if (all.ok()) return *std::move(all);
  std::map<std::string, TableFacts> facts;
  for (const std::string& table : tables) {
    auto one = LoadTableFacts(session, database, {table}, with_keys);
    if (one.ok()) {
      facts[table] = std::move((*one)[table]);
    } else {
      facts[table].error = one.status();
    }
  }
  return facts;
}

absl::StatusOr<SizesItem> LoadSizes(Session& session, const std::vector<std::string>& databases) {
  std::string sql =
      "SELECT table_schema, table_name, data_length FROM INFORMATION_SCHEMA.TABLES WHERE engine IS "
      "NOT NULL";
  for (size_t i = 0; i < databases.size(); ++i) {
    absl::StrAppend(&sql, i == 0 ? " AND table_schema IN (" : ",", SqlString(databases[i]));
  }
  if (!databases.empty()) sql += ")";
  ASSIGN_OR_RETURN(const Result tables, session.Query(sql));
  SizesItem sizes;
  for (size_t i = 0; i < tables.rows(); ++i) {
    uint64_t bytes = 0;
    if (!absl::SimpleAtoi(tables.text(i, 2), &bytes)) continue;
    sizes.bytes[{tables.text(i, 0), tables.text(i, 1)}] = bytes;
  }
  return sizes;
}

void LoadRowHints(Session& session, const std::string& database,
                  const std::vector<std::string>& tables,
                  std::map<std::string, TableFacts>& facts) {
  if (tables.empty()) return;
  // Below the row count at which the planner of chunks calls a table small.
  const auto hints = session.Query("SELECT table_name FROM mysql.innodb_table_stats" +
                                   NameCondition("database_name", "table_name", database, tables) +
                                   " AND n_rows < 64 AND clustered_index_size < 16");
  if (!hints.ok()) return;
  for (size_t i = 0; i < hints->rows(); ++i) {
    if (TableFacts* table = FactsOf(facts, hints->at(i, 0))) table->few_rows = true;
  }
}

}  // namespace sfdb::dumper
