// The result of a backup for programs and for measuring: JSON, and where the CPU time went.
#pragma once

#include <string>

#include "engine/backup/backup_run.h"

namespace sfdb::tools {

// One document. One published file: its metadata. Otherwise the run, with a document for each file.
// Both have "exit_code" and "summary".
std::string ReportJson(const engine::BackupOutcome& outcome, int exit_code);

// What a run would do, for --dry-run --json.
std::string DryRunJson(const engine::BackupRequest& request, const engine::BackupPlan& plan);

// Lines for stderr: seconds and share of each stage.
std::string StatsText(const engine::BackupOutcome& outcome);

}  // namespace sfdb::tools
