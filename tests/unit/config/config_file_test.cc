#include "engine/config/config_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "engine/base/exit_code.h"
#include "engine/config/config_keys.h"

namespace sfdb::engine {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

// What the program shipped in November 2025, shortened to one key of each kind.
constexpr char kShipped[] = R"(backup:
    cleanup:
        days: 1
        enabled: true
        schedule: "0 2 * * *"
    compression:
        level: 6
        type: gzip
    encryption:
        enabled: true
        key: ""
    exclude:
        databases: [ sales, "tmp_*" ]
        system_databases: true
    mysqldump_args: -CfQq --max-allowed-packet=1G
    output:
        base_directory: /media/backup
        structure:
            create_subdirs: true
            pattern: '{year}/{month}/{day}/'
general:
    client_code: dataon
    locale:
        timezone: Asia/Jakarta
log:
    output:
        file:
            rotation:
                max_size: 100MB
)";

std::vector<std::string> FindingKeys(const ConfigFile& file, ConfigFinding::Kind kind) {
  std::vector<std::string> keys;
  for (const ConfigFinding& finding : file.findings) {
    if (finding.kind == kind) keys.push_back(finding.key);
  }
  return keys;
}

TEST(ConfigFile, ValuesOfTheProgramsFileAreReadWithTheirLines) {
  const auto file = ParseConfig(kShipped, "c.yaml");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(file->values.at("backup.compression.type").values, ElementsAre("gzip"));
  EXPECT_EQ(file->values.at("backup.compression.type").line, 8);
  EXPECT_THAT(file->values.at("backup.exclude.databases").values, ElementsAre("sales", "tmp_*"));
  EXPECT_THAT(file->values.at("backup.mysqldump_args").values,
              ElementsAre("-CfQq --max-allowed-packet=1G"));
}

TEST(ConfigFile, IdleKeysAreReportedWithTheirReason) {
  const auto file = ParseConfig(kShipped, "c.yaml");
  ASSERT_TRUE(file.ok());
  EXPECT_THAT(FindingKeys(*file, ConfigFinding::Kind::kIdle),
              ElementsAre("backup.cleanup.schedule", "backup.output.structure.create_subdirs",
                          "general.client_code", "general.locale"));
  EXPECT_THAT(file->findings.front().text, HasSubstr("timer"));
  EXPECT_EQ(file->values.count("general.client_code"), 0u);
}

TEST(ConfigFile, UnknownKeysAreReportedWithTheirLine) {
  const auto file = ParseConfig("backup:\n  compresion: {type: xz}\n  output:\n    dir: /x\n", "c");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(FindingKeys(*file, ConfigFinding::Kind::kUnknown),
              ElementsAre("backup.compresion.type", "backup.output.dir"));
  EXPECT_EQ(file->findings.back().line, 4);
}

TEST(ConfigFile, EveryKeyOfTheProgramIsKnown) {
  for (const char* key :
       {"backup.verification.disk_space_check", "system_users.users", "mariadb.port",
        "config_dir.database_profile", "backup.replication.replication_password",
        "log.output.file.rotation.retention_days", "script.bundle_output_dir"}) {
    EXPECT_NE(FindConfigKey(key), nullptr) << key;
  }
  EXPECT_EQ(FindConfigKey("backup.compression"), nullptr);
}

TEST(ConfigFile, AnEmptyFileAndAKeyWithoutValueSetNothing) {
  for (const char* text : {"", "backup:\n", "backup:\n  compression:\n    type:\n"}) {
    const auto file = ParseConfig(text, "c");
    ASSERT_TRUE(file.ok()) << text << file.status();
    EXPECT_TRUE(file->values.empty());
    EXPECT_TRUE(file->findings.empty()) << text;
  }
}

TEST(ConfigFile, WrongShapesAreErrorsThatNameFileAndLine) {
  struct Case {
    const char *text, *message;
  };
  for (const Case& c : std::initializer_list<Case>{
           {"backup:\n  compression:\n    level: fast\n", "c.yaml:3: backup.compression.level"},
           {"backup:\n  encryption:\n    enabled: maybe\n", "c.yaml:3: "},
           {"backup:\n  exclude:\n    databases: {a: b}\n", "must be a list"},
           {"backup:\n  compression:\n    type: [a, b]\n", "must be one value"},
           {"log:\n  level: info\nlog:\n  level: debug\n", "log is there twice"},
           {"- a\n", "list of keys"},
           {"backup: [unclosed\n", "c.yaml:"},
           {"? [a]\n: b\n", "a key must be a word"},
           {"a: &x {b: *x}\n", "c.yaml:"}}) {
    const auto file = ParseConfig(c.text, "c.yaml");
    ASSERT_FALSE(file.ok()) << c.text;
    EXPECT_THAT(std::string(file.status().message()), HasSubstr(c.message));
    EXPECT_EQ(base::ExitCodeOf(file.status()), base::kExitUsage);
  }
}

class ConfigPlaces : public testing::Test {
 protected:
  ConfigPlaces() { fs::create_directories(home_ / ".config/sfdbtools"); }
  ~ConfigPlaces() override { fs::remove_all(home_); }
  std::string Write(const fs::path& path, const std::string& text, mode_t mode = 0600) {
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    return path;
  }
  GetVariable Environment(const std::string& config) const {
    return [this, config](const std::string& name) -> std::optional<std::string> {
      if (name == "HOME") return home_.string();
      if (name == "SFDB_APPS_CONFIG" && !config.empty()) return config;
      return std::nullopt;
    };
  }
  const fs::path home_ = fs::temp_directory_path() / ("config_places." + std::to_string(getpid()));
};

TEST_F(ConfigPlaces, FlagBeforeVariableBeforeHome) {
  const std::string of_home = Write(home_ / ".config/sfdbtools/config.yaml", "log: {level: info}");
  const std::string of_variable = Write(home_ / "v.yaml", "log: {level: debug}");
  const std::string of_flag = Write(home_ / "f.yaml", "log: {level: error}");
  EXPECT_EQ((*FindConfigFile(of_flag, Environment(of_variable)))->path, of_flag);
  EXPECT_EQ((*FindConfigFile(std::nullopt, Environment(of_variable)))->path, of_variable);
  if (!fs::exists("/etc/sfDBTools/config.yaml")) {
    EXPECT_EQ((*FindConfigFile(std::nullopt, Environment("")))->path, of_home);
  }
}

TEST_F(ConfigPlaces, ANamedFileThatIsNotThereIsAnErrorAndAPipeDoesNotHang) {
  EXPECT_FALSE(FindConfigFile("/nonexistent/c.yaml", Environment("")).ok());
  EXPECT_FALSE(FindConfigFile(std::nullopt, Environment("/nonexistent/c.yaml")).ok());
  const std::string pipe = home_ / "pipe";
  ASSERT_EQ(mkfifo(pipe.c_str(), 0600), 0);
  EXPECT_FALSE(FindConfigFile(pipe, Environment("")).ok());
}

TEST_F(ConfigPlaces, AKeyInAFileThatOthersReadIsReported) {
  const std::string text = "backup: {encryption: {key: rahasia}}";
  const auto open = ReadConfigFile(Write(home_ / "a.yaml", text, 0644));
  ASSERT_TRUE(open.ok());
  EXPECT_THAT(FindingKeys(*open, ConfigFinding::Kind::kExposed),
              ElementsAre("backup.encryption.key"));
  const auto closed = ReadConfigFile(Write(home_ / "b.yaml", text, 0600));
  ASSERT_TRUE(closed.ok());
  EXPECT_TRUE(closed->findings.empty());
}

}  // namespace
}  // namespace sfdb::engine
