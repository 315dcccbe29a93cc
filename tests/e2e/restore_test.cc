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
    "unhex(sha1(seq)) FROM seq_1_to_150000;"
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
  static std::string Quoted(std::string name) {
    for (size_t at = 0; (at = name.find('`', at)) != name.npos; at += 2) name.insert(at, "`");
    return "`" + name + "`";
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

}  // namespace
}  // namespace sfdb::e2e
