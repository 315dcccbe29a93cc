// Failures behave as mariadb-dump's do (reference 14.4): the same exit code, the same message, the
// same bytes on stdout up to the same point. Nothing exits 0 that mariadb-dump would not.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "tests/e2e/dump_pair.h"
#include "tests/support/pausing_proxy.h"

namespace sfdb::e2e {
namespace {

using test_support::MariadbServer;
using test_support::PausingProxy;
using test_support::Subprocess;
using testing::HasSubstr;

// Objects that cannot be dumped, each in a database of its own, and users who may see only a part.
constexpr char kBroken[] = R"sql(
CREATE DATABASE allowed;
USE allowed;
CREATE TABLE a (x INT PRIMARY KEY, y INT);
INSERT INTO a VALUES (1, 1), (2, 2);
CREATE TABLE b (x INT);
INSERT INTO b VALUES (5);
CREATE VIEW v AS SELECT x FROM a;
CREATE TRIGGER tr BEFORE INSERT ON a FOR EACH ROW SET @a = 1;
CREATE PROCEDURE p() SELECT 1;
CREATE FUNCTION f() RETURNS INT RETURN 1;
CREATE EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2020-01-01 00:00:00' DISABLE DO SELECT 1;
CREATE SEQUENCE s;
CREATE DATABASE hidden;
CREATE TABLE hidden.t (a INT);

CREATE DATABASE view_of_nothing;
USE view_of_nothing;
CREATE TABLE a_good (a INT);
CREATE TABLE m_gone (a INT);
CREATE TABLE z_good (a INT);
INSERT INTO z_good VALUES (1);
CREATE VIEW k_view AS SELECT a FROM m_gone;
CREATE VIEW n_over_view AS SELECT a FROM k_view;
CREATE VIEW x_good_view AS SELECT a FROM a_good;
DROP TABLE m_gone;

CREATE DATABASE view_of_column;
USE view_of_column;
CREATE TABLE t (a INT, b INT);
CREATE VIEW v AS SELECT a, b FROM t;
ALTER TABLE t DROP COLUMN b;
CREATE TABLE z (a INT);

CREATE DATABASE view_of_function;
USE view_of_function;
CREATE TABLE t (a INT);
CREATE FUNCTION f() RETURNS INT RETURN 1;
CREATE VIEW v AS SELECT f() AS x;
DROP FUNCTION f;

CREATE DATABASE no_definer;
USE no_definer;
CREATE TABLE t (a INT);
INSERT INTO t VALUES (1);
CREATE TABLE z (a INT);
CREATE USER nobody@localhost;
GRANT ALL ON no_definer.* TO nobody@localhost;
CREATE DEFINER=nobody@localhost VIEW m_view AS SELECT a FROM t;
CREATE DEFINER=nobody@localhost TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET @a = 1;
CREATE DEFINER=nobody@localhost PROCEDURE p() SELECT 1;
CREATE DEFINER=nobody@localhost EVENT e ON SCHEDULE EVERY 1 DAY STARTS '2020-01-01 00:00:00' DISABLE DO SELECT 1;
DROP USER nobody@localhost;

CREATE DATABASE poor_definer;
USE poor_definer;
CREATE TABLE t (a INT);
CREATE USER poor@localhost;
CREATE DEFINER=poor@localhost VIEW m_view AS SELECT a FROM t;
CREATE TABLE z (a INT);

CREATE DATABASE recursive_view;
USE recursive_view;
CREATE TABLE t (a INT);
CREATE VIEW v1 AS SELECT a FROM t;
CREATE VIEW v2 AS SELECT a FROM v1;
ALTER VIEW v1 AS SELECT 1 AS a;
DROP TABLE t;

CREATE DATABASE merge_of_nothing;
USE merge_of_nothing;
CREATE TABLE a_good (a INT);
CREATE TABLE one (a INT) ENGINE=MyISAM;
CREATE TABLE m (a INT) ENGINE=MERGE UNION=(one);
DROP TABLE one;
CREATE TABLE z_good (a INT);

CREATE DATABASE crashed;
USE crashed;
CREATE TABLE a_good (a INT);
CREATE TABLE c_data (a INT, b TEXT) ENGINE=MyISAM;
INSERT INTO c_data SELECT seq, REPEAT('x', 100) FROM seq_1_to_500;
CREATE TABLE c_index (a INT PRIMARY KEY) ENGINE=MyISAM;
INSERT INTO c_index SELECT seq FROM seq_1_to_50;
CREATE TABLE c_frm (a INT);
CREATE TABLE z_good (a INT);
INSERT INTO z_good VALUES (1);
FLUSH TABLES;

CREATE USER nothing@localhost;
CREATE USER reader@localhost;
CREATE USER locker@localhost;
CREATE USER no_trigger@localhost;
CREATE USER executes@localhost;
CREATE USER one_table@localhost;
CREATE USER one_column@localhost;
CREATE USER all_of_it@localhost;
CREATE USER no_select_v@localhost;
GRANT SELECT ON allowed.* TO reader@localhost;
GRANT SELECT, LOCK TABLES ON allowed.* TO locker@localhost;
GRANT SELECT, LOCK TABLES, SHOW VIEW, EVENT, EXECUTE ON allowed.* TO no_trigger@localhost;
GRANT SELECT, LOCK TABLES, SHOW VIEW, TRIGGER, EXECUTE ON allowed.* TO executes@localhost;
GRANT SELECT ON allowed.a TO one_table@localhost;
GRANT LOCK TABLES ON allowed.* TO one_table@localhost;
GRANT SELECT (x), SHOW VIEW ON allowed.a TO one_column@localhost;
GRANT LOCK TABLES ON allowed.* TO one_column@localhost;
GRANT ALL ON allowed.* TO all_of_it@localhost;
GRANT SELECT, TRIGGER, SHOW VIEW ON allowed.a TO no_select_v@localhost;
GRANT SHOW VIEW ON allowed.v TO no_select_v@localhost;
GRANT LOCK TABLES ON allowed.* TO no_select_v@localhost;
)sql";

// A failing dump ends in less than a second; one that does not is hanging.
constexpr absl::Duration kFailureBound = absl::Seconds(60);

class DumpFailure : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = StartWithSchemas({}).release();
    ExecOrExit(*server_, kBroken);
    // Files cut behind the server's back, as a disk would.
    const std::filesystem::path dir = server_->data_dir() / "crashed";
    std::filesystem::resize_file(dir / "c_data.MYD", 20000);
    std::filesystem::resize_file(dir / "c_index.MYI", 100);
    std::filesystem::resize_file(dir / "c_frm.frm", 50);
    pair_ = new DumpPair(MakePair(*server_));
  }
  static void TearDownTestSuite() {
    delete pair_;
    delete server_;
  }
  // mariadb-dump has no threads; what is compared to the letter is one session of ours.
  static std::vector<std::string> ForSide(Side side, std::vector<std::string> args) {
    if (side == Side::kActual && TestedIsOurs()) args.push_back("--threads=1");
    return args;
  }
  static bool TestedIsOurs() {
    return std::filesystem::read_symlink(pair_->Program(Side::kActual)).filename() == "sfdbtools";
  }
  static MariadbServer* server_;
  static DumpPair* pair_;
};
MariadbServer* DumpFailure::server_ = nullptr;
DumpPair* DumpFailure::pair_ = nullptr;

struct FailureCase {
  std::string name;
  std::vector<std::string> args;
};
void PrintTo(const FailureCase& one, std::ostream* out) { *out << one.name; }

class DumpRefused : public DumpFailure, public testing::WithParamInterface<FailureCase> {};

TEST_P(DumpRefused, EqualsMariadbDump) {
  std::vector<std::string> args = server_->ConnectionArgs();
  // A user named in the case replaces root.
  args.insert(args.end(), GetParam().args.begin(), GetParam().args.end());
  const DumpRun expected = pair_->RunBoth(args);
  RecordProperty("mariadb_dump_exit", expected.exit_code);
}

std::vector<FailureCase> BrokenObjectCases() {
  const std::vector<std::pair<std::string, std::vector<std::string>>> ways = {
      {"plain", {}},
      {"force", {"--force"}},
      {"unlocked", {"--skip-lock-tables"}},
      {"unlocked_force", {"--skip-lock-tables", "--force"}},
      {"single", {"--single-transaction"}},
      {"single_force", {"--single-transaction", "--force"}},
      {"lock_all_force", {"--lock-all-tables", "--force", "-R", "-E"}},
      {"code_force", {"-R", "-E", "--force"}},
      {"compact_force", {"--compact", "--skip-lock-tables", "--force"}},
      {"databases_force", {"--force", "--skip-lock-tables", "--add-drop-database", "--databases"}},
      {"no_data_force", {"-d", "--force", "--skip-lock-tables"}},
      {"no_create_info_force", {"-t", "--force", "--skip-lock-tables"}},
      {"complete_order_force", {"-c", "--order-by-primary", "--skip-lock-tables", "--force"}}};
  std::vector<FailureCase> cases;
  for (const std::string database :
       {"view_of_nothing", "view_of_column", "view_of_function", "no_definer", "poor_definer",
        "recursive_view", "merge_of_nothing", "crashed"}) {
    for (const auto& [way, args] : ways) {
      FailureCase one{absl::StrCat(database, "_", way), args};
      one.args.push_back(database);
      cases.push_back(one);
    }
  }
  cases.push_back({"all_force", {"-A", "--force", "-R", "-E"}});
  cases.push_back({"all", {"-A"}});
  cases.push_back({"all_unlocked_force", {"-A", "--force", "--skip-lock-tables"}});
  cases.push_back(
      {"several_force",
       {"--force", "-B", "allowed", "view_of_nothing", "missing", "no_definer", "crashed"}});
  cases.push_back({"selected_broken", {"view_of_nothing", "a_good", "k_view", "z_good"}});
  cases.push_back({"selected_broken_force",
                   {"--force", "view_of_nothing", "a_good", "k_view", "z_good", "x_good_view"}});
  cases.push_back({"selected_broken_unlocked_force",
                   {"--force", "--skip-lock-tables", "view_of_nothing", "k_view", "z_good"}});
  return cases;
}

std::vector<FailureCase> PrivilegeCases() {
  const std::vector<std::pair<std::string, std::vector<std::string>>> ways = {
      {"plain", {"allowed"}},
      {"force", {"--force", "allowed"}},
      {"code", {"-R", "-E", "allowed"}},
      {"code_force", {"-R", "-E", "--force", "allowed"}},
      {"code_compact_force", {"-R", "-E", "--force", "--compact", "allowed"}},
      {"unlocked_code", {"--skip-lock-tables", "-R", "-E", "allowed"}},
      {"unlocked_force", {"--skip-lock-tables", "--force", "-R", "-E", "allowed"}},
      {"single_code", {"--single-transaction", "-R", "-E", "allowed"}},
      {"selected", {"allowed", "a", "v"}},
      {"selected_force", {"--force", "-R", "-E", "allowed", "b", "v", "a", "s"}},
      {"databases", {"-B", "allowed", "hidden"}},
      {"databases_force", {"--force", "-R", "-E", "-B", "hidden", "allowed"}},
      {"all", {"-A"}},
      {"all_force", {"-A", "--force"}},
      {"lock_all", {"-x", "allowed"}},
      {"lock_all_force", {"-x", "--force", "allowed"}},
      {"flush_logs", {"--flush-logs", "allowed"}},
      {"flush_logs_force", {"--flush-logs", "--force", "allowed"}},
      {"master_data", {"--master-data", "allowed"}},
      {"master_data_single_force", {"--master-data", "--single-transaction", "--force", "allowed"}},
      {"dump_slave", {"--dump-slave", "allowed"}},
      {"dump_slave_force", {"--dump-slave", "--force", "allowed"}},
      {"system_all", {"--system=all"}},
      {"system_all_force", {"--system=all", "--force"}},
      {"mysql", {"mysql", "--skip-lock-tables"}},
      {"order", {"--order-by-primary", "-c", "allowed"}}};
  std::vector<FailureCase> cases;
  for (const std::string user : {"nothing", "reader", "locker", "no_trigger", "executes",
                                 "one_table", "one_column", "all_of_it", "no_select_v"}) {
    for (const auto& [way, args] : ways) {
      FailureCase one{absl::StrCat(user, "_", way), {absl::StrCat("--user=", user)}};
      one.args.insert(one.args.end(), args.begin(), args.end());
      cases.push_back(one);
    }
  }
  return cases;
}

std::string CaseName(const testing::TestParamInfo<FailureCase>& param) { return param.param.name; }

INSTANTIATE_TEST_SUITE_P(BrokenObjects, DumpRefused, testing::ValuesIn(BrokenObjectCases()),
                         CaseName);
INSTANTIATE_TEST_SUITE_P(Privileges, DumpRefused, testing::ValuesIn(PrivilegeCases()), CaseName);

// ---------------------------------------------------------------------------------------------
// Output that cannot be written.

class DumpOutput : public DumpFailure {
 protected:
  static void SetUpTestSuite() {
    DumpFailure::SetUpTestSuite();
    ExecOrExit(*server_,
               "CREATE DATABASE big; USE big; CREATE TABLE a (a INT); INSERT INTO a VALUES (1);"
               "CREATE TABLE t (id INT PRIMARY KEY, b TEXT);"
               "INSERT INTO t SELECT seq, REPEAT('x', 1000) FROM seq_1_to_40000;"
               "CREATE TABLE z (a INT); INSERT INTO z VALUES (1)");
  }

  // A dump of `big` whose connection or query is killed when the first megabytes of big.t have been
  // sent.
  static DumpRun RunAndKill(Side side, const std::string& kill, std::vector<std::string> args) {
    const std::string socket = (server_->dir() / "kill.sock").string();
    auto proxy = PausingProxy::Start(
        socket, server_->socket_path(),
        {.needle = "from `t`", .answer_bytes = 5'000'000, .act = [&kill] {
           const std::string id =
               server_
                   ->Query(
                       "SELECT id FROM information_schema.processlist WHERE info LIKE "
                       "'SELECT /*!40001%`t`%'")
                   .value_or("");
           EXPECT_FALSE(id.empty()) << "no session reads t";
           EXPECT_TRUE(server_->Exec(absl::StrCat("KILL ", kill, " ", id)).ok());
           return PausingProxy::Action::kForward;
         }});
    EXPECT_TRUE(proxy.ok()) << proxy.status();
    args.insert(args.begin(), {"--no-defaults", absl::StrCat("--socket=", socket), "--user=root"});
    auto options = pair_->Options(side, ForSide(side, args));
    options.timeout = kFailureBound;
    auto run = test_support::RunProcess(options);
    EXPECT_TRUE(run.ok()) << run.status();
    EXPECT_FALSE(run->timed_out) << "the dump hangs after KILL " << kill;
    EXPECT_TRUE((*proxy)->fired());
    return *std::move(run);
  }

  // How many rows of t are in the dump, and whether the text is an unbroken prefix of `whole` up to
  // the last row, closed with ";\n". Where the kill strikes differs from run to run; the shape does
  // not.
  static int RowsOfClosedPrefix(const std::string& text, const std::string& whole,
                                std::string* rest) {
    const size_t start = text.find("INSERT INTO `t`");
    EXPECT_NE(start, std::string::npos);
    size_t same = 0;
    while (same < text.size() && same < whole.size() && text[same] == whole[same]) ++same;
    // The first difference is the ";" that stands where the whole dump has the "," of the next row
    // — or nothing differs up to the end of a statement.
    const size_t closed = text.compare(same, 2, ";\n") == 0 ? same + 2 : same;
    EXPECT_EQ(text.substr(closed - 2, 2), ";\n") << text.substr(closed < 60 ? 0 : closed - 60, 120);
    *rest = text.substr(closed);
    int rows = 0;
    for (size_t at = start; (at = text.find("\n(", at)) < closed; ++at) ++rows;
    return rows;
  }
};

TEST_F(DumpOutput, FullDeviceEndsWithCode5) {
  for (const std::vector<std::string>& args : {std::vector<std::string>{"big"},
                                               {"--force", "big"},
                                               {"-B", "allowed"},
                                               {"--compact", "big"}}) {
    DumpRun runs[2];
    for (const Side side : {Side::kExpected, Side::kActual}) {
      auto options = pair_->Options(side, WithServer(*server_, args));
      options.stdout_path = "/dev/full";
      options.timeout = kFailureBound;
      auto run = test_support::RunProcess(options);
      ASSERT_TRUE(run.ok()) << run.status();
      runs[side == Side::kActual] = *std::move(run);
    }
    ASSERT_FALSE(runs[1].timed_out) << "the dump hangs on a full device";
    pair_->ExpectSame(runs[0], runs[1]);
    EXPECT_EQ(runs[0].exit_code, 5);
  }
  EXPECT_EQ(pair_->RunBoth(WithServer(*server_, {"--result-file=/dev/full", "big"})).exit_code, 5);
}

TEST_F(DumpOutput, ReaderThatGoesAwayEndsWithCode5) {
  DumpRun runs[2];
  for (const Side side : {Side::kExpected, Side::kActual}) {
    int ends[2];
    ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
    auto options = pair_->Options(side, WithServer(*server_, {"big"}));
    options.stdout_fd = ends[1];
    options.timeout = kFailureBound;
    auto child = Subprocess::Start(options);
    ASSERT_TRUE(child.ok()) << child.status();
    close(ends[1]);
    char first[100];
    ASSERT_GT(read(ends[0], first, sizeof(first)), 0);
    close(ends[0]);
    auto run = child->Wait();
    ASSERT_TRUE(run.ok()) << run.status();
    runs[side == Side::kActual] = *std::move(run);
  }
  pair_->ExpectSame(runs[0], runs[1]);
  EXPECT_EQ(runs[0].exit_code, 5);
  EXPECT_THAT(runs[0].stderr_text, HasSubstr("errno 32"));
}

TEST_F(DumpOutput, ClosedStdoutIsNotSuccess) {
  DumpRun runs[2];
  for (const Side side : {Side::kExpected, Side::kActual}) {
    auto options = pair_->Options(side, WithServer(*server_, {"big"}));
    std::string command = "exec \"$0\" \"$@\" >&-";
    options.argv.insert(options.argv.begin(), {"bash", "-c", command});
    auto run = test_support::RunProcess(options);
    ASSERT_TRUE(run.ok()) << run.status();
    runs[side == Side::kActual] = *std::move(run);
  }
  // With descriptor 1 free, mariadb-dump's connection takes it and gets the dump's own text; what
  // becomes of that differs. We say that the output cannot be written.
  EXPECT_NE(runs[0].exit_code, 0);
  EXPECT_EQ(runs[1].exit_code, 5);
}

TEST_F(DumpOutput, KilledConnectionClosesTheStatementAndStops) {
  const std::string whole = pair_->Run(Side::kExpected, WithServer(*server_, {"big"})).stdout_text;
  for (const Side side : {Side::kExpected, Side::kActual}) {
    SCOPED_TRACE(side == Side::kActual ? "ours" : "mariadb-dump");
    const DumpRun run = RunAndKill(side, "CONNECTION", {"big"});
    EXPECT_EQ(run.exit_code, 3);
    std::string rest;
    const int rows = RowsOfClosedPrefix(run.stdout_text, whole, &rest);
    EXPECT_EQ(rest, "");
    EXPECT_GT(rows, 0);
    EXPECT_LT(rows, 40000);
    EXPECT_THAT(run.stderr_text, HasSubstr(absl::StrCat("when dumping table `t` at row: ", rows)));
    EXPECT_THAT(run.stderr_text, HasSubstr("Error 2013: Lost connection to server during query"));
  }
}

TEST_F(DumpOutput, KilledQueryClosesTheStatementAndStops) {
  const std::string whole = pair_->Run(Side::kExpected, WithServer(*server_, {"big"})).stdout_text;
  for (const Side side : {Side::kExpected, Side::kActual}) {
    SCOPED_TRACE(side == Side::kActual ? "ours" : "mariadb-dump");
    const DumpRun run = RunAndKill(side, "QUERY", {"big"});
    EXPECT_EQ(run.exit_code, 3);
    std::string rest;
    const int rows = RowsOfClosedPrefix(run.stdout_text, whole, &rest);
    EXPECT_EQ(rest, "");
    EXPECT_THAT(run.stderr_text, HasSubstr("Error 1317: Query execution was interrupted"));
    EXPECT_THAT(run.stderr_text, HasSubstr(absl::StrCat("when dumping table `t` at row: ", rows)));
  }
}

// Which statements then fail is each program's own affair; that they fail, and what stands on
// stdout, is not.
TEST_F(DumpOutput, KilledConnectionWithForceStillFails) {
  const std::string whole = pair_->Run(Side::kExpected, WithServer(*server_, {"big"})).stdout_text;
  std::string rests[2];
  for (const Side side : {Side::kExpected, Side::kActual}) {
    const size_t i = side == Side::kActual ? 1 : 0;
    SCOPED_TRACE(i == 1 ? "ours" : "mariadb-dump");
    const DumpRun run = RunAndKill(side, "CONNECTION", {"--force", "--skip-dump-date", "big"});
    EXPECT_EQ(run.exit_code, 3);
    const int rows = RowsOfClosedPrefix(run.stdout_text, whole, &rests[i]);
    EXPECT_THAT(run.stderr_text, HasSubstr(absl::StrCat("when dumping table `t` at row: ", rows)));
    EXPECT_THAT(run.stderr_text, HasSubstr("(2006)"));
  }
  EXPECT_EQ(rests[0], rests[1]);
}

TEST_F(DumpOutput, KilledQueryWithForceGoesOnWithTheNextTable) {
  const std::string whole = pair_->Run(Side::kExpected, WithServer(*server_, {"big"})).stdout_text;
  std::string rests[2];
  for (const Side side : {Side::kExpected, Side::kActual}) {
    const size_t i = side == Side::kActual ? 1 : 0;
    SCOPED_TRACE(i == 1 ? "ours" : "mariadb-dump");
    const DumpRun run = RunAndKill(side, "QUERY", {"--force", "--skip-dump-date", "big"});
    EXPECT_EQ(run.exit_code, 3);
    RowsOfClosedPrefix(run.stdout_text, whole, &rests[i]);
    EXPECT_THAT(rests[i], HasSubstr("INSERT INTO `z`"));
  }
  EXPECT_EQ(rests[0], rests[1]);
}

// ---------------------------------------------------------------------------------------------
// A connection that is cut at a chosen statement, and a table altered at a chosen moment.

TEST_F(DumpOutput, ConnectionCutAtAnyStatementFailsAlike) {
  for (const std::string needle :
       {"SET TIME_ZONE", "show full tables", "LOCK TABLES", "show create table", "SELECT /*!40001",
        "information_schema.columns", "information_schema.triggers", "show fields", "show events",
        "show create procedure"}) {
    SCOPED_TRACE(needle);
    DumpRun runs[2];
    for (const Side side : {Side::kExpected, Side::kActual}) {
      const std::string socket = (server_->dir() / "cut.sock").string();
      auto proxy = PausingProxy::Start(
          socket, server_->socket_path(),
          {.needle = needle, .act = [] { return PausingProxy::Action::kDropConnection; }});
      ASSERT_TRUE(proxy.ok()) << proxy.status();
      runs[side == Side::kActual] =
          pair_->Run(side, ForSide(side, {"--no-defaults", absl::StrCat("--socket=", socket),
                                          "--user=root", "-R", "-E", "allowed"}));
      // Our program may ask the catalog in other words: then there is nothing to compare.
      if (!(*proxy)->fired()) runs[side == Side::kActual].exit_code = -1;
    }
    ASSERT_NE(runs[0].exit_code, -1) << "mariadb-dump never sends this";
    EXPECT_NE(runs[0].exit_code, 0);
    if (runs[1].exit_code == -1) continue;
    EXPECT_NE(runs[1].exit_code, 0);
    EXPECT_FALSE(absl::StrContains(runs[1].stdout_text, "-- Dump completed"));
  }
}

// An instant ADD COLUMN at any moment of the dump: either the dump loads and is whole, or it failed
// and named the table. The moment moves through all requests, so the gap between CREATE text and
// rows is among them, however the program fills it.
TEST_F(DumpOutput, TableAlteredBeforeItsRowsIsNoticed) {
  if (!TestedIsOurs()) GTEST_SKIP() << "mariadb-dump does not notice";
  auto second = MariadbServer::Start();
  ASSERT_TRUE(second.ok()) << second.status();
  int altered = 0;
  int moments = 0;
  for (const std::string way : {"--single-transaction", "--skip-lock-tables", "--lock-tables"}) {
    bool fired = true;
    for (int after = 0; fired && after < 100; ++after) {
      SCOPED_TRACE(absl::StrCat(way, ", request ", after));
      ExecOrExit(*server_,
                 "DROP DATABASE IF EXISTS altered; CREATE DATABASE altered; USE altered;"
                 "CREATE TABLE t (a INT PRIMARY KEY, b INT);"
                 "INSERT INTO t SELECT seq, seq FROM seq_1_to_100");
      bool changed = false;
      const std::string socket = (server_->dir() / "alter.sock").string();
      auto proxy = PausingProxy::Start(
          socket, server_->socket_path(),
          {.needle = "sql_mode", .requests_after = after, .act = [&changed] {
             // Where the dump's own lock keeps the ALTER out, there is nothing to notice.
             changed = server_
                           ->Exec(
                               "SET lock_wait_timeout=0; ALTER TABLE altered.t ADD COLUMN c INT "
                               "DEFAULT 7 FIRST, ALGORITHM=INSTANT")
                           .ok();
             return PausingProxy::Action::kForward;
           }});
      ASSERT_TRUE(proxy.ok()) << proxy.status();
      const DumpRun run = pair_->Run(
          Side::kActual,
          {"--no-defaults", absl::StrCat("--socket=", socket), "--user=root", way, "altered"});
      fired = (*proxy)->fired();
      moments += fired ? 1 : 0;
      altered += changed ? 1 : 0;
      if (run.exit_code != 0) {
        EXPECT_TRUE(changed) << run.stderr_text;
        EXPECT_THAT(run.stderr_text, HasSubstr("t"));
        EXPECT_FALSE(absl::StrContains(run.stdout_text, "-- Dump completed"));
        continue;
      }
      ExecOrExit(**second, "DROP DATABASE IF EXISTS r; CREATE DATABASE r");
      const absl::Status loaded = (*second)->Exec(run.stdout_text, "r");
      EXPECT_TRUE(loaded.ok()) << loaded;
      EXPECT_EQ((*second)->Query("SELECT COUNT(*), SUM(a), SUM(b) FROM t", "r").value_or(""),
                "100\t5050\t5050\n");
    }
  }
  RecordProperty("moments", moments);
  RecordProperty("altered", altered);
  EXPECT_GT(altered, 0) << "no moment was found at which the ALTER came through";
}

}  // namespace
}  // namespace sfdb::e2e
