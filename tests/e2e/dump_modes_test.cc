// Law 1 beyond one whole database: all databases, selected tables, filters, the mysql database,
// --system=, large tables, where output and connection options come from.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/e2e/dump_pair.h"
#include "tests/support/dump_diff.h"

namespace sfdb::e2e {
namespace {

using test_support::MariadbServer;

struct ModeCase {
  std::string name;
  std::vector<std::string> args;
};
void PrintTo(const ModeCase& one, std::ostream* out) { *out << one.name; }
std::string CaseName(const testing::TestParamInfo<ModeCase>& param) { return param.param.name; }

// ---------------------------------------------------------------------------------------------
// A server with a bit of everything, accounts included.

class DumpModes : public testing::TestWithParam<ModeCase> {
 protected:
  static void SetUpTestSuite() {
    server_ = StartWithSchemas({"types", "charsets", "empty", "tables", "trx_versioned", "objects",
                                "engines", "partitions", "names", "system", "boundary"})
                  .release();
    pair_ = new DumpPair(MakePair(*server_));
  }
  static void TearDownTestSuite() {
    delete pair_;
    delete server_;
  }
  static MariadbServer* server_;
  static DumpPair* pair_;
};
MariadbServer* DumpModes::server_ = nullptr;
DumpPair* DumpModes::pair_ = nullptr;

TEST_P(DumpModes, EqualsMariadbDump) {
  const DumpRun expected = pair_->RunBoth(WithServer(*server_, GetParam().args));
  RecordProperty("mariadb_dump_exit", expected.exit_code);
}

const ModeCase kModes[] = {
    // All databases.
    {"all", {"-A"}},
    {"all_with_code", {"--all-databases", "-R", "-E", "--triggers"}},
    {"all_backup",
     {"-A", "--single-transaction", "--order-by-primary", "--hex-blob", "-R", "-E",
      "--flush-privileges", "--add-drop-database", "--add-drop-trigger"}},
    {"all_no_data", {"-A", "-d", "-R", "-E"}},
    {"all_no_create_info", {"-A", "-t", "--skip-triggers"}},
    {"all_no_create_db", {"-A", "-n", "--add-drop-database"}},
    {"all_compact", {"-A", "--compact"}},
    {"all_skip_opt", {"-A", "--skip-opt"}},
    {"all_order_by_size", {"-A", "--order-by-size"}},
    {"all_replace", {"-A", "--replace"}},
    {"all_insert_ignore", {"-A", "--insert-ignore"}},
    {"all_latin1", {"-A", "--default-character-set=latin1", "--force"}},
    {"all_ignore_databases", {"-A", "--ignore-database=types", "--ignore-database=MYSQL"}},
    {"all_ignore_tables",
     {"-A", "--ignore-table=types.bits", "--ignore-table=objects.A_VIEW",
      "--ignore-table-data=types.integers", "--ignore-table=objects.s_plain"}},
    {"all_with_argument", {"-A", "types"}},
    {"all_and_databases", {"-A", "--databases", "types"}},
    {"all_verbose", {"-A", "-v", "-d"}},
    {"all_lock_all_tables", {"-A", "-x", "-R"}},
    {"all_flush_logs", {"-A", "--flush-logs", "-d"}},
    {"all_force", {"-A", "--force", "-R", "-E"}},
    {"all_where", {"-A", "--where=1 limit 2", "-E"}},
    // Several databases.
    {"databases_several", {"-B", "types", "objects", "empty_db", "odd `db", "tables"}},
    {"databases_views_first", {"-B", "objects_other", "objects", "types", "-R", "-E"}},
    {"databases_twice", {"-B", "empty_tables", "empty_tables"}},
    {"databases_missing", {"-B", "types", "missing", "empty_tables"}},
    {"databases_missing_force", {"-f", "-B", "objects", "missing", "empty_tables"}},
    {"databases_upper_case", {"-B", "TYPES"}},
    {"databases_sys", {"-B", "sys"}},
    {"databases_sys_with_code", {"-B", "sys", "-R", "-E", "--compact"}},
    {"databases_information_schema", {"-B", "information_schema", "-d"}},
    {"database_information_schema", {"information_schema", "--skip-lock-tables", "-d"}},
    {"database_information_schema_locked", {"information_schema", "-d"}},
    {"tables_information_schema", {"Information_schema", "character_sets", "COLLATIONS"}},
    {"tables_performance_schema", {"performance_schema", "setup_actors"}},
    {"system_abbreviated", {"--system=users,stat"}},
    {"header_without_tab", {"--header", "types"}},
    {"delimiter_without_tab", {"--single-transaction", "-x", "--fields-terminated-by=", "types"}},
    {"databases_performance_schema", {"-B", "performance_schema", "-d"}},
    {"information_schema_unlocked", {"-B", "information_schema", "-d", "--skip-lock-tables"}},
    {"performance_schema_unlocked", {"-B", "performance_schema", "-d", "--skip-lock-tables"}},
    {"databases_ignore_table", {"-B", "objects", "--ignore-table=objects.t1", "--skip-triggers"}},
    {"databases_order_by_size", {"-B", "objects", "tables", "--order-by-size"}},
    {"no_database", {}},
    {"databases_none", {"--databases"}},
    // The mysql database.
    {"mysql", {"mysql"}},
    {"mysql_databases", {"-B", "mysql"}},
    {"mysql_with_code", {"-B", "mysql", "-R", "-E"}},
    {"mysql_upper_case", {"MYSQL"}},
    {"mysql_drop", {"-B", "mysql", "--add-drop-database", "--flush-privileges"}},
    {"mysql_drop_plain", {"mysql", "--add-drop-database"}},
    {"mysql_no_create_info", {"-B", "mysql", "-t", "--add-drop-database"}},
    {"mysql_no_data", {"mysql", "-d"}},
    {"mysql_flush_compact", {"mysql", "--compact", "--flush-privileges"}},
    {"mysql_replace", {"mysql", "--replace"}},
    {"mysql_insert_ignore", {"mysql", "--insert-ignore"}},
    {"mysql_single_transaction", {"mysql", "--single-transaction", "--order-by-primary"}},
    {"mysql_system_stats", {"mysql", "--system=stats"}},
    {"mysql_system_users", {"-B", "mysql", "--system=users"}},
    {"mysql_selected", {"mysql", "proc", "global_priv", "user"}},
    {"mysql_selected_log", {"mysql", "general_log"}},
    {"mysql_selected_log_unlocked", {"mysql", "general_log", "slow_log", "--skip-lock-tables"}},
    {"mysql_selected_registry", {"mysql", "transaction_registry", "--skip-lock-tables"}},
    // --system=.
    {"system_all", {"--system=all"}},
    {"system_all_replace", {"--system=all", "--replace"}},
    {"system_all_insert_ignore", {"--system=all", "--insert-ignore"}},
    {"system_users", {"--system=users"}},
    {"system_users_replace", {"--system=users", "--replace"}},
    {"system_users_insert_ignore", {"--system=users", "--insert-ignore"}},
    {"system_plugins", {"--system=plugins"}},
    {"system_plugins_replace", {"--system=plugins", "--replace"}},
    {"system_plugins_insert_ignore", {"--system=plugins", "--insert-ignore"}},
    {"system_udfs", {"--system=udfs"}},
    {"system_udfs_replace", {"--system=udfs", "--replace"}},
    {"system_servers", {"--system=servers"}},
    {"system_servers_replace", {"--system=servers", "--replace"}},
    {"system_servers_insert_ignore", {"--system=servers", "--insert-ignore"}},
    {"system_stats", {"--system=stats"}},
    {"system_stats_insert_ignore", {"--system=stats", "--insert-ignore"}},
    {"system_timezones", {"--system=timezones"}},
    {"system_timezones_compact", {"--system=timezones", "--compact"}},
    {"system_list", {"--system=timezones,users,plugins"}},
    {"system_with_database", {"--system=users,servers", "types"}},
    {"system_with_databases", {"--system=users,stats", "-B", "types", "mysql"}},
    {"system_with_all", {"--system=all", "-A"}},
    {"system_with_all_no_data", {"--system=all", "-A", "-d"}},
    {"system_no_create_info", {"--system=all", "-t"}},
    {"system_ansi", {"--system=users,servers,plugins", "--compatible=ansi"}},
    {"system_unknown", {"--system=nonsense"}},
    {"system_prefix", {"--system=user,plug"}},
    {"system_master_data", {"--system=users", "--master-data"}},
    // Selected tables.
    {"selected_one", {"types", "integers"}},
    {"selected_order", {"types", "temporals", "bits", "decimals"}},
    {"selected_twice", {"types", "bits", "bits"}},
    {"selected_twice_unlocked", {"types", "bits", "bits", "--skip-lock-tables"}},
    {"selected_missing", {"types", "missing"}},
    {"selected_missing_between", {"types", "bits", "missing", "enums"}},
    {"selected_missing_force", {"types", "bits", "missing", "enums", "--force"}},
    {"selected_only_missing_force", {"types", "missing", "--force"}},
    {"selected_view", {"objects", "b_nested", "t1", "a_view"}},
    {"selected_view_only", {"objects", "a_view"}},
    {"selected_with_code", {"objects", "t1", "log", "-R", "-E"}},
    {"selected_sequence", {"objects", "t1", "s_options", "a_view", "s_plain", "uses_sequence"}},
    {"selected_single_transaction", {"objects", "t1", "a_view", "t2", "--single-transaction"}},
    {"selected_ignore_table",
     {"objects", "t1", "t2", "--ignore-table=objects.t1", "--ignore-table-data=objects.t2"}},
    {"selected_where", {"tables", "no_primary", "--where=a > 3"}},
    {"selected_where_order",
     {"tables", "indexes", "generated", "-w", "id>1", "--order-by-primary"}},
    {"selected_wildcard", {"types", "int%", "bit_"}},
    {"selected_upper_case", {"types", "INTEGERS"}},
    {"selected_odd_names", {"odd `db", "back`tick", "two\nlines\nof name", "a'b", "\\", "v`w"}},
    {"selected_order_by_size", {"types", "bits", "--order-by-size"}},
    {"selected_tables_option", {"--tables", "types", "bits"}},
    {"selected_tables_after_databases", {"--databases", "types", "--tables", "bits"}},
    {"selected_partition", {"partitions", "p_sub", "p_list"}},
    {"selected_versioned", {"tables", "versioned_implicit", "versioned_explicit", "-H"}},
    {"selected_no_data", {"types", "bits", "-d"}},
    {"selected_replace_no_create", {"types", "bits", "-t", "--replace", "-c"}},
    {"selected_empty_name", {"types", ""}},
    {"selected_long_name", {"types", std::string(300, 'x')}},
    // Statement sizes at the default length.
    {"default_length", {"boundary_default"}},
    {"default_length_complete", {"boundary_default", "-c"}},
    {"default_length_ignore", {"boundary_default", "--insert-ignore"}},
    {"default_length_replace", {"boundary_default", "--replace"}},
    {"default_length_single_rows", {"boundary_default", "single_digits", "--skip-extended-insert"}},
    {"length_1m", {"boundary_default", "--net-buffer-length=1M"}},
};
INSTANTIATE_TEST_SUITE_P(Law1, DumpModes, testing::ValuesIn(kModes), CaseName);

// ---------------------------------------------------------------------------------------------
// Tables of many megabytes.

class DumpLarge : public testing::TestWithParam<ModeCase> {
 protected:
  static void SetUpTestSuite() {
    server_ = StartWithSchemas({"big_rows", "keys_large"}).release();
    pair_ = new DumpPair(MakePair(*server_));
  }
  static void TearDownTestSuite() {
    delete pair_;
    delete server_;
  }
  static MariadbServer* server_;
  static DumpPair* pair_;
};
MariadbServer* DumpLarge::server_ = nullptr;
DumpPair* DumpLarge::pair_ = nullptr;

TEST_P(DumpLarge, EqualsMariadbDump) { pair_->RunBoth(WithServer(*server_, GetParam().args)); }

const ModeCase kLarge[] = {
    {"big_rows", {"--max-allowed-packet=1G", "big_rows"}},
    {"big_rows_hex", {"--max-allowed-packet=1G", "--hex-blob", "big_rows"}},
    {"big_rows_single_rows", {"--max-allowed-packet=1G", "--skip-extended-insert", "big_rows"}},
    {"big_rows_beyond_packet", {"--max-allowed-packet=16M", "big_rows"}},
    {"big_rows_beyond_packet_force", {"--max-allowed-packet=16M", "--force", "big_rows"}},
    {"keys", {"key_shapes_large"}},
    {"keys_order_by_primary", {"--order-by-primary", "--single-transaction", "key_shapes_large"}},
    {"keys_where", {"--where=1=0 or 1=1", "--single-transaction", "key_shapes_large"}},
    {"keys_hex_4096", {"--hex-blob", "--net-buffer-length=4096", "key_shapes_large"}},
    {"keys_not_quick", {"--skip-quick", "key_shapes_large"}},
};
INSTANTIATE_TEST_SUITE_P(Law1, DumpLarge, testing::ValuesIn(kLarge), CaseName);

// ---------------------------------------------------------------------------------------------
// Where options come from and where output goes. The plain database is all these need.

class DumpSurroundings : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = StartWithSchemas({"empty"}).release();
    ASSERT_TRUE(server_
                    ->Exec("CREATE DATABASE small; CREATE TABLE small.t (a INT, b BLOB); "
                           "INSERT INTO small.t VALUES (1, 'x'), (2, 0x00FF);"
                           "CREATE USER secret@localhost IDENTIFIED BY 'se cret''';"
                           "GRANT ALL ON *.* TO secret@localhost")
                    .ok());
    pair_ = new DumpPair(MakePair(*server_));
  }
  static void TearDownTestSuite() {
    delete pair_;
    delete server_;
  }

  std::string Path(const std::string& name) const { return (server_->dir() / name).string(); }
  std::string Socket() const { return absl::StrCat("--socket=", server_->socket_path()); }

  std::string Write(const std::string& name, const std::string& text) const {
    EXPECT_TRUE(test_support::WriteFile(Path(name), text).ok());
    return Path(name);
  }

  // Both sides with these variables added.
  void RunBothWith(const std::vector<std::pair<std::string, std::string>>& env,
                   const std::vector<std::string>& args) {
    DumpRun runs[2];
    for (const Side side : {Side::kExpected, Side::kActual}) {
      auto options = pair_->Options(side, args);
      for (const auto& variable : env) {
        options.env.push_back(variable);
        std::erase(options.unset_env, variable.first);
      }
      auto run = test_support::RunProcess(options);
      ASSERT_TRUE(run.ok()) << run.status();
      runs[side == Side::kActual] = *std::move(run);
    }
    pair_->ExpectSame(runs[0], runs[1]);
    exit_code_ = runs[0].exit_code;
    dump_ = runs[0].stdout_text;
  }

  static MariadbServer* server_;
  static DumpPair* pair_;
  int exit_code_ = -1;
  std::string dump_;
};
MariadbServer* DumpSurroundings::server_ = nullptr;
DumpPair* DumpSurroundings::pair_ = nullptr;

TEST_F(DumpSurroundings, DefaultsFileIsReadWithAllGroups) {
  const std::string file = Write(
      "groups.cnf",
      absl::StrCat(
          "[client]\nuser = root\n[client-server]\nsocket=", server_->socket_path(),
          "\n[mysqldump]\nhex-blob\n# comment\n; comment\n[mariadb-dump]\n"
          "skip-comments # not part of it\n[client-mariadb]\nloose-nothing=1\n[other]\ncompact\n"));
  RunBothWith({}, {absl::StrCat("--defaults-file=", file), "small"});
  EXPECT_EQ(exit_code_, 0);
  EXPECT_TRUE(absl::StrContains(dump_, "0x00FF"));
  EXPECT_FALSE(absl::StrContains(dump_, "-- Host"));
}

TEST_F(DumpSurroundings, GroupSuffixAddsGroups) {
  const std::string file =
      Write("suffix.cnf", absl::StrCat("[client]\nuser=root\nsocket=", server_->socket_path(),
                                       "\n[mysqldump_x]\nhex-blob\n[client_y]\ncompact\n"));
  RunBothWith({}, {absl::StrCat("--defaults-file=", file), "--defaults-group-suffix=_x", "small"});
  EXPECT_TRUE(absl::StrContains(dump_, "0x00FF"));
  RunBothWith({{"MYSQL_GROUP_SUFFIX", "_x"}}, {absl::StrCat("--defaults-file=", file), "small"});
  EXPECT_TRUE(absl::StrContains(dump_, "0x00FF"));
}

TEST_F(DumpSurroundings, ExtraFileAndHomeFileAreRead) {
  Write(".my.cnf", "[mysqldump]\nskip-extended-insert\n");
  const std::string extra = Write("extra.cnf", "[mysqldump]\nhex_blob=1\ncomplete-insert\n");
  RunBothWith({}, {absl::StrCat("--defaults-extra-file=", extra), Socket(), "-uroot", "small"});
  EXPECT_EQ(exit_code_, 0);
  EXPECT_TRUE(absl::StrContains(dump_, "INSERT INTO `t` (`a`, `b`) VALUES (2,0x00FF);")) << dump_;
  RunBothWith({}, {"--no-defaults", Socket(), "-uroot", "small"});
  EXPECT_FALSE(absl::StrContains(dump_, "0x00FF"));
  std::filesystem::remove(Path(".my.cnf"));
}

TEST_F(DumpSurroundings, IncludesQuotesAndEscapesInOptionFiles) {
  Write("included.cnf", "[mysqldump]\nhex-blob\n");
  const std::string file = Write(
      "include.cnf", absl::StrCat("!include ", Path("included.cnf"),
                                  "\n[client]\nuser=secret\npassword=\"se cret'\"\n", "socket='",
                                  server_->socket_path(), "'\n[mysqldump]\nwhere=a\\s=\\s2\n"));
  RunBothWith({}, {absl::StrCat("--defaults-file=", file), "small"});
  EXPECT_EQ(exit_code_, 0);
  EXPECT_TRUE(absl::StrContains(dump_, "-- WHERE:  a = 2"));
}

TEST_F(DumpSurroundings, BrokenOptionFilesFailAlike) {
  RunBothWith({}, {absl::StrCat("--defaults-file=", Path("missing.cnf")), "small"});
  EXPECT_NE(exit_code_, 0);
  const std::string unknown = Write("unknown.cnf", "[mysqldump]\nno-such-option\n");
  RunBothWith({}, {absl::StrCat("--defaults-file=", unknown), "small"});
  EXPECT_NE(exit_code_, 0);
  const std::string no_group = Write("nogroup.cnf", "hex-blob\n");
  RunBothWith({}, {absl::StrCat("--defaults-file=", no_group), "small"});
  EXPECT_NE(exit_code_, 0);
  // --no-defaults counts only in first place.
  RunBothWith({}, {Socket(), "--no-defaults", "-uroot", "small"});
  EXPECT_NE(exit_code_, 0);
}

TEST_F(DumpSurroundings, PasswordFromEveryPlace) {
  const std::vector<std::string> login = {"--no-defaults", Socket(), "--user=secret"};
  const auto with = [&login](std::vector<std::string> more) {
    more.insert(more.begin(), login.begin(), login.end());
    more.push_back("small");
    return more;
  };
  RunBothWith({}, with({"--password=se cret'"}));
  EXPECT_EQ(exit_code_, 0);
  RunBothWith({}, with({"-pse cret'"}));
  EXPECT_EQ(exit_code_, 0);
  RunBothWith({{"MYSQL_PWD", "se cret'"}}, with({}));
  EXPECT_EQ(exit_code_, 0);
  RunBothWith({{"MYSQL_PWD", "wrong"}}, with({}));
  EXPECT_EQ(exit_code_, 2);
  RunBothWith({{"MYSQL_PWD", "se cret'"}}, with({"--password="}));
  EXPECT_EQ(exit_code_, 2);
  RunBothWith({}, with({"--skip-password"}));
  EXPECT_EQ(exit_code_, 2);
}

TEST_F(DumpSurroundings, SocketFromTheEnvironment) {
  RunBothWith({{"MYSQL_UNIX_PORT", server_->socket_path()}}, {"--no-defaults", "-uroot", "small"});
  EXPECT_EQ(exit_code_, 0);
}

TEST_F(DumpSurroundings, ConnectionFailuresAreTheSame) {
  RunBothWith({}, {"--no-defaults", "--socket=/nonexistent/socket", "small"});
  EXPECT_EQ(exit_code_, 2);
  RunBothWith({}, {"--no-defaults", "--host=127.0.0.1", "--port=1", "small"});
  EXPECT_EQ(exit_code_, 2);
  RunBothWith({}, {"--no-defaults", Socket(), "--user=nobody_here", "small"});
  EXPECT_EQ(exit_code_, 2);
  RunBothWith({},
              {"--no-defaults", Socket(), "--ssl", "--ssl-verify-server-cert", "-uroot", "small"});
  RunBothWith({}, {"--no-defaults", Socket(), "--ssl-ca=/nonexistent", "-uroot", "small"});
}

TEST_F(DumpSurroundings, ResultFileHoldsWhatStdoutWould) {
  std::string texts[2];
  DumpRun runs[2];
  for (const Side side : {Side::kExpected, Side::kActual}) {
    const size_t i = side == Side::kActual ? 1 : 0;
    const std::string file = Path(absl::StrCat("result", i));
    ASSERT_TRUE(test_support::WriteFile(file, std::string(100000, 'x')).ok());
    runs[i] =
        pair_->Run(side, WithServer(*server_, {absl::StrCat("--result-file=", file), "small"}));
    auto text = test_support::ReadFile(file);
    ASSERT_TRUE(text.ok()) << text.status();
    texts[i] = *text;
  }
  pair_->ExpectSame(runs[0], runs[1]);
  EXPECT_EQ(test_support::DescribeDumpDifference(texts[0], texts[1]), std::nullopt);
  EXPECT_TRUE(absl::StrContains(texts[0], "-- Dump completed on "));
}

TEST_F(DumpSurroundings, ResultFileExistsEmptyAfterALaterFailure) {
  for (const std::string bad : {"--no-such-option", "missing_database"}) {
    SCOPED_TRACE(bad);
    uintmax_t sizes[2];
    std::filesystem::perms modes[2];
    DumpRun runs[2];
    for (const Side side : {Side::kExpected, Side::kActual}) {
      const size_t i = side == Side::kActual ? 1 : 0;
      const std::string file = Path(absl::StrCat("failed", i));
      std::filesystem::remove(file);
      runs[i] = pair_->Run(side, WithServer(*server_, {"-r", file, bad}));
      std::error_code error;
      sizes[i] = std::filesystem::file_size(file, error);
      ASSERT_FALSE(error) << error.message();
      modes[i] = std::filesystem::status(file).permissions();
    }
    pair_->ExpectSame(runs[0], runs[1]);
    EXPECT_EQ(modes[0], modes[1]);
    if (bad[0] == '-') {
      EXPECT_EQ(sizes[1], 0U);
    }
  }
  pair_->RunBoth(WithServer(*server_, {"-r", "/nonexistent/dir/file", "small"}));
}

TEST_F(DumpSurroundings, LogErrorAppendsMessages) {
  std::string texts[2];
  DumpRun runs[2];
  for (const Side side : {Side::kExpected, Side::kActual}) {
    const size_t i = side == Side::kActual ? 1 : 0;
    const std::string file = Write(absl::StrCat("errors", i), "before\n");
    runs[i] = pair_->Run(
        side, WithServer(*server_, {absl::StrCat("--log-error=", file), "small", "missing"}));
    texts[i] = test_support::ReadFile(file).value();
  }
  pair_->ExpectSame(runs[0], runs[1]);
  EXPECT_TRUE(absl::StartsWith(texts[0], "before\n"));
  EXPECT_TRUE(absl::StrContains(texts[0], "Couldn't find table"));
  const std::string from = pair_->Program(Side::kExpected);
  const std::string to = pair_->Program(Side::kActual);
  if (const size_t at = texts[0].find(from); at != std::string::npos) {
    texts[0].replace(at, from.size(), to);
  }
  EXPECT_EQ(texts[0], texts[1]);
  pair_->RunBoth(WithServer(*server_, {"--log-error=/nonexistent/dir/file", "small"}));
}

// The dump verb of the program's own name is the same dump.
TEST_F(DumpSurroundings, VerbDumpEqualsTheLinkedName) {
  const std::filesystem::path tested = std::filesystem::read_symlink(pair_->Program(Side::kActual));
  if (tested.filename() != "sfdbtools") GTEST_SKIP() << "the program under test has no verbs";
  const std::vector<std::string> args =
      WithServer(*server_, {"-R", "-E", "--hex-blob", "-B", "small"});
  const DumpRun expected = pair_->Run(Side::kExpected, args);
  auto options = pair_->Options(Side::kActual, args);
  options.argv[0] = tested.string();
  options.argv.insert(options.argv.begin() + 1, "dump");
  auto actual = test_support::RunProcess(options);
  ASSERT_TRUE(actual.ok()) << actual.status();
  pair_->ExpectSame(expected, *actual);
}

// What sfdbtools refuses must be refused by name, not done by half.
TEST_F(DumpSurroundings, TabAndXmlAreRefusedByName) {
  const std::filesystem::path tested = std::filesystem::read_symlink(pair_->Program(Side::kActual));
  if (tested.filename() != "sfdbtools") GTEST_SKIP() << "mariadb-dump can do both";
  for (const std::string option : {"--tab=/tmp", "--xml"}) {
    const DumpRun run = pair_->Run(Side::kActual, WithServer(*server_, {option, "small"}));
    EXPECT_NE(run.exit_code, 0);
    EXPECT_TRUE(absl::StrContains(run.stderr_text, option.substr(2, 3))) << run.stderr_text;
    EXPECT_EQ(run.stdout_text, "");
  }
}

}  // namespace
}  // namespace sfdb::e2e
