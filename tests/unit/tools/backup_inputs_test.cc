// From a command line, variables and a configuration to the request: every name of every flag.
#include "tools/backup_inputs.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "absl/strings/str_split.h"
#include "engine/base/exit_code.h"
#include "engine/config/config_keys.h"
#include "tools/backup_flags.h"

namespace sfdb::tools {
namespace {

using engine::BackupMode;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

struct Parsed {
  std::string error;  // of the command line
  absl::StatusOr<engine::Settings> settings = absl::UnknownError("");
  absl::StatusOr<engine::BackupRequest> request = absl::UnknownError("");
};

Parsed Parse(BackupMode mode, const std::vector<std::string>& args, const std::string& yaml = "",
             const std::map<std::string, std::string>& variables = {}) {
  Parsed parsed;
  CLI::App app("", "test");
  BackupFlags flags;
  flags.AddTo(app, mode);
  try {
    app.parse(std::vector<std::string>(args.rbegin(), args.rend()));
  } catch (const CLI::ParseError& error) {
    parsed.error = error.what();
    return parsed;
  }
  const auto file = engine::ParseConfig(yaml, "c.yaml");
  EXPECT_TRUE(file.ok()) << file.status();
  parsed.settings = engine::MergeSettings(
      BackupSettingSpecs(), flags.Given(),
      [&](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
      },
      &*file);
  if (parsed.settings.ok()) parsed.request = RequestFromSettings(*parsed.settings, mode);
  return parsed;
}

engine::BackupRequest RequestOf(BackupMode mode, const std::vector<std::string>& args,
                                const std::string& yaml = "") {
  Parsed parsed = Parse(mode, args, yaml);
  EXPECT_EQ(parsed.error, "");
  EXPECT_TRUE(parsed.request.ok()) << parsed.request.status();
  if (!parsed.request.ok()) return {};
  return *std::move(parsed.request);
}

// The names of both families mean the same.
TEST(BackupFlags, OldAndNewNamesSetTheSameSetting) {
  for (const BackupSettingRow& row : BackupSettingTable()) {
    const std::vector<std::string> names =
        absl::StrSplit(std::string(row.spec.flags), ',', absl::SkipEmpty());
    for (const std::string& name : names) {
      const bool opposite = name[0] == '!';
      for (unsigned m = 0; m < 5; ++m) {
        const auto mode = static_cast<BackupMode>(m);
        std::vector<std::string> args = {opposite ? name.substr(1) : name};
        if (!row.is_flag()) args.push_back("7");
        const Parsed parsed = Parse(mode, args);
        if ((row.modes & ModeBit(mode)) == 0) {
          EXPECT_THAT(parsed.error, HasSubstr(std::string(row.refusal))) << name;
          continue;
        }
        ASSERT_EQ(parsed.error, "") << name;
        ASSERT_TRUE(parsed.settings.ok()) << name << parsed.settings.status();
        EXPECT_EQ(parsed.settings->at(row.setting).origin, engine::Origin::kFlag) << name;
        EXPECT_EQ(parsed.settings->text(row.setting), !row.is_flag() ? "7"
                                                      : opposite     ? "false"
                                                                     : "true");
      }
    }
  }
}

TEST(BackupFlags, AFlagTakesAValueOnlyAfterTheEqualsSign) {
  EXPECT_FALSE(RequestOf(BackupMode::kCombined, {"--exclude-system=false"}).filter.exclude_system);
  EXPECT_NE(Parse(BackupMode::kCombined, {"--exclude-system", "false"}).error, "");
}

TEST(BackupFlags, ListsComeByRepetitionAndByComma) {
  EXPECT_THAT(RequestOf(BackupMode::kCombined, {"--include", "a,b", "--db", "c"}).filter.include,
              ElementsAre("a", "b", "c"));
  EXPECT_THAT(RequestOf(BackupMode::kPrimary, {"--exclude-db=x", "--exclude", "y*"}).filter.exclude,
              ElementsAre("x", "y*"));
}

TEST(BackupInputs, BuiltInDefaults) {
  const engine::BackupRequest request = RequestOf(BackupMode::kCombined, {});
  EXPECT_EQ(request.codec->name, "gzip");
  EXPECT_EQ(request.level, request.codec->default_level);
  EXPECT_TRUE(request.filter.exclude_system);
  EXPECT_FALSE(request.filter.exclude_empty);
  EXPECT_TRUE(request.capture_gtid);
  EXPECT_TRUE(request.export_users);
  EXPECT_TRUE(request.check_disk_space);
  EXPECT_EQ(request.memory_limit_bytes, 512u << 20);
}

TEST(BackupInputs, TheConfigurationsKeysReachTheRequest) {
  const engine::BackupRequest request = RequestOf(BackupMode::kCombined, {}, R"(
backup:
  compression: {type: zstd, level: 5}
  exclude: {system_databases: false, empty: true, user: true, data: true, databases: [x]}
  mysqldump_args: "-fQq --max-allowed-packet=1G --where='a b'"
  replication: {capture_gtid: false}
  verification: {disk_space_check: false}
)");
  EXPECT_EQ(request.codec->name, "zstd");
  EXPECT_EQ(request.level, 5);
  EXPECT_FALSE(request.filter.exclude_system);
  EXPECT_TRUE(request.filter.exclude_empty);
  EXPECT_FALSE(request.export_users);
  EXPECT_TRUE(request.exclude_data);
  EXPECT_THAT(request.filter.exclude, ElementsAre("x"));
  EXPECT_FALSE(request.capture_gtid);
  EXPECT_FALSE(request.check_disk_space);
  EXPECT_THAT(request.dump_args, ElementsAre("-fQq", "--max-allowed-packet=1G", "--where=a b"));
}

TEST(BackupInputs, ListsOfTheConfigurationAreNotForModeSingle) {
  const engine::BackupRequest request =
      RequestOf(BackupMode::kSingle, {"-d", "shop", "--include-dmart"},
                "backup: {include: {databases: [a]}, exclude: {databases: [b], empty: true}}");
  EXPECT_THAT(request.filter.include, IsEmpty());
  EXPECT_THAT(request.filter.exclude, IsEmpty());
  EXPECT_FALSE(request.filter.exclude_empty);
  EXPECT_EQ(request.database, "shop");
  EXPECT_TRUE(request.companions.dmart);
}

TEST(BackupInputs, AFlagWithATypeSwitchesCompressionOnAndTakesNoForeignLevel) {
  const std::string yaml = "backup: {compression: {enabled: false, type: gzip, level: 9}}";
  EXPECT_EQ(RequestOf(BackupMode::kCombined, {}, yaml).codec->name, "none");
  const engine::BackupRequest zstd = RequestOf(BackupMode::kCombined, {"-C", "zstd"}, yaml);
  EXPECT_EQ(zstd.codec->name, "zstd");
  EXPECT_EQ(zstd.level, zstd.codec->default_level);
  EXPECT_EQ(RequestOf(BackupMode::kCombined, {"--skip-compress"}).codec->name, "none");
  EXPECT_EQ(RequestOf(BackupMode::kCombined, {"--compression=false"}).codec->name, "none");
  EXPECT_EQ(RequestOf(BackupMode::kCombined, {"-l", "1", "-C", "xz"}).level, 1);
}

TEST(BackupInputs, ClientCodesAreTheProgramsNamingRule) {
  EXPECT_THAT(RequestOf(BackupMode::kPrimary, {"--client-code", "acme"}).filter.include,
              ElementsAre("dbsf_nbc_acme", "dbsf_nbc_acme_*"));
  EXPECT_THAT(
      RequestOf(BackupMode::kSecondary, {"--client-code=acme", "--instance=uat"}).filter.include,
      ElementsAre("dbsf_nbc_acme_secondary_uat"));
  EXPECT_FALSE(Parse(BackupMode::kPrimary, {"--client-code", "a*"}).request.ok());
  EXPECT_FALSE(Parse(BackupMode::kPrimary, {"--client-code", "a", "--db", "b"}).request.ok());
}

TEST(BackupInputs, WrongValuesAreUsageErrors) {
  for (const std::vector<std::string>& args :
       std::vector<std::vector<std::string>>{{"--threads", "0"},
                                             {"--threads", "1.5"},
                                             {"--threads", "ten"},
                                             {"--memory-limit", "much"},
                                             {"--consistency", "maybe"},
                                             {"--timeout", "-1"},
                                             {"--compress-level", "77"},
                                             {"-C", "rar"},
                                             {"--db-file", "/nonexistent/list"},
                                             {"--mysqldump-args", "--where='a"}}) {
    const Parsed parsed = Parse(BackupMode::kCombined, args);
    ASSERT_EQ(parsed.error, "");
    const absl::Status status =
        parsed.settings.ok() ? parsed.request.status() : parsed.settings.status();
    EXPECT_FALSE(status.ok()) << args[0] << " " << args[1];
    EXPECT_EQ(base::ExitCodeOf(status), base::kExitUsage) << status;
  }
}

TEST(BackupInputs, AnEmptyListFileNeverMeansEverything) {
  const std::string path =
      std::filesystem::temp_directory_path() / ("inputs." + std::to_string(getpid()));
  std::ofstream(path) << "\n";
  EXPECT_FALSE(Parse(BackupMode::kCombined, {"--db-file", path}).request.ok());
  EXPECT_TRUE(Parse(BackupMode::kCombined, {"--exclude-db-file", path}).request.ok());
  std::ofstream(path) << "a\nb\n";
  EXPECT_THAT(
      RequestOf(BackupMode::kCombined, {"--include-file", path, "--db", "c"}).filter.include,
      ElementsAre("c", "a", "b"));
  std::filesystem::remove(path);
}

SealChoice Seal(const std::vector<std::string>& args, const std::string& yaml,
                const std::map<std::string, std::string>& variables = {}) {
  const Parsed parsed = Parse(BackupMode::kCombined, args, yaml, variables);
  EXPECT_TRUE(parsed.settings.ok());
  const auto choice = SealChoiceFromSettings(*parsed.settings);
  EXPECT_TRUE(choice.ok()) << choice.status();
  return choice.ok() ? *choice : SealChoice{};
}

TEST(BackupInputs, EncryptionIsOnByFlagConfigurationOrKeyButNotByTheEnvironment) {
  const std::map<std::string, std::string> key = {{"SFDB_BACKUP_ENCRYPTION_KEY", "k"}};
  EXPECT_FALSE(Seal({}, "", key).encryption);
  EXPECT_TRUE(Seal({"--encryption"}, "", key).encryption);
  EXPECT_EQ(Seal({"--encryption"}, "", key).key, "k");
  EXPECT_TRUE(Seal({"--backup-key", "x"}, "").encryption);
  EXPECT_TRUE(Seal({"--encrypt-to", "p.pem"}, "").encryption);
  EXPECT_TRUE(Seal({}, "backup: {encryption: {enabled: true}}").encryption);
  EXPECT_TRUE(Seal({}, "backup: {encryption: {key: abc}}").encryption);
  EXPECT_FALSE(Seal({}, "backup: {encryption: {enabled: false, key: abc}}").encryption);
  EXPECT_FALSE(Seal({"--skip-encrypt"}, "backup: {encryption: {enabled: true}}").encryption);
  EXPECT_EQ(Seal({}, "backup: {encryption: {enabled: true, key: abc}}", key).key, "k");
  // A key file is what was chosen; the environment's key adds no second slot.
  EXPECT_EQ(Seal({"--encryption-key-file", "f"}, "", key).key, std::nullopt);
}

TEST(BackupInputs, AKeyWithEncryptionSwitchedOffIsRefused) {
  const Parsed parsed = Parse(BackupMode::kCombined, {"--skip-encrypt", "-K", "k"});
  EXPECT_FALSE(SealChoiceFromSettings(*parsed.settings).ok());
}

TEST(BackupInputs, AKeyThatIsItselfEncryptedIsRefusedRatherThanTakenForTheKey) {
  const Parsed parsed = Parse(BackupMode::kCombined, {"--encryption"}, "",
                              {{"SFDB_BACKUP_ENCRYPTION_KEY", "SFDBTOOLS:AQIDBA"}});
  const auto choice = SealChoiceFromSettings(*parsed.settings);
  ASSERT_FALSE(choice.ok());
  EXPECT_EQ(base::ExitCodeOf(choice.status()), base::kExitWrongKey);
  EXPECT_THAT(std::string(choice.status().message()), Not(HasSubstr("AQIDBA")));
}

TEST(BackupInputs, OutputDirIsUsedAsGivenAndOnlyTheConfiguredOneHasAPattern) {
  const std::string yaml =
      "backup: {output: {base_directory: /b, structure: {pattern: '{year}/{database}'}}}";
  const absl::Time now =
      absl::FromCivil(absl::CivilSecond(2025, 1, 2, 3, 4, 5), absl::LocalTimeZone());
  auto directory = [&](BackupMode mode, const std::vector<std::string>& args,
                       const std::string& database) {
    const Parsed parsed = Parse(mode, args, yaml);
    const auto path = OutputDirectory(*parsed.settings, mode, database, now);
    return path.ok() ? *path : "error";
  };
  EXPECT_EQ(directory(BackupMode::kCombined, {"-o", "/x/{year}"}, ""), "/x/{year}");
  EXPECT_EQ(directory(BackupMode::kSingle, {}, "shop"), "/b/2025/shop");
  EXPECT_EQ(directory(BackupMode::kSeparated, {}, ""), "/b/2025/separated");
}

TEST(BackupInputs, TheDocumentationHasEveryKeyAndEverySettingOfOne) {
  std::ifstream stream(SFDB_SOURCE_DIR "/docs/configuration.md");
  const std::string text((std::istreambuf_iterator<char>(stream)), {});
  for (const engine::ConfigKey& key : engine::ConfigKeys()) {
    EXPECT_THAT(text, HasSubstr("`" + std::string(key.name) + "`"));
  }
  for (const BackupSettingRow& row : BackupSettingTable()) {
    const std::vector<std::string> keys =
        absl::StrSplit(std::string(row.spec.config_keys), '|', absl::SkipEmpty());
    for (const std::string& key : keys) {
      const engine::ConfigKey* const known = engine::FindConfigKey(key);
      ASSERT_NE(known, nullptr) << key;
      EXPECT_TRUE(known->idle.empty()) << key;
    }
  }
}

TEST(BackupInputs, ArgumentsAreSplitAsAShellDoes) {
  EXPECT_THAT(*SplitArguments("  -a  'b c' \"d 'e\" f\\ g '' "),
              ElementsAre("-a", "b c", "d 'e", "f g", ""));
  EXPECT_THAT(*SplitArguments(""), IsEmpty());
  EXPECT_FALSE(SplitArguments("\"x").ok());
}

}  // namespace
}  // namespace sfdb::tools
