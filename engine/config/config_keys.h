// The keys of the configuration file: those of Go sfDBTools, with what each one does here.
//
// A key is live (it sets something), idle (known, without effect here, and why) or unknown. The two
// latter are reported: a configuration that seems to say something must not be silently ignored.
#pragma once

#include <span>
#include <string_view>

namespace sfdb::engine {

enum class ConfigKind { kText, kFlag, kNumber, kList };

struct ConfigKey {
  std::string_view name;  // "backup.compression.type"; a last part "*" stands for all below
  ConfigKind kind = ConfigKind::kText;
  std::string_view idle = {};  // why it does nothing; empty: it is live
  bool secret = false;
};

std::span<const ConfigKey> ConfigKeys();
// The key of that name, by "*" too; null: unknown.
const ConfigKey* FindConfigKey(std::string_view name);

}  // namespace sfdb::engine
