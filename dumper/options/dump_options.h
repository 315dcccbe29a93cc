// The options of `sfdbtools dump`, that is of mariadb-dump 10.11, in their final state: after
// option files, command line, abbreviations, implications (`--master-data` turning lock-all-tables
// on, ...) and clamping. Only the parser writes it; everybody else reads it.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "dumper/options/connection_options.h"

namespace sfdb::dumper {

// The modes of --compatible, in the order in which they are printed.
enum CompatibleMode : unsigned {
  kCompatMysql323 = 1u << 0,
  kCompatMysql40 = 1u << 1,
  kCompatPostgresql = 1u << 2,
  kCompatOracle = 1u << 3,
  kCompatMssql = 1u << 4,
  kCompatDb2 = 1u << 5,
  kCompatMaxdb = 1u << 6,
  kCompatNoKeyOptions = 1u << 7,
  kCompatNoTableOptions = 1u << 8,
  kCompatNoFieldOptions = 1u << 9,
  kCompatAnsi = 1u << 10,
};

// The object kinds of --system.
enum SystemObject : unsigned {
  kSystemUsers = 1u << 0,
  kSystemPlugins = 1u << 1,
  kSystemUdfs = 1u << 2,
  kSystemServers = 1u << 3,
  kSystemStats = 1u << 4,
  kSystemTimezones = 1u << 5,
  kSystemAll = (1u << 6) - 1,
};

// What is dumped: how the positional arguments are to be read.
enum class DumpScope {
  kOneDatabase,     // DB
  kSelectedTables,  // DB t1 t2 ...
  kDatabases,       // --databases D1 D2 ...
  kAllDatabases,    // --all-databases
  kSystemOnly,      // --system=... without a database
};

// How the N connections come to see one moment (design section 4).
enum class Consistency { kAuto, kBackupStage, kLock, kBinlog, kSingle, kNone };

struct DumpOptions {
  ConnectionOptions connection;

  DumpScope scope = DumpScope::kOneDatabase;
  std::vector<std::string> databases;  // kOneDatabase/kSelectedTables: exactly one
  std::vector<std::string> tables;     // kSelectedTables only
  // The first positional argument as typed: what the header prints after "Database:".
  std::string header_database;

  // Objects.
  bool triggers = true, events = false, routines = false;
  bool no_create_info = false, no_create_db = false, no_data = false, no_data_med = true;
  unsigned system = 0;  // SystemObject bits
  bool flush_privileges = false;
  bool copy_s3_tables = false;
  bool galera_info = false;
  bool all_tablespaces = false, no_tablespaces = false;

  // Filters. Names are compared without case, as latin1_swedish_ci over raw bytes.
  std::vector<std::string> ignore_database;
  std::vector<std::string> ignore_table;       // "db.table"
  std::vector<std::string> ignore_table_data;  // "db.table"
  std::optional<std::string> where;

  // Text.
  bool add_drop_database = false, add_drop_table = true, add_drop_trigger = false, add_locks = true;
  bool comments = true, compact = false, complete_insert = false, create_options = true;
  bool delayed_insert = false, disable_keys = true, dump_date = true, extended_insert = true;
  bool hex_blob = false, insert_ignore = false, log_queries = true, no_autocommit = false;
  bool quote_names = true, replace = false, set_charset = true, tz_utc = true;
  unsigned compatible = 0;  // CompatibleMode bits
  std::string
      compatible_mode_names;  // "ANSI" ..., comma separated, in canonical order; may be empty
  bool order_by_primary = false, order_by_size = false;
  bool dump_history = false;
  std::optional<std::string> as_of;

  // Locking and moment.
  bool single_transaction = false, lock_all_tables = false, lock_tables = true;
  bool flush_logs = false;
  double max_statement_time = 0;

  // Replication.
  unsigned master_data = 0, dump_slave = 0;  // 0 off, 1 statement, 2 commented out
  bool gtid = false, apply_slave_statements = false, include_master_host_port = false;
  bool delete_master_logs = false;

  // Running.
  bool force = false, verbose = false, quick = true;
  std::optional<std::string> result_file;
  std::optional<std::string> log_error;

  // Ours; mariadb-dump has none of these.
  unsigned threads = 0;  // 0: as many as CPUs
  uint64_t memory_limit_bytes = 512ull << 20;
  Consistency consistency = Consistency::kAuto;
  double lock_wait_timeout_seconds = 60;
  bool block_ddl = false;
  bool lock_non_transactional = false;
  std::string progress = "none";  // auto, bar, plain, json, none
  bool stats = false;
};

}  // namespace sfdb::dumper
