// `backup`, `cat`, `verify`, `info` end to end: published files read by stock tools give
// mariadb-dump's bytes; sealed ones do after `cat`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "tests/e2e/backup_fixture.h"

namespace sfdb::e2e {
namespace {

namespace fs = std::filesystem;
using test_support::MariadbServer;
using test_support::ProcessResult;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::MatchesRegex;

class Backup : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    server_ =
        StartWithSchemas({"types", "charsets", "empty", "tables", "objects", "names", "keys_large"},
                         {"--log-bin", "--server-id=7"})
            .release();
    databases_ = new std::vector<std::string>();
    // As the server lists them: that is the order of the dump.
    const std::string all = server_->Query("SHOW DATABASES").value();
    const std::vector<std::string> names = absl::StrSplit(all, '\n', absl::SkipEmpty());
    for (const std::string& name : names) {
      if (name != "information_schema" && name != "performance_schema" && name != "mysql" &&
          name != "sys") {
        databases_->push_back(name);
      }
    }
    expected_ = new std::string(ExpectedDump(*server_, *databases_));
    few_ = new std::string(ExpectedDump(*server_, {"objects", "types"}));
  }
  static void TearDownTestSuite() {
    delete few_;
    delete expected_;
    delete databases_;
    delete server_;
  }

  Backup() {
    dir_ = server_->dir() /
           absl::StrCat("out-", testing::UnitTest::GetInstance()->random_seed(), "-", ++counter_);
  }
  ~Backup() override { fs::remove_all(dir_); }

  // Runs a backup that must succeed; returns the dump file.
  fs::path Make(const std::string& mode, std::vector<std::string> more) {
    const ProcessResult run = RunVerb(BackupArgs(*server_, mode, dir_, std::move(more)));
    EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
    for (const std::string& name : NamesIn(dir_)) {
      if (name.find(".sql") != name.npos) return dir_ / name;
    }
    ADD_FAILURE() << testing::PrintToString(NamesIn(dir_));
    return {};
  }

  std::string Key() {
    const std::string path = (server_->dir() / "key").string();
    if (!fs::exists(path)) {
      EXPECT_EQ(RunVerb({"crypto", "keygen", "--out", path}).exit_code, 0);
    }
    return path;
  }

  static MariadbServer* server_;
  static std::vector<std::string>* databases_;
  static std::string* expected_;
  static std::string* few_;  // of two small databases
  static int counter_;
  fs::path dir_;
};
MariadbServer* Backup::server_ = nullptr;
std::vector<std::string>* Backup::databases_ = nullptr;
std::string* Backup::expected_ = nullptr;
std::string* Backup::few_ = nullptr;
int Backup::counter_ = 0;

// ---------------------------------------------------------------------------------------------
// Every codec, read by others.

struct CodecCase {
  const char* name;
  const char* type;
  int level;
  std::vector<std::vector<std::string>> readers;  // argv; the file is added
  // 35 MB at 1 MB/s and a sanitizer's pace would be minutes: these levels get two databases only.
  bool slow = false;

  std::vector<std::string> Args() const {
    std::vector<std::string> args = {"--compression-type", type};
    if (level >= 0) args.insert(args.end(), {"--compress-level", absl::StrCat(level)});
    if (slow) args.insert(args.end(), {"--include", "objects,types"});
    return args;
  }
};
void PrintTo(const CodecCase& one, std::ostream* out) { *out << one.name; }

class BackupCodec : public Backup, public testing::WithParamInterface<CodecCase> {};

TEST_P(BackupCodec, StockToolsGiveMariadbDumpsBytes) {
  const CodecCase& codec = GetParam();
  const std::string& expected = codec.slow ? *few_ : *expected_;
  const fs::path file = Make("combined", codec.Args());
  for (std::vector<std::string> reader : codec.readers) {
    reader.push_back(file.string());
    const auto read = test_support::RunProcess({.argv = reader});
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(read->exit_code, 0) << reader.front() << read->stderr_text;
    ExpectSameDump(expected, read->stdout_text);
  }
  EXPECT_EQ(RunVerb({"verify", file.string(), "--level", "data"}).exit_code, 0);
}

TEST_P(BackupCodec, SealedFilesDoAfterCat) {
  const CodecCase& codec = GetParam();
  std::vector<std::string> args = codec.Args();
  args.insert(args.end(), {"--encryption-key-file", Key()});
  const fs::path file = Make("combined", args);
  EXPECT_THAT(file.filename().string(), testing::EndsWith(".enc"));
  const ProcessResult cat = RunVerb({"cat", "--encryption-key-file", Key(), file.string()});
  EXPECT_EQ(cat.exit_code, 0) << cat.stderr_text;
  ExpectSameDump(codec.slow ? *few_ : *expected_, cat.stdout_text);
  const ProcessResult verify = RunVerb({"verify", file.string(), "--encryption-key-file", Key()});
  EXPECT_EQ(verify.exit_code, 0) << verify.stderr_text;
}

INSTANTIATE_TEST_SUITE_P(
    Codecs, BackupCodec,
    testing::Values(
        CodecCase{"gzip1", "gzip", 1, {{"gzip", "-dc"}, {"pigz", "-dc"}, {"bgzip", "-dc", "-@2"}}},
        CodecCase{"gzip_default", "gzip", -1, {{"gzip", "-dc"}, {"pigz", "-dc"}}},
        CodecCase{"pgzip9", "pgzip", 9, {{"gzip", "-dc"}, {"pigz", "-dc"}}, true},
        CodecCase{"zstd1", "zstd", 1, {{"zstd", "-dcq"}, {"pzstd", "-dcq"}}},
        CodecCase{"zstd_default", "zstd", -1, {{"zstd", "-dcq"}, {"pzstd", "-dcq"}}},
        CodecCase{"zstd19", "zstd", 19, {{"zstd", "-dcq"}, {"pzstd", "-dcq"}}, true},
        CodecCase{"xz0", "xz", 0, {{"xz", "-T0", "-dc"}}},
        CodecCase{"xz_default", "xz", -1, {{"xz", "-T0", "-dc"}, {"xz", "-dc"}}, true},
        CodecCase{"xz9", "xz", 9, {{"xz", "-T0", "-dc"}}, true},
        CodecCase{"none", "none", -1, {{"cat"}}}),
    testing::PrintToStringParamName());

// ---------------------------------------------------------------------------------------------
// What lies in the directory.

TEST_F(Backup, LeavesADumpItsIndexItsMetadataAndTheLock) {
  const fs::path file = Make("combined", {"--compression-type", "zstd"});
  const std::string base =
      file.filename().string().substr(0, file.filename().string().find(".sql"));
  EXPECT_THAT(base, MatchesRegex("combined_.*_[0-9]{8}_[0-9]{6}"));
  EXPECT_THAT(NamesIn(dir_), ElementsAre(".sfdbtools.lock", base + ".meta.json", base + ".sql.zst",
                                         base + ".toc", base + "_gtid.info", base + "_users.cnf"));
  struct stat info {};
  ASSERT_EQ(stat(dir_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0700u);
  for (const std::string& name : NamesIn(dir_)) {
    ASSERT_EQ(stat((dir_ / name).c_str(), &info), 0);
    EXPECT_EQ(info.st_mode & 0777, 0600u) << name;
  }
}

TEST_F(Backup, MetadataSayWhatIsInTheFile) {
  const fs::path file = Make("combined", {"--compression-type", "zstd", "--threads", "3"});
  const auto text = test_support::ReadFile(OnlyFile(dir_, ".meta.json").string());
  ASSERT_TRUE(text.ok());
  const auto json = nlohmann::json::parse(*text);
  EXPECT_EQ(json["backup_type"], "combined");
  // Some tables are MyISAM, which is said.
  EXPECT_EQ(json["backup_status"], "success_with_warnings");
  EXPECT_EQ(json["database_names"].size(), databases_->size());
  EXPECT_EQ(json["file_size_bytes"], fs::file_size(file));
  EXPECT_EQ(json["encrypted"], false);
  EXPECT_EQ(json["compression_type"], "zstd");
  EXPECT_EQ(json["hostname"].get<std::string>() + "\n",
            server_->Query("SELECT @@hostname").value());
  EXPECT_EQ(json["snapshot"]["method"], "backup-stage");
  EXPECT_FALSE(json["snapshot"]["binlog_file"].get<std::string>().empty());
  const auto sum = test_support::RunProcess({.argv = {"sha256sum", file.string()}});
  EXPECT_EQ(json["sha256"], sum->stdout_text.substr(0, 64));
  for (const auto& database : json["databases"]) {
    const std::string name = database["name"];
    const auto tables = server_->Query(absl::StrCat(
        "SELECT COUNT(*) FROM information_schema.tables WHERE table_type <> 'VIEW' AND "
        "table_schema = '",
        absl::StrReplaceAll(name, {{"'", "''"}, {"\\", "\\\\"}}), "'"));
    ASSERT_TRUE(tables.ok());
    EXPECT_EQ(absl::StrCat(database["tables"].get<int>(), "\n"), *tables) << name;
  }
}

TEST_F(Backup, SingleIsOneDatabaseUnderItsName) {
  const fs::path file = Make("single", {"--database", "types", "--compression-type", "none"});
  EXPECT_THAT(file.filename().string(), MatchesRegex("types_single_.*_[0-9]{8}_[0-9]{6}[.]sql"));
  ExpectSameDump(ExpectedDump(*server_, {"types"}), test_support::ReadFile(file.string()).value());
}

TEST_F(Backup, IncludedDatabasesAreDumpedInTheServersOrder) {
  const fs::path file = Make(
      "combined", {"--include", "types,objects", "--db", "empty_db", "--compression-type", "none"});
  ExpectSameDump(ExpectedDump(*server_, {"empty_db", "objects", "types"}),
                 test_support::ReadFile(file.string()).value());
}

TEST_F(Backup, TheFileIsTheSameWhateverTheNumberOfThreads) {
  for (const char* threads : {"1", "2", "5"}) {
    const fs::path file = Make("combined", {"--threads", threads, "--compression-type", "none"});
    ExpectSameDump(*expected_, test_support::ReadFile(file.string()).value());
    fs::remove_all(dir_);
  }
}

// ---------------------------------------------------------------------------------------------
// Parts of a backup.

// The header's comment names the first database of the whole dump.
std::string WithHeaderOf(std::string_view dump, const std::string& database) {
  std::string text(dump);
  const size_t begin = text.find("    Database: ");
  const size_t end = text.find('\n', begin);
  text.replace(begin, end - begin, "    Database: " + database);
  return text;
}

TEST_F(Backup, CatPrintsOneDatabase) {
  const fs::path file =
      Make("combined", {"--compression-type", "zstd", "--encryption-key-file", Key()});
  for (const std::string& database : *databases_) {
    const ProcessResult cat =
        RunVerb({"cat", file.string(), "--database", database, "--encryption-key-file", Key()});
    EXPECT_EQ(cat.exit_code, 0) << cat.stderr_text;
    ExpectSameDump(WithHeaderOf(ExpectedDump(*server_, {database}), databases_->front()),
                   cat.stdout_text);
  }
}

TEST_F(Backup, CatPrintsOneTableAsMariadbDumpDoes) {
  const fs::path file = Make("combined", {"--compression-type", "gzip"});
  for (const std::string database : {"types", "tables"}) {
    const std::vector<std::string> tables =
        absl::StrSplit(server_->Query("SHOW TABLES", database).value(), '\n', absl::SkipEmpty());
    for (const std::string& table : tables) {
      const ProcessResult cat =
          RunVerb({"cat", "--table", absl::StrCat(database, ".", table), file.string()});
      EXPECT_EQ(cat.exit_code, 0) << cat.stderr_text;
      // With one database named, routines and events would be printed too.
      const std::string expected =
          StockDump(*server_, {"--skip-routines", "--skip-events", database, table});
      ExpectSameDump(WithHeaderOf(expected, databases_->front()), cat.stdout_text);
    }
  }
}

TEST_F(Backup, CatOfATableReadsAFractionOfTheFile) {
  const fs::path file = Make("combined", {"--compression-type", "none"});
  const ProcessResult cat = RunVerb({"cat", "--stats", "--table", "types.integers", file.string()});
  EXPECT_EQ(cat.exit_code, 0);
  unsigned long long size = 0;
  unsigned long long read = 0;
  ASSERT_EQ(std::sscanf(cat.stderr_text.c_str(), "file %llu bytes, read %llu", &size, &read), 2)
      << cat.stderr_text;
  EXPECT_EQ(size, fs::file_size(file));
  EXPECT_LT(read, size / 2);
}

TEST_F(Backup, ACopyWithoutSidecarsCanBeReadAndVerified) {
  const fs::path file =
      Make("combined", {"--compression-type", "zstd", "--encryption-key-file", Key()});
  const fs::path copy = dir_ / "elsewhere.sql.zst.enc";
  fs::copy_file(file, copy);
  const ProcessResult cat = RunVerb({"cat", copy.string(), "--encryption-key-file", Key()});
  EXPECT_EQ(cat.exit_code, 0) << cat.stderr_text;
  ExpectSameDump(*expected_, cat.stdout_text);
  const ProcessResult verify =
      RunVerb({"verify", "--level", "data", "--encryption-key-file", Key(), copy.string()});
  EXPECT_EQ(verify.exit_code, 0) << verify.stderr_text;
  EXPECT_THAT(verify.stderr_text, HasSubstr("no index"));
  EXPECT_EQ(
      RunVerb({"cat", copy.string(), "--table", "types.integers", "--encryption-key-file", Key()})
          .exit_code,
      1);
}

TEST_F(Backup, FilesOfMariadbDumpAndAStockCompressorCanBeRead) {
  fs::create_directories(dir_);
  const std::string sql = (dir_ / "theirs.sql").string();
  ASSERT_TRUE(test_support::WriteFile(sql, *expected_).ok());
  for (const std::vector<std::string>& tool :
       {std::vector<std::string>{"gzip", "-k"}, {"zstd", "-qk"}, {"xz", "-0k"}}) {
    std::vector<std::string> argv = tool;
    argv.push_back(sql);
    ASSERT_EQ(test_support::RunProcess({.argv = argv})->exit_code, 0);
  }
  for (const char* extension : {"", ".gz", ".zst", ".xz"}) {
    const ProcessResult cat = RunVerb({"cat", sql + extension});
    EXPECT_EQ(cat.exit_code, 0) << extension << cat.stderr_text;
    EXPECT_TRUE(cat.stdout_text == *expected_) << extension;
    EXPECT_EQ(RunVerb({"verify", sql + extension}).exit_code, 0) << extension;
  }
}

// ---------------------------------------------------------------------------------------------
// Keys and damage.

TEST_F(Backup, EveryKindOfKeyOpensWhatItSealed) {
  const fs::path keys = server_->dir() / "keys";
  fs::create_directories(keys);
  for (const char* type : {"rsa", "x25519"}) {
    ASSERT_EQ(
        RunVerb({"crypto", "keygen", "--type", type, "--out", (keys / type).string()}).exit_code,
        0);
  }
  const fs::path file =
      Make("single", {"--database", "types", "--encryption-key-file", Key(), "--encryption-key",
                      "a passphrase", "--encrypt-to", (keys / "rsa.pub").string(), "--encrypt-to",
                      (keys / "x25519.pub").string()});
  const std::string expected = ExpectedDump(*server_, {"types"});
  for (const std::vector<std::string>& key :
       {std::vector<std::string>{"--encryption-key-file", Key()},
        {"--encryption-key", "a passphrase"},
        {"--private-key", (keys / "rsa").string()},
        {"--private-key", (keys / "x25519").string()}}) {
    std::vector<std::string> args = {"cat", file.string()};
    args.insert(args.end(), key.begin(), key.end());
    const ProcessResult cat = RunVerb(args);
    EXPECT_EQ(cat.exit_code, 0) << key.front() << cat.stderr_text;
    ExpectSameDump(expected, cat.stdout_text);
  }
  auto options = VerbOptions({"verify", file.string()});
  options.env.emplace_back("SFDB_BACKUP_ENCRYPTION_KEY", "a passphrase");
  EXPECT_EQ(test_support::RunProcess(options)->exit_code, 0);
  fs::remove_all(keys);
}

TEST_F(Backup, EncryptionWithoutAKeyIsAnErrorNotPlainText) {
  const ProcessResult run =
      RunVerb(BackupArgs(*server_, "combined", dir_, {"--encryption", "--non-interactive"}));
  EXPECT_EQ(run.exit_code, 12) << run.stderr_text;
  EXPECT_THAT(NamesIn(dir_), ElementsAre());
}

TEST_F(Backup, AWrongKeyIsNotDamageAndDamageIsNotAWrongKey) {
  const fs::path file = Make("single", {"--database", "key_shapes_large", "--compression-type",
                                        "zstd", "--encryption-key-file", Key()});
  EXPECT_EQ(RunVerb({"cat", file.string()}).exit_code, 12);
  EXPECT_EQ(RunVerb({"cat", file.string(), "--encryption-key", "wrong"}).exit_code, 12);

  std::string bytes = test_support::ReadFile(file.string()).value();
  bytes[bytes.size() / 2] = static_cast<char>(bytes[bytes.size() / 2] ^ 1);
  ASSERT_TRUE(test_support::WriteFile(file.string(), bytes).ok());
  for (const char* verb : {"cat", "verify"}) {
    const ProcessResult run = RunVerb({verb, file.string(), "--encryption-key-file", Key()});
    EXPECT_EQ(run.exit_code, 13) << verb << run.stderr_text;
    EXPECT_THAT(run.stderr_text, HasSubstr(file.string()));
    EXPECT_THAT(run.stderr_text, HasSubstr("frame"));
    EXPECT_THAT(run.stderr_text, HasSubstr("table `key_shapes_large`"));
  }
}

TEST_F(Backup, RotatedItOpensWithTheNewKeyOnly) {
  const fs::path file = Make("single", {"--database", "types", "--encryption-key-file", Key()});
  const fs::path rotated = dir_ / "rotated";
  fs::create_directories(rotated);
  const std::string new_key = (rotated / "new.key").string();
  ASSERT_EQ(RunVerb({"crypto", "keygen", "--out", new_key}).exit_code, 0);
  const ProcessResult run =
      RunVerb({"crypto", "rotate", file.string(), "--out", rotated.string(),
               "--encryption-key-file", Key(), "--new-encryption-key-file", new_key});
  ASSERT_EQ(run.exit_code, 0) << run.stderr_text;
  const std::string copy = (rotated / file.filename()).string();
  for (const char* sidecar : {".toc", ".meta.json", "_gtid.info", "_users.cnf"}) {
    EXPECT_NE(OnlyFile(rotated, sidecar), fs::path());
  }
  EXPECT_EQ(RunVerb({"verify", copy, "--encryption-key-file", new_key}).exit_code, 0);
  EXPECT_EQ(RunVerb({"verify", copy, "--encryption-key-file", Key()}).exit_code, 12);
  EXPECT_EQ(RunVerb({"verify", file.string(), "--encryption-key-file", Key()}).exit_code, 0);
  const ProcessResult table =
      RunVerb({"cat", copy, "--table", "types.integers", "--encryption-key-file", new_key});
  EXPECT_EQ(table.exit_code, 0) << table.stderr_text;
}

TEST_F(Backup, InfoTellsWithoutAKey) {
  const fs::path file = Make("single", {"--database", "types", "--encryption-key-file", Key()});
  const ProcessResult info = RunVerb({"info", file.string(), "--json"});
  ASSERT_EQ(info.exit_code, 0) << info.stderr_text;
  const auto json = nlohmann::json::parse(info.stdout_text);
  EXPECT_EQ(json["compression_type"], "gzip");
  EXPECT_EQ(json["metadata"]["backup_type"], "single");
  EXPECT_THAT(json["keys"].get<std::string>(), HasSubstr("sha256:"));
  EXPECT_FALSE(json.contains("tables"));
  const ProcessResult with_key =
      RunVerb({"info", "--json", "--encryption-key-file", Key(), file.string()});
  ASSERT_EQ(with_key.exit_code, 0);
  EXPECT_GT(nlohmann::json::parse(with_key.stdout_text)["tables"].size(), 3u);
}

TEST_F(Backup, FilesAreSealedAndOpenedByThemselvesToo) {
  fs::create_directories(dir_);
  const std::string in = (dir_ / "in").string();
  const std::string sealed = (dir_ / "sealed").string();
  ASSERT_TRUE(test_support::WriteFile(in, *expected_).ok());
  ASSERT_EQ(RunVerb({"crypto", "encrypt-file", "--in", in, "--out", sealed, "--encryption-key-file",
                     Key()})
                .exit_code,
            0);
  const ProcessResult opened =
      RunVerb({"crypto", "decrypt-file", "--in", sealed, "--encryption-key-file", Key()});
  EXPECT_EQ(opened.exit_code, 0);
  EXPECT_TRUE(opened.stdout_text == *expected_);
  EXPECT_EQ(RunVerb({"crypto", "encrypt-file", "--in", in, "--out", sealed, "--encryption-key-file",
                     Key()})
                .exit_code,
            1)
      << "an existing file was overwritten";
}

// ---------------------------------------------------------------------------------------------
// Command lines.

TEST_F(Backup, WithoutATerminalItAsksForConsentOnTheCommandLine) {
  std::vector<std::string> args = BackupArgs(*server_, "combined", dir_, {});
  std::erase(args, "--non-interactive");
  const ProcessResult run = RunVerb(args);
  EXPECT_EQ(run.exit_code, 2);
  EXPECT_THAT(run.stderr_text, HasSubstr("--yes"));
  EXPECT_FALSE(fs::exists(dir_));
}

TEST_F(Backup, WrongCommandLinesAreExitTwo) {
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"--compression-type", "lzma"},
        {"--compress-level", "77"},
        {"--threads", "0"},
        {"--memory-limit", "lots"},
        {"--memory-limit", "1M"},
        {"--consistency", "perhaps"},
        {"--no-such-option"}}) {
    EXPECT_EQ(RunVerb(BackupArgs(*server_, "combined", dir_, more)).exit_code, 2) << more.front();
  }
  EXPECT_EQ(RunVerb({"backup"}).exit_code, 2);
  EXPECT_EQ(RunVerb({"backup", "sideways"}).exit_code, 2);
  EXPECT_EQ(RunVerb({"backup", "combined", "--help"}).exit_code, 0);
  EXPECT_EQ(RunVerb({"cat"}).exit_code, 2);
}

TEST_F(Backup, MissingDatabasesAreWarningsUntilNothingIsLeft) {
  const ProcessResult some =
      RunVerb(BackupArgs(*server_, "combined", dir_, {"--include", "types,gone", "--json"}));
  EXPECT_EQ(some.exit_code, 0) << some.stderr_text;
  EXPECT_THAT(some.stderr_text, HasSubstr("gone"));
  const auto json = nlohmann::json::parse(some.stdout_text);
  EXPECT_EQ(json["backup_status"], "success_with_warnings");
  EXPECT_EQ(json["warnings"].size(), 1u);
  EXPECT_EQ(RunVerb(BackupArgs(*server_, "combined", dir_, {"--include", "gone"})).exit_code, 4);
  EXPECT_EQ(RunVerb(BackupArgs(*server_, "single", dir_, {"--database", "gone"})).exit_code, 4);
}

TEST_F(Backup, AServerThatIsNotThereIsAPlainFailure) {
  const ProcessResult run =
      RunVerb({"backup", "combined", "--no-defaults", "--socket", "/nonexistent/s.sock", "-o",
               dir_.string(), "--yes", "--json"});
  EXPECT_EQ(run.exit_code, 1);
  EXPECT_EQ(nlohmann::json::parse(run.stdout_text)["exit_code"], 1);
}

TEST_F(Backup, StatsAddUp) {
  const ProcessResult run = RunVerb(BackupArgs(*server_, "combined", dir_, {"--stats"}));
  ASSERT_EQ(run.exit_code, 0);
  for (const char* stage : {"read", "stitch", "compress", "order", "cut", "seal", "write", "sha256",
                            "schedule", "sum", "process", "serial", "wall"}) {
    EXPECT_THAT(run.stderr_text, HasSubstr(stage));
  }
}

}  // namespace
}  // namespace sfdb::e2e
