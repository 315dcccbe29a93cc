// The command line of `backup`: flags, configuration, screens, questions at a terminal, logs,
// secrets.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "tests/e2e/backup_fixture.h"
#include "tests/support/pty_process.h"

namespace sfdb::e2e {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test_support::MariadbServer;
using test_support::ProcessResult;
using test_support::PtyProcess;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::Not;

constexpr char kDatabases[] = R"(
CREATE DATABASE mydb; CREATE TABLE mydb.t (a INT PRIMARY KEY, b TEXT);
INSERT INTO mydb.t VALUES (1,'x'),(2,'y');
CREATE DATABASE mydb_dmart; CREATE TABLE mydb_dmart.t (a INT);
CREATE DATABASE mydb_temp; CREATE TABLE mydb_temp.t (a INT);
CREATE DATABASE mydb_secondary_uat; CREATE TABLE mydb_secondary_uat.t (a INT);
CREATE DATABASE nothing;
DROP DATABASE IF EXISTS test;
CREATE USER app@localhost IDENTIFIED BY 'rahasia-sekali'; GRANT ALL ON *.* TO app@localhost;
)";

std::string FileText(const fs::path& path) {
  return test_support::ReadFile(path.string()).value_or("");
}

class BackupCli : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = MariadbServer::Start({.args = {"--log-bin", "--server-id=7"}}).value().release();
    const absl::Status made = server_->Exec(kDatabases);
    ASSERT_TRUE(made.ok()) << made;
  }
  static void TearDownTestSuite() { delete server_; }

  BackupCli() {
    dir_ = server_->dir() / absl::StrCat("cli-", ++counter_);
    fs::create_directories(dir_);
  }
  ~BackupCli() override { fs::remove_all(dir_); }

  std::string out() const { return (dir_ / "out").string(); }
  std::string log_dir() const { return (dir_ / "log").string(); }

  std::string Write(const std::string& name, const std::string& text) {
    const fs::path path = dir_ / name;
    std::ofstream(path) << text;
    chmod(path.c_str(), 0600);
    return path.string();
  }

  using Variables = std::vector<std::pair<std::string, std::string>>;
  // `backup MODE` against the server, with logs in the test's directory.
  ProcessResult RunMode(const std::string& mode, const std::vector<std::string>& more,
                        const Variables& variables = {}) {
    test_support::ProcessOptions options = VerbOptions(Command(mode, more));
    for (const auto& variable : variables) options.env.push_back(variable);
    // In front: the first of a name counts.
    options.env.insert(options.env.begin(), {"SFDB_LOG_DIR", log_dir()});
    auto result = test_support::RunProcess(std::move(options));
    EXPECT_TRUE(result.ok()) << result.status();
    EXPECT_FALSE(result->timed_out);
    return *std::move(result);
  }
  ProcessResult RunInto(const std::string& mode, std::vector<std::string> more,
                        const Variables& variables = {}) {
    more.insert(more.end(), {"--output-dir", out(), "--progress", "none"});
    return RunMode(mode, more, variables);
  }
  static std::vector<std::string> Command(const std::string& mode,
                                          const std::vector<std::string>& more) {
    std::vector<std::string> args = {"backup", mode};
    for (const std::string& arg : server_->ConnectionArgs()) args.push_back(arg);
    args.insert(args.end(), more.begin(), more.end());
    return args;
  }
  PtyProcess Terminal(const std::string& mode, std::vector<std::string> more,
                      const Variables& variables = {}) {
    more.insert(more.end(), {"--output-dir", out()});
    std::vector<std::string> argv = Command(mode, more);
    argv.insert(argv.begin(), SfdbProgram());
    Variables all = {{"HOME", "/nonexistent"},
                     {"TERM", "xterm"},
                     {"SFDB_LOG_DIR", log_dir()},
                     {"LANG", "id_ID.UTF-8"}};
    all.insert(all.end(), variables.begin(), variables.end());
    return PtyProcess::Start(argv, all).value();
  }

  static MariadbServer* server_;
  static int counter_;
  fs::path dir_;
};

MariadbServer* BackupCli::server_ = nullptr;
int BackupCli::counter_ = 0;

// --- Without a terminal ----------------------------------------------------------------------

TEST_F(BackupCli, WithoutATerminalNobodyIsAskedAndNothingHangs) {
  for (const char* mode : {"combined", "separated", "single", "primary", "secondary"}) {
    const ProcessResult run = RunInto(mode, {});
    EXPECT_EQ(run.exit_code, 2) << mode;
    EXPECT_THAT(run.stderr_text, HasSubstr("--non-interactive")) << mode;
    EXPECT_LT(run.wall_time, absl::Seconds(10));
  }
  const ProcessResult single = RunInto("single", {"--non-interactive"});
  EXPECT_EQ(single.exit_code, 2);
  EXPECT_THAT(single.stderr_text, HasSubstr("--database"));
  const ProcessResult key = RunInto("combined", {"--encryption", "--non-interactive"});
  EXPECT_EQ(key.exit_code, 12);
  EXPECT_THAT(NamesIn(out()), IsEmpty());
}

TEST_F(BackupCli, EachOfForceYesAndNonInteractiveRunsUnattended) {
  for (const char* flag : {"--force", "--yes", "-y", "--non-interactive", "-n", "--quiet"}) {
    const ProcessResult run = RunInto("combined", {"--db", "mydb", flag});
    EXPECT_EQ(run.exit_code, 0) << flag << run.stderr_text;
    if (std::string(flag) == "--quiet") {
      EXPECT_EQ(run.stdout_text, "");
      EXPECT_EQ(run.stderr_text, "");
    } else {
      EXPECT_THAT(run.stdout_text, HasSubstr("Result of the backup"));
    }
    // Only --yes and -y leave the options to be read in a log.
    EXPECT_EQ(run.stderr_text.find("Backup options") != std::string::npos ||
                  run.stderr_text.find("=== General ===") != std::string::npos,
              std::string(flag) == "--yes" || std::string(flag) == "-y")
        << flag;
    EXPECT_EQ(run.stdout_text.find('\x1b'), std::string::npos);
    fs::remove_all(out());  // names have seconds: the next run would wait for one
  }
}

// --- Screens ---------------------------------------------------------------------------------

TEST_F(BackupCli, TablesAndJsonSayTheSameInBothLanguages) {
  const ProcessResult table =
      RunInto("combined", {"--db", "mydb", "--yes", "--lang", "id", "--compression-type", "zstd"});
  ASSERT_EQ(table.exit_code, 0) << table.stderr_text;
  EXPECT_THAT(table.stdout_text, HasSubstr("=== Hasil Backup Database ==="));
  EXPECT_THAT(table.stdout_text, HasSubstr("Enabled (zstd)"));
  const std::string file = OnlyFile(out(), ".sql.zst");
  EXPECT_THAT(table.stdout_text, HasSubstr(file));
  EXPECT_THAT(table.stderr_text, HasSubstr("=== Informasi Umum ==="));
  fs::remove_all(out());

  const ProcessResult run = RunInto("combined", {"--db", "mydb", "--yes", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.stderr_text;
  const json document = json::parse(run.stdout_text);
  EXPECT_EQ(document["backup_status"], "success");
  EXPECT_EQ(document["backup_file"], OnlyFile(out(), ".sql.gz").string());
  EXPECT_EQ(document["summary"]["succeeded"], 1);
  EXPECT_EQ(document["exit_code"], 0);
}

TEST_F(BackupCli, ADryRunShowsWhatWouldBeWrittenAndWritesNothing) {
  const ProcessResult run = RunInto("combined", {"--exclude-db", "nothing", "--dry-run", "--json"});
  ASSERT_EQ(run.exit_code, 0) << run.stderr_text;
  const json plan = json::parse(run.stdout_text);
  EXPECT_THAT(plan["database_names"],
              ElementsAre("mydb", "mydb_dmart", "mydb_secondary_uat", "mydb_temp"));
  EXPECT_THAT(plan["files"][0].get<std::string>(), MatchesRegex("combined_.*\\.sql\\.gz"));
  EXPECT_THAT(plan["left_out"], Contains(json({{"database", "nothing"}, {"reason", "excluded"}})));
  EXPECT_FALSE(fs::exists(out()));
  const ProcessResult none = RunInto("combined", {"--db", "nosuch", "--dry-run"});
  EXPECT_EQ(none.exit_code, 4);
  EXPECT_THAT(none.stderr_text, HasSubstr("'nosuch' does not exist"));
  EXPECT_FALSE(fs::exists(out()));
}

// --- At a terminal ---------------------------------------------------------------------------

TEST_F(BackupCli, OnATerminalTheOptionsAreShownAndAYesStartsTheBackup) {
  PtyProcess terminal = Terminal("combined", {"--db", "mydb"});
  ASSERT_TRUE(terminal.WaitFor("Apakah Anda ingin melanjutkan? [Y/n]")) << terminal.screen();
  EXPECT_THAT(terminal.screen(), HasSubstr("Pengaturan Cleanup"));
  EXPECT_THAT(terminal.screen(), HasSubstr("\x1b[1m"));  // colour
  terminal.Type("what?\n");
  ASSERT_TRUE(terminal.WaitFor("[Y/n]")) << terminal.screen();
  terminal.Type("ya\n");
  EXPECT_EQ(terminal.Wait(), 0) << terminal.screen();
  EXPECT_THAT(terminal.screen(), HasSubstr("Hasil Backup Database"));
  EXPECT_TRUE(fs::exists(OnlyFile(out(), ".sql.gz")));
}

TEST_F(BackupCli, ANoOrAnInterruptLeavesNothingBehind) {
  {
    PtyProcess terminal = Terminal("combined", {"--db", "mydb"}, {{"NO_COLOR", "1"}});
    ASSERT_TRUE(terminal.WaitFor("[Y/n]")) << terminal.screen();
    EXPECT_EQ(terminal.screen().find('\x1b'), std::string::npos);
    terminal.Type("t\n");
    EXPECT_EQ(terminal.Wait(), 1);
    EXPECT_THAT(terminal.screen(), HasSubstr("Dibatalkan"));
  }
  PtyProcess terminal = Terminal("combined", {"--db", "mydb"});
  ASSERT_TRUE(terminal.WaitFor("[Y/n]")) << terminal.screen();
  terminal.Type("\x03");
  EXPECT_EQ(terminal.Wait(), 130);
  EXPECT_THAT(NamesIn(out()), IsEmpty());
}

TEST_F(BackupCli, SingleWithoutADatabaseOffersAMenuWithoutCompanionsAndSystem) {
  PtyProcess terminal = Terminal("single", {});
  ASSERT_TRUE(terminal.WaitFor("Pilih database")) << terminal.screen();
  ASSERT_TRUE(terminal.WaitFor("): ")) << terminal.screen();
  EXPECT_THAT(terminal.screen(), AllOf(HasSubstr("mydb"), Not(HasSubstr("mydb_dmart")),
                                       Not(HasSubstr("performance_schema"))));
  terminal.Type("mydb\n");
  ASSERT_TRUE(terminal.WaitFor("[Y/n]")) << terminal.screen();
  terminal.Type("\n");
  EXPECT_EQ(terminal.Wait(), 0) << terminal.screen();
  EXPECT_THAT(OnlyFile(out(), ".sql.gz").filename().string(), MatchesRegex("mydb_single_.*"));
}

TEST_F(BackupCli, TheMenuCanBeCancelled) {
  PtyProcess terminal = Terminal("single", {});
  ASSERT_TRUE(terminal.WaitFor("): ")) << terminal.screen();
  terminal.Type("\n");
  EXPECT_EQ(terminal.Wait(), 1);
  EXPECT_THAT(NamesIn(out()), IsEmpty());
}

TEST_F(BackupCli, TheEncryptionKeyIsAskedForWithoutEcho) {
  PtyProcess terminal = Terminal("combined", {"--db", "mydb", "--encryption"});
  ASSERT_TRUE(terminal.WaitFor("Encryption key: ")) << terminal.screen();
  terminal.Type("kunci-diketik\n");
  ASSERT_TRUE(terminal.WaitFor("[Y/n]")) << terminal.screen();
  terminal.Type("y\n");
  EXPECT_EQ(terminal.Wait(), 0) << terminal.screen();
  EXPECT_THAT(terminal.screen(), Not(HasSubstr("kunci-diketik")));
  EXPECT_TRUE(fs::exists(OnlyFile(out(), ".sql.gz.enc")));
}

// --- Configuration ---------------------------------------------------------------------------

TEST_F(BackupCli, FlagBeforeEnvironmentBeforeFile) {
  const std::string config = Write("config.yaml", absl::StrCat(R"(
backup:
  compression: {type: xz, level: 1}
  include: {databases: [mydb]}
  encryption: {enabled: true, key: dari-berkas}
  output:
    base_directory: )",
                                                               out(), R"(
    structure: {pattern: "{year}/x"}
)"));
  const std::string year = absl::FormatTime("%Y", absl::Now(), absl::UTCTimeZone());
  const fs::path expected = fs::path(out()) / year / "x";
  const ProcessResult file = RunMode("combined", {"--config", config, "--force"});
  ASSERT_EQ(file.exit_code, 0) << file.stderr_text;
  const fs::path sealed = OnlyFile(expected, ".sql.xz.enc");
  EXPECT_EQ(RunVerb({"verify", "-K", "dari-berkas", sealed}).exit_code, 0);
  fs::remove_all(out());

  const ProcessResult both =
      RunMode("combined", {"--force", "-C", "zstd"},
              {{"SFDB_APPS_CONFIG", config}, {"SFDB_BACKUP_ENCRYPTION_KEY", "dari-lingkungan"}});
  ASSERT_EQ(both.exit_code, 0) << both.stderr_text;
  const fs::path zstd = OnlyFile(expected, ".sql.zst.enc");
  EXPECT_EQ(RunVerb({"verify", "-K", "dari-lingkungan", zstd}).exit_code, 0);
  EXPECT_EQ(RunVerb({"verify", "-K", "dari-berkas", zstd}).exit_code, 12);
}

TEST_F(BackupCli, ConfigShowNamesOriginsAndMasksSecrets) {
  const std::string config = Write("config.yaml",
                                   "backup:\n  compression: {type: xz}\n"
                                   "  encryption: {key: rahasia}\n  cleanup: {schedule: x}\n"
                                   "  compresion: {type: gz}\n");
  const ProcessResult table = RunVerb({"config", "show", "--config", config, "--threads", "3"});
  ASSERT_EQ(table.exit_code, 0) << table.stderr_text;
  EXPECT_THAT(table.stdout_text, Not(HasSubstr("rahasia")));
  EXPECT_THAT(table.stdout_text, HasSubstr("config.yaml:2 backup.compression.type"));
  EXPECT_THAT(table.stdout_text, HasSubstr("config.yaml:4: backup.cleanup.schedule has no effect"));
  const ProcessResult run =
      RunVerb({"config", "show", "--json", "--config", config, "--threads", "3"});
  const json document = json::parse(run.stdout_text);
  EXPECT_EQ(document["settings"]["compression-type"]["value"], "xz");
  EXPECT_EQ(document["settings"]["compression-type"]["origin"], "file");
  EXPECT_EQ(document["settings"]["threads"]["origin"], "flag");
  EXPECT_EQ(document["settings"]["encryption-key"]["value"], "********");
  EXPECT_EQ(document["findings"].size(), 2u);
}

TEST_F(BackupCli, UnknownAndIdleKeysAreSaidAndAWrongValueIsExit2) {
  const std::string config =
      Write("config.yaml", "backup:\n  compresion: {type: xz}\n  output: {cleanup_temp: true}\n");
  const ProcessResult run = RunInto("combined", {"--db", "mydb", "--force", "--config", config});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.stderr_text, HasSubstr("config.yaml:2: backup.compresion.type is no key"));
  EXPECT_THAT(run.stderr_text, HasSubstr("without effect: backup.output.cleanup_temp"));
  const std::string wrong = Write("wrong.yaml", "backup:\n  compression: {level: best}\n");
  const ProcessResult bad = RunInto("combined", {"--force", "--config", wrong});
  EXPECT_EQ(bad.exit_code, 2);
  EXPECT_THAT(bad.stderr_text, HasSubstr("wrong.yaml:2: backup.compression.level"));
  EXPECT_EQ(RunInto("combined", {"--force", "--config", "/nonexistent.yaml"}).exit_code, 2);
}

// What the program was shipped with in November 2025, its server section shortened.
constexpr char kShipped2025[] = R"(
backup:
  cleanup: {days: 1, enabled: true, schedule: "0 2 * * *"}
  compression: {enabled: true, level: 6, type: gzip}
  encryption: {enabled: true, key: ""}
  exclude: {data: false, databases: [], empty: true, file: "", system_databases: true, user: false}
  include: {databases: [], file: "", include_archive: false, include_dmart: true, include_temp: false}
  mysqldump_args: "-CfQq --max-allowed-packet=1G --hex-blob --order-by-primary --single-transaction
    --routines=true --triggers=true --opt"
  output:
    base_directory: /media/backup
    capture_gtid: true
    cleanup_temp: true
    create_backup_info: true
    save_backup_info: true
    structure: {create_subdirs: true, pattern: "{year}/{month}/{day}/"}
  verification: {disk_space_check: true}
config_dir: {database_list: /etc/sfDBTools/db_list, database_profile: /etc/sfDBTools/profiles}
general: {app_name: sfDBTools, client_code: dataon, locale: {timezone: Asia/Jakarta}}
log:
  format: text
  level: info
  timezone: Asia/Jakarta
  output:
    console: {enabled: true}
    file:
      dir: /var/log/sfDBTools
      enabled: true
      filename_pattern: "sfDBTools_{date}.log"
      rotation: {compress_old: true, daily: true, max_size: 100MB, retention_days: 7}
mariadb: {port: 3306, version: 10.6.23}
system_users: {users: [root, mysql]}
)";

TEST_F(BackupCli, TheConfigurationThatTheProgramWasShippedWithWorks) {
  const std::string config = Write("config.yaml", kShipped2025);
  const ProcessResult run = RunInto("combined", {"--non-interactive", "--config", config},
                                    {{"SFDB_BACKUP_ENCRYPTION_KEY", "kunci"}});
  ASSERT_EQ(run.exit_code, 0) << run.stderr_text;
  const fs::path file = OnlyFile(out(), ".sql.gz.enc");
  EXPECT_EQ(RunVerb({"verify", "-K", "kunci", "--level", "data", file}).exit_code, 0);
  EXPECT_THAT(run.stderr_text, HasSubstr("without effect: backup.cleanup.schedule, "));
  EXPECT_TRUE(fs::exists(OnlyFile(log_dir(), ".log")));
  // Without the key the same configuration gives an error, not plain text.
  const ProcessResult no_key = RunInto("combined", {"--non-interactive", "--config", config});
  EXPECT_EQ(no_key.exit_code, 12);
}

// --- Flags of the later program --------------------------------------------------------------

TEST_F(BackupCli, AllAndFilterAreTheLaterNamesOfCombinedAndSeparated) {
  const ProcessResult all = RunInto("all", {"--dry-run", "--json"});
  EXPECT_EQ(json::parse(all.stdout_text)["backup_type"], "combined");
  const ProcessResult filter =
      RunInto("filter", {"--db", "mydb", "--mode", "multi-file", "--dry-run", "--json"});
  EXPECT_EQ(json::parse(filter.stdout_text)["backup_type"], "separated");
  EXPECT_EQ(RunInto("filter", {"--db", "mydb", "--mode", "both", "--dry-run"}).exit_code, 2);
  const ProcessResult nothing = RunInto("filter", {"--dry-run"});
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_THAT(nothing.stderr_text, HasSubstr("--db"));
}

TEST_F(BackupCli, FlagsOfBothFamiliesShapeTheFiles) {
  const ProcessResult run = RunMode("single", {"-d",
                                               "mydb",
                                               "-f",
                                               "nama",
                                               "--backup-dir",
                                               out(),
                                               "-e",
                                               "--capture-gtid=false",
                                               "-x",
                                               "--ticket",
                                               "BK-7",
                                               "-c",
                                               "zstd",
                                               "-l",
                                               "1",
                                               "-t",
                                               "1",
                                               "-n",
                                               "--progress",
                                               "none",
                                               "--mysqldump-args",
                                               "-fQq --skip-comments",
                                               "--disk-space-check=false"});
  ASSERT_EQ(run.exit_code, 0) << run.stderr_text;
  EXPECT_THAT(NamesIn(out()),
              ElementsAre(".sfdbtools.lock", "nama.meta.json", "nama.sql.zst", "nama.toc"));
  const json metadata = json::parse(FileText(fs::path(out()) / "nama.meta.json"));
  EXPECT_EQ(metadata["ticket"], "BK-7");
  const std::string sql = RunVerb({"cat", (fs::path(out()) / "nama.sql.zst").string()}).stdout_text;
  EXPECT_THAT(sql, AllOf(HasSubstr("CREATE TABLE `t`"), Not(HasSubstr("INSERT INTO")),
                         Not(HasSubstr("-- Host:"))));
}

TEST_F(BackupCli, ListFilesAndPatternsChooseDatabases) {
  const std::string list = Write("list.txt", "mydb\r\n\nmydb_temp\n");
  auto chosen = [&](std::vector<std::string> args) {
    args.insert(args.end(), {"--dry-run", "--json"});
    const ProcessResult run = RunInto("combined", args);
    EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
    return json::parse(run.stdout_text)["database_names"].get<std::vector<std::string>>();
  };
  EXPECT_THAT(chosen({"--db-file", list}), ElementsAre("mydb", "mydb_temp"));
  EXPECT_THAT(chosen({"--include-file", list, "--db", "nothing"}),
              ElementsAre("mydb", "mydb_temp", "nothing"));
  EXPECT_THAT(chosen({"--exclude-file", list, "--exclude-db", "noth*"}),
              ElementsAre("mydb_dmart", "mydb_secondary_uat"));
  EXPECT_THAT(chosen({"--include", "mydb_*", "--exclude", "mydb_temp,mydb_dmart"}),
              ElementsAre("mydb_secondary_uat"));
  EXPECT_THAT(chosen({"-E", "--exclude-system"}), Not(Contains("nothing")));
  const ProcessResult missing = RunInto("combined", {"--db-file", "/nonexistent", "--force"});
  EXPECT_EQ(missing.exit_code, 2);
}

TEST_F(BackupCli, ARunThatCannotBeginSaysSoInJsonAndInTheLogToo) {
  const ProcessResult run =
      RunInto("combined", {"--encryption", "--non-interactive", "--json", "--db", "mydb"});
  EXPECT_EQ(run.exit_code, 12);
  const json document = json::parse(run.stdout_text);
  EXPECT_EQ(document["exit_code"], 12);
  EXPECT_EQ(document["backup_status"], "failed");
  const json entry = json::parse(FileText(OnlyFile(log_dir(), "_error_backup.log")));
  EXPECT_EQ(entry["database"], "mydb");
  EXPECT_THAT(entry["error"].get<std::string>(), HasSubstr("no key"));
}

TEST_F(BackupCli, AFlagThatAModeCannotHonourIsRefusedWithItsReason) {
  struct Case {
    const char* mode;
    std::vector<std::string> args;
    const char* reason;
  };
  for (const Case& c :
       std::vector<Case>{{"single", {"--include", "a"}, "--include: not with mode single: "},
                         {"combined", {"--database", "a"}, "this mode takes lists: give --include"},
                         {"separated", {"--filename", "a"}, "several files"},
                         {"combined", {"--include-dmart"}, "companions belong to one database"},
                         {"primary", {"--instance", "x"}, "instances are those of mode secondary"},
                         {"combined", {"-C", "zlib"}, "zlib"},
                         {"combined", {"--skip-encrypt", "-K", "k"}, "drop one of them"}}) {
    std::vector<std::string> args = c.args;
    args.push_back("--force");
    const ProcessResult run = RunInto(c.mode, args);
    EXPECT_EQ(run.exit_code, 2) << c.mode << c.args[0];
    EXPECT_THAT(run.stderr_text, HasSubstr(c.reason));
  }
  EXPECT_THAT(NamesIn(out()), IsEmpty());
}

// --- The document's own command lines --------------------------------------------------------

class DocumentCommand : public BackupCli {
 protected:
  DocumentCommand() {
    profile_ = (dir_ / "profile.cnf.enc").string();
    const ProcessResult made =
        RunVerb({"profile", "create", "--profile", profile_, "--socket", server_->socket_path(),
                 "--user", "root", "--profile-key", "kunci-profil", "--non-interactive"});
    EXPECT_EQ(made.exit_code, 0) << made.stderr_text;
  }
  // As it stands in the document, with the directory and, unattended, --yes.
  ProcessResult RunDocument(const std::string& mode, std::vector<std::string> more) {
    more.insert(more.begin(), {"backup", mode, "--profile", profile_});
    more.insert(more.end(), {"--output-dir", out(), "--yes"});
    test_support::ProcessOptions options = VerbOptions(std::move(more));
    options.env.insert(options.env.begin(), {{"SFDB_LOG_DIR", log_dir()},
                                             {"SFDB_SOURCE_PROFILE_KEY", "kunci-profil"},
                                             {"SFDB_BACKUP_ENCRYPTION_KEY", "kunci-backup"}});
    return test_support::RunProcess(std::move(options)).value();
  }
  std::string profile_;
};

TEST_F(DocumentCommand, Combined) {
  const ProcessResult run =
      RunDocument("combined", {"--compression", "--compression-type", "zstd", "--encryption",
                               "--exclude-system", "--exclude-empty"});
  ASSERT_EQ(run.exit_code, 0) << run.stderr_text;
  const fs::path file = OnlyFile(out(), ".sql.zst.enc");
  EXPECT_THAT(file.filename().string(), MatchesRegex("combined_.*_[0-9]{8}_[0-9]{6}.sql.zst.enc"));
  const json metadata = json::parse(FileText(OnlyFile(out(), ".meta.json")));
  EXPECT_THAT(metadata["database_names"],
              ElementsAre("mydb", "mydb_dmart", "mydb_secondary_uat", "mydb_temp"));
  EXPECT_EQ(RunVerb({"verify", "-K", "kunci-backup", file}).exit_code, 0);
  EXPECT_THAT(run.stderr_text, HasSubstr("profile.cnf.enc"));
  EXPECT_THAT(run.stdout_text + run.stderr_text, Not(HasSubstr("kunci")));
}

TEST_F(DocumentCommand, SingleWithCompanions) {
  const ProcessResult run = RunDocument(
      "single",
      {"--database", "mydb", "--include-dmart", "--include-temp", "--compression", "--encryption"});
  ASSERT_EQ(run.exit_code, 0) << run.stderr_text;
  const std::string names = absl::StrJoin(NamesIn(out()), " ");
  EXPECT_THAT(names, HasSubstr("mydb_single_"));
  EXPECT_THAT(names, HasSubstr("mydb_dmart_single_"));
  EXPECT_THAT(names, HasSubstr("mydb_temp_single_"));
  EXPECT_THAT(names, Not(HasSubstr("secondary")));
}

TEST_F(DocumentCommand, SingleWithoutDatabaseIsAMenuOnATerminal) {
  PtyProcess terminal = PtyProcess::Start({SfdbProgram(), "backup", "single", "--profile", profile_,
                                           "--output-dir", out()},
                                          {{"HOME", "/nonexistent"},
                                           {"SFDB_LOG_DIR", log_dir()},
                                           {"SFDB_SOURCE_PROFILE_KEY", "kunci-profil"}})
                            .value();
  ASSERT_TRUE(terminal.WaitFor("Choose the database")) << terminal.screen();
  ASSERT_TRUE(terminal.WaitFor("): ")) << terminal.screen();
  terminal.Type("mydb\n");
  ASSERT_TRUE(terminal.WaitFor("[Y/n]")) << terminal.screen();
  terminal.Type("y\n");
  EXPECT_EQ(terminal.Wait(), 0) << terminal.screen();
  EXPECT_EQ(RunDocument("single", {"--non-interactive"}).exit_code, 2);
}

TEST_F(DocumentCommand, WithoutAProfileATerminalOffersThoseOfTheConfiguredDirectory) {
  const std::string config =
      Write("config.yaml", absl::StrCat("config_dir: {database_profile: ", dir_.string(), "}\n"));
  PtyProcess terminal =
      PtyProcess::Start({SfdbProgram(), "backup", "single", "--config", config, "--database",
                         "mydb", "--no-defaults", "--output-dir", out()},
                        {{"HOME", "/nonexistent"},
                         {"SFDB_LOG_DIR", log_dir()},
                         {"SFDB_SOURCE_PROFILE_KEY", "kunci-profil"}})
          .value();
  ASSERT_TRUE(terminal.WaitFor("Choose a profile")) << terminal.screen();
  ASSERT_TRUE(terminal.WaitFor("): ")) << terminal.screen();
  terminal.Type("profile\n");
  ASSERT_TRUE(terminal.WaitFor("[Y/n]")) << terminal.screen();
  EXPECT_THAT(terminal.screen(), HasSubstr("profile.cnf.enc"));
  terminal.Type("n\n");
  EXPECT_EQ(terminal.Wait(), 1);
}

TEST_F(DocumentCommand, Separated) {
  const ProcessResult run = RunDocument("separated", {"--include", "mydb,mydb_dmart,mydb_temp",
                                                      "--compression", "--compression-type", "xz"});
  ASSERT_EQ(run.exit_code, 0) << run.stderr_text;
  std::vector<std::string> names = NamesIn(out());
  std::erase_if(names, [](const std::string& name) { return !name.ends_with(".sql.xz"); });
  EXPECT_THAT(
      names, ElementsAre(MatchesRegex("mydb_dmart_separated_.*"), MatchesRegex("mydb_separated_.*"),
                         MatchesRegex("mydb_temp_separated_.*")));
  names = NamesIn(out());
  std::erase_if(names, [](const std::string& name) { return !name.ends_with("_users.cnf"); });
  EXPECT_EQ(names.size(), 1u);
}

TEST_F(DocumentCommand, PrimaryAndSecondaryTakeTheirOwn) {
  ASSERT_EQ(RunDocument("primary", {"--non-interactive"}).exit_code, 0);
  const std::string primary = absl::StrJoin(NamesIn(out()), " ");
  EXPECT_THAT(primary, AllOf(HasSubstr("mydb_primary_"), HasSubstr("nothing_primary_"),
                             Not(HasSubstr("mydb_secondary_uat")), Not(HasSubstr("mydb_temp_"))));
  fs::remove_all(out());
  ASSERT_EQ(RunDocument("secondary", {"--non-interactive"}).exit_code, 0);
  const std::string secondary = absl::StrJoin(NamesIn(out()), " ");
  EXPECT_THAT(secondary,
              AllOf(HasSubstr("mydb_secondary_uat_secondary_"), Not(HasSubstr("mydb_primary"))));
}

// --- Logs ------------------------------------------------------------------------------------

TEST_F(BackupCli, AFailureIsOneJsonLineInTheErrorLog) {
  const ProcessResult run = RunInto("combined", {"--db", "nosuch,neither", "--force"});
  EXPECT_EQ(run.exit_code, 4);
  const fs::path log = OnlyFile(log_dir(), "_error_backup.log");
  std::ifstream stream(log);
  std::string line;
  ASSERT_TRUE(std::getline(stream, line));
  const json entry = json::parse(line);
  EXPECT_EQ(entry["type"], "combined");
  EXPECT_EQ(entry["database"], "nosuch,neither");
  EXPECT_EQ(entry["exit_code"], 4);
  EXPECT_TRUE(entry.contains("timestamp"));
  EXPECT_TRUE(entry.contains("file"));
  EXPECT_THAT(entry["error"].get<std::string>(), HasSubstr("no database"));
  EXPECT_THAT(entry["output"].dump(), HasSubstr("'nosuch' does not exist"));
  EXPECT_THAT(run.stderr_text, HasSubstr(log.string()));
  EXPECT_FALSE(std::getline(stream, line));
  EXPECT_EQ(fs::status(log).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(BackupCli, OneFailingDatabaseIsShownAndLoggedBesideThoseThatSucceeded) {
  ASSERT_TRUE(server_
                  ->Exec("CREATE DATABASE rusak; CREATE TABLE rusak.m (id INT PRIMARY KEY);"
                         "ALTER TABLE rusak.m DISCARD TABLESPACE")
                  .ok());
  const ProcessResult run =
      RunInto("separated", {"--include", "mydb,rusak,mydb_temp", "--force", "--lang", "id",
                            "--cleanup", "--cleanup-days", "1"});
  EXPECT_TRUE(server_->Exec("DROP DATABASE rusak").ok());
  EXPECT_EQ(run.exit_code, 3) << run.stderr_text;
  EXPECT_THAT(run.stdout_text, testing::ContainsRegex("Total Berhasil +[^0-9]+ 2 "));
  EXPECT_THAT(run.stdout_text, testing::ContainsRegex("Total Gagal +[^0-9]+ 1 "));
  EXPECT_THAT(run.stdout_text, HasSubstr("=== Daftar Database Gagal Dibackup ===\n\n1. rusak\n"));
  const json entry = json::parse(FileText(OnlyFile(log_dir(), "_error_backup.log")));
  EXPECT_EQ(entry["database"], "rusak");
  EXPECT_EQ(entry["type"], "separated");
  EXPECT_EQ(entry["exit_code"], 3);
  EXPECT_THAT(entry["file"].get<std::string>(), HasSubstr("rusak_separated_"));
}

TEST_F(BackupCli, ALogDirectoryThatCannotBeWrittenStopsNothing) {
  const std::string file = Write("file", "in the way");
  const ProcessResult run =
      RunInto("combined", {"--db", "mydb", "--force", "--log-dir", file + "/log"});
  EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
  EXPECT_THAT(run.stderr_text, HasSubstr("cannot be written; logs go to"));
}

TEST_F(BackupCli, TheRunsLogHasAFormatAndALevel) {
  const std::string config = Write("config.yaml",
                                   "log: {format: json, output: {file: {enabled: true, "
                                   "filename_pattern: 'x_{date}.log'}}}\n");
  ASSERT_EQ(RunInto("combined", {"--db", "mydb", "--force", "--config", config}).exit_code, 0);
  std::ifstream stream(OnlyFile(log_dir(), ".log"));
  std::vector<std::string> messages;
  for (std::string line; std::getline(stream, line);) {
    messages.push_back(json::parse(line)["message"]);
  }
  EXPECT_THAT(messages, ElementsAre("backup started", "backup written", "backup ended"));
}

// --- Cleanup ---------------------------------------------------------------------------------

TEST_F(BackupCli, OldBackupsGoAfterAGoodRunAndStayAfterABadOne) {
  ASSERT_EQ(RunInto("combined", {"--db", "mydb", "--force", "--filename", "old"}).exit_code, 0);
  // Ten days ago, as its metadata says.
  const fs::path metadata = OnlyFile(out(), ".meta.json");
  json document = json::parse(test_support::ReadFile(metadata.string()).value());
  const std::string then =
      absl::FormatTime("%Y-%m-%d %H:%M:%S", absl::Now() - absl::Hours(240), absl::UTCTimeZone());
  document["backup_start_time"] = document["backup_end_time"] = then;
  document["generated_at"] =
      absl::FormatTime(absl::RFC3339_sec, absl::Now() - absl::Hours(240), absl::UTCTimeZone());
  ASSERT_TRUE(test_support::WriteFile(metadata.string(), document.dump()).ok());
  const std::vector<std::string> cleanup = {"--db",      "mydb",           "--force",
                                            "--cleanup", "--cleanup-days", "7"};
  std::vector<std::string> failing = cleanup;
  failing[1] = "nosuch";
  EXPECT_EQ(RunInto("combined", failing).exit_code, 4);
  EXPECT_TRUE(fs::exists(metadata));
  const ProcessResult run = RunInto("combined", cleanup);
  EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
  EXPECT_FALSE(fs::exists(metadata)) << run.stderr_text;
  EXPECT_TRUE(fs::exists(OnlyFile(out(), ".sql.gz")));
  EXPECT_EQ(RunInto("combined", {"--db", "mydb", "--force", "--cleanup"}).exit_code, 2);
}

// --- Secrets ---------------------------------------------------------------------------------

TEST_F(BackupCli, NoPasswordOrKeyShowsInPsLogsMetadataOrFilesThatOthersRead) {
  PtyProcess terminal =
      Terminal("combined", {"--db", "mydb", "--user=app", "--password=rahasia-sekali", "-K",
                            "kunci-rahasia", "--log-file"});
  ASSERT_TRUE(terminal.WaitFor("[Y/n]")) << terminal.screen();
  const std::string command_line = FileText(absl::StrCat("/proc/", terminal.pid(), "/cmdline"));
  EXPECT_THAT(command_line, HasSubstr("--user=app"));
  EXPECT_THAT(command_line, Not(HasSubstr("rahasia")));
  terminal.Type("y\n");
  EXPECT_EQ(terminal.Wait(), 0) << terminal.screen();
  EXPECT_THAT(terminal.screen(), Not(HasSubstr("rahasia")));
  // A run that fails puts what it was told into the error log.
  EXPECT_EQ(RunInto("combined",
                    {"--force", "--user=app", "--password=rahasia-salah", "-K", "kunci-rahasia"})
                .exit_code,
            1);
  size_t files = 0;
  for (const std::string& directory : {out(), log_dir()}) {
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
      if (!entry.is_regular_file()) continue;
      ++files;
      EXPECT_THAT(FileText(entry.path()), Not(HasSubstr("rahasia"))) << entry.path();
      EXPECT_EQ(entry.status().permissions() & fs::perms::others_all, fs::perms::none)
          << entry.path();
    }
  }
  EXPECT_GE(files, 5u);
}

// --- The library -----------------------------------------------------------------------------

TEST_F(BackupCli, TheExampleOfTheLibraryMakesABackupThatVerifies) {
  test_support::ProcessOptions options;
  options.argv = {SFDB_EXAMPLE, server_->socket_path(), "root", out(), "mydb"};
  const auto run = test_support::RunProcess(options);
  ASSERT_TRUE(run.ok()) << run.status();
  EXPECT_EQ(run->exit_code, 0) << run->stderr_text;
  const fs::path file = OnlyFile(out(), ".sql.zst");
  EXPECT_THAT(run->stdout_text, HasSubstr(file.string()));
  EXPECT_EQ(RunVerb({"verify", "--level", "data", file}).exit_code, 0);
}

}  // namespace
}  // namespace sfdb::e2e
