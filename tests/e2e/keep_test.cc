// Keeping: `cleanup`, `list`, `db-scan` and `profile`, on backups and a server that are real.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "engine/sinks/directory_lock.h"
#include "tests/e2e/backup_fixture.h"
#include "tests/support/pty_process.h"

namespace sfdb::e2e {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using test_support::MariadbServer;
using test_support::ProcessOptions;
using test_support::ProcessResult;
using test_support::PtyProcess;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Nothing that we print or write in clear may hold one of these.
constexpr char kPassword[] = "rahasia-Pass-71";
constexpr char kKey[] = "kunci-Profil-82";

class Keep : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ = StartWithSchemas({}, {}).release();
    ExecOrExit(*server_,
               "CREATE DATABASE app; CREATE DATABASE shop; CREATE DATABASE `kösk`;"
               "CREATE TABLE app.t (id INT PRIMARY KEY, x VARCHAR(40));"
               "CREATE TABLE app.u LIKE app.t; INSERT INTO app.t VALUES (1, 'one');"
               "CREATE VIEW app.v AS SELECT * FROM app.t;"
               "CREATE PROCEDURE app.p() SELECT 1; CREATE FUNCTION app.f() RETURNS INT RETURN 1;"
               "CREATE FUNCTION app.g() RETURNS INT RETURN 2;"
               "CREATE TABLE shop.t (id INT PRIMARY KEY);"
               "GRANT SELECT ON app.* TO one@localhost IDENTIFIED BY 'x';"
               "GRANT SELECT ON `ap%`.* TO two@localhost IDENTIFIED BY 'x';" +
                   absl::StrCat("CREATE USER keeper@localhost IDENTIFIED BY '", kPassword, "';") +
                   "GRANT ALL ON *.* TO keeper@localhost;");
  }
  static void TearDownTestSuite() { delete server_; }

  Keep() {
    dir_ = server_->dir() / absl::StrCat("keep-", ++counter_);
    fs::create_directories(dir_ / "home");
  }
  ~Keep() override {
    NoSecretInTheClear();
    fs::remove_all(dir_);
  }

  // `sfdbtools ARGS`, everything it prints remembered for NoSecretInTheClear().
  ProcessResult Run(std::vector<std::string> args,
                    std::vector<std::pair<std::string, std::string>> env = {}) {
    ProcessOptions options = VerbOptions(std::move(args));
    std::erase_if(options.env, [](const auto& variable) { return variable.first == "HOME"; });
    options.env.emplace_back("HOME", (dir_ / "home").string());
    for (const char* name :
         {"SFDB_PROFILE_KEY", "SFDB_SOURCE_PROFILE_KEY", "SFDB_SOURCE_PROFILE", "SFDB_APPS_CONFIG",
          "XDG_CONFIG_HOME", "SFDB_TARGET_PROFILE", "SFDB_TARGET_PROFILE_KEY"}) {
      options.unset_env.push_back(name);
    }
    for (auto& variable : env) options.env.push_back(std::move(variable));
    auto result = test_support::RunProcess(std::move(options));
    EXPECT_TRUE(result.ok()) << result.status();
    if (!result.ok()) return {};
    EXPECT_FALSE(result->timed_out);
    printed_ += result->stdout_text + result->stderr_text;
    return *std::move(result);
  }
  ProcessResult RunWithKey(std::vector<std::string> args) {
    return Run(std::move(args), {{"SFDB_PROFILE_KEY", kKey}});
  }

  // The same at a terminal.
  PtyProcess Terminal(std::vector<std::string> args) {
    args.insert(args.begin(), SfdbProgram());
    return PtyProcess::Start(
               args, {{"HOME", (dir_ / "home").string()}, {"TERM", "xterm"}, {"LANG", "C.UTF-8"}})
        .value();
  }

  void NoSecretInTheClear() {
    EXPECT_THAT(printed_, Not(HasSubstr(kPassword)));
    EXPECT_THAT(printed_, Not(HasSubstr(kKey)));
    for (const auto& entry : fs::recursive_directory_iterator(dir_)) {
      if (!entry.is_regular_file()) continue;
      struct stat info {};
      ASSERT_EQ(stat(entry.path().c_str(), &info), 0);
      EXPECT_EQ(info.st_mode & 077, 0u) << entry.path() << " is open to others";
      if (entry.path().filename() == "password") continue;
      const std::string content = test_support::ReadFile(entry.path().string()).value();
      EXPECT_THAT(content, Not(HasSubstr(kPassword))) << entry.path();
      EXPECT_THAT(content, Not(HasSubstr(kKey))) << entry.path();
    }
  }

  // A backup of app, its metadata moved into the past.
  fs::path MakeBackup(int days_ago) {
    const fs::path out = dir_ / "new";
    const ProcessResult run =
        Run(BackupArgs(*server_, "single", out, {"--database", "app", "--compress-level", "1"}));
    EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
    const fs::path metadata = OnlyFile(out, ".meta.json");
    const std::string text = test_support::ReadFile(metadata.string()).value();
    json old = json::parse(text);
    const std::string end = old["backup_end_time"];
    const std::string past = absl::FormatTime(
        "%Y-%m-%d %H:%M:%S", absl::Now() - absl::Hours(24) * days_ago, absl::UTCTimeZone());
    EXPECT_TRUE(
        test_support::WriteFile(metadata.string(), absl::StrReplaceAll(text, {{end, past}})).ok());
    fs::create_directories(backups());
    const std::string base = metadata.stem().stem().string();
    for (const std::string& name : NamesIn(out)) {
      if (name.starts_with(base)) {
        // Names have seconds; what tells these apart is put in front of the host.
        fs::rename(out / name,
                   backups() / absl::StrReplaceAll(
                                   name, {{"_single_", absl::StrCat("_single_d", days_ago, "-")}}));
      }
    }
    // The dump's name in the metadata.
    const fs::path moved =
        backups() / absl::StrReplaceAll(metadata.filename().string(),
                                        {{"_single_", absl::StrCat("_single_d", days_ago, "-")}});
    const std::string renamed =
        absl::StrReplaceAll(test_support::ReadFile(moved.string()).value(),
                            {{"_single_", absl::StrCat("_single_d", days_ago, "-")}});
    EXPECT_TRUE(test_support::WriteFile(moved.string(), renamed).ok());
    return moved;
  }
  fs::path backups() const { return dir_ / "backups"; }

  std::vector<std::string> ProfileArgs(const std::string& command, const std::string& name,
                                       std::vector<std::string> more = {}) {
    std::vector<std::string> args = {"profile", command, "--profile", name, "--non-interactive"};
    args.insert(args.end(), more.begin(), more.end());
    return args;
  }
  std::string PasswordFile() {
    const std::string path = (dir_ / "password").string();
    EXPECT_TRUE(test_support::WriteFile(path, std::string(kPassword) + "\n").ok());
    fs::permissions(path, fs::perms(0600));
    return path;
  }
  fs::path ProfileDir() const { return dir_ / "home/.config/sfdbtools/profiles"; }

  static MariadbServer* server_;
  static int counter_;
  fs::path dir_;
  std::string printed_;
};
MariadbServer* Keep::server_ = nullptr;
int Keep::counter_ = 0;

TEST_F(Keep, CleanupRemovesWhatItsDryRunSaidAndListShowsTheRest) {
  for (const int days : {40, 20, 0}) MakeBackup(days);
  const std::string dir = backups().string();
  ASSERT_TRUE(test_support::WriteFile(dir + "/mine.sql.gz", "mine").ok());
  fs::permissions(dir + "/mine.sql.gz", fs::perms(0600));
  const std::vector<std::string> before = NamesIn(backups());

  const ProcessResult list = Run({"list", dir, "--json"});
  EXPECT_EQ(list.exit_code, 0) << list.stderr_text;
  json listed = json::parse(list.stdout_text);
  ASSERT_EQ(listed["backups"].size(), 3u);
  EXPECT_EQ(listed["backups"][0]["database_names"], json({"app"}));
  EXPECT_TRUE(listed["backups"][0]["good"]);
  EXPECT_LT(listed["backups"][0]["backup_end_time"], listed["backups"][2]["backup_end_time"]);
  EXPECT_THAT(Run({"list", dir}).stdout_text, HasSubstr("3 backups"));

  const ProcessResult dry = Run({"cleanup", "dry-run", dir, "--days", "30"});
  EXPECT_EQ(dry.exit_code, 0) << dry.stderr_text;
  EXPECT_EQ(NamesIn(backups()), before);
  EXPECT_EQ(Run({"cleanup", "run", dir, "--days", "30", "--dry-run"}).stdout_text, dry.stdout_text);
  EXPECT_EQ(NamesIn(backups()), before);
  const ProcessResult run = Run({"cleanup", "run", dir, "--days", "30", "--yes"});
  EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
  EXPECT_EQ(run.stdout_text, dry.stdout_text);
  EXPECT_THAT(run.stdout_text, HasSubstr("to remove: 1 backups"));
  for (const std::string& name : before) {
    const bool gone = name.find("_single_d40-") != name.npos;
    EXPECT_EQ(fs::exists(backups() / name), !gone) << name;
    EXPECT_EQ(dry.stdout_text.find(name) != std::string::npos, gone) << name;
  }
  EXPECT_EQ(json::parse(Run({"list", dir, "--json"}).stdout_text)["backups"].size(), 2u);

  // What is left is a backup still, and a pattern narrows.
  EXPECT_EQ(
      Run({"cleanup", "pattern", "-p", "shop_*", "--days", "0", "--yes", "-o", dir}).exit_code, 0);
  EXPECT_EQ(json::parse(Run({"list", dir, "--json"}).stdout_text)["backups"].size(), 2u);
  const ProcessResult rest = Run({"cleanup", "pattern", "--pattern", "app_*.sql.gz", "--keep-last",
                                  "1", "--non-interactive", "--json", "-o", dir});
  EXPECT_EQ(rest.exit_code, 0) << rest.stderr_text;
  EXPECT_EQ(json::parse(rest.stdout_text)["removed"].size(), 1u);
  const std::string last = OnlyFile(backups(), ".meta.json").string();
  EXPECT_THAT(last, HasSubstr("_single_d0-"));
  EXPECT_EQ(Run({"verify", absl::StrReplaceAll(last, {{".meta.json", ".sql.gz"}})}).exit_code, 0);
}

TEST_F(Keep, CleanupAsksOrRefusesAndTakesTheLock) {
  MakeBackup(40);
  MakeBackup(0);
  const std::string dir = backups().string();
  const std::vector<std::string> before = NamesIn(backups());
  EXPECT_EQ(Run({"cleanup", "run", dir, "--days", "30"}).exit_code, 2) << "no terminal to ask at";
  EXPECT_EQ(Run({"cleanup", "run", dir, "--yes"}).exit_code, 2) << "no rule";
  EXPECT_EQ(Run({"cleanup", "run", dir, "--days", "x", "--yes"}).exit_code, 2);
  EXPECT_EQ(Run({"cleanup", "run", dir + "/none", "--days", "1", "--yes"}).exit_code, 2);
  EXPECT_EQ(Run({"cleanup", "pattern", dir, "--days", "1", "--yes"}).exit_code, 2);
  EXPECT_EQ(Run({"cleanup", "run", dir, "--days", "30", "--background"}).exit_code, 2);
  EXPECT_EQ(NamesIn(backups()), before);
  {
    const auto lock = engine::DirectoryLock::Acquire(dir, "backup combined");
    ASSERT_TRUE(lock.ok()) << lock.status();
    const ProcessResult locked = Run({"cleanup", "run", dir, "--days", "30", "--yes"});
    EXPECT_EQ(locked.exit_code, 11);
    EXPECT_THAT(locked.stderr_text, HasSubstr("backup combined"));
  }
  // Days from the configuration, as Go sfDBTools took them.
  const std::string config = (dir_ / "config.yaml").string();
  ASSERT_TRUE(test_support::WriteFile(config,
                                      "backup:\n  cleanup:\n    days: 30\n  output:\n"
                                      "    base_directory: " +
                                          dir + "\n")
                  .ok());
  fs::permissions(config, fs::perms(0600));
  const ProcessResult run = Run({"cleanup", "run", "--force", "--config", config});
  EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
  EXPECT_THAT(run.stdout_text, HasSubstr("to remove: 1 backups"));
}

TEST_F(Keep, ScanCountsWhatDatabasesHold) {
  std::vector<std::string> args = {"db-scan", "all"};
  for (const std::string& arg : server_->ConnectionArgs()) args.push_back(arg);
  const ProcessResult table = Run(args);
  EXPECT_EQ(table.exit_code, 0) << table.stderr_text;
  EXPECT_THAT(table.stdout_text, HasSubstr("kösk"));
  args.push_back("--json");
  const json all = json::parse(Run(args).stdout_text);
  ASSERT_EQ(all["databases"].size(), 3u);
  const json& app = all["databases"][0];
  EXPECT_EQ(app["database"], "app");
  EXPECT_EQ(app["tables"], 2);
  EXPECT_EQ(app["views"], 1);
  EXPECT_EQ(app["procedures"], 1);
  EXPECT_EQ(app["functions"], 2);
  EXPECT_EQ(app["grants"], 2) << "by name and by pattern";
  EXPECT_EQ(app["status"], "OK");
  EXPECT_GT(app["size_bytes"], 0);
  EXPECT_EQ(all["total"]["tables"], 3);

  args[1] = "filter";
  EXPECT_EQ(Run(args).exit_code, 2) << "nothing to filter by";
  const std::string list = (dir_ / "list").string();
  ASSERT_TRUE(test_support::WriteFile(list, "shop\r\n\nkösk\n").ok());
  fs::permissions(list, fs::perms(0600));
  auto with = [&](std::vector<std::string> more) {
    more.insert(more.begin(), args.begin(), args.end());
    return Run(more);
  };
  ProcessResult run = with({"--db", "app,nowhere", "--db-file", list, "--exclude-db", "shop"});
  EXPECT_EQ(run.exit_code, 0);
  EXPECT_THAT(run.stderr_text, HasSubstr("'nowhere' does not exist"));
  EXPECT_EQ(json::parse(run.stdout_text)["databases"].size(), 2u);
  EXPECT_EQ(with({"--db", "nowhere"}).exit_code, 4);
  EXPECT_EQ(with({"--db-file", list + "none"}).exit_code, 2);
  run = with({"--exclude-db", "app", "--exclude-system=false"});
  EXPECT_THAT(run.stdout_text, HasSubstr("\"mysql\""));
}

TEST_F(Keep, AProfileIsMadeUsedChangedAndRemoved) {
  const std::string socket = server_->socket_path();
  const std::vector<std::string> server = {"--socket", socket, "--user", "keeper"};
  std::vector<std::string> create = ProfileArgs("create", "prod", server);
  EXPECT_EQ(RunWithKey(create).exit_code, 1) << "no password: the server says no";
  EXPECT_FALSE(fs::exists(ProfileDir() / "prod.cnf.enc"));
  create.insert(create.end(), {"--password-file", PasswordFile()});
  EXPECT_EQ(Run(create).exit_code, 12) << "no key, and nobody to ask";
  const ProcessResult made = RunWithKey(create);
  EXPECT_EQ(made.exit_code, 0) << made.stderr_text;
  const fs::path file = ProfileDir() / "prod.cnf.enc";
  EXPECT_EQ(made.stdout_text, file.string() + "\n");
  EXPECT_THAT(NamesIn(ProfileDir()), ElementsAre("prod.cnf.enc"));
  EXPECT_EQ(RunWithKey(create).exit_code, 1) << "never overwritten";

  const ProcessResult show = Run(ProfileArgs("show", "prod"), {{"SFDB_SOURCE_PROFILE_KEY", kKey}});
  EXPECT_EQ(show.exit_code, 0) << show.stderr_text;
  EXPECT_THAT(show.stdout_text, HasSubstr("keeper"));
  EXPECT_THAT(show.stdout_text, HasSubstr("********"));
  EXPECT_EQ(Run(ProfileArgs("show", "prod"), {{"SFDB_PROFILE_KEY", "lain"}}).exit_code, 12);
  const std::string kept = printed_;
  const ProcessResult clear = RunWithKey(ProfileArgs("show", "prod", {"--reveal-password"}));
  EXPECT_THAT(clear.stdout_text, HasSubstr(kPassword));
  printed_ = kept;  // that one was asked for

  // By name, by path, by the environment; with an option file that points elsewhere.
  ASSERT_TRUE(test_support::WriteFile((dir_ / "home/.my.cnf").string(),
                                      "[client]\nsocket=/nowhere.sock\nuser=nobody\n")
                  .ok());
  fs::permissions(dir_ / "home/.my.cnf", fs::perms(0600));
  EXPECT_EQ(RunWithKey({"db-scan", "all", "--profile", file.string()}).exit_code, 0);
  // A restore writes: it takes the target's profile from the environment, never the source's.
  const std::string metadata = MakeBackup(0).string();
  const std::vector<std::string> restore = {
      "restore", absl::StrReplaceAll(metadata, {{".meta.json", ".sql.gz"}}), "--target-db",
      "app_copy", "--yes"};
  EXPECT_EQ(Run(restore, {{"SFDB_SOURCE_PROFILE", "prod"}, {"SFDB_PROFILE_KEY", kKey}}).exit_code,
            1);
  const ProcessResult restored =
      Run(restore, {{"SFDB_TARGET_PROFILE", "prod"}, {"SFDB_TARGET_PROFILE_KEY", kKey}});
  EXPECT_EQ(restored.exit_code, 0) << restored.stderr_text;
  EXPECT_EQ(server_->Query("SELECT x FROM app_copy.t").value(), "one\n");
  ExecOrExit(*server_, "DROP DATABASE app_copy");

  // Another key, in a file, and another name.
  const std::string key_file = (dir_ / "key").string();
  EXPECT_EQ(Run({"crypto", "keygen", "--out", key_file}).exit_code, 0);
  const ProcessResult edited = RunWithKey(
      ProfileArgs("edit", "prod", {"--new-name", "live", "--new-profile-key-file", key_file}));
  EXPECT_EQ(edited.exit_code, 0) << edited.stderr_text;
  EXPECT_THAT(NamesIn(ProfileDir()), ElementsAre("live.cnf.enc"));
  auto with_file = [&](std::vector<std::string> args,
                       std::vector<std::pair<std::string, std::string>> env = {}) {
    args.insert(args.end(), {"--profile-key-file", key_file});
    return Run(std::move(args), std::move(env)).exit_code;
  };
  EXPECT_EQ(with_file({"db-scan", "all", "--profile", "live"}), 0);
  EXPECT_EQ(with_file({"db-scan", "all"}, {{"SFDB_SOURCE_PROFILE", "live"}}), 0);
  EXPECT_EQ(RunWithKey({"db-scan", "all", "--profile", "live"}).exit_code, 12) << "the old key";
  EXPECT_EQ(Run({"db-scan", "all", "--profile", "live"}).exit_code, 12);
  EXPECT_EQ(with_file({"db-scan", "all", "--profile", "none"}), 2);
  EXPECT_EQ(with_file({"db-scan", "all", "--profile", "live", "--user", "nobody"}), 1)
      << "flags before the profile";
  EXPECT_EQ(with_file(ProfileArgs("edit", "live")), 2) << "nothing to change";
  EXPECT_EQ(with_file(ProfileArgs("edit", "live", {"--user", "nobody"})), 1) << "tried first";
  EXPECT_EQ(with_file(ProfileArgs("edit", "live", {"--user", "keeper"})), 0);

  const ProcessResult list = Run({"profile", "list", "--json"});
  EXPECT_EQ(json::parse(list.stdout_text)["profiles"][0]["name"], "live");
  EXPECT_EQ(json::parse(list.stdout_text)["profiles"][0]["private"], true);
  EXPECT_EQ(Run({"profile", "delete", "--profile", "live"}).exit_code, 2) << "no terminal";
  EXPECT_EQ(Run({"profile", "delete", "live", "--force"}).exit_code, 0);
  EXPECT_THAT(NamesIn(ProfileDir()), IsEmpty());
  EXPECT_EQ(Run({"profile", "delete", "live", "--force"}).exit_code, 2);
}

TEST_F(Keep, ProfilesOfGoSfdbtoolsWorkBothWays) {
  // The socket has no place in that layout.
  const std::string path = (dir_ / "go.cnf.enc").string();
  EXPECT_EQ(
      RunWithKey(ProfileArgs("create", path,
                             {"--layout", "go", "--skip-test", "--socket", server_->socket_path()}))
          .exit_code,
      1);
  EXPECT_FALSE(fs::exists(path));
  const ProcessResult made =
      RunWithKey(ProfileArgs("create", path,
                             {"--layout", "go", "--skip-test", "--host", "db1", "--user", "keeper",
                              "--password-file", PasswordFile()}));
  EXPECT_EQ(made.exit_code, 0) << made.stderr_text;
  const std::string bytes = test_support::ReadFile(path).value();
  EXPECT_TRUE(bytes.starts_with("Salted__"));
  EXPECT_EQ(bytes.size(),
            44 + std::string("[client]\nhost=db1\nport=3306\nuser=keeper\npassword=\n").size() +
                sizeof kPassword - 1);
  const ProcessResult show = RunWithKey(ProfileArgs("show", path, {"--json"}));
  EXPECT_EQ(json::parse(show.stdout_text)["layout"], "go");
  EXPECT_EQ(json::parse(show.stdout_text)["host"], "db1");
  // To our layout, where the socket has a place; the flags win over what is in it.
  const ProcessResult edited = RunWithKey(
      ProfileArgs("edit", path,
                  {"--layout", "sfdb", "--socket", server_->socket_path(), "--host", "localhost"}));
  EXPECT_EQ(edited.exit_code, 0) << edited.stderr_text;
  EXPECT_EQ(RunWithKey({"db-scan", "all", "--profile", path}).exit_code, 0);
}

TEST_F(Keep, ATerminalIsAskedForWhatIsMissingAndShowsNoSecret) {
  // The password of the account and the key are typed and not echoed.
  PtyProcess create = Terminal(
      {"profile", "create", "--socket", server_->socket_path(), "--user", "keeper", "--password"});
  ASSERT_TRUE(create.WaitFor("Enter password: ")) << create.screen();
  create.Type(absl::StrCat(kPassword, "\n"));
  ASSERT_TRUE(create.WaitFor("Name of the profile [localhost_3306]: ")) << create.screen();
  create.Type("prod\n");
  ASSERT_TRUE(create.WaitFor("Key of the profile: ")) << create.screen();
  create.Type(absl::StrCat(kKey, "\n"));
  ASSERT_TRUE(create.WaitFor("The same key again: ")) << create.screen();
  create.Type(absl::StrCat(kKey, "\n"));
  EXPECT_EQ(create.Wait(), 0) << create.screen();
  printed_ += create.screen();

  // A menu: a wrong answer is asked again, a part of a name is enough.
  PtyProcess scan = Terminal({"db-scan", "all"});
  ASSERT_TRUE(scan.WaitFor("Choose a profile")) << scan.screen();
  ASSERT_TRUE(scan.WaitFor("1  prod")) << scan.screen();
  ASSERT_TRUE(scan.WaitFor("cancel): "));
  scan.Type("7\n");
  ASSERT_TRUE(scan.WaitFor("there is no 7")) << scan.screen();
  scan.Type("pro\n");
  ASSERT_TRUE(scan.WaitFor("Key of the profile: ")) << scan.screen();
  scan.Type(absl::StrCat(kKey, "\n"));
  ASSERT_TRUE(scan.WaitFor("app")) << scan.screen();
  EXPECT_EQ(scan.Wait(), 0) << scan.screen();
  printed_ += scan.screen();
  PtyProcess cancelled = Terminal({"profile", "show"});
  ASSERT_TRUE(cancelled.WaitFor("cancel): ")) << cancelled.screen();
  cancelled.Type("\n");
  EXPECT_EQ(cancelled.Wait(), 1) << cancelled.screen();

  PtyProcess kept = Terminal({"profile", "delete", "prod"});
  ASSERT_TRUE(kept.WaitFor("Delete? [y/N] ")) << kept.screen();
  kept.Type("\n");
  EXPECT_EQ(kept.Wait(), 1);
  EXPECT_TRUE(fs::exists(ProfileDir() / "prod.cnf.enc"));
}

TEST_F(Keep, CleanupAtATerminalShowsWhatGoesAndRemovesItAfterAYes) {
  MakeBackup(40);
  MakeBackup(0);
  const std::vector<std::string> args = {"cleanup", "run", backups().string(), "--days", "30"};
  const std::vector<std::string> before = NamesIn(backups());
  PtyProcess no = Terminal(args);
  ASSERT_TRUE(no.WaitFor("to remove: 1 backups")) << no.screen();
  ASSERT_TRUE(no.WaitFor("Remove them? [y/N] ")) << no.screen();
  no.Type("n\n");
  EXPECT_EQ(no.Wait(), 1);
  EXPECT_EQ(NamesIn(backups()), before);
  PtyProcess yes = Terminal(args);
  ASSERT_TRUE(yes.WaitFor("Remove them? [y/N] ")) << yes.screen();
  yes.Type("y\n");
  EXPECT_EQ(yes.Wait(), 0);
  EXPECT_LT(NamesIn(backups()).size(), before.size());
}

}  // namespace
}  // namespace sfdb::e2e
