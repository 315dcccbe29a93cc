// What `backup` shows before and after: the seven option sections and three result sections of the
// user's document, as text. Nothing is printed here.
#pragma once

#include <string>

#include "engine/backup/backup_request.h"
#include "engine/backup/backup_run.h"
#include "engine/config/settings.h"
#include "tools/screen/messages.h"
#include "tools/screen/terminal.h"

namespace sfdb::tools {

struct OptionsView {
  const engine::BackupRequest* request = nullptr;
  const engine::BackupPlan* plan = nullptr;
  const engine::Settings* settings = nullptr;
  std::string profile = {};  // the one that is used; empty: none
};
// The filter's statistics, then General, Mode, Profile, Filters, Compression, Encryption, Cleanup.
std::string OptionsScreen(const OptionsView& view, Language language, const ScreenStyle& style);

// Summary, one table for each file published, and the list of databases that failed; the last two
// only when there are any.
std::string ResultScreen(const engine::BackupOutcome& outcome, Language language,
                         const ScreenStyle& style);

}  // namespace sfdb::tools
