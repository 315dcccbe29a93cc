// What a dump must know of its tables before it reads them, fetched for many tables at once: asking
// the information schema per table is what makes other tools slow on schemas of thousands of
// tables.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dumper/options/dump_options.h"
#include "dumper/session/session.h"
#include "dumper/stream/output_queue.h"

namespace sfdb::dumper {

// One name of a database, as SHOW FULL TABLES lists it.
struct TableName {
  std::string name;
  std::string type;  // BASE TABLE, VIEW, SEQUENCE, SYSTEM VERSIONED, SYSTEM VIEW, ...
  bool is_view() const { return type == "VIEW"; }
  bool is_sequence() const { return type == "SEQUENCE"; }
};

struct Column {
  std::string name;        // in the connection's character set
  std::string extra;       // INVISIBLE, auto_increment, ...
  std::string generation;  // the expression, or ROW START / ROW END
  std::string data_type;   // int, bigint, ...
  bool operator==(const Column&) const = default;
};

// One column of one index, in the order of SHOW KEYS.
struct KeyPart {
  std::string key;
  std::string column;
  bool unique = false;
  bool nullable = false;
  bool prefix = false;     // only the first bytes are indexed
  std::string index_type;  // BTREE, HASH, FULLTEXT, SPATIAL, RTREE
};

struct TableFacts {
  bool found = false;  // the information schema knows it
  absl::Status error;  // why it could not be asked
  std::string engine;  // "" for views
  std::string type;    // as I_S.TABLES says
  std::vector<Column> columns;
  // The server's own statistics say that it has few rows: not worth asking how to cut it. Only a
  // hint, from another moment; unknown counts as false.
  bool few_rows = false;
  std::vector<KeyPart> keys;          // only if asked for
  std::vector<std::string> triggers;  // names, in the bytes of UTF-8, in firing order
  bool versioned() const { return type == "SYSTEM VERSIONED"; }
};

// The names of the current database, in the server's order (--order-by-size: smallest first).
absl::StatusOr<std::vector<TableName>> ListTables(Session& session, const DumpOptions& options);
// The statement ListTables sends, for messages.
std::string ListTablesSql(const DumpOptions& options);

enum class WithKeys { kNo, kYes };

// Facts of `tables` of `database`, in a handful of queries however many they are. The result has an
// entry for each name asked for. A failure may be one table's only (a name that the connection's
// character set cannot spell); see LoadEachTableFacts. REQUIRES: results in the connection's
// character set.
absl::StatusOr<std::map<std::string, TableFacts>> LoadTableFacts(
    Session& session, const std::string& database, const std::vector<std::string>& tables,
    WithKeys with_keys);

// As LoadTableFacts, but a table that cannot be asked about has `error` set, and the others their
// facts.
std::map<std::string, TableFacts> LoadEachTableFacts(Session& session, const std::string& database,
                                                     const std::vector<std::string>& tables,
                                                     WithKeys with_keys);

// Data bytes of all tables of `databases` (none: of all), as the server's statistics say.
absl::StatusOr<SizesItem> LoadSizes(Session& session, const std::vector<std::string>& databases);

// Sets few_rows where mysql.innodb_table_stats can be read and knows the table.
void LoadRowHints(Session& session, const std::string& database,
                  const std::vector<std::string>& tables, std::map<std::string, TableFacts>& facts);

}  // namespace sfdb::dumper
