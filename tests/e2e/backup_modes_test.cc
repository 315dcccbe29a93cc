// The modes of `backup`: which databases, which files, one moment for all of them, what a failure
// costs, and the sidecars: replayed, loaded, compared.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "codecs/codec.h"
#include "engine/backup/backup_run.h"
#include "engine/base/exit_code.h"
#include "tests/e2e/backup_fixture.h"
#include "tests/support/dump_diff.h"

namespace sfdb::e2e {
namespace {

namespace fs = std::filesystem;
using test_support::MariadbServer;
using test_support::ProcessResult;
using test_support::Subprocess;
using testing::Contains;
using testing::ElementsAre;
using testing::EndsWith;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::UnorderedElementsAre;
using Json = nlohmann::json;

constexpr char kSample[] = R"(
CREATE DATABASE app; USE app;
CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(40));
INSERT INTO t SELECT seq, MD5(seq) FROM seq_1_to_3000;
CREATE VIEW v AS SELECT id FROM t;
CREATE VIEW w AS SELECT id FROM v;
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.v = UPPER(NEW.v);
CREATE PROCEDURE p() SELECT 1;
CREATE EVENT e ON SCHEDULE EVERY 1 YEAR DISABLE DO DELETE FROM t WHERE id < 0;
CREATE DATABASE app_dmart; CREATE TABLE app_dmart.d (a INT); INSERT INTO app_dmart.d VALUES (1);
CREATE DATABASE app_temp; CREATE TABLE app_temp.d (a INT);
CREATE DATABASE app_secondary; CREATE TABLE app_secondary.s (a INT PRIMARY KEY);
CREATE DATABASE hollow;
CREATE DATABASE `it's`; USE `it's`;
CREATE TABLE t (a INT PRIMARY KEY);
CREATE EVENT e ON SCHEDULE EVERY 1 YEAR DISABLE COMMENT 'x;;y' DO INSERT INTO t VALUES (';');
CREATE DATABASE bank_a; CREATE DATABASE bank_b;
CREATE TABLE bank_a.accounts (id INT PRIMARY KEY, money BIGINT, pad CHAR(200) DEFAULT 'x');
CREATE TABLE bank_b.accounts LIKE bank_a.accounts;
INSERT INTO bank_a.accounts (id, money) SELECT seq, 1000 FROM seq_1_to_20000;
INSERT INTO bank_b.accounts (id, money) SELECT seq, 1000 FROM seq_1_to_20000;
CREATE TABLE bank_a.stop (a INT) ENGINE=InnoDB;
CREATE TABLE bank_a.transfers (n INT AUTO_INCREMENT PRIMARY KEY, amount INT);
DELIMITER //
CREATE PROCEDURE bank_a.work()
BEGIN
  WHILE NOT EXISTS (SELECT * FROM bank_a.stop) DO
    SET @from = 1 + FLOOR(RAND() * 20000), @to = 1 + FLOOR(RAND() * 20000), @n = FLOOR(RAND() * 99);
    START TRANSACTION;
    UPDATE bank_a.accounts SET money = money - @n WHERE id = @from;
    UPDATE bank_b.accounts SET money = money + @n WHERE id = @to;
    INSERT INTO bank_a.transfers (amount) VALUES (@n);
    COMMIT;
  END WHILE;
END//
DELIMITER ;
CREATE ROLE reader; CREATE ROLE chief;
GRANT SELECT ON app.* TO reader; GRANT reader TO chief; GRANT DELETE ON app.t TO chief;
CREATE USER 'ann'@'%' IDENTIFIED BY 'secret of ann';
CREATE USER 'b''ob'@'localhost' IDENTIFIED VIA mysql_native_password USING PASSWORD('x') OR unix_socket REQUIRE SSL ACCOUNT LOCK;
GRANT SELECT, INSERT ON app.* TO 'ann'@'%'; GRANT chief TO 'ann'@'%' WITH ADMIN OPTION;
SET DEFAULT ROLE chief FOR 'ann'@'%';
GRANT UPDATE (v) ON app.t TO 'b''ob'@'localhost'; GRANT EXECUTE ON PROCEDURE app.p TO 'b''ob'@'localhost';
)";

class BackupModes : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ =
        StartWithSchemas({}, {"--log-bin=bin", "--server-id=7", "--gtid-domain-id=3"}).release();
    ExecOrExit(*server_, kSample);
  }
  static void TearDownTestSuite() { delete server_; }
  BackupModes() { dir_ = server_->dir() / absl::StrCat("modes", ++counter_); }
  ~BackupModes() override { fs::remove_all(dir_); }

  ProcessResult Backup(const std::string& mode, std::vector<std::string> more) {
    return RunVerb(BackupArgs(*server_, mode, dir_, Plain(more)));
  }
  static std::vector<std::string> Plain(std::vector<std::string> more) {
    more.insert(more.end(), {"--compression-type", "none"});
    if (std::find(more.begin(), more.end(), "--threads") == more.end()) {
      more.insert(more.end(), {"--threads", "3"});
    }
    return more;
  }

  // Names of dumps, what follows the database and the mode cut off.
  std::vector<std::string> Dumps() {
    std::vector<std::string> names;
    for (const std::string& name : NamesIn(dir_)) {
      const size_t host = name.find(absl::StrCat("_", Hostname(), "_"));
      if (absl::EndsWith(name, ".sql") && host != name.npos) names.push_back(name.substr(0, host));
    }
    return names;
  }
  static const std::string& Hostname() {
    static const std::string& name =
        *new std::string(absl::StripAsciiWhitespace(server_->Query("SELECT @@hostname").value()));
    return name;
  }
  // The one file of a dump or a sidecar: "app_single" and ".sql".
  std::string Read(const std::string& what, const std::string& extension) {
    std::string found;
    for (const std::string& name : NamesIn(dir_)) {
      if (absl::StartsWith(name, absl::StrCat(what, "_", Hostname(), "_")) &&
          absl::EndsWith(name, extension)) {
        EXPECT_EQ(found, "") << name;
        found = name;
      }
    }
    EXPECT_NE(found, "") << what << extension << testing::PrintToString(NamesIn(dir_));
    if (found.empty()) return "";
    return test_support::ReadFile((dir_ / found).string()).value();
  }
  Json Metadata(const std::string& what) { return Json::parse(Read(what, ".meta.json")); }

  static MariadbServer* server_;
  static int counter_;
  fs::path dir_;
};
MariadbServer* BackupModes::server_ = nullptr;
int BackupModes::counter_ = 0;

// ---------------------------------------------------------------------------------------------
// Names and contents.

TEST_F(BackupModes, SeparatedIsAFilePerDatabaseEachAsMariadbDumpWritesIt) {
  const ProcessResult run = Backup("separated", {});
  ASSERT_EQ(run.exit_code, 0) << run.stderr_text;
  std::vector<std::string> expected;
  for (const char* name :
       {"app", "app_dmart", "app_secondary", "app_temp", "bank_a", "bank_b", "hollow", "it's"}) {
    expected.push_back(absl::StrCat(name, "_separated"));
    // mariadb-dump itself cannot dump the events of the last one.
    if (std::string(name) == "it's") continue;
    ExpectSameDump(ExpectedDump(*server_, {name}), Read(expected.back(), ".sql"));
    const Json metadata = Metadata(expected.back());
    EXPECT_EQ(metadata["backup_type"], "separated");
    EXPECT_EQ(metadata["database_names"], Json::array({name}));
    EXPECT_EQ(metadata["backup_status"], "success");
    EXPECT_THAT(Read(expected.back(), "_gtid.info"), HasSubstr("gtid_binlog = 3-7-"));
  }
  EXPECT_THAT(Dumps(), testing::UnorderedElementsAreArray(expected));
  // One moment for all.
  EXPECT_EQ(Metadata("app_separated")["snapshot"], Metadata("hollow_separated")["snapshot"]);
  // One file of users, with the first; of every dump four files, and the lock.
  EXPECT_THAT(NamesIn(dir_), SizeIs(4 * expected.size() + 2));
  EXPECT_THAT(Read("app_separated", "_users.cnf"), HasSubstr("CREATE USER"));
  for (const std::string& name : NamesIn(dir_)) {
    struct stat info {};
    ASSERT_EQ(stat((dir_ / name).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u) << name;
  }
}

TEST_F(BackupModes, SingleTakesTheCompanionsAskedFor) {
  ASSERT_EQ(
      Backup("single", {"--database", "app", "--include-dmart", "--include-archive"}).exit_code, 0);
  EXPECT_THAT(Dumps(), UnorderedElementsAre("app_single", "app_dmart_single"));
  ExpectSameDump(ExpectedDump(*server_, {"app"}), Read("app_single", ".sql"));
}

TEST_F(BackupModes, PrimaryAndSecondaryChooseByName) {
  const ProcessResult primary = Backup("primary", {"--include-temp", "--json"});
  ASSERT_EQ(primary.exit_code, 0) << primary.stderr_text;
  EXPECT_THAT(Dumps(), UnorderedElementsAre("app_primary", "app_temp_primary", "bank_a_primary",
                                            "bank_b_primary", "hollow_primary", "it's_primary"));
  EXPECT_EQ(Metadata("app_primary")["backup_type"], "single");
  EXPECT_EQ(Metadata("app_primary")["mode"], "primary");
  EXPECT_THAT(Json::parse(primary.stdout_text)["files"], SizeIs(6));
  fs::remove_all(dir_);
  ASSERT_EQ(Backup("secondary", {}).exit_code, 0);
  EXPECT_THAT(Dumps(), ElementsAre("app_secondary_secondary"));
  fs::remove_all(dir_);
  ASSERT_EQ(Backup("primary", {"--database", "app"}).exit_code, 0);
  EXPECT_THAT(Dumps(), ElementsAre("app_primary"));
}

TEST_F(BackupModes, NothingThatMatchesIsExitFour) {
  for (const auto& [mode, more] : std::map<std::string, std::vector<std::string>>{
           {"separated", {"--include", "gone"}},
           {"secondary", {"--database", "app"}},
           {"primary", {"--include", "app_secondary"}}}) {
    EXPECT_EQ(Backup(mode, more).exit_code, 4) << mode;
  }
  EXPECT_THAT(NamesIn(dir_), IsEmpty());
}

TEST_F(BackupModes, OneThreadWritesTheSameFiles) {
  ASSERT_EQ(Backup("separated", {"--threads", "1", "--include", "app,bank_a"}).exit_code, 0);
  for (const char* name : {"app", "bank_a"}) {
    ExpectSameDump(ExpectedDump(*server_, {name}), Read(absl::StrCat(name, "_separated"), ".sql"));
  }
  EXPECT_THAT(Read("app_separated", "_gtid.info"), HasSubstr("gtid_binlog = 3-7-"));
}

// ---------------------------------------------------------------------------------------------
// One moment, and the way on from it.

// Loads all dumps of a directory, then, if there is one, the file of users.
void LoadAll(const MariadbServer& into, const fs::path& dir) {
  for (const char* extension : {".sql", "_users.cnf"}) {
    for (const std::string& name : NamesIn(dir)) {
      if (!absl::EndsWith(name, extension)) continue;
      const absl::Status loaded = into.LoadFile((dir / name).string());
      EXPECT_TRUE(loaded.ok()) << name << loaded;
    }
  }
}

std::string Value(const std::string& info, const std::string& key) {
  const std::vector<std::string> lines = absl::StrSplit(info, '\n');
  for (const std::string& line : lines) {
    if (absl::StartsWith(line, key + " = ")) return line.substr(key.size() + 3);
  }
  return "";
}

TEST_F(BackupModes, FilesOfOneRunSeeOneMomentAndTheLogLeadsOnFromIt) {
  std::thread writer([&] { EXPECT_TRUE(server_->Exec("CALL bank_a.work()").ok()); });
  while (server_->Query("SELECT COUNT(*) > 50 FROM bank_a.transfers").value() != "1\n") {
  }
  const ProcessResult run = Backup("separated", {});
  ExecOrExit(*server_, "INSERT INTO bank_a.stop VALUES (1)");
  writer.join();
  ASSERT_EQ(run.exit_code, 0) << run.stderr_text;

  const auto copy = MariadbServer::Start().value();
  LoadAll(*copy, dir_);
  constexpr char kTotal[] =
      "SELECT (SELECT SUM(money) FROM bank_a.accounts) + (SELECT SUM(money) FROM bank_b.accounts)";
  EXPECT_EQ(copy->Query(kTotal).value(), "40000000\n");
  constexpr char kSpent[] =
      "SELECT 20000000 - SUM(money) = (SELECT SUM(amount) FROM bank_a.transfers) FROM "
      "bank_a.accounts";
  EXPECT_EQ(copy->Query(kSpent).value(), "1\n");
  constexpr char kState[] =
      "CHECKSUM TABLE bank_a.accounts, bank_b.accounts, bank_a.transfers, bank_a.stop";
  EXPECT_NE(copy->Query(kState).value(), server_->Query(kState).value());

  const std::string info = Read("bank_b_separated", "_gtid.info");
  EXPECT_EQ(Metadata("bank_b_separated")["gtid_info"], Value(info, "gtid_binlog"));
  const auto replayed = test_support::RunProcess(
      {.argv = {"sh", "-c",
                absl::StrCat("cd ", server_->data_dir().string(),
                             " && mariadb-binlog --no-defaults "
                             "--start-position=",
                             Value(info, "MASTER_LOG_POS"), " ", Value(info, "MASTER_LOG_FILE"),
                             " | mariadb --no-defaults --socket=", copy->socket_path(),
                             " --user=root")}});
  ASSERT_TRUE(replayed.ok());
  EXPECT_EQ(replayed->exit_code, 0) << replayed->stderr_text;
  EXPECT_EQ(copy->Query(kState).value(), server_->Query(kState).value());

  // Users, loaded by LoadAll(), are what they were.
  for (const char* account : {"'ann'@'%'", "'b''ob'@'localhost'", "reader", "chief"}) {
    const std::string show = absl::StrCat("SHOW GRANTS FOR ", account);
    EXPECT_EQ(copy->Query(show).value_or("none"), server_->Query(show).value()) << account;
  }
  const std::string show = "SHOW CREATE USER 'b''ob'@'localhost'";
  EXPECT_EQ(copy->Query(show).value(), server_->Query(show).value());
  const std::string users = Read("app_separated", "_users.cnf");
  EXPECT_THAT(users, testing::StartsWith("-- User Grants Export\n-- Generated at: "));
  EXPECT_THAT(users, Not(HasSubstr("`root`@`localhost`")));
  EXPECT_THAT(users, Not(HasSubstr("mariadb.sys")));
  EXPECT_THAT(users, HasSubstr("SET DEFAULT ROLE `chief` FOR `ann`@`%`"));

  // A database with a quote in its name, events and all.
  const std::string event = "SHOW CREATE EVENT `it's`.e";
  EXPECT_EQ(copy->Query(event).value(), server_->Query(event).value());
}

// ---------------------------------------------------------------------------------------------
// What a failure costs.

class BackupModesFailure : public BackupModes {
 protected:
  static void SetUpTestSuite() {
    server_ = StartWithSchemas({}).release();
    for (const char* name : {"f1", "f2", "f3", "f4", "f5"}) {
      ExecOrExit(*server_, absl::StrCat("CREATE DATABASE ", name, "; USE ", name,
                                        "; CREATE TABLE a (id INT PRIMARY KEY, v CHAR(100) DEFAULT "
                                        "'x'); INSERT INTO a (id) SELECT seq FROM seq_1_to_60000;"
                                        "CREATE TABLE nokey SELECT * FROM a;"
                                        "CREATE TABLE m (id INT PRIMARY KEY);"));
    }
    ExecOrExit(*server_, "ALTER TABLE f3.m DISCARD TABLESPACE");
  }
};

TEST_F(BackupModesFailure, ADatabaseThatFailsCostsItsOwnFileOnly) {
  for (const char* threads : {"1", "3"}) {
    const ProcessResult run = Backup("separated", {"--threads", threads, "--json"});
    EXPECT_EQ(run.exit_code, 3) << run.stderr_text;
    EXPECT_THAT(Dumps(), UnorderedElementsAre("f1_separated", "f2_separated", "f4_separated",
                                              "f5_separated"));
    for (const std::string& name : NamesIn(dir_)) {
      EXPECT_THAT(name, Not(HasSubstr("f3_"))) << "something is left of what failed";
      EXPECT_THAT(name, Not(EndsWith(".tmp")));
    }
    ExpectSameDump(ExpectedDump(*server_, {"f4"}), Read("f4_separated", ".sql"));
    EXPECT_THAT(run.stderr_text, HasSubstr("f3"));
    EXPECT_THAT(run.stderr_text, HasSubstr("1 of 5 databases failed"));
    EXPECT_THAT(run.stderr_text, HasSubstr("1814"));
    const Json json = Json::parse(run.stdout_text);
    EXPECT_EQ(json["files"][2]["backup_status"], "failed");
    EXPECT_EQ(json["files"][3]["backup_status"], "success");
    fs::remove_all(dir_);
  }
}

TEST_F(BackupModesFailure, CombinedFailsAsAWhole) {
  EXPECT_EQ(Backup("combined", {}).exit_code, 1);
  EXPECT_THAT(NamesIn(dir_), ElementsAre(".sfdbtools.lock"));
  EXPECT_EQ(Backup("separated", {"--include", "f3"}).exit_code, 1);
  EXPECT_THAT(NamesIn(dir_), ElementsAre(".sfdbtools.lock"));
}

// Law 5, with files that follow each other.
// The sanitizer's own memory has no bound, so this is for the other builds.
#if !defined(__SANITIZE_ADDRESS__)
TEST_F(BackupModesFailure, MemoryStaysWithinItsLimit) {
  const ProcessResult run = RunVerb(BackupArgs(*server_, "separated", dir_,
                                               {"--include", "f1,f2,f4,f5", "--memory-limit", "64M",
                                                "--threads", "2", "--compression-type", "zstd"}));
  EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
  EXPECT_LE(run.max_rss_kib, 64 << 10);
  RecordProperty("peak_kib", static_cast<int>(run.max_rss_kib));
}
#endif

TEST_F(BackupModesFailure, ASignalLeavesWholeFilesOnly) {
  auto process = Subprocess::Start(
      VerbOptions(BackupArgs(*server_, "separated", dir_,
                             {"--include", "f1,f2,f4,f5", "--threads", "1", "--compression-type",
                              "zstd", "--compress-level", "19"})));
  ASSERT_TRUE(process.ok()) << process.status();
  ASSERT_TRUE(WaitForFile(dir_, ".meta.json"));
  process->Signal(SIGTERM);
  const auto result = process->Wait();
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->exit_code, 143) << result->stderr_text;
  EXPECT_THAT(result->stderr_text, HasSubstr("of 4 files are published"));
  size_t dumps = 0;
  size_t metadata = 0;
  for (const std::string& name : NamesIn(dir_)) {
    EXPECT_THAT(name, Not(EndsWith(".tmp")));
    dumps += absl::EndsWith(name, ".sql.zst");
    metadata += absl::EndsWith(name, ".meta.json");
  }
  EXPECT_EQ(dumps, metadata);
  EXPECT_LT(dumps, 4u);
}

TEST_F(BackupModesFailure, ASignalEndsTheWaitForALock) {
  // Another backup's stage is in the way of ours.
  std::thread other([&] { (void)server_->Exec("BACKUP STAGE START; DO SLEEP(100)"); });
  constexpr char kSleeper[] =
      "SELECT id FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'";
  while (server_->Query(kSleeper).value().empty()) absl::SleepFor(absl::Milliseconds(20));
  auto process = Subprocess::Start(VerbOptions(BackupArgs(
      *server_, "separated", dir_, {"--threads", "2", "--consistency", "backup-stage"})));
  ASSERT_TRUE(process.ok()) << process.status();
  constexpr char kWaiter[] =
      "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'BACKUP STAGE%'";
  while (server_->Query(kWaiter).value() != "1\n") absl::SleepFor(absl::Milliseconds(20));
  const absl::Time signalled = absl::Now();
  process->Signal(SIGTERM);
  const auto result = process->Wait();
  EXPECT_LT(absl::Now() - signalled, absl::Seconds(5));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->exit_code, 143) << result->stderr_text;
  EXPECT_THAT(NamesIn(dir_), ElementsAre(".sfdbtools.lock"));
  ASSERT_TRUE(server_->Exec("KILL " + server_->Query(kSleeper).value()).ok());
  other.join();
}

// ---------------------------------------------------------------------------------------------
// What cannot be shown, and what must not be seen.

class BackupModesObjects : public BackupModes {
 protected:
  static void SetUpTestSuite() {
    server_ = StartWithSchemas({}).release();
    ExecOrExit(*server_, R"(
CREATE DATABASE o; USE o;
CREATE TABLE t (a INT PRIMARY KEY, b INT); CREATE TABLE gone (a INT);
CREATE VIEW broken AS SELECT a FROM gone;
CREATE VIEW fine AS SELECT a FROM t;
CREATE VIEW on_broken AS SELECT a FROM broken;
CREATE USER past; GRANT ALL ON o.* TO past;
CREATE DEFINER=past SQL SECURITY DEFINER VIEW definer_gone AS SELECT a FROM t;
CREATE DEFINER=past FUNCTION f() RETURNS INT DETERMINISTIC RETURN 1;
CREATE VIEW orphan AS SELECT f() AS x;
CREATE DEFINER=past TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.b = 1;
CREATE DEFINER=past PROCEDURE p() SELECT 1;
CREATE DEFINER=past EVENT e ON SCHEDULE EVERY 1 YEAR DISABLE DO SELECT 1;
DROP USER past; DROP TABLE gone;
CREATE DATABASE q; CREATE TABLE q.t (a INT PRIMARY KEY); INSERT INTO q.t VALUES (1);
CREATE VIEW q.v AS SELECT a FROM q.t; CREATE PROCEDURE q.p() SELECT 1;
CREATE TRIGGER q.tr BEFORE INSERT ON q.t FOR EACH ROW SET NEW.a = 1;
CREATE DATABASE r; CREATE TABLE r.m (a INT) ENGINE=MyISAM;
CREATE USER least;
GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, RELOAD, BINLOG MONITOR ON *.* TO least;
)");
  }
  // A backup as that user, who has no password.
  ProcessResult BackupAs(const std::string& user, const std::string& mode,
                         std::vector<std::string> more) {
    std::vector<std::string> args = BackupArgs(*server_, mode, dir_, Plain(more));
    for (std::string& arg : args) {
      if (arg == "--user=root") arg = "--user=" + user;
    }
    return RunVerb(args);
  }
};

TEST_F(BackupModesObjects, ViewsThatCannotBeShownAreLeftOutByName) {
  const std::vector<std::string> without = {"--ignore-table=o.broken", "--ignore-table=o.on_broken",
                                            "--ignore-table=o.orphan", "--databases"};
  auto expected = [&](std::vector<std::string> databases) {
    databases.insert(databases.begin(), without.begin(), without.end());
    return StockDump(*server_, databases);
  };
  for (const char* threads : {"1", "3"}) {
    const ProcessResult run = Backup("separated", {"--include", "o,q", "--threads", threads});
    EXPECT_EQ(run.exit_code, 5) << run.stderr_text;
    ExpectSameDump(expected({"o"}), Read("o_separated", ".sql"));
    const Json metadata = Metadata("o_separated");
    EXPECT_EQ(metadata["backup_status"], "success_with_warnings");
    ASSERT_THAT(metadata["left_out"], SizeIs(3));
    EXPECT_THAT(metadata["left_out"][0].get<std::string>(), HasSubstr("view `o`.`broken`: "));
    EXPECT_THAT(metadata["left_out"][0].get<std::string>(), HasSubstr("(1356)"));
    EXPECT_THAT(metadata["left_out"][2].get<std::string>(), HasSubstr("(1449)"));
    EXPECT_EQ(Metadata("q_separated")["backup_status"], "success");
    EXPECT_THAT(run.stderr_text, HasSubstr("`orphan`"));
    fs::remove_all(dir_);
  }
  EXPECT_EQ(Backup("combined", {"--include", "o,q"}).exit_code, 5);
  ExpectSameDump(expected({"o", "q"}), Read("combined", ".sql"));
}

TEST_F(BackupModesObjects, TheDocumentedPrivilegesAreEnough) {
  // As docs/privileges.md has it; see SetUpTestSuite().
  const ProcessResult run = BackupAs("least", "separated", {"--include", "q"});
  EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
  EXPECT_EQ(run.stderr_text.find("warning"), std::string::npos) << run.stderr_text;
  ExpectSameDump(ExpectedDump(*server_, {"q"}), Read("q_separated", ".sql"));
  EXPECT_EQ(Metadata("q_separated")["snapshot"]["method"], "backup-stage");
  EXPECT_THAT(Read("q_separated", "_users.cnf"), HasSubstr("`least`"));
}

TEST_F(BackupModesObjects, AMissingPrivilegeIsExitTwoWithTheGrantThatHelps) {
  ExecOrExit(*server_, "CREATE USER poor; GRANT SELECT ON q.* TO poor");
  const ProcessResult run = BackupAs("poor", "single", {"--database", "q"});
  EXPECT_EQ(run.exit_code, 2) << run.stderr_text;
  EXPECT_THAT(NamesIn(dir_), IsEmpty());
  for (const char* privilege : {"EVENT", "TRIGGER", "SHOW VIEW"}) {
    EXPECT_THAT(run.stderr_text, HasSubstr(privilege));
  }
  size_t given = 0;
  const std::vector<std::string> lines = absl::StrSplit(run.stderr_text, '\n');
  for (const std::string& line : lines) {
    if (!absl::StartsWith(line, "GRANT ")) continue;
    ASSERT_TRUE(server_->Exec(line).ok()) << line;
    ++given;
  }
  EXPECT_EQ(given, 2u) << run.stderr_text;
  const ProcessResult again = BackupAs("poor", "single", {"--database", "q"});
  EXPECT_EQ(again.exit_code, 0) << again.stderr_text;
  ExpectSameDump(ExpectedDump(*server_, {"q"}), Read("q_single", ".sql"));
}

TEST_F(BackupModesObjects, ServersThatAreNotMariadbAreRefused) {
  const auto other = MariadbServer::Start({.args = {"--version=8.0.36"}}).value();
  const ProcessResult run = RunVerb(BackupArgs(*other, "combined", dir_, {}));
  EXPECT_EQ(run.exit_code, 2) << run.stderr_text;
  EXPECT_THAT(run.stderr_text, HasSubstr("8.0.36"));
  EXPECT_THAT(run.stderr_text, HasSubstr("MariaDB"));
}

// ---------------------------------------------------------------------------------------------
// The library, as a program that embeds it uses it.

class BackupLibrary : public BackupModesObjects {
 protected:
  engine::BackupRequest Request(engine::BackupMode mode) {
    engine::BackupRequest request;
    request.mode = mode;
    request.connection.socket = server_->socket_path();
    request.connection.user = "root";
    request.output_dir = dir_.string();
    request.codec = *codecs::FindCodec("none");
    request.threads = 2;
    request.tool_version = "test";
    return request;
  }
  engine::BackupOutcome Run(const engine::BackupRequest& request) {
    return engine::RunBackup(request, {}, [](std::string_view) {});
  }
};

TEST_F(BackupLibrary, StructureOnlyUnderANameOfOnesOwnWithoutSidecars) {
  engine::BackupRequest request = Request(engine::BackupMode::kSingle);
  request.database = "q";
  request.exclude_data = true;
  request.filename = "mine";
  request.export_users = false;
  request.capture_gtid = false;
  request.ticket = "T-7";
  const engine::BackupOutcome outcome = Run(request);
  ASSERT_TRUE(outcome.status.ok()) << outcome.status;
  EXPECT_THAT(NamesIn(dir_),
              ElementsAre(".sfdbtools.lock", "mine.meta.json", "mine.sql", "mine.toc"));
  ASSERT_THAT(outcome.files, SizeIs(1));
  EXPECT_EQ(outcome.files[0].path, (dir_ / "mine.sql").string());
  EXPECT_EQ(outcome.files[0].metadata.ticket, "T-7");
  ExpectSameDump(StockDump(*server_, {"--no-data", "--databases", "q"}),
                 test_support::ReadFile(outcome.files[0].path).value());
  // Never overwritten.
  EXPECT_TRUE(absl::IsAlreadyExists(Run(request).status));
  request.filename = "../mine";
  EXPECT_EQ(base::ExitCodeOf(Run(request).status), base::kExitUsage);
}

TEST_F(BackupLibrary, OptionsOfMariadbDumpAreTakenUnlessTheyAreNotItsToSay) {
  engine::BackupRequest request = Request(engine::BackupMode::kCombined);
  request.filter.include = {"q"};
  request.dump_args = {"-CfQq", "--max-allowed-packet=1G", "--skip-add-locks", "--skip-comments"};
  const engine::BackupOutcome outcome = Run(request);
  ASSERT_TRUE(outcome.status.ok()) << outcome.status;
  ExpectSameDump(StockDump(*server_, {"--skip-add-locks", "--skip-comments", "--databases", "q"}),
                 test_support::ReadFile(outcome.files[0].path).value());
  for (const std::vector<std::string>& args : {std::vector<std::string>{"--all-databases"},
                                               {"--result-file=x"},
                                               {"--lock-all-tables"},
                                               {"--where=1"},
                                               {"--no-such-option"}}) {
    request.dump_args = args;
    EXPECT_EQ(base::ExitCodeOf(Run(request).status), base::kExitUsage) << args.front();
  }
}

TEST_F(BackupLibrary, APlanSaysWhatARunWouldDo) {
  engine::BackupRequest request = Request(engine::BackupMode::kSeparated);
  request.filter.exclude_empty = true;
  request.filter.exclude = {"o"};
  const auto plan = engine::PlanBackup(request);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_THAT(plan->choice.databases, ElementsAre("q", "r"));
  EXPECT_THAT(plan->base_names, ElementsAre(testing::StartsWith("q_separated_"),
                                            testing::StartsWith("r_separated_")));
  const engine::BackupOutcome outcome = Run(request);
  EXPECT_TRUE(outcome.status.ok()) << outcome.status;
  EXPECT_EQ(outcome.published(), 2u);
  EXPECT_THAT(outcome.warnings, ElementsAre(HasSubstr("r: 1 table of engines without snapshots")));
  EXPECT_EQ(outcome.filter.Count(engine::DropReason::kExcluded), 1u);
}

}  // namespace
}  // namespace sfdb::e2e
