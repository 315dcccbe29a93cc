// Law 1, the matrix: every corpus crossed with every option set, both programs on one server.
// A case is named <option set>_<corpus>; run one with --gtest_filter='*/hex_blob_types'.
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/e2e/dump_pair.h"

namespace sfdb::e2e {
namespace {

// Corpora that every option set meets: the database is dumped by its name.
const std::vector<std::pair<std::string, std::string>>& Databases() {
  static const auto* const databases =
      new std::vector<std::pair<std::string, std::string>>{{"types", "types"},
                                                           {"charsets", "charsets"},
                                                           {"charsets_gbk", "charsets_gbk"},
                                                           {"empty_db", "empty_db"},
                                                           {"empty", "empty_tables"},
                                                           {"boundary", "boundary"},
                                                           {"tables", "tables"},
                                                           {"trx", "trx_versioned"},
                                                           {"objects", "objects"},
                                                           {"objects_other", "objects_other"},
                                                           {"engines", "engines"},
                                                           {"partitions", "partitions"},
                                                           {"names", "odd `db"},
                                                           {"names_select", "select"},
                                                           {"names_unicode", "ünïcode 中文"},
                                                           {"names_digits", "123"},
                                                           {"names_backtick", "back`tick db"},
                                                           {"names_quote", "dou\"ble"},
                                                           {"names_newline", "new\nline"},
                                                           {"names_backslash", "back\\slash'quote"},
                                                           {"names_comment", "-- comment */"},
                                                           {"names_dash", "da-sh.dot"},
                                                           {"keys", "key_shapes"},
                                                           {"federated", "federated_db"}};
  return *databases;
}

// "{db}" is replaced by the database's name; without it, the name is appended. `only`: corpora
// whose name starts with one of these; empty: all.
struct OptionSet {
  std::string name;
  std::vector<std::string> args;
  std::vector<std::string> only = {};
};

// Where only text and names matter; the other corpora are pure ASCII.
const std::vector<std::string> kTexts = {"types", "charsets", "names_unicode", "objects", "keys"};
// Enough for switches that change one line somewhere, whatever the rows are.
const std::vector<std::string> kFew = {"types", "tables", "objects", "engines", "names", "empty"};

const std::vector<OptionSet>& OptionSets() {
  static const auto* const sets = new std::vector<OptionSet>{
      {"defaults", {}},
      {"databases", {"--databases", "{db}"}},
      {"routines_events", {"-R", "-E"}},
      {"databases_everything",
       {"--add-drop-database", "--add-drop-trigger", "-R", "-E", "--triggers", "-B", "{db}"}},
      {"backup_defaults",
       {"--single-transaction", "--order-by-primary", "--hex-blob", "--routines", "--events",
        "--triggers", "--databases", "{db}"}},
      {"skip_opt", {"--skip-opt"}},
      {"skip_opt_extended", {"--skip-opt", "--extended-insert", "--quick"}},
      {"compact", {"--compact"}},
      {"compact_comments", {"--compact", "--comments", "-R", "-E"}},
      {"compact_opt", {"--compact", "--opt"}},
      {"compact_skip_compact", {"--compact", "--skip-compact"}, kFew},
      {"hex_blob", {"--hex-blob"}},
      {"hex_complete_single_rows", {"--hex-blob", "-c", "--skip-extended-insert"}},
      {"complete_insert", {"--complete-insert"}},
      {"single_rows", {"--skip-extended-insert"}},
      {"order_by_primary", {"--order-by-primary"}},
      // Not "names": tables of one size whose names differ in case only come from the server in any
      // order.
      {"order_by_size",
       {"--order-by-size"},
       {"types", "charsets", "charsets_gbk", "empty_db", "empty", "boundary", "tables", "trx",
        "objects", "objects_other", "engines", "partitions", "keys", "federated"}},
      {"single_transaction", {"--single-transaction", "-R", "-E"}},
      {"single_transaction_verbose", {"--single-transaction", "-v", "-R", "-E"}, kFew},
      {"lock_all_tables", {"--lock-all-tables"}, kFew},
      {"skip_lock_tables", {"--skip-lock-tables"}},
      {"replace", {"--replace"}},
      {"insert_ignore", {"--insert-ignore"}},
      {"replace_ignore_delayed", {"--replace", "--insert-ignore", "--delayed-insert", "-c"}},
      {"no_autocommit", {"--no-autocommit"}},
      {"no_data", {"--no-data", "-R", "-E"}},
      {"no_create_info", {"--no-create-info", "-R", "-E"}},
      {"no_data_no_create_info", {"-d", "-t", "-R", "-E"}, kFew},
      {"no_create_db", {"--no-create-db", "--add-drop-database", "--databases", "{db}"}},
      {"skip_triggers", {"--skip-triggers"}, kFew},
      {"add_drop_trigger", {"--add-drop-trigger"}, kFew},
      {"skip_comments", {"--skip-comments", "-R", "-E"}},
      {"skip_comments_databases", {"--comments=0", "--databases", "{db}"}, kFew},
      {"skip_dump_date", {"--skip-dump-date"}, kFew},
      {"skip_set_charset", {"--skip-set-charset"}},
      {"no_set_names", {"-N"}, kFew},
      {"skip_tz_utc", {"--skip-tz-utc"}, {"types", "tables", "keys", "objects"}},
      {"skip_add_locks", {"--skip-add-locks"}, kFew},
      {"skip_disable_keys", {"-K", "--skip-disable-keys"}, kFew},
      {"skip_add_drop_table", {"--skip-add-drop-table", "-R", "-E"}},
      {"skip_quote_names", {"--skip-quote-names", "-R", "-E"}},
      {"skip_quote_names_complete", {"--skip-quote-names", "-c", "--force"}},
      {"skip_create_options", {"--skip-create-options"}},
      {"skip_log_queries", {"--skip-log-queries"}, kFew},
      {"skip_log_queries_no_charset", {"--skip-log-queries", "--skip-set-charset", "-i"}, kFew},
      {"net_buffer_4096", {"--net-buffer-length=4096"}},
      {"net_buffer_5000", {"--net_buffer_length=5000"}, {"boundary", "types"}},
      {"net_buffer_9216", {"--net-buffer-length=9216"}, {"boundary", "types", "keys"}},
      {"net_buffer_10k", {"--net-buffer-length=10K"}, {"boundary"}},
      {"net_buffer_16m", {"--net-buffer-length=64M"}, {"boundary", "types"}},
      {"net_buffer_1", {"--net-buffer-length=1"}, {"boundary", "types"}},
      {"net_buffer_4096_complete", {"--net-buffer-length=4096", "-c"}},
      {"net_buffer_4096_hex", {"--net-buffer-length=4096", "--hex-blob"}},
      {"net_buffer_4096_replace", {"--net-buffer-length=4096", "--replace"}, {"boundary"}},
      {"net_buffer_4096_ignore", {"--net-buffer-length=4096", "--insert-ignore"}, {"boundary"}},
      {"max_allowed_packet", {"--max-allowed-packet=64M", "--quick"}, kFew},
      {"skip_quick", {"--skip-quick"}},
      {"charset_latin1", {"--default-character-set=latin1"}},
      {"charset_utf8", {"--default-character-set=utf8"}, kTexts},
      {"charset_utf8mb3", {"--default-character-set=utf8mb3"}, kTexts},
      {"charset_upper_case", {"--default-character-set=UTF8MB4"}, kTexts},
      {"charset_auto", {"--default-character-set=auto"}, kTexts},
      {"charset_binary", {"--default-character-set=binary"}},
      {"charset_binary_hex", {"--default-character-set=binary", "--hex-blob"}, kTexts},
      {"charset_ascii", {"--default-character-set=ascii"}, kTexts},
      {"charset_latin2", {"--default-character-set=latin2"}, kTexts},
      {"charset_koi8r", {"--default-character-set=koi8r"}, kTexts},
      {"charset_cp1251", {"--default-character-set=cp1251"}, kTexts},
      {"charset_gbk", {"--default-character-set=gbk"}, kTexts},
      {"charset_gb2312", {"--default-character-set=gb2312"}, kTexts},
      {"charset_big5", {"--default-character-set=big5"}, kTexts},
      {"charset_sjis", {"--default-character-set=sjis"}, kTexts},
      {"charset_cp932", {"--default-character-set=cp932"}, kTexts},
      {"charset_ujis", {"--default-character-set=ujis"}, kTexts},
      {"charset_eucjpms", {"--default-character-set=eucjpms"}, kTexts},
      {"charset_euckr", {"--default-character-set=euckr"}, kTexts},
      {"charset_utf16", {"--default-character-set=utf16"}, {"types"}},
      {"charset_unknown", {"--default-character-set=klingon"}, {"types"}},
      {"charset_collation", {"--default-character-set=utf8mb4_bin"}, {"types"}},
      {"compatible_ansi", {"--compatible=ansi", "-R", "-E"}},
      {"compatible_ansi_utf8mb4", {"--compatible=ansi", "--default-character-set=utf8mb4"}},
      {"compatible_mysql323", {"--compatible=mysql323"}, kFew},
      {"compatible_mysql40", {"--compatible=mysql40"}},
      {"compatible_oracle", {"--compatible=oracle"}, kFew},
      {"compatible_postgresql", {"--compatible=postgresql"}, kFew},
      {"compatible_mssql_db2_maxdb", {"--compatible=mssql,db2,maxdb"}, kFew},
      {"compatible_no_options", {"--compatible=no_key_options,no_table_options,no_field_options"}},
      {"compatible_prefix", {"--compatible=ans,no_t"}, kFew},
      {"compatible_unknown", {"--compatible=sybase"}, {"types"}},
      {"where_true", {"--where=1=1"}},
      {"where_limit", {"--where=1 limit 3"}},
      {"where_false", {"-w", "1=0"}, kFew},
      {"where_multi_line", {"--where=1=1\n or 2=2"}, kFew},
      {"where_bad_column", {"--where=no_such_column > 1"}, kFew},
      {"where_bad_column_force", {"--where=no_such_column > 1", "--force"}, kFew},
      {"where_or_order_by_primary",
       {"--where=1=0 or 1=1", "--order-by-primary"},
       {"keys", "types"}},
      {"dump_history", {"--dump-history"}, {"tables", "trx", "types"}},
      {"dump_history_force", {"--dump-history", "--force"}, {"tables", "trx"}},
      {"dump_history_complete", {"-H", "-c", "--no-autocommit"}, {"tables"}},
      {"dump_history_replace", {"-H", "--replace"}, {"tables"}},
      {"dump_history_as_of", {"-H", "--as-of=2024-02-15"}, {"tables"}},
      {"as_of", {"--as-of=2024-02-15 00:00:00"}, {"tables", "trx", "types"}},
      {"as_of_quote", {"--as-of=2024'"}, {"tables"}},
      {"as_of_nonsense", {"--as-of=yesterday"}, {"tables"}},
      {"apply_slave_statements", {"--apply-slave-statements"}, kFew},
      {"apply_slave_statements_quiet", {"--apply-slave-statements", "--skip-comments"}, kFew},
      {"master_data_without_binlog", {"--master-data"}, {"types"}},
      {"master_data_without_binlog_force", {"--master-data=2", "--force"}, {"types", "empty"}},
      {"master_data_single_without_binlog", {"--master-data", "--single-transaction"}, {"types"}},
      {"dump_slave_without_slave", {"--dump-slave"}, {"types", "empty"}},
      {"dump_slave_without_slave_compact", {"--dump-slave=2", "--compact"}, {"empty"}},
      {"flush_logs", {"--flush-logs"}, {"types", "empty"}},
      {"flush_logs_lock_all", {"--flush-logs", "-x"}, {"types"}},
      {"flush_logs_single", {"--flush-logs", "--single-transaction"}, {"types"}},
      {"single_and_lock_all", {"--single-transaction", "--lock-all-tables"}, {"types"}},
      {"galera_info", {"--galera-info"}, {"types"}},
      {"all_tablespaces", {"-Y"}, {"types"}},
      {"no_tablespaces", {"-y"}, {"types"}},
      {"copy_s3_tables", {"--copy-s3-tables"}, kFew},
      {"no_data_med_off", {"--skip-no-data-med"}, {"engines", "federated"}},
      {"verbose", {"-v"}, kFew},
      {"verbose_everything", {"-v", "-R", "-E", "-c", "--order-by-primary", "--databases", "{db}"}},
      {"force", {"--force"}},
      {"max_statement_time", {"--max-statement-time=100.5"}, {"types"}},
      {"ignore_database_alone", {"--ignore-database=types"}, {"types"}},
      {"ignore_unknown_table", {"--ignore-table=nodb.notable"}, {"types"}},
      {"ignore_table_malformed", {"--ignore-table=nodot"}, {"types"}},
      {"abbreviated", {"--comp", "--hex"}, {"types"}},
      {"abbreviated_unique", {"--hex", "--complete", "--net=4096"}, {"types"}},
      {"abbreviated_ambiguous", {"--no-d"}, {"types"}},
      {"loose_unknown", {"--loose-no-such-option", "--loose-other=5"}, {"types"}},
      {"unknown_option", {"--no-such-option"}, {"types"}},
      {"unknown_short", {"-@"}, {"types"}},
      {"missing_argument", {"--where"}, {"types"}},
      {"bad_number", {"--net-buffer-length=4x"}, {"types"}},
      {"bad_master_data", {"--master-data=3", "--force"}, {"types"}},
      {"disable_form", {"--disable-extended-insert", "--disable-add-locks"}, {"types"}},
      {"underscores", {"--skip_add_locks", "--hex_blob", "--skip_comments"}, {"types"}},
      {"enable_form", {"--enable-hex-blob", "--hex-blob=0"}, {"types"}},
      {"boolean_words", {"--hex-blob=ON", "--comments=FALSE", "--extended-insert=off"}, {"types"}},
      {"boolean_nonsense", {"--hex-blob=maybe"}, {"types"}},
      {"clustered_letters", {"-cteq"}, {"types"}},
      {"later_wins", {"--skip-opt", "--opt", "--skip-extended-insert", "-e"}, {"types"}},
      {"tables_option", {"--databases", "{db}", "--tables", "{db}"}, {"types"}},
      {"ssl_off", {"--skip-ssl"}, {"types"}},
      {"protocol_socket", {"--protocol=socket"}, {"types"}},
      {"protocol_unknown", {"--protocol=pigeon"}, {"types"}},
      {"host_localhost", {"--host=localhost"}, {"types"}},
      {"host_empty", {"-h", ""}, {"types"}},
      {"compress", {"--compress"}, {"types"}},
  };
  return *sets;
}

struct MatrixCase {
  std::string name;
  std::string database;
  std::vector<std::string> args;
};

std::vector<MatrixCase> AllCases() {
  std::vector<MatrixCase> cases;
  for (const OptionSet& set : OptionSets()) {
    for (const auto& [label, database] : Databases()) {
      bool wanted = set.only.empty();
      for (const std::string& prefix : set.only) wanted |= absl::StartsWith(label, prefix);
      if (!wanted) continue;
      MatrixCase one{absl::StrCat(set.name, "_", label), database, {}};
      bool placed = false;
      for (const std::string& arg : set.args) {
        placed |= absl::StrContains(arg, "{db}");
        // A name that begins with dashes is an option to both programs, unless "--" stands before
        // it.
        if (arg == "{db}" && absl::StartsWith(database, "-")) one.args.push_back("--");
        one.args.push_back(absl::StrReplaceAll(arg, {{"{db}", database}}));
      }
      if (!placed) {
        if (absl::StartsWith(database, "-")) one.args.push_back("--");
        one.args.push_back(database);
      }
      cases.push_back(std::move(one));
    }
  }
  return cases;
}

void PrintTo(const MatrixCase& one, std::ostream* out) { *out << one.name; }

std::string CaseName(const testing::TestParamInfo<MatrixCase>& param) { return param.param.name; }

class DumpMatrix : public testing::TestWithParam<MatrixCase> {
 protected:
  static void SetUpTestSuite() {
    server_ = StartWithSchemas({"types", "charsets", "empty", "boundary", "tables", "trx_versioned",
                                "objects", "engines", "partitions", "names", "names_quotes", "keys",
                                "federated"})
                  .release();
    pair_ = new DumpPair(MakePair(*server_));
  }
  static void TearDownTestSuite() {
    delete pair_;
    delete server_;
  }

  static test_support::MariadbServer* server_;
  static DumpPair* pair_;
};

test_support::MariadbServer* DumpMatrix::server_ = nullptr;
DumpPair* DumpMatrix::pair_ = nullptr;

TEST_P(DumpMatrix, EqualsMariadbDump) {
  const DumpRun expected = pair_->RunBoth(WithServer(*server_, GetParam().args));
  RecordProperty("mariadb_dump_exit", expected.exit_code);
}

INSTANTIATE_TEST_SUITE_P(Law1, DumpMatrix, testing::ValuesIn(AllCases()), CaseName);

// The matrix would be hollow if mariadb-dump itself failed on a corpus and both said nothing.
class DumpCorpora : public DumpMatrix {};

TEST_P(DumpCorpora, AreDumpedByMariadbDumpToTheEnd) {
  const DumpRun run = pair_->Run(
      Side::kExpected, WithServer(*server_, {"-R", "--databases", "--", GetParam().database}));
  EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
  EXPECT_TRUE(absl::StrContains(run.stdout_text, "-- Dump completed on "));
}

std::vector<MatrixCase> CorpusCases() {
  std::vector<MatrixCase> cases;
  for (const auto& [label, database] : Databases()) cases.push_back({label, database, {}});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Law1, DumpCorpora, testing::ValuesIn(CorpusCases()), CaseName);

}  // namespace
}  // namespace sfdb::e2e
