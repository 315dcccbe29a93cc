// The YAML configuration file: a flat view, dotted key -> values, with the line each came from.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace sfdb::engine {

struct ConfigValue {
  std::vector<std::string> values;  // one, unless the key is a list
  int line = 0;
};

// What the user should know about his file, and what does not keep it from being used.
struct ConfigFinding {
  enum class Kind { kUnknown, kIdle, kExposed };
  Kind kind = Kind::kUnknown;
  std::string key;
  int line = 0;
  std::string text;  // one sentence, without the place
};

struct ConfigFile {
  std::string path;
  std::map<std::string, ConfigValue> values;  // live keys only; a key without a value is not set
  std::vector<ConfigFinding> findings;        // in the file's order
};

// `path` is used in messages. InvalidArgument, with the line: not YAML, a key of the wrong shape
// ("level: abc"), the same key twice. Never throws.
absl::StatusOr<ConfigFile> ParseConfig(std::string_view text, const std::string& path);

// Reads and parses. Says so (kExposed) when others can read a file that holds a key.
absl::StatusOr<ConfigFile> ReadConfigFile(const std::string& path);

// $SFDB_APPS_CONFIG, /etc/sfDBTools/config.yaml, ~/.config/sfdbtools/config.yaml; nullopt: none is
// there. One that is named, by `flag` or by the variable, and cannot be read is an error.
using GetVariable = std::function<std::optional<std::string>(const std::string&)>;
absl::StatusOr<std::optional<ConfigFile>> FindConfigFile(const std::optional<std::string>& flag,
                                                         const GetVariable& environment);

// "1", "true", "yes" and their opposites, in any case, as the environment and YAML spell them.
std::optional<bool> ParseFlagValue(std::string_view text);

}  // namespace sfdb::engine
