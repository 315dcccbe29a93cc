// What options_differential.py cannot see from outside: the structs that parsing ends in, our own
// options, refused options, and effects on the file system.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "dumper/options/dump_option_parser.h"

namespace sfdb::dumper {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Kind = ParseOutcome::Kind;

class RecordingFiles : public DumpFiles {
 public:
  int OpenResultFile(const std::string& path) override {
    opened.push_back("result " + path);
    return error;
  }
  int OpenLogError(const std::string& path) override {
    opened.push_back("log " + path);
    return error;
  }
  std::vector<std::string> opened;
  int error = 0;
};

OptionEnvironment Environment(std::map<std::string, std::string> variables = {}) {
  OptionEnvironment environment;
  environment.system_files = {};
  environment.get = [variables](const std::string& name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
  return environment;
}

ParseOutcome Parse(std::vector<std::string> args, DumpFiles* files = nullptr,
                   const OptionEnvironment& environment = Environment()) {
  args.insert(args.begin(), "--no-defaults");
  return ParseDumpCommandLine("mariadb-dump", args, environment, files);
}

DumpOptions Options(std::vector<std::string> args) {
  const ParseOutcome outcome = Parse(std::move(args));
  EXPECT_EQ(outcome.kind, Kind::kRun) << outcome.err;
  return outcome.options;
}

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = ::testing::TempDir() + "/optionsXXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  std::string Write(const std::string& name, const std::string& text) const {
    std::ofstream(path_ + "/" + name) << text;
    return path_ + "/" + name;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(DumpOptionScope, FollowsFromFlagsAndNumberOfNames) {
  EXPECT_EQ(Options({"d"}).scope, DumpScope::kOneDatabase);
  const DumpOptions tables = Options({"d", "t", "u"});
  EXPECT_EQ(tables.scope, DumpScope::kSelectedTables);
  EXPECT_THAT(tables.databases, ElementsAre("d"));
  EXPECT_THAT(tables.tables, ElementsAre("t", "u"));
  const DumpOptions databases = Options({"-B", "d", "e"});
  EXPECT_EQ(databases.scope, DumpScope::kDatabases);
  EXPECT_THAT(databases.databases, ElementsAre("d", "e"));
  EXPECT_THAT(databases.tables, IsEmpty());
  EXPECT_EQ(databases.header_database, "d");
  EXPECT_EQ(Options({"-A"}).scope, DumpScope::kAllDatabases);
  EXPECT_EQ(Options({"-A"}).header_database, "");
  EXPECT_EQ(Options({"-A", "-B"}).scope, DumpScope::kAllDatabases);
  EXPECT_EQ(Options({"--system=users"}).scope, DumpScope::kSystemOnly);
  EXPECT_EQ(Options({"-B", "--system=users"}).scope, DumpScope::kSystemOnly);
  EXPECT_EQ(Options({"-B", "d", "--tables", "t"}).scope, DumpScope::kSelectedTables);
  EXPECT_EQ(Options({"--tables", "d", "-B", "t"}).scope, DumpScope::kDatabases);
}

TEST(DumpOptionLocking, IsWorkedOutFromAllOptionsTogether) {
  struct Case {
    std::vector<std::string> args;
    bool lock_all, lock_tables;
    unsigned master_data, dump_slave;
    bool delete_logs;
  };
  const Case cases[] = {
      {{"d"}, false, true, 0, 0, false},
      {{"--skip-lock-tables", "d"}, false, false, 0, 0, false},
      {{"--single-transaction", "--lock-tables", "d"}, false, false, 0, 0, false},
      {{"-x", "d"}, true, false, 0, 0, false},
      {{"--master-data", "d"}, true, false, 1, 0, false},
      {{"--master-data=2", "--single-transaction", "d"}, false, false, 2, 0, false},
      {{"--delete-master-logs", "d"}, true, false, 2, 0, true},
      {{"--delete-master-logs", "--master-data=1", "d"}, true, false, 1, 0, true},
      {{"--dump-slave", "d"}, true, false, 0, 1, false},
      {{"--dump-slave=2", "--master-data", "--delete-master-logs", "d"}, true, false, 1, 2, false},
      {{"--dump-slave=1", "--master-data=2", "d"}, true, false, 0, 1, false},
      {{"--dump-slave", "-x", "--single-transaction", "d"}, false, false, 0, 1, false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(::testing::PrintToString(c.args));
    const DumpOptions o = Options(c.args);
    EXPECT_EQ(o.lock_all_tables, c.lock_all);
    EXPECT_EQ(o.lock_tables, c.lock_tables);
    EXPECT_EQ(o.master_data, c.master_data);
    EXPECT_EQ(o.dump_slave, c.dump_slave);
    EXPECT_EQ(o.delete_master_logs, c.delete_logs);
  }
}

TEST(DumpOptionText, DelayedInsertTurnsAddLocksOffWhereverItStands) {
  EXPECT_FALSE(Options({"--delayed-insert", "--add-locks", "d"}).add_locks);
  EXPECT_TRUE(Options({"--add-locks", "d"}).add_locks);
}

TEST(DumpOptionText, CompatibleModesAreCanonicalAndTheLastListCounts) {
  const DumpOptions o = Options({"--compatible=ansi,no_t,ORACLE", "d"});
  EXPECT_EQ(o.compatible, kCompatAnsi | kCompatNoTableOptions | kCompatOracle);
  EXPECT_EQ(o.compatible_mode_names, "ORACLE,NO_TABLE_OPTIONS,ANSI");
  EXPECT_EQ(Options({"--compatible=ansi", "--compatible=oracle", "d"}).compatible, kCompatOracle);
  EXPECT_EQ(Options({"--compatible=ansi", "--compatible=", "d"}).compatible, kCompatAnsi);
  EXPECT_EQ(Options({"d"}).compatible_mode_names, "");
}

TEST(DumpOptionText, SystemAllMeansEveryKind) {
  EXPECT_EQ(Options({"--system=all", "d"}).system, kSystemAll);
  EXPECT_EQ(Options({"--system=all,users", "d"}).system, kSystemAll);
  EXPECT_EQ(Options({"--system=users,timezones", "d"}).system, kSystemUsers | kSystemTimezones);
  EXPECT_EQ(Options({"--system=12", "d"}).system, kSystemPlugins | kSystemUdfs);
}

TEST(DumpOptionText, IgnoredNamesAddUp) {
  const DumpOptions o = Options({"--ignore-table=a.b", "--ignore-table=c.d",
                                 "--ignore-table-data=e.f", "--ignore-database=g", "-A"});
  EXPECT_THAT(o.ignore_table, ElementsAre("a.b", "c.d"));
  EXPECT_THAT(o.ignore_table_data, ElementsAre("e.f"));
  EXPECT_THAT(o.ignore_database, ElementsAre("g"));
}

TEST(DumpOptionPassword, ComesFromOptionThenEnvironmentAndABareOptionAsks) {
  const OptionEnvironment pwd = Environment({{"MYSQL_PWD", "env"}});
  const auto connection = [&](std::vector<std::string> args) {
    args.push_back("d");
    return Parse(std::move(args), nullptr, pwd).options.connection;
  };
  EXPECT_EQ(connection({}).password, "env");
  EXPECT_EQ(connection({"-psecret"}).password, "secret");
  EXPECT_EQ(connection({"--password="}).password, "");
  EXPECT_EQ(connection({"--skip-password"}).password, "");
  EXPECT_EQ(connection({"-p"}).password, std::nullopt);
  EXPECT_TRUE(connection({"-p"}).ask_password);
  EXPECT_TRUE(connection({"--password=x", "-p"}).ask_password);
  EXPECT_FALSE(connection({"-p", "--password=x"}).ask_password);
  EXPECT_EQ(Options({"d"}).connection.password, std::nullopt);
}

TEST(DumpOptionConnection, SslOptionsImplySslAndSayThatItWasAskedFor) {
  EXPECT_FALSE(Options({"d"}).connection.ssl_given);
  const ConnectionOptions ca = Options({"--skip-ssl", "--ssl-ca=x", "d"}).connection;
  EXPECT_TRUE(ca.ssl);
  EXPECT_TRUE(ca.ssl_given);
  EXPECT_FALSE(Options({"--ssl-ca=x", "--skip-ssl", "d"}).connection.ssl);
  EXPECT_EQ(Options({"--protocol=T", "d"}).connection.protocol, "tcp");
}

TEST(DumpOptionFiles, ResultFileOpensWhenMetAndLogErrorOnlyWhenAllIsWell) {
  RecordingFiles files;
  EXPECT_EQ(Parse({"--zzz", "-r", "a", "--log-error=l", "-r", "b"}, &files).exit_code, 2);
  EXPECT_THAT(files.opened, ElementsAre("result a", "result b"));
  files.opened.clear();
  EXPECT_EQ(Parse({"--log-error=l", "-r", "a", "d"}, &files).kind, Kind::kRun);
  EXPECT_THAT(files.opened, ElementsAre("result a", "log l"));
  files.opened.clear();
  EXPECT_EQ(Parse({"--log-error=l", "-A", "d"}, &files).exit_code, 1);
  EXPECT_THAT(files.opened, IsEmpty());
}

TEST(DumpOptionFiles, AResultFileThatCannotBeOpenedEndsParsingAtOnce) {
  RecordingFiles files;
  files.error = ENOSPC;
  const ParseOutcome outcome = Parse({"-r", "a", "--zzz", "--help"}, &files);
  EXPECT_EQ(outcome.kind, Kind::kError);
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err,
            "\amariadb-dump: Can't create/write to file 'a' (Errcode: 28 \"No space left on "
            "device\")\n");
}

// mariadb-dump says nothing: by then it has lost its standard error.
TEST(DumpOptionFiles, ALogFileThatCannotBeOpenedEndsWithTwo) {
  RecordingFiles files;
  files.error = EACCES;
  const ParseOutcome outcome = Parse({"--log-error=l", "d"}, &files);
  EXPECT_EQ(outcome.exit_code, 2);
  EXPECT_EQ(outcome.err, "");
}

TEST(PosixDumpFiles, TruncatesTheResultAndAppendsToTheLog) {
  const TemporaryDirectory directory;
  const std::string result = directory.Write("r", "old"), log = directory.Write("l", "old");
  PosixDumpFiles files;
  ASSERT_EQ(files.OpenResultFile(result), 0);
  ASSERT_EQ(files.OpenLogError(log), 0);
  const int fd = files.TakeLogError();
  ASSERT_EQ(::write(fd, "new", 3), 3);
  ::close(fd);
  EXPECT_EQ(files.TakeLogError(), -1);
  EXPECT_EQ(std::filesystem::file_size(result), 0u);
  EXPECT_EQ(std::filesystem::file_size(log), 6u);
  EXPECT_EQ(files.OpenResultFile(directory.path() + "/no/r"), ENOENT);
}

TEST(OurOptions, AreReadWithTheirFullNamesOnly) {
  const DumpOptions o = Options({"--threads=8", "--memory-limit=1G", "--consistency=backup-stage",
                                 "--lock-wait-timeout=2.5", "--block-ddl", "--progress=json",
                                 "--lock-non-transactional", "--stats", "d"});
  EXPECT_EQ(o.threads, 8u);
  EXPECT_EQ(o.memory_limit_bytes, 1u << 30);
  EXPECT_EQ(o.consistency, Consistency::kBackupStage);
  EXPECT_EQ(o.lock_wait_timeout_seconds, 2.5);
  EXPECT_TRUE(o.block_ddl && o.lock_non_transactional && o.stats);
  EXPECT_EQ(o.progress, "json");
  EXPECT_EQ(Options({"--threads", "3", "--loose-stats", "d"}).threads, 3u);
  EXPECT_EQ(Parse({"--thread=8", "d"}).err, "mariadb-dump: unknown variable 'thread=8'\n");
  EXPECT_EQ(Parse({"--consistency=magic", "d"}).exit_code, 13);
  EXPECT_EQ(Parse({"--progress=", "d"}).exit_code, 13);
}

TEST(OurOptions, ConsistencyNamesAreAllKnown) {
  const std::pair<const char*, Consistency> names[] = {
      {"auto", Consistency::kAuto},     {"backup-stage", Consistency::kBackupStage},
      {"lock", Consistency::kLock},     {"binlog", Consistency::kBinlog},
      {"single", Consistency::kSingle}, {"none", Consistency::kNone}};
  for (const auto& [name, value] : names) {
    EXPECT_EQ(Options({std::string("--consistency=") + name, "d"}).consistency, value);
  }
}

TEST(RefusedOptions, SayWhatToUseInsteadAndEndWithTwo) {
  for (const std::vector<std::string>& args : std::vector<std::vector<std::string>>{
           {"--tab=/tmp"}, {"-T", "/tmp"}, {"--xml"}, {"-X"}, {"--debug-info"}}) {
    SCOPED_TRACE(::testing::PrintToString(args));
    const ParseOutcome outcome = Parse(args);
    EXPECT_EQ(outcome.kind, Kind::kError);
    EXPECT_EQ(outcome.exit_code, 2);
    EXPECT_THAT(outcome.err, HasSubstr("is not supported by sfdbtools: "));
    EXPECT_THAT(outcome.err, HasSubstr("use "));
  }
  EXPECT_EQ(Parse({"--skip-header", "--debug-info=0", "d"}).kind, Kind::kRun);
  EXPECT_EQ(Parse({"--debug", "d"}).exit_code, 12);
}

TEST(RefusedOptions, WhatOnlyShapesTabFilesNeedsTab) {
  for (const char* option :
       {"--fields-terminated-by=,", "--fields-enclosed-by=", "--fields-optionally-enclosed-by=,",
        "--fields-escaped-by=,", "--lines-terminated-by=,", "--header"}) {
    const ParseOutcome outcome = Parse({option, "--single-transaction", "--lock-all-tables", "d"});
    EXPECT_EQ(outcome.exit_code, 1) << option;
    EXPECT_THAT(outcome.err, HasSubstr("You must use option --tab with --")) << option;
  }
}

TEST(System, TheLastNameMayBeAbbreviated) {
  for (const char* good : {"user", "US", "users,plug", "plugins,users,t", "users,use", "3"}) {
    EXPECT_EQ(Parse({std::string("--system=") + good}).kind, Kind::kRun) << good;
  }
  for (const char* bad : {"u", "plug,users", ",users", "users,", " user", "users,plugins,xx"}) {
    EXPECT_EQ(Parse({std::string("--system=") + bad}).exit_code, 13) << bad;
  }
}

TEST(DoneOutcomes, VersionNamesTheReleaseAndUs) {
  const ParseOutcome outcome = Parse({"--version"});
  EXPECT_EQ(outcome.kind, Kind::kDone);
  EXPECT_EQ(outcome.exit_code, 0);
  EXPECT_THAT(outcome.out,
              ::testing::StartsWith("mariadb-dump  Ver 10.19 Distrib 10.11.19-MariaDB"));
  EXPECT_THAT(outcome.out, HasSubstr("sfdbtools"));
}

TEST(DoneOutcomes, HelpListsOurOptionsApart) {
  const std::string help = Parse({"--help"}).out;
  const size_t ours = help.find("Options of sfdbtools");
  ASSERT_NE(ours, std::string::npos);
  EXPECT_GT(help.find("--threads=#"), ours);
  EXPECT_LT(help.find("--single-transaction "), ours);
  EXPECT_THAT(help, HasSubstr("-A, --all-databases"));
}

TEST(OptionFiles, FileArgumentsComeBeforeTheCommandLine) {
  const TemporaryDirectory directory;
  const std::string file =
      directory.Write("o.cnf",
                      "[client]\nhost=a\n[mysqldump]\nuser='b c' # d\n"
                      "threads=4\n[mariadb-dump]\nloose-zzz\n[other]\nforce\n");
  const ParseOutcome outcome = ParseDumpCommandLine(
      "mariadb-dump", {"--defaults-file=" + file, "--host=c", "d"}, Environment(), nullptr);
  ASSERT_EQ(outcome.kind, Kind::kRun) << outcome.err;
  EXPECT_EQ(outcome.err, "Warning: mariadb-dump: unknown option '--loose-zzz'\n");
  EXPECT_EQ(outcome.options.connection.host, "c");
  EXPECT_EQ(outcome.options.connection.user, "b c");
  EXPECT_EQ(outcome.options.threads, 4u);
  EXPECT_FALSE(outcome.options.force);
}

TEST(OptionFiles, MachineFilesThenExtraFileThenHome) {
  const TemporaryDirectory directory;
  OptionEnvironment environment = Environment({{"HOME", directory.path()}});
  environment.system_files = {directory.Write("one.cnf", "[client]\nport=1\nuser=one\n"),
                              directory.path() + "/missing.cnf"};
  const std::string extra = directory.Write("two.cnf", "[client]\nport=2\n");
  directory.Write(".my.cnf", "[client]\nport=3\n");
  DefaultsArguments defaults = TakeDefaultsArguments({"--defaults-extra-file=" + extra, "x"});
  EXPECT_EQ(defaults.consumed, 1u);
  EXPECT_THAT(ReadOptionFiles("p", {"client"}, defaults, environment).args,
              ElementsAre("--port=1", "--user=one", "--port=2", "--port=3"));
  EXPECT_THAT(
      ReadOptionFiles("p", {"client"}, TakeDefaultsArguments({"--no-defaults"}), environment).args,
      IsEmpty());
}

TEST(OptionFiles, WorldWritableFilesAreIgnoredWithAWarning) {
  const TemporaryDirectory directory;
  const std::string file = directory.Write("o.cnf", "[client]\nhost=evil\n");
  ASSERT_EQ(::chmod(file.c_str(), 0666), 0);
  const OptionFileResult result = ReadOptionFiles(
      "p", {"client"}, TakeDefaultsArguments({"--defaults-file=" + file}), Environment());
  EXPECT_TRUE(result.ok);
  EXPECT_THAT(result.args, IsEmpty());
  EXPECT_EQ(result.messages, "Warning: World-writable config file '" + file + "' is ignored\n");
}

TEST(ConnectionFromFiles, TakesConnectionOptionsAndHandsBackTheRest) {
  const TemporaryDirectory directory;
  const std::string file = directory.Write(
      "o.cnf",
      "[client]\nuser=u\npassword=\"p#1\"\nthreads=3\n[client-mariadb]\nssl-ca=/ca\n"
      "[sfdbtools]\nsocket=/s\nbackup-dir=/b\ndefault-c=latin1\n[mysqldump]\nhost=no\n");
  const ConnectionOutcome outcome = ReadConnectionOptions(
      "sfdbtools", {"client", "client-server", "client-mariadb", "sfdbtools"},
      TakeDefaultsArguments({"--defaults-file=" + file}), Environment({{"MYSQL_PWD", "env"}}));
  EXPECT_TRUE(outcome.ok);
  EXPECT_EQ(outcome.options.user, "u");
  EXPECT_EQ(outcome.options.password, "p#1");
  EXPECT_EQ(outcome.options.socket, "/s");
  EXPECT_EQ(outcome.options.ssl_ca, "/ca");
  EXPECT_EQ(outcome.options.character_set, "latin1");
  EXPECT_EQ(outcome.options.host, std::nullopt);
  EXPECT_THAT(outcome.others, ElementsAre("--threads=3", "--backup-dir=/b"));
}

TEST(ConnectionFromFiles, ABadValueIsAnErrorAndIsSaid) {
  const TemporaryDirectory directory;
  const std::string file = directory.Write("o.cnf", "[client]\nport=5x\n");
  const ConnectionOutcome outcome = ReadConnectionOptions(
      "sfdbtools", {"client"}, TakeDefaultsArguments({"--defaults-file=" + file}), Environment());
  EXPECT_FALSE(outcome.ok);
  EXPECT_THAT(outcome.messages, HasSubstr("Unknown suffix 'x'"));
}

TEST(DumpOptionParser, KeepsNoStateBetweenCalls) {
  Parse({"--compatible=ansi", "--zzz", "--ignore-table=a.b", "-B", "d"});
  const DumpOptions o = Options({"d"});
  EXPECT_EQ(o.compatible, 0u);
  EXPECT_THAT(o.ignore_table, IsEmpty());
  EXPECT_EQ(o.scope, DumpScope::kOneDatabase);
  EXPECT_EQ(o.connection.character_set, "utf8mb4");
}

}  // namespace
}  // namespace sfdb::dumper
