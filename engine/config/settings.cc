#include "engine/config/settings.h"

#include <charconv>
#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {
namespace {

std::optional<double> ParseNumber(std::string_view text) {
  double number = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || rest != text.data() + text.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

std::string_view FirstName(std::string_view flags) { return flags.substr(0, flags.find(',')); }

absl::Status CheckValue(const SettingSpec& spec, const SettingValue& value) {
  if (value.values.empty()) return absl::OkStatus();
  const std::string& text = value.values.back();
  const char* wanted = nullptr;
  if (spec.kind == SettingKind::kFlag && !ParseFlagValue(text)) wanted = "true or false";
  if (spec.kind == SettingKind::kNumber) {
    const auto number = ParseNumber(text);
    if (!number || *number != std::floor(*number)) wanted = "a whole number";
  }
  if (spec.kind == SettingKind::kSeconds) {
    const auto number = ParseNumber(text);
    if (!number || *number < 0) wanted = "a number of seconds";
  }
  if (wanted == nullptr) return absl::OkStatus();
  return base::WithExitCode(
      absl::InvalidArgumentError(absl::StrFormat(
          "%s: %s must be %s", value.where, spec.secret ? "the value" : "'" + text + "'", wanted)),
      base::kExitUsage);
}

std::optional<SettingValue> FromFile(const SettingSpec& spec, const ConfigFile& file) {
  const std::vector<std::string> keys = absl::StrSplit(
      absl::string_view(spec.config_keys.data(), spec.config_keys.size()), '|', absl::SkipEmpty());
  for (const std::string& key : keys) {
    const auto found = file.values.find(key);
    if (found == file.values.end()) continue;
    // An empty text ("key: ''") is how the program's own file leaves a key out.
    if (found->second.values.size() == 1 && found->second.values.front().empty()) continue;
    std::vector<std::string> values;
    for (const std::string& value : found->second.values) {
      // A name in a YAML list is whole; "a,b" as one word is a list as on the command line.
      if (spec.kind == SettingKind::kList && found->second.values.size() == 1) {
        values = SplitList(value);
      } else {
        values.push_back(value);
      }
    }
    return SettingValue{.values = std::move(values),
                        .origin = Origin::kFile,
                        .where = absl::StrFormat("%s:%d %s", file.path, found->second.line, key)};
  }
  return std::nullopt;
}

}  // namespace

std::string_view OriginName(Origin origin) {
  switch (origin) {
    case Origin::kDefault:
      return "default";
    case Origin::kFile:
      return "file";
    case Origin::kEnvironment:
      return "environment";
    case Origin::kFlag:
      return "flag";
  }
  return "";
}

std::string Settings::text(size_t index) const { return optional_text(index).value_or(""); }

std::optional<std::string> Settings::optional_text(size_t index) const {
  const std::vector<std::string>& values = values_[index].values;
  if (values.empty()) return std::nullopt;
  return values.back();
}

bool Settings::flag(size_t index) const { return ParseFlagValue(text(index)).value_or(false); }

std::optional<double> Settings::number(size_t index) const {
  return is_set(index) ? ParseNumber(values_[index].values.back()) : std::nullopt;
}

absl::StatusOr<Settings> MergeSettings(std::span<const SettingSpec> specs,
                                       const std::map<size_t, std::vector<std::string>>& flags,
                                       const GetVariable& environment, const ConfigFile* file) {
  Settings settings;
  for (size_t i = 0; i < specs.size(); ++i) {
    const SettingSpec& spec = specs[i];
    SettingValue value;
    std::optional<std::string> variable;
    if (!spec.environment.empty()) variable = environment(std::string(spec.environment));
    if (const auto given = flags.find(i); given != flags.end()) {
      value.origin = Origin::kFlag;
      value.where = std::string(FirstName(spec.flags));
      for (const std::string& text : given->second) {
        if (spec.kind == SettingKind::kList) {
          for (std::string& part : SplitList(text)) value.values.push_back(std::move(part));
        } else if (spec.kind == SettingKind::kPaths) {
          value.values.push_back(text);
        } else {
          value.values = {text};
        }
      }
    } else if (variable && !variable->empty()) {
      value.origin = Origin::kEnvironment;
      value.where = std::string(spec.environment);
      if (spec.kind == SettingKind::kList) {
        value.values = SplitList(*variable);
      } else {
        value.values = {*variable};
      }
    } else if (std::optional<SettingValue> of_file;
               file != nullptr && (of_file = FromFile(spec, *file)).has_value()) {
      value = *std::move(of_file);
    } else if (!spec.fallback.empty()) {
      value.values = {std::string(spec.fallback)};
    }
    RETURN_IF_ERROR(CheckValue(spec, value));
    settings.values_.push_back(std::move(value));
  }
  return settings;
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> parts;
  std::string part;
  auto end_part = [&] {
    absl::StripAsciiWhitespace(&part);
    if (!part.empty()) parts.push_back(part);
    part.clear();
  };
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == ',' || text[i + 1] == '\\')) {
      part += text[++i];
    } else if (text[i] == ',') {
      end_part();
    } else {
      part += text[i];
    }
  }
  end_part();
  return parts;
}

std::string ShownValue(const SettingSpec& spec, const SettingValue& value) {
  if (value.values.empty()) return "-";
  if (spec.secret) return "********";
  return absl::StrJoin(value.values, ", ");
}

}  // namespace sfdb::engine
