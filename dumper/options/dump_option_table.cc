#include "dumper/options/dump_option_table.h"

#include <limits>

#include "dumper/options/dump_option_effects.h"

namespace sfdb::dumper {
namespace {

using Then = OptionVerdict (*)(DumpCommandLine&, const OptionUse&, const DumpOption&);
using Line = DumpCommandLine;
using Use = OptionUse;
using namespace effects;  // the names in the rows below

// Where a value is stored: the member `m` of the command line.
#define SFDB_AT(m) (+[](Line & l) -> auto& { return l.m; })

// Row builders: one per kind of value.

DumpOption Action(std::string_view name, char letter, Then then, std::string_view help) {
  return {.spec = {.name = name, .letter = letter}, .then = then, .fixed_value = "-", .help = help};
}

DumpOption Bool(std::string_view name, char letter, bool& (*at)(Line&), std::string_view help,
                Then then = nullptr) {
  return {.spec = {.name = name, .letter = letter, .type = ValueType::kBool},
          .target = at,
          .then = then,
          .help = help};
}

DumpOption OptionalBool(std::string_view name, bool& (*at)(Line&), std::string_view help,
                        Then then) {
  return {.spec = {.name = name, .arity = Arity::kOptional, .type = ValueType::kBool},
          .target = at,
          .then = then,
          .help = help};
}

DumpOption String(std::string_view name, char letter, DumpTarget at, std::string_view help,
                  Then then = nullptr) {
  return {
      .spec = {.name = name, .letter = letter, .arity = Arity::kRequired, .type = ValueType::kText},
      .target = at,
      .then = then,
      .fixed_value = std::holds_alternative<std::monostate>(at) ? "-" : "",
      .help = help};
}

DumpOption Number(OptionSpec spec, DumpTarget at, std::string_view help, Then then = nullptr) {
  spec.type = ValueType::kNumber;
  return {.spec = spec, .target = at, .then = then, .help = help};
}

DumpOption Decimal(std::string_view name, double& (*at)(Line&), std::string_view help) {
  return {.spec = {.name = name, .arity = Arity::kRequired, .type = ValueType::kDecimal},
          .target = at,
          .help = help};
}

DumpOption RefusedText(std::string_view name, char letter, std::string_view instead) {
  return {
      .spec = {.name = name, .letter = letter, .arity = Arity::kRequired, .type = ValueType::kText},
      .then = Refuse,
      .fixed_value = "(No default value)",
      .help = instead};
}

DumpOption RefusedBool(std::string_view name, std::string_view instead) {
  return {.spec = {.name = name, .type = ValueType::kBool},
          .then = Refuse,
          .fixed_value = "FALSE",
          .help = instead};
}

DumpOption Connection(DumpOption option) {
  option.section = OptionSection::kConnection;
  return option;
}

DumpOption Ours(DumpOption option) {
  option.section = OptionSection::kOurs;
  option.spec.exact_name_only = true;
  return option;
}

constexpr std::string_view kNoTab =
    "it writes SQL text only; for files of separated values use mariadb-dump --tab";
constexpr std::string_view kForTab =
    "Only valid with --tab, which sfdbtools does not write: use mariadb-dump for that.";

std::vector<DumpOption> BuildTable() {
  return {
      Bool("all-databases", 'A', SFDB_AT(all_databases), "Dump every database of the server."),
      Bool("all-tablespaces", 'Y', SFDB_AT(options.all_tablespaces),
           "Accepted; MariaDB servers have no tablespaces to dump."),
      Bool("no-tablespaces", 'y', SFDB_AT(options.no_tablespaces),
           "Accepted; MariaDB servers have no tablespaces to dump."),
      Bool("add-drop-database", 0, SFDB_AT(options.add_drop_database),
           "Write DROP DATABASE before each CREATE DATABASE."),
      Bool("add-drop-table", 0, SFDB_AT(options.add_drop_table),
           "Write DROP TABLE before each CREATE TABLE."),
      Bool("add-drop-trigger", 0, SFDB_AT(options.add_drop_trigger),
           "Write DROP TRIGGER before each CREATE TRIGGER."),
      Bool("add-locks", 0, SFDB_AT(options.add_locks),
           "Write LOCK TABLES and UNLOCK TABLES around the rows of a table."),
      Bool("allow-keywords", 0, SFDB_AT(allow_keywords),
           "Accepted; names are quoted and may be keywords."),
      Bool("apply-slave-statements", 0, SFDB_AT(options.apply_slave_statements),
           "Write STOP ALL SLAVES first and START ALL SLAVES last."),
      String("as-of", 0, SFDB_AT(options.as_of),
             "Rows of system-versioned tables as they were at this time."),
      Connection(String("character-sets-dir", 0, SFDB_AT(options.connection.character_sets_dir),
                        "Directory of character set files.")),
      Bool("comments", 'i', SFDB_AT(options.comments), "Write explanatory comments."),
      String("compatible", 0, SFDB_AT(compatible_text),
             "Write for another kind of server: a list of ansi, mysql323, mysql40, postgresql, "
             "oracle, mssql, db2, maxdb, no_key_options, no_table_options, no_field_options.",
             Compatible),
      Bool("compact", 0, SFDB_AT(options.compact),
           "No header, footer, comments, drops, locks, key switches and character set lines.",
           Compact),
      Bool("complete-insert", 'c', SFDB_AT(options.complete_insert),
           "Write INSERT statements with column names."),
      Connection(Bool("compress", 'C', SFDB_AT(options.connection.compress),
                      "Compress the connection to the server.")),
      Bool("copy_s3_tables", 0, SFDB_AT(options.copy_s3_tables),
           "Dump S3 tables, as Aria tables that are altered to S3; without it they are left out."),
      Bool("create-options", 'a', SFDB_AT(options.create_options),
           "Keep MariaDB's own table options in CREATE TABLE."),
      Bool("databases", 'B', SFDB_AT(databases), "All names are names of databases."),
      {.spec = {.name = "debug",
                .letter = '#',
                .arity = Arity::kOptional,
                .type = ValueType::kDisabled},
       .fixed_value = "-",
       .help = "Not in this program: ends with an error."},
      Bool("debug-check", 0, SFDB_AT(debug_check), "Accepted; only debug builds have it."),
      RefusedBool("debug-info", "for a summary of the run use --stats"),
      Connection(String("default-character-set", 0, SFDB_AT(options.connection.character_set),
                        "Character set of the connection and of the dump.", CharacterSet)),
      Bool("delayed-insert", 0, SFDB_AT(options.delayed_insert), "Write INSERT DELAYED."),
      Bool("delete-master-logs", 0, SFDB_AT(options.delete_master_logs),
           "Delete the server's binary logs afterwards; turns --master-data on."),
      Bool("disable-keys", 'K', SFDB_AT(options.disable_keys),
           "Write ALTER TABLE ... DISABLE KEYS and ENABLE KEYS around rows."),
      Bool("dump-date", 0, SFDB_AT(options.dump_date), "Write the date at the end."),
      Bool("dump-history", 'H', SFDB_AT(options.dump_history),
           "Dump system-versioned tables with their history."),
      Number({.name = "dump-slave", .arity = Arity::kOptional, .max = 2},
             SFDB_AT(options.dump_slave),
             "Write the position of this replica's master: 1 as a statement, 2 as a comment.",
             DumpSlave),
      Bool("events", 'E', SFDB_AT(options.events), "Dump events."),
      Bool("extended-insert", 'e', SFDB_AT(options.extended_insert), "Write many rows per INSERT."),
      String("fields-terminated-by", 0, SFDB_AT(delimiter), kForTab),
      String("fields-enclosed-by", 0, SFDB_AT(delimiter), kForTab),
      String("fields-optionally-enclosed-by", 0, SFDB_AT(delimiter), kForTab),
      String("fields-escaped-by", 0, SFDB_AT(delimiter), kForTab),
      Bool("flush-logs", 'F', SFDB_AT(options.flush_logs), "Flush the server's logs first."),
      Bool("flush-privileges", 0, SFDB_AT(options.flush_privileges),
           "Write FLUSH PRIVILEGES after the mysql database."),
      Bool("force", 'f', SFDB_AT(options.force), "Continue after an SQL error."),
      Bool("gtid", 0, SFDB_AT(options.gtid),
           "With --master-data or --dump-slave: use the GTID position."),
      Bool("header", 0, SFDB_AT(header), kForTab),
      Action("help", '?', Stop, "Print this help."),
      Bool("hex-blob", 0, SFDB_AT(options.hex_blob), "Write binary strings as hexadecimal."),
      Connection(String("host", 'h', SFDB_AT(options.connection.host), "Server to connect to.")),
      String("ignore-database", 0, {},
             "Leave this database out (with --all-databases); may be repeated.", IgnoreDatabase),
      String("ignore-table-data", 0, {},
             "Leave the rows of this database.table out; may be repeated.", IgnoreTable),
      String("ignore-table", 0, {}, "Leave this database.table out; may be repeated.", IgnoreTable),
      Bool("include-master-host-port", 0, SFDB_AT(options.include_master_host_port),
           "With --dump-slave: write the master's host and port."),
      Bool("insert-ignore", 0, SFDB_AT(options.insert_ignore), "Write INSERT IGNORE."),
      String("lines-terminated-by", 0, SFDB_AT(delimiter), kForTab),
      Bool("lock-all-tables", 'x', SFDB_AT(options.lock_all_tables),
           "Hold a global read lock for the whole dump."),
      Bool("lock-tables", 'l', SFDB_AT(options.lock_tables),
           "Lock the tables of a database while it is dumped."),
      String("log-error", 0, SFDB_AT(options.log_error),
             "Append warnings and errors to this file."),
      Bool("log-queries", 0, SFDB_AT(options.log_queries),
           "The server that loads the dump may log its statements."),
      Number({.name = "master-data", .arity = Arity::kOptional, .max = 2},
             SFDB_AT(options.master_data),
             "Write the binary log position: 1 as a statement, 2 as a comment.", MasterData),
      Connection(Number({.name = "max_allowed_packet",
                         .arity = Arity::kRequired,
                         .min = 4096,
                         .max = uint64_t{2} << 30,
                         .block = 1024},
                        SFDB_AT(options.connection.max_allowed_packet),
                        "Largest row that can be received, in bytes.")),
      Decimal("max-statement-time", SFDB_AT(options.max_statement_time),
              "Time limit of a statement on the server, in seconds; 0: none."),
      Connection(Number({.name = "net_buffer_length",
                         .arity = Arity::kRequired,
                         .min = 4096,
                         .max = 16 << 20,
                         .block = 1024},
                        SFDB_AT(options.connection.net_buffer_length),
                        "How long an INSERT statement may become, in bytes.")),
      Bool("no-autocommit", 0, SFDB_AT(options.no_autocommit),
           "Write the rows of a table as one transaction."),
      Bool("no-create-db", 'n', SFDB_AT(options.no_create_db), "Write no CREATE DATABASE."),
      Bool("no-create-info", 't', SFDB_AT(options.no_create_info), "Write no CREATE TABLE."),
      Bool("no-data", 'd', SFDB_AT(options.no_data), "Write no rows."),
      Bool("no-data-med", 0, SFDB_AT(options.no_data_med),
           "Write no rows of engines that hold foreign data (MERGE, CONNECT, FEDERATED, ...)."),
      Action("no-set-names", 'N', NoSetNames, "Same as --skip-set-charset."),
      Action("opt", 0, Opt,
             "Same as --add-drop-table --add-locks --create-options --quick --extended-insert "
             "--lock-tables --set-charset --disable-keys; on unless --skip-opt."),
      Bool("order-by-primary", 0, SFDB_AT(options.order_by_primary),
           "Rows in the order of the primary key, or of the first unique key."),
      Bool("order-by-size", 0, SFDB_AT(options.order_by_size), "Small tables first."),
      Connection({.spec = {.name = "password",
                           .letter = 'p',
                           .arity = Arity::kOptional,
                           .type = ValueType::kText},
                  .then = Password,
                  .fixed_value = "-",
                  .help = "Password; without a value it is asked for on the terminal."}),
      Connection(Number({.name = "port",
                         .letter = 'P',
                         .arity = Arity::kRequired,
                         .max = std::numeric_limits<unsigned>::max()},
                        SFDB_AT(options.connection.port), "TCP port of the server.", PortGiven)),
      Connection(String("protocol", 0, {}, "How to connect: tcp, socket, pipe.", Protocol)),
      Bool("quick", 'q', SFDB_AT(options.quick), "Do not buffer rows."),
      Bool("quote-names", 'Q', SFDB_AT(options.quote_names), "Quote names with backticks."),
      Bool("replace", 0, SFDB_AT(options.replace), "Write REPLACE instead of INSERT."),
      String("result-file", 'r', {}, "Write to this file instead of standard output.", ResultFile),
      Bool("routines", 'R', SFDB_AT(options.routines), "Dump procedures, functions, packages."),
      Bool("set-charset", 0, SFDB_AT(options.set_charset),
           "Write SET NAMES with the dump's character set."),
      Bool("single-transaction", 0, SFDB_AT(options.single_transaction),
           "Dump a consistent snapshot of transactional tables; turns --lock-tables off."),
      Action("skip-opt", 0, SkipOpt, "Turns off what --opt turns on."),
      Connection(String("socket", 'S', SFDB_AT(options.connection.socket),
                        "Socket file of the server.", SocketGiven)),
      Connection(OptionalBool("ssl", SFDB_AT(options.connection.ssl), "Use TLS.", SslGiven)),
      Connection(String("ssl-ca", 0, SFDB_AT(options.connection.ssl_ca),
                        "File of certificate authorities (PEM).", ImpliesSsl)),
      Connection(String("ssl-capath", 0, SFDB_AT(options.connection.ssl_capath),
                        "Directory of certificate authorities.", ImpliesSsl)),
      Connection(String("ssl-cert", 0, SFDB_AT(options.connection.ssl_cert),
                        "The client's certificate (PEM).", ImpliesSsl)),
      Connection(String("ssl-cipher", 0, SFDB_AT(options.connection.ssl_cipher),
                        "TLS cipher to use.", ImpliesSsl)),
      Connection(String("ssl-key", 0, SFDB_AT(options.connection.ssl_key),
                        "The client's private key (PEM).", ImpliesSsl)),
      Connection(String("ssl-crl", 0, SFDB_AT(options.connection.ssl_crl),
                        "Certificate revocation list.", ImpliesSsl)),
      Connection(String("ssl-crlpath", 0, SFDB_AT(options.connection.ssl_crlpath),
                        "Directory of certificate revocation lists.", ImpliesSsl)),
      Connection(String("tls-version", 0, SFDB_AT(options.connection.tls_version),
                        "TLS versions to use.")),
      Connection(OptionalBool("ssl-verify-server-cert",
                              SFDB_AT(options.connection.ssl_verify_server_cert),
                              "Check the server's certificate and its name.", nullptr)),
      {.spec = {.name = "system", .arity = Arity::kRequired, .type = ValueType::kText},
       .then = System,
       .help = "Dump system tables as SQL statements: a list of all, users, plugins, udfs, "
               "servers, stats, timezones."},
      RefusedText("tab", 'T', kNoTab),
      Action("tables", 0, Tables, "Cancels --databases: names are a database and its tables."),
      Bool("triggers", 0, SFDB_AT(options.triggers), "Dump triggers."),
      Bool("tz-utc", 0, SFDB_AT(options.tz_utc), "Write TIMESTAMP values in UTC."),
      Connection(String("user", 'u', SFDB_AT(options.connection.user), "User to log in as.")),
      Bool("verbose", 'v', SFDB_AT(options.verbose), "Say on standard error what is being done."),
      Action("version", 'V', Stop, "Print the version."),
      String("where", 'w', SFDB_AT(options.where), "Dump only rows for which this holds."),
      {.spec = {.name = "xml", .letter = 'X'},
       .then = Refuse,
       .fixed_value = "-",
       .help = "it writes SQL text only; for XML use mariadb-dump --xml"},
      Connection(String("plugin_dir", 0, SFDB_AT(options.connection.plugin_dir),
                        "Directory of client plugins.")),
      Connection(String("default_auth", 0, SFDB_AT(options.connection.default_auth),
                        "Authentication plugin to try first.")),
      Bool("galera-info", 0, SFDB_AT(options.galera_info), "Write the Galera position at the end."),

      Ours(Number({.name = "threads", .arity = Arity::kRequired, .max = 1024},
                  SFDB_AT(options.threads), "Data connections; 0: one per CPU.")),
      Ours(Number({.name = "memory-limit", .arity = Arity::kRequired, .min = 16 << 20},
                  SFDB_AT(options.memory_limit_bytes),
                  "Memory for buffers, in bytes (K, M, G); rows beyond it wait.")),
      Ours(String("consistency", 0, {},
                  "How all connections see one moment: auto, backup-stage, lock, binlog, single, "
                  "none.",
                  ConsistencyChoice)),
      Ours(Decimal("lock-wait-timeout", SFDB_AT(options.lock_wait_timeout_seconds),
                   "Longest wait for a lock on the server, in seconds.")),
      Ours(Bool("block-ddl", 0, SFDB_AT(options.block_ddl),
                "Keep other sessions from altering tables during the dump.")),
      Ours(Bool("lock-non-transactional", 0, SFDB_AT(options.lock_non_transactional),
                "Read non-transactional tables under the global lock.")),
      Ours(String("progress", 0, {}, "Progress on standard error: auto, bar, plain, json, none.",
                  ProgressChoice)),
      Ours(Bool("stats", 0, SFDB_AT(options.stats), "Print a summary of the run at the end.")),
  };
}

#undef SFDB_AT

struct Store {
  Line& line;
  const Use& use;
  std::string Text() const { return use.enabled ? "" : use.text.value_or(""); }
  void operator()(std::monostate) const {}
  void operator()(bool& (*at)(Line&)) const { at(line) = use.flag; }
  void operator()(uint64_t& (*at)(Line&)) const { at(line) = use.number; }
  void operator()(unsigned& (*at)(Line&)) const { at(line) = static_cast<unsigned>(use.number); }
  void operator()(double& (*at)(Line&)) const { at(line) = use.decimal; }
  // enable-X gives a text option the empty text; skip-X gives it "0".
  void operator()(std::optional<std::string>& (*at)(Line&)) const { at(line) = Text(); }
  void operator()(std::string& (*at)(Line&)) const { at(line) = Text(); }
};

}  // namespace

std::span<const DumpOption> DumpOptionTable() {
  static const std::vector<DumpOption> table = BuildTable();
  return table;
}

std::span<const OptionSpec> DumpOptionSpecs() {
  static const std::vector<OptionSpec> specs = [] {
    std::vector<OptionSpec> all;
    for (const DumpOption& option : DumpOptionTable()) all.push_back(option.spec);
    return all;
  }();
  return specs;
}

OptionVerdict ApplyDumpOption(DumpCommandLine& line, const OptionUse& use) {
  const DumpOption& option = DumpOptionTable()[use.index];
  std::visit(Store{line, use}, option.target);
  return option.then == nullptr || use.invalid ? OptionVerdict() : option.then(line, use, option);
}

}  // namespace sfdb::dumper
