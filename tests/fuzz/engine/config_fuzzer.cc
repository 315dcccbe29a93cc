// Configuration files: whatever they hold, an answer, and everything said about a value holds for
// it.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/config/config_file.h"
#include "engine/config/config_keys.h"
#include "engine/config/directory_pattern.h"
#include "engine/config/settings.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sfdb::engine;  // NOLINT(google-build-using-namespace)
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  for (const std::string& name : SplitList(text)) {
    if (name.empty()) std::abort();
  }
  const auto path =
      ExpandDirectoryPattern("/base", text, text, absl::UnixEpoch(), absl::UTCTimeZone());
  if (path.ok() && (!path->starts_with("/base") || path->find("/../") != path->npos)) std::abort();
  const auto file = ParseConfig(text, "fuzz.yaml");
  if (!file.ok()) return 0;
  for (const auto& [name, value] : file->values) {
    const ConfigKey* const key = FindConfigKey(name);
    if (key == nullptr || !key->idle.empty()) std::abort();
    if (key->kind == ConfigKind::kFlag && !ParseFlagValue(value.values.front())) std::abort();
    if (key->kind != ConfigKind::kList && value.values.size() != 1) std::abort();
  }
  return 0;
}
