#include "engine/config/config_file.h"

#include <sys/stat.h>
#include <yaml-cpp/yaml.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/config/config_keys.h"

namespace sfdb::engine {
namespace {

// A configuration has some kilobytes; what is larger is something else.
constexpr size_t kLargestFile = 1 << 20;
// Deeper than any key; ends anchors that contain themselves.
constexpr int kDeepest = 16;

absl::Status Wrong(const std::string& path, int line, const std::string& what) {
  return base::WithExitCode(
      absl::InvalidArgumentError(line > 0 ? absl::StrFormat("%s:%d: %s", path, line, what)
                                          : absl::StrFormat("%s: %s", path, what)),
      base::kExitUsage);
}

bool IsNumber(const std::string& text) {
  int number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && rest == text.data() + text.size();
}

class Flattener {
 public:
  Flattener(ConfigFile* file) : file_(file) {}

  absl::Status Walk(const YAML::Node& node, const std::string& prefix, int depth) {
    if (depth > kDeepest) return Wrong(file_->path, LineOf(node), "nested too deeply");
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) {
        return Wrong(file_->path, LineOf(entry.first), "a key must be a word");
      }
      const std::string name = prefix + entry.first.Scalar();
      if (!seen_.insert(name).second) {
        return Wrong(file_->path, LineOf(entry.first), absl::StrFormat("%s is there twice", name));
      }
      const ConfigKey* const key = FindConfigKey(name);
      if (key == nullptr && entry.second.IsMap()) {
        RETURN_IF_ERROR(Walk(entry.second, name + ".", depth + 1));
      } else {
        RETURN_IF_ERROR(Take(name, key, entry.second, LineOf(entry.first)));
      }
    }
    return absl::OkStatus();
  }

 private:
  // yaml-cpp counts from 0.
  static int LineOf(const YAML::Node& node) { return node.Mark().line + 1; }

  absl::Status Take(const std::string& name, const ConfigKey* key, const YAML::Node& node,
                    int line) {
    // "general:" with nothing below it says nothing.
    if (key == nullptr) {
      if (node.IsNull() && IsPrefix(name)) return absl::OkStatus();
      file_->findings.push_back({ConfigFinding::Kind::kUnknown, name, line,
                                 "is no key of this program; check its spelling"});
      return absl::OkStatus();
    }
    if (node.IsNull()) return absl::OkStatus();
    if (!key->idle.empty()) {
      file_->findings.push_back({ConfigFinding::Kind::kIdle, name, line,
                                 absl::StrFormat("has no effect: %s", key->idle)});
      return absl::OkStatus();
    }
    ConfigValue value{.values = {}, .line = line};
    if (node.IsSequence() && key->kind == ConfigKind::kList) {
      for (const YAML::Node& item : node) {
        if (!item.IsScalar()) {
          return Wrong(file_->path, LineOf(item), absl::StrFormat("%s: not a name", name));
        }
        value.values.push_back(item.Scalar());
      }
    } else if (node.IsScalar()) {
      value.values.push_back(node.Scalar());
    } else {
      return Wrong(file_->path, line,
                   absl::StrFormat("%s must be %s", name,
                                   key->kind == ConfigKind::kList ? "a list" : "one value"));
    }
    RETURN_IF_ERROR(CheckKind(name, *key, value));
    file_->values[name] = std::move(value);
    return absl::OkStatus();
  }

  absl::Status CheckKind(const std::string& name, const ConfigKey& key, const ConfigValue& value) {
    if (key.kind == ConfigKind::kFlag && !ParseFlagValue(value.values.front())) {
      return Wrong(file_->path, value.line, absl::StrFormat("%s must be true or false", name));
    }
    if (key.kind == ConfigKind::kNumber && !IsNumber(value.values.front())) {
      return Wrong(file_->path, value.line, absl::StrFormat("%s must be a whole number", name));
    }
    return absl::OkStatus();
  }

  static bool IsPrefix(const std::string& name) {
    for (const ConfigKey& key : ConfigKeys()) {
      if (key.name.starts_with(name + ".")) return true;
    }
    return false;
  }

  ConfigFile* const file_;
  std::set<std::string> seen_;
};

}  // namespace

std::optional<bool> ParseFlagValue(std::string_view text) {
  std::string word(text);
  absl::AsciiStrToLower(&word);
  if (word == "1" || word == "true" || word == "yes" || word == "on") return true;
  if (word == "0" || word == "false" || word == "no" || word == "off") return false;
  return std::nullopt;
}

absl::StatusOr<ConfigFile> ParseConfig(std::string_view text, const std::string& path) {
  ConfigFile file{.path = path, .values = {}, .findings = {}};
  try {
    const YAML::Node root = YAML::Load(std::string(text));
    if (root.IsNull()) return file;
    if (!root.IsMap()) return Wrong(path, 1, "a configuration is a list of keys with values");
    RETURN_IF_ERROR(Flattener(&file).Walk(root, "", 0));
  } catch (const YAML::Exception& error) {
    return Wrong(path, error.mark.is_null() ? 0 : error.mark.line + 1, error.msg);
  }
  return file;
}

absl::StatusOr<ConfigFile> ReadConfigFile(const std::string& path) {
  struct stat facts {};
  // Opening a pipe would wait for somebody to write.
  std::ifstream stream;
  if (stat(path.c_str(), &facts) == 0 && S_ISREG(facts.st_mode)) {
    stream.open(path, std::ios::binary);
  }
  if (!stream.is_open()) return Wrong(path, 0, "cannot read this configuration file");
  if (facts.st_size > static_cast<off_t>(kLargestFile)) {
    return Wrong(path, 0, "too large for a configuration file");
  }
  std::ostringstream text;
  text << stream.rdbuf();
  ASSIGN_OR_RETURN(ConfigFile file, ParseConfig(text.str(), path));
  if ((facts.st_mode & S_IROTH) != 0) {
    for (const auto& [name, value] : file.values) {
      if (const ConfigKey* key = FindConfigKey(name); key != nullptr && key->secret) {
        file.findings.push_back({ConfigFinding::Kind::kExposed, name, value.line,
                                 "is a secret, and everybody may read this file: chmod 600 it"});
      }
    }
  }
  return file;
}

absl::StatusOr<std::optional<ConfigFile>> FindConfigFile(const std::optional<std::string>& flag,
                                                         const GetVariable& environment) {
  std::optional<std::string> named = flag;
  if (!named) named = environment("SFDB_APPS_CONFIG");
  if (named && !named->empty()) {
    ASSIGN_OR_RETURN(ConfigFile file, ReadConfigFile(*named));
    return file;
  }
  std::vector<std::string> places = {"/etc/sfDBTools/config.yaml"};
  if (const auto home = environment("HOME"); home && !home->empty()) {
    places.push_back(*home + "/.config/sfdbtools/config.yaml");
  }
  for (const std::string& place : places) {
    std::error_code ignored;
    if (!std::filesystem::exists(place, ignored)) continue;
    ASSIGN_OR_RETURN(ConfigFile file, ReadConfigFile(place));
    return file;
  }
  return std::nullopt;
}

}  // namespace sfdb::engine
