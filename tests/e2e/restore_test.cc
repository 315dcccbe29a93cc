// `restore` end to end: what comes back is what was there, and whatever goes wrong is said.
//
// "The same" means: a second backup of the restored databases is the first one, byte for byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/e2e/backup_fixture.h"
#include "tests/support/dump_diff.h"

namespace sfdb::e2e {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test_support::MariadbServer;
using test_support::ProcessOptions;
using test_support::ProcessResult;
using testing::HasSubstr;

using Args = std::vector<std::string>;

// Larger than a piece (16 MiB), so that sessions share it; without a key, so that its order is all
// it has; keys that are put off; parents and children.
constexpr char kParts[] =
    "SET foreign_key_checks=0; CREATE DATABASE parts CHARACTER SET utf8mb4; USE parts;"
    "CREATE TABLE big (id int AUTO_INCREMENT PRIMARY KEY, a varchar(200), b int, c varbinary(40), "
    "KEY b (b), KEY ab (a(10),b) COMMENT 'it''s `b`', UNIQUE KEY u (c));"
    "INSERT INTO big SELECT seq, concat('x''\\n\\\\;', repeat(md5(seq), 4)), seq % 1000, "
    "unhex(sha1(seq)) FROM seq_1_to_135000;"
    "CREATE TABLE keyless (a int, b varchar(100));"
    "INSERT INTO keyless SELECT seq * 7919 % 40000, repeat(md5(seq), 3) FROM seq_1_to_40000;"
    "CREATE TABLE child (id int PRIMARY KEY, parent int, FOREIGN KEY (parent) REFERENCES zparent "
    "(id) ON DELETE CASCADE) ENGINE=InnoDB;";
constexpr char kPartsMore[] =
    "SET foreign_key_checks=0; USE parts;"
    "CREATE TABLE zparent (id int PRIMARY KEY, v int, KEY v (v));"
    "INSERT INTO zparent SELECT seq, seq % 3 FROM seq_1_to_50;"
    "CREATE SEQUENCE s START WITH 100 INCREMENT BY 5; SELECT NEXTVAL(s);"
    "CREATE TABLE numbered (n bigint DEFAULT NEXTVAL(s) PRIMARY KEY, t text,"
    "  g varchar(10) AS (left(t, 3)) STORED, KEY g (g));"
    "INSERT INTO numbered (n, t) VALUES (0, 'zero'), (1, 'one');"
    "INSERT INTO child VALUES (1, 1), (2, 50);"
    "CREATE TABLE log (n int); CREATE TRIGGER after_child AFTER INSERT ON child FOR EACH ROW "
    "INSERT "
    "INTO log VALUES (NEW.id);"
    "CREATE VIEW upper AS SELECT n FROM lower_view; ";

class Restore : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    source_ = StartWithSchemas({"types", "charsets", "empty", "tables", "objects", "engines",
                                "partitions", "names", "keys"})
                  .release();
    // What a text cannot hold, or what differs for a reason of its own: dump_restore_test.cc. Rows
    // with NULLs that are equal by a unique key are sorted as the server likes.
    ExecOrExit(*source_,
               "DROP TABLE types.floats, types.temporals, types.enums, engines.archived, "
               "tables.versioned_explicit, tables.versioned_invisible, key_shapes.k_uuid_mixed, "
               "key_shapes.k_unique_composite_nulls, key_shapes.k_unique_many_nulls;"
               "DROP VIEW objects.v_check_in_string");
    ExecOrExit(*source_, kParts);
    ExecOrExit(*source_, absl::StrCat("SET foreign_key_checks=0; USE parts;"
                                      "CREATE VIEW lower_view AS SELECT 1 AS n;",
                                      kPartsMore));
    target_ = StartWithSchemas({}).release();
    ExecOrExit(*target_,
               "INSTALL SONAME 'ha_archive'; INSTALL SONAME 'ha_blackhole';"
               "CREATE USER 'objects_user'@localhost IDENTIFIED BY 'x';"
               "CREATE USER 'odd user'@'%.example.com'; CREATE ROLE objects_role;"
               "GRANT SELECT, TRIGGER ON objects.* TO objects_user@localhost, objects_role, "
               "'odd user'@'%.example.com'");
    dir_ = new fs::path(source_->dir() / "backups");
    key_ = new std::string((source_->dir() / "key").string());
    EXPECT_EQ(RunVerb({"crypto", "keygen", "--out", *key_}).exit_code, 0);
    gzip_ = new fs::path(Make("combined", *dir_ / "gzip", {"-t", "2"}));
    text_ = new std::string(Cat(*gzip_, {}));
    parts_ = new fs::path(Make("single", *dir_ / "parts", {"--database", "parts", "-C", "zstd"}));
    parts_text_ = new std::string(Cat(*parts_, {}));
  }
  static void TearDownTestSuite() {
    delete parts_text_;
    delete parts_;
    delete text_;
    delete gzip_;
    delete key_;
    delete dir_;
    delete target_;
    delete source_;
  }

  static fs::path Make(const std::string& mode, const fs::path& dir, Args more) {
    const ProcessResult run = RunVerb(BackupArgs(*source_, mode, dir, std::move(more)));
    EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
    for (const std::string& name : NamesIn(dir)) {
      if (name.find(".sql") != name.npos) return dir / name;
    }
    ADD_FAILURE() << "no dump in " << dir;
    return {};
  }

  static std::string Cat(const fs::path& file, Args more) {
    Args args = {"cat", file.string()};
    args.insert(args.end(), more.begin(), more.end());
    ProcessResult run = RunVerb(args);
    EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
    return std::move(run.stdout_text);
  }

  static Args RestoreArgs(const fs::path& file, const Args& more) {
    Args args = {"restore"};
    for (const std::string& arg : target_->ConnectionArgs()) args.push_back(arg);
    args.insert(args.end(), {file.string(), "--non-interactive", "--progress", "none"});
    args.insert(args.end(), more.begin(), more.end());
    return args;
  }
  static ProcessResult RunRestore(const fs::path& file, const Args& more) {
    return RunVerb(RestoreArgs(file, more));
  }
  static void MustRestore(const fs::path& file, const Args& more) {
    const ProcessResult run = RunRestore(file, more);
    EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
  }

  // What our dump says of the target, as `backup` would.
  static std::string TargetText(const Args& databases) { return TextOf(*target_, databases); }
  static std::string TextOf(const MariadbServer& server, const Args& databases) {
    Args args = {"dump"};
    for (const std::string& arg : server.ConnectionArgs()) args.push_back(arg);
    args.insert(args.end(), {"--single-transaction", "--order-by-primary", "--hex-blob",
                             "--routines", "--events", "--triggers", "--databases", "--"});
    args.insert(args.end(), databases.begin(), databases.end());
    // --no-defaults stands first.
    std::rotate(args.begin() + 1, std::find(args.begin(), args.end(), "--no-defaults"),
                std::find(args.begin(), args.end(), "--no-defaults") + 1);
    ProcessResult run = RunVerb(args);
    EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
    return std::move(run.stdout_text);
  }

  static void DropAll(const MariadbServer& server) {
    for (const std::string& name : Databases(server)) {
      ExecOrExit(server, absl::StrCat("SET foreign_key_checks=0; DROP DATABASE ", Quoted(name)));
    }
  }
  static Args Databases(const MariadbServer& server) {
    Args names = absl::StrSplit(server.Query("SHOW DATABASES").value(), '\n', absl::SkipEmpty());
    std::erase_if(names, [](const std::string& name) {
      return name == "information_schema" || name == "performance_schema" || name == "mysql" ||
             name == "sys" || name == "test";
    });
    return names;
  }
  static std::string Quoted(const std::string& name) {
    return absl::StrCat("`", absl::StrReplaceAll(name, {{"`", "``"}}), "`");
  }
  void SetUp() override { DropAll(*target_); }

  static MariadbServer* source_;
  static MariadbServer* target_;
  static fs::path* dir_;
  static std::string* key_;
  static fs::path* gzip_;     // everything
  static std::string* text_;  // of it
  static fs::path* parts_;    // the database `parts`
  static std::string* parts_text_;
};
MariadbServer* Restore::source_ = nullptr;
MariadbServer* Restore::target_ = nullptr;
fs::path* Restore::dir_ = nullptr;
std::string* Restore::key_ = nullptr;
fs::path* Restore::gzip_ = nullptr;
std::string* Restore::text_ = nullptr;
fs::path* Restore::parts_ = nullptr;
std::string* Restore::parts_text_ = nullptr;

TEST_F(Restore, EverythingComesBackAtOneThreadAndAtFour) {
  for (const char* threads : {"1", "4"}) {
    MustRestore(*gzip_, {"-t", threads});
    ExpectSameDump(*text_, TargetText(Databases(*source_)));
    DropAll(*target_);
  }
}

TEST_F(Restore, EveryCodecAndSealBringsTheSame) {
  const struct {
    const char* name;
    Args args;
  } cases[] = {{"xz", {"-C", "xz", "--compress-level", "0"}},
               {"plain", {"-C", "none"}},
               {"sealed", {"-C", "zstd", "--encryption-key-file", *key_}}};
  for (const auto& one : cases) {
    Args args = {"--database", "parts"};
    args.insert(args.end(), one.args.begin(), one.args.end());
    const fs::path file = Make("single", *dir_ / one.name, args);
    Args restore = {"-t", "2", "--drop-target", "--skip-backup"};
    if (std::string(one.name) == "sealed") {
      restore.insert(restore.end(), {"--encryption-key-file", *key_});
    }
    MustRestore(file, restore);
    ExpectSameDump(*parts_text_, TargetText({"parts"}));
  }
}

TEST_F(Restore, OneTableReadsOnlyItsFramesAndGoesWhereItIsTold) {
  const ProcessResult run =
      RunRestore(*parts_, {"--table", "parts.zparent", "--target-db", "else where", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.stderr_text;
  const json result = json::parse(run.stdout_text);
  EXPECT_EQ(result["tables"], 1);
  EXPECT_EQ(result["rows"], 50);
  EXPECT_EQ(target_->Query("SHOW TABLES FROM `else where`").value(), "zparent\n");
  // A table that is there is refused, and only that one.
  EXPECT_EQ(
      RunRestore(*parts_, {"--table", "parts.zparent", "--target-db", "else where"}).exit_code, 1);
  MustRestore(*parts_, {"--table", "parts.child", "--target-db", "else where"});
  // The large tables of the file were not read.
  const ProcessResult log =
      RunRestore(*gzip_, {"--table", "parts.zparent", "--target-db", "alone", "--json"});
  ASSERT_EQ(log.exit_code, 0) << log.stderr_text;
  const json read = json::parse(log.stdout_text);
  EXPECT_LT(read["bytes_read"].get<uint64_t>(), read["file_bytes"].get<uint64_t>() / 3);
  EXPECT_EQ(target_->Query("SELECT COUNT(*) FROM alone.zparent").value(), "50\n");
}

TEST_F(Restore, OneDatabaseUnderAnotherNameLeavesItsOwnAlone) {
  MustRestore(*gzip_, {"--database", "parts", "--target-db", "copy`d", "-t", "2"});
  EXPECT_EQ(Databases(*target_), Args{"copy`d"});
  EXPECT_EQ(target_->Query("CHECKSUM TABLE `copy``d`.big").value().substr(10),
            source_->Query("CHECKSUM TABLE parts.big").value().substr(9));
  EXPECT_EQ(target_->Query("SELECT n FROM `copy``d`.upper").value(), "1\n");
  EXPECT_THAT(target_->Query("SHOW CREATE TABLE `copy``d`.numbered").value(),
              HasSubstr("nextval(`copy``d`.`s`)"));
}

TEST_F(Restore, WrongNamesAreExitFourWithNearOnes) {
  const ProcessResult table = RunRestore(*gzip_, {"--table", "parts.keyles"});
  EXPECT_EQ(table.exit_code, 4);
  EXPECT_THAT(table.stderr_text, HasSubstr("did you mean parts.keyless"));
  const ProcessResult database = RunRestore(*gzip_, {"--database", "part"});
  EXPECT_EQ(database.exit_code, 4);
  EXPECT_THAT(database.stderr_text, HasSubstr("did you mean parts"));
}

TEST_F(Restore, WhatIsThereIsRefusedUnlessToldAndDroppedOnlyAfterABackup) {
  ExecOrExit(*target_,
             "CREATE DATABASE parts; CREATE TABLE parts.mine (a int); INSERT INTO "
             "parts.mine VALUES (42)");
  const ProcessResult refused = RunRestore(*parts_, {});
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.stderr_text, HasSubstr("is not empty"));
  EXPECT_EQ(target_->Query("SELECT a FROM parts.mine").value(), "42\n");

  // A safety backup that cannot be made keeps everything as it is.
  const ProcessResult no_room =
      RunRestore(*parts_, {"--drop-target", "--backup-dir", "/dev/null/x"});
  EXPECT_EQ(no_room.exit_code, 1);
  EXPECT_THAT(no_room.stderr_text, HasSubstr("nothing was dropped"));
  EXPECT_EQ(target_->Query("SELECT a FROM parts.mine").value(), "42\n");

  const fs::path safe = *dir_ / "safe";
  const ProcessResult dropped =
      RunRestore(*parts_, {"--drop-target", "--backup-dir", safe.string(), "--json"});
  ASSERT_EQ(dropped.exit_code, 0) << dropped.stderr_text;
  ExpectSameDump(*parts_text_, TargetText({"parts"}));
  const std::string backup = json::parse(dropped.stdout_text)["safety_backup"];
  MustRestore(backup, {"--target-db", "old"});
  EXPECT_EQ(target_->Query("SELECT a FROM old.mine").value(), "42\n");

  const ProcessResult system = RunRestore(*parts_, {"--target-db", "mysql", "--into-existing"});
  EXPECT_EQ(system.exit_code, 1);
  EXPECT_THAT(system.stderr_text, HasSubstr("system database"));
  EXPECT_EQ(RunVerb({"restore", parts_->string()}).exit_code, 2) << "no terminal to confirm at";
}

TEST_F(Restore, ADirectoryMeansItsNewestBackupAndAccountsComeOnRequest) {
  ExecOrExit(*source_,
             "CREATE USER wanderer@localhost IDENTIFIED BY 'w'; GRANT SELECT ON tables.* "
             "TO wanderer@localhost");
  const fs::path dir = *dir_ / "newest";
  Make("single", dir, {"--database", "empty_db", "-C", "none"});
  Make("single", dir, {"--database", "tables"});
  ExecOrExit(*source_, "DROP USER wanderer@localhost");
  MustRestore(dir, {"--database", "tables", "--with-users"});
  EXPECT_EQ(Databases(*target_), Args{"tables"});
  EXPECT_THAT(target_->Query("SHOW GRANTS FOR wanderer@localhost").value(),
              HasSubstr("GRANT SELECT ON `tables`.*"));
  EXPECT_EQ(RunRestore(dir, {"--database", "nowhere"}).exit_code, 4);
}

TEST_F(Restore, ASignalEndsItWithItsOwnCodeAndResumeGoesOn) {
  auto child = test_support::Subprocess::Start(VerbOptions(RestoreArgs(*parts_, {"-t", "2"})));
  ASSERT_TRUE(child.ok()) << child.status();
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (absl::Now() < deadline &&
         target_->Query("SELECT 1 FROM information_schema.processlist WHERE info LIKE 'INSERT%'")
             .value()
             .empty()) {
  }
  child->Signal(SIGTERM);
  const auto run = child->Wait();
  ASSERT_TRUE(run.ok());
  EXPECT_EQ(run->exit_code, 143) << run->stderr_text;
  MustRestore(*parts_, {"--resume", "-t", "2"});
  ExpectSameDump(*parts_text_, TargetText({"parts"}));
}

TEST_F(Restore, ADryRunChangesNothing) {
  const ProcessResult run = RunRestore(*parts_, {"--dry-run", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.stderr_text;
  EXPECT_EQ(json::parse(run.stdout_text)["rows"].get<uint64_t>(), 175000u + 50 + 2 + 2);
  EXPECT_TRUE(Databases(*target_).empty());
}

TEST_F(Restore, FilesOfMariadbDumpComeBackAsTheyWere) {
  const Args databases = {"objects", "objects_other", "tables"};
  const fs::path plain = *dir_ / "stock.sql";
  ASSERT_TRUE(test_support::WriteFile(plain.string(), ExpectedDump(*source_, databases)).ok());
  MustRestore(plain, {});
  ExpectSameDump(TextOf(*source_, databases), TargetText(databases));
  // Packed, and one database of several, under another name.
  const struct {
    const char* pack;
    const char* extension;
  } packs[] = {{"gzip -1c", ".gz"}, {"zstd -1 -qc", ".zst"}, {"xz -0c", ".xz"}};
  for (const auto& one : packs) {
    const fs::path file = absl::StrCat(plain.string(), one.extension);
    ProcessOptions options;
    options.argv = {"sh", "-c", absl::StrCat(one.pack, " < ", plain.string())};
    options.stdout_path = file.string();
    ASSERT_EQ(test_support::RunProcess(options)->exit_code, 0);
    MustRestore(file, {"--database", "objects_other", "--target-db", "other", "--drop-target",
                       "--skip-backup"});
    EXPECT_EQ(target_->Query("SHOW TABLES FROM other").value(),
              source_->Query("SHOW TABLES FROM objects_other").value());
  }
  // SQL that names no database.
  const fs::path bare = *dir_ / "bare.sql";
  ASSERT_TRUE(
      test_support::WriteFile(bare.string(), StockDump(*source_, {"parts", "keyless"})).ok());
  EXPECT_EQ(RunRestore(bare, {}).exit_code, 2);
  MustRestore(bare, {"--target-db", "bare"});
  EXPECT_EQ(target_->Query("SELECT COUNT(*) FROM bare.keyless").value(), "40000\n");
}

TEST_F(Restore, AWrongKeyIsTwelveAndDamageThirteenBeforeAnythingChanges) {
  const fs::path sealed =
      Make("single", *dir_ / "wrong", {"--database", "parts", "--encryption-key-file", *key_});
  EXPECT_EQ(RunRestore(sealed, {}).exit_code, 12);
  EXPECT_EQ(RunRestore(sealed, {"-K", "guess"}).exit_code, 12);

  ExecOrExit(*target_, "CREATE DATABASE parts; CREATE TABLE parts.mine (a int)");
  const fs::path damaged = *dir_ / "damaged" / parts_->filename();
  fs::create_directories(damaged.parent_path());
  for (const auto& entry : fs::directory_iterator(parts_->parent_path())) {
    fs::copy(entry.path(), damaged.parent_path() / entry.path().filename());
  }
  std::string bytes = test_support::ReadFile(damaged.string()).value();
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  ASSERT_TRUE(test_support::WriteFile(damaged.string(), bytes).ok());
  const ProcessResult run = RunRestore(damaged, {"--drop-target", "--skip-backup"});
  EXPECT_EQ(run.exit_code, 13);
  EXPECT_THAT(run.stderr_text, HasSubstr("parts"));
  EXPECT_EQ(target_->Query("SHOW TABLES FROM parts").value(), "mine\n");

  // A stream that is cut short is not begun.
  const fs::path cut = *dir_ / "cut.sql";
  ASSERT_TRUE(
      test_support::WriteFile(cut.string(), parts_text_->substr(0, parts_text_->size() / 2)).ok());
  EXPECT_EQ(RunRestore(cut, {"--drop-target", "--skip-backup"}).exit_code, 13);
  EXPECT_EQ(target_->Query("SHOW TABLES FROM parts").value(), "mine\n");
}

// Kills the restore's connections until one falls while rows are loaded.
void KillConnections(const MariadbServer& server) {
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (absl::Now() < deadline) {
    const Args ids = absl::StrSplit(
        server
            .Query("SELECT id FROM information_schema.processlist WHERE info LIKE 'INSERT INTO "
                   "`big`%'")
            .value(),
        '\n', absl::SkipEmpty());
    bool killed = false;
    for (const std::string& id : ids) killed |= server.Exec(absl::StrCat("KILL ", id)).ok();
    if (killed) return;
  }
  ADD_FAILURE() << "no INSERT was seen";
}

TEST_F(Restore, AfterAKilledConnectionResumeBringsTheRest) {
  const fs::path stream = *dir_ / "resume.sql";
  ASSERT_TRUE(test_support::WriteFile(stream.string(), *parts_text_).ok());
  for (const fs::path& file : {*parts_, stream}) {
    DropAll(*target_);
    auto child = test_support::Subprocess::Start(VerbOptions(RestoreArgs(file, {"-t", "2"})));
    ASSERT_TRUE(child.ok()) << child.status();
    KillConnections(*target_);
    const auto run = child->Wait();
    ASSERT_TRUE(run.ok());
    EXPECT_EQ(run->exit_code, 1);
    EXPECT_THAT(run->stderr_text, HasSubstr("`parts`.`big`"));
    EXPECT_THAT(run->stderr_text, HasSubstr("at byte "));
    MustRestore(file, {"--resume"});
    ExpectSameDump(*parts_text_, TargetText({"parts"}));
    EXPECT_EQ(RunRestore(file, {"--resume"}).exit_code, 2) << "nothing is left to resume";
  }
}

TEST_F(Restore, AFailingStatementIsNamedAndEndsInANonZeroCode) {
  std::string text = *parts_text_;
  const size_t at = text.find("INSERT INTO `numbered` VALUES");
  ASSERT_NE(at, text.npos);
  const size_t zero = text.find("(0,", at);
  text[zero + 1] = '?';
  const fs::path file = *dir_ / "wrong.sql";
  ASSERT_TRUE(test_support::WriteFile(file.string(), text).ok());
  const ProcessResult run = RunRestore(file, {});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_THAT(run.stderr_text, HasSubstr(absl::StrCat("at byte ", at)));
  EXPECT_THAT(run.stderr_text, HasSubstr("`parts`.`numbered`"));
  EXPECT_THAT(run.stderr_text, HasSubstr("error 1064"));
  EXPECT_THAT(run.stderr_text, HasSubstr("INSERT INTO `numbered` VALUES (?,"));

  const ProcessResult all = RunRestore(file, {"--into-existing", "--continue-on-error", "--json"});
  EXPECT_EQ(all.exit_code, 1);
  const json result = json::parse(all.stdout_text);
  EXPECT_EQ(result["failures_total"], 1);
  EXPECT_EQ(result["failures"][0]["error"], 1064);
  EXPECT_EQ(target_->Query("SELECT COUNT(*) FROM parts.zparent").value(), "50\n");

  // What went wrong is repaired, and the rest comes.
  text[zero + 1] = '0';
  ASSERT_TRUE(test_support::WriteFile(file.string(), text).ok());
  MustRestore(file, {"--resume"});
  ExpectSameDump(*parts_text_, TargetText({"parts"}));
}

// A plain file has no checksums of its own: only the index knows what was in it.
TEST_F(Restore, VerifyByRestoreFindsAChangedRowAndAMissingTable) {
  ExecOrExit(*source_,
             "CREATE DATABASE little; USE little; CREATE TABLE a (id int PRIMARY KEY, t "
             "varchar(20)); INSERT INTO a VALUES (1,'one'),(2,'two'); CREATE TABLE b LIKE "
             "a; INSERT INTO b VALUES (3,'three'); CREATE VIEW v AS SELECT id FROM a");
  const fs::path file = Make("single", *dir_ / "little", {"--database", "little", "-C", "none"});
  ExecOrExit(*source_, "DROP DATABASE little");
  const auto verify = [&] {
    return RunVerb({"verify", "--level", "restore", file.string(), "--json"});
  };
  const ProcessResult good = verify();
  ASSERT_EQ(good.exit_code, 0) << good.stderr_text;
  EXPECT_EQ(json::parse(good.stdout_text)["rows"], 3);

  const std::string text = test_support::ReadFile(file.string()).value();
  std::string changed = text;
  changed.replace(changed.find("'two'"), 5, "'owt'");
  const size_t begin = changed.find("DROP TABLE IF EXISTS `b`");
  const size_t end = changed.find("UNLOCK TABLES", begin);
  for (size_t i = begin; i < end; ++i) changed[i] = ' ';
  ASSERT_TRUE(test_support::WriteFile(file.string(), changed).ok());
  const ProcessResult table = verify();
  EXPECT_EQ(table.exit_code, 13);
  EXPECT_THAT(table.stderr_text, HasSubstr("`little`.`a`: data"));
  EXPECT_THAT(table.stderr_text, HasSubstr("`little`.`b`: missing"));
}

}  // namespace
}  // namespace sfdb::e2e
