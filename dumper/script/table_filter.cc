#include "dumper/script/table_filter.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"

namespace sfdb::dumper {
namespace {

// Weights of bytes 0xC0-0xFF in latin1_swedish_ci; below that only ASCII letters fold.
constexpr std::array<unsigned char, 64> kHighWeights = {
    65, 65,  65, 65, 91, 93, 91, 67, 69,  69,  69, 69,  73, 73, 73, 73, 68, 78, 79,  79, 79, 79,
    92, 215, 92, 85, 85, 85, 89, 89, 222, 223, 65, 65,  65, 65, 91, 93, 91, 67, 69,  69, 69, 69,
    73, 73,  73, 73, 68, 78, 79, 79, 79,  79,  92, 247, 92, 85, 85, 85, 89, 89, 222, 255};

void AddMysql(std::set<std::string>& to, std::initializer_list<const char*> tables) {
  for (const char* table : tables) to.insert(FoldName(absl::StrCat("mysql.", table)));
}

std::string Key(std::string_view database, std::string_view table) {
  std::string name(database);
  name.append(".").append(table);
  return FoldName(name);
}

}  // namespace

std::string FoldName(std::string_view name) {
  std::string folded;
  folded.reserve(name.size());
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0xC0) {
      folded.push_back(static_cast<char>(kHighWeights[byte - 0xC0]));
    } else {
      folded.push_back(byte >= 'a' && byte <= 'z' ? static_cast<char>(byte - 'a' + 'A') : c);
    }
  }
  return folded;
}

TableFilter::TableFilter(const DumpOptions& options) {
  for (const char* name : {"information_schema", "performance_schema", "sys"}) {
    databases_.insert(FoldName(name));
  }
  for (const std::string& name : options.ignore_database) databases_.insert(FoldName(name));
  for (const std::string& name : options.ignore_table) tables_.insert(FoldName(name));
  for (const std::string& name : options.ignore_table_data) rows_.insert(FoldName(name));

  AddMysql(tables_, {"apply_status", "schema", "general_log", "slow_log", "transaction_registry"});
  if (options.system & kSystemUsers) {
    AddMysql(tables_, {"db", "global_priv", "tables_priv", "columns_priv", "procs_priv", "user",
                       "host", "proxies_priv", "roles_mapping", "role_edges", "default_roles"});
  }
  if (options.system & kSystemPlugins) AddMysql(tables_, {"plugin"});
  if (options.system & kSystemUdfs) AddMysql(tables_, {"func"});
  if (options.system & kSystemServers) AddMysql(tables_, {"servers"});
  if (options.system & kSystemStats) {
    AddMysql(tables_, {"column_stats", "index_stats", "table_stats", "innodb_table_stats",
                       "innodb_index_stats"});
  }
  if (options.system & kSystemTimezones) {
    AddMysql(tables_, {"time_zone", "time_zone_leap_second", "time_zone_name",
                       "time_zone_transition", "time_zone_transition_type"});
  }
  if (!options.replace && !options.insert_ignore && !(options.system & kSystemStats)) {
    AddMysql(rows_, {"innodb_index_stats", "innodb_table_stats"});
  }
}

bool TableFilter::IgnoresDatabase(std::string_view database) const {
  return databases_.count(FoldName(database)) > 0;
}

bool TableFilter::IgnoresTable(std::string_view database, std::string_view table) const {
  return tables_.count(Key(database, table)) > 0;
}

bool TableFilter::IgnoresRows(std::string_view database, std::string_view table) const {
  return rows_.count(Key(database, table)) > 0;
}

}  // namespace sfdb::dumper
