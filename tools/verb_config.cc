#include "tools/verb_config.h"

#include "engine/base/exit_code.h"
#include "tools/screen/terminal.h"

namespace sfdb::tools {

void ConfigFlag::AddTo(CLI::App& app) {
  app.add_option("--config", path_,
                 "configuration file [SFDB_APPS_CONFIG] (default /etc/sfDBTools/config.yaml, "
                 "~/.config/sfdbtools/config.yaml)");
}

absl::Status ConfigFlag::Load() {
  auto file = engine::FindConfigFile(path_, ProcessVariable);
  if (!file.ok()) return base::WithExitCode(file.status(), base::kExitUsage);
  file_ = *std::move(file);
  return absl::OkStatus();
}

std::optional<std::string> ConfigFlag::text(const std::string& key) const {
  if (!file_) return std::nullopt;
  const auto found = file_->values.find(key);
  if (found == file_->values.end() || found->second.values.empty()) return std::nullopt;
  return found->second.values.back();
}

}  // namespace sfdb::tools
