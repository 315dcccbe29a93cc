// One value for each setting, from the command line, the environment, the configuration file or the
// built-in default, in this order; and where it came from, for `config show`.
//
// A program describes its settings in a table (SettingSpec), parses flags as it likes, and merges.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/config/config_file.h"

namespace sfdb::engine {

enum class SettingKind {
  kText,
  kFlag,
  kNumber,
  kSeconds,
  kList,   // names: repeated, or separated by commas
  kPaths,  // files: repeated; a comma is part of a name
};

struct SettingSpec {
  // Names on the command line, the one that messages use first: "--output-dir,--backup-dir,-o";
  // with
  // "!" in front the name says the opposite. Empty: the command line cannot set it.
  std::string_view flags;
  SettingKind kind = SettingKind::kText;
  // What else sets it: "SFDB_SOURCE_PROFILE"; "backup.output.capture_gtid", several with "|", the
  // first that is there wins.
  std::string_view environment = {};
  std::string_view config_keys = {};
  std::string_view fallback = {};  // the default; empty: unset
  bool secret = false;
};

enum class Origin { kDefault, kFile, kEnvironment, kFlag };
std::string_view OriginName(Origin origin);  // "default", "file", "environment", "flag"

struct SettingValue {
  std::vector<std::string> values;  // empty: unset
  Origin origin = Origin::kDefault;
  std::string where;  // "/etc/x.yaml:12 backup.compression.type", "SFDB_QUIET", "--output-dir"
};

class Settings {
 public:
  // `index`: the row in the table that was merged.
  const SettingValue& at(size_t index) const { return values_[index]; }
  bool is_set(size_t index) const { return !values_[index].values.empty(); }
  // The last value given; empty: unset.
  std::string text(size_t index) const;
  std::optional<std::string> optional_text(size_t index) const;
  bool flag(size_t index) const;
  std::optional<double> number(size_t index) const;
  const std::vector<std::string>& list(size_t index) const { return values_[index].values; }

 private:
  friend absl::StatusOr<Settings> MergeSettings(
      std::span<const SettingSpec> specs, const std::map<size_t, std::vector<std::string>>& flags,
      const GetVariable& environment, const ConfigFile* file);
  std::vector<SettingValue> values_;
};

// `flags`: what the command line says, by row; list values may hold commas. `file` may be null.
// InvalidArgument, exit 2: a value that is not of the setting's kind, with its origin. Lists are
// not added up: the list of the highest origin holds alone.
absl::StatusOr<Settings> MergeSettings(std::span<const SettingSpec> specs,
                                       const std::map<size_t, std::vector<std::string>>& flags,
                                       const GetVariable& environment, const ConfigFile* file);

// "a,b" as "a", "b"; a backslash takes a comma or backslash as part of the name. Empty parts and
// blanks around names are dropped.
std::vector<std::string> SplitList(std::string_view text);

// The values on one line as `config show` prints them: secrets as "********", unset as "-".
std::string ShownValue(const SettingSpec& spec, const SettingValue& value);

}  // namespace sfdb::engine
