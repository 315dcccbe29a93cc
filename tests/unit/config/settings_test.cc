#include "engine/config/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/base/exit_code.h"

namespace sfdb::engine {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

enum Row : size_t { kType, kLevel, kOn, kNames, kKey, kRows };
constexpr SettingSpec kSpecs[kRows] = {
    {.flags = "--type,-C",
     .environment = "T_TYPE",
     .config_keys = "backup.compression.type",
     .fallback = "gzip"},
    {.flags = "--level", .kind = SettingKind::kNumber, .config_keys = "backup.compression.level"},
    {.flags = "--on",
     .kind = SettingKind::kFlag,
     .environment = "T_ON",
     .config_keys = "backup.replication.capture_gtid|backup.output.capture_gtid"},
    {.flags = "--db",
     .kind = SettingKind::kList,
     .environment = "T_DB",
     .config_keys = "backup.include.databases"},
    {.flags = "--key",
     .environment = "T_KEY",
     .config_keys = "backup.encryption.key",
     .secret = true}};

using Flags = std::map<size_t, std::vector<std::string>>;
using Variables = std::map<std::string, std::string>;

absl::StatusOr<Settings> Merge(const Flags& flags, const Variables& variables,
                               const std::string& yaml) {
  const auto file = ParseConfig(yaml, "c.yaml");
  EXPECT_TRUE(file.ok()) << file.status();
  return MergeSettings(
      kSpecs, flags,
      [&](const std::string& name) -> std::optional<std::string> {
        const auto found = variables.find(name);
        if (found == variables.end()) return std::nullopt;
        return found->second;
      },
      &*file);
}

constexpr char kYaml[] = "backup:\n  compression: {type: xz, level: 4}\n";

TEST(Settings, FlagBeforeEnvironmentBeforeFileBeforeDefault) {
  const auto all = Merge({{kType, {"none"}}}, {{"T_TYPE", "zstd"}}, kYaml);
  EXPECT_EQ(all->text(kType), "none");
  EXPECT_EQ(all->at(kType).origin, Origin::kFlag);
  EXPECT_EQ(all->at(kType).where, "--type");
  const auto variable = Merge({}, {{"T_TYPE", "zstd"}}, kYaml);
  EXPECT_EQ(variable->text(kType), "zstd");
  EXPECT_EQ(variable->at(kType).where, "T_TYPE");
  const auto file = Merge({}, {{"T_TYPE", ""}}, kYaml);
  EXPECT_EQ(file->text(kType), "xz");
  EXPECT_EQ(file->at(kType).where, "c.yaml:2 backup.compression.type");
  const auto fallback = Merge({}, {}, "");
  EXPECT_EQ(fallback->text(kType), "gzip");
  EXPECT_EQ(fallback->at(kType).origin, Origin::kDefault);
  EXPECT_FALSE(fallback->is_set(kLevel));
}

TEST(Settings, TheFirstOfSeveralKeysWins) {
  const auto both = Merge({}, {},
                          "backup: {output: {capture_gtid: true}, "
                          "replication: {capture_gtid: false}}");
  EXPECT_FALSE(both->flag(kOn));
  EXPECT_TRUE(Merge({}, {}, "backup: {output: {capture_gtid: yes}}")->flag(kOn));
}

TEST(Settings, AnEmptyTextInTheFileLeavesTheKeyOut) {
  const auto settings = Merge({}, {}, "backup: {encryption: {key: ''}}");
  EXPECT_FALSE(settings->is_set(kKey));
}

TEST(Settings, ListsComeByRepetitionOrCommaAndTheHighestOriginHoldsAlone) {
  const std::string yaml = "backup: {include: {databases: [x, 'y,z']}}";
  EXPECT_THAT(Merge({{kNames, {"a,b", " c "}}}, {{"T_DB", "e"}}, yaml)->list(kNames),
              ElementsAre("a", "b", "c"));
  EXPECT_THAT(Merge({}, {{"T_DB", "e,f"}}, yaml)->list(kNames), ElementsAre("e", "f"));
  // What YAML already separated is whole.
  EXPECT_THAT(Merge({}, {}, yaml)->list(kNames), ElementsAre("x", "y,z"));
  EXPECT_THAT(Merge({}, {}, "backup: {include: {databases: 'x,y'}}")->list(kNames),
              ElementsAre("x", "y"));
}

TEST(Settings, ABackslashKeepsACommaInAName) {
  EXPECT_THAT(SplitList("a\\,b,c\\\\,,d\\e"), ElementsAre("a,b", "c\\", "d\\e"));
  EXPECT_THAT(SplitList(" , "), IsEmpty());
}

TEST(Settings, AWrongValueIsAnErrorThatNamesItsOrigin) {
  const auto flag = Merge({{kLevel, {"fast"}}}, {}, "");
  ASSERT_FALSE(flag.ok());
  EXPECT_THAT(std::string(flag.status().message()), HasSubstr("--level: 'fast'"));
  EXPECT_EQ(base::ExitCodeOf(flag.status()), base::kExitUsage);
  const auto variable = Merge({}, {{"T_ON", "perhaps"}}, "");
  ASSERT_FALSE(variable.ok());
  EXPECT_THAT(std::string(variable.status().message()), HasSubstr("T_ON"));
}

TEST(Settings, SecretsAreNeverShown) {
  const auto settings = Merge({}, {{"T_KEY", "rahasia"}}, "");
  EXPECT_EQ(ShownValue(kSpecs[kKey], settings->at(kKey)), "********");
  EXPECT_EQ(ShownValue(kSpecs[kLevel], settings->at(kLevel)), "-");
  EXPECT_EQ(ShownValue(kSpecs[kType], settings->at(kType)), "gzip");
}

}  // namespace
}  // namespace sfdb::engine
