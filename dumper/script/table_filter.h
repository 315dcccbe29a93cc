// Which databases and tables a dump leaves out, wholly or their rows only.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "dumper/options/dump_options.h"

namespace sfdb::dumper {

// `name` in the form in which mariadb-dump compares filter names: folded as latin1_swedish_ci folds
// raw bytes.
std::string FoldName(std::string_view name);

// Immutable, thread-safe.
class TableFilter {
 public:
  explicit TableFilter(const DumpOptions& options);

  // --ignore-database, and the server's own databases, which --all-databases never dumps.
  bool IgnoresDatabase(std::string_view database) const;
  // --ignore-table, what --system dumps in another form, and tables that no dump may hold.
  bool IgnoresTable(std::string_view database, std::string_view table) const;
  // --ignore-table-data, and the tables of statistics that a server makes itself.
  bool IgnoresRows(std::string_view database, std::string_view table) const;

 private:
  std::set<std::string> databases_;
  std::set<std::string> tables_;
  std::set<std::string> rows_;
};

}  // namespace sfdb::dumper
