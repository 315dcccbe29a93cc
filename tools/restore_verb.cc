// `sfdbtools restore FILE`: which file, what of it, whereto; the question; the run; its result.
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "engine/backup/metadata.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/restore/find_backup.h"
#include "engine/restore/restore_run.h"
#include "tools/ask_secret.h"
#include "tools/command_line.h"
#include "tools/connection_flags.h"
#include "tools/key_flags.h"
#include "tools/menu.h"
#include "tools/profile_choice.h"
#include "tools/stop_signals.h"
#include "tools/verb_config.h"
#include "tools/verbs.h"

namespace sfdb::tools {
namespace {

using engine::RestoreOutcome;
using engine::RestoreRequest;

constexpr char kProgram[] = "sfdbtools restore";

struct RestoreFlags {
  RestoreRequest request;
  std::string source;
  std::string progress = "auto";
  bool force = false, yes = false, non_interactive = false, json = false, stats = false;
  OpenFlags keys;
  std::vector<crypto::IdentityPtr> identities;
  ConnectionFlags connection;
  ProfileFlags profile{ProfileRole::kTarget};
  ConfigFlag config;

  void AddTo(CLI::App& app);
};

void RestoreFlags::AddTo(CLI::App& app) {
  request.threads = std::max(1u, std::thread::hardware_concurrency());
  app.add_option("FILE,-f,--file,-s,--source", source,
                 "backup file; a directory: the newest backup in it; \"latest\": the newest of all")
      ->required();
  auto* const database = app.add_option("--database", request.database, "only this database");
  app.add_option("--table", request.table, "only this table: DATABASE.TABLE")->excludes(database);
  app.add_option("-d,--target-db", request.target_database,
                 "load the one database into this one, created when missing");
  app.add_option("-t,--threads", request.threads, "connections")
      ->check(CLI::Range(1u, 256u))
      ->capture_default_str();
  auto* const drop = app.add_flag("--drop-target", request.drop_target,
                                  "drop the target first, after a safety backup of its database");
  app.add_flag("--into-existing", request.into_existing,
               "load into a database that is not empty; what the backup holds is replaced")
      ->excludes(drop);
  app.add_flag("--skip-backup", request.skip_backup, "no safety backup before --drop-target");
  app.add_option("-b,--backup-dir", request.backup_dir,
                 "directory of the safety backup (pre_restore beside FILE)");
  app.add_flag("--system-databases", request.system_databases,
               "allow to write mysql, sys and the like");
  app.add_flag("--with-users", request.with_users, "also the accounts, from {base}_users.cnf");
  app.add_flag("--resume", request.resume,
               "go on with a restore of this file that did not end; whole tables stay");
  app.add_flag("--continue-on-error", request.continue_on_error,
               "run all statements, report those that failed at the end; still exit 1");
  app.add_flag("--dry-run", request.dry_run,
               "read and check everything, say what would be done, change nothing");
  app.add_flag("--force", force, "do not ask");
  app.add_flag("-y,--yes", yes, "do not ask");
  app.add_flag("--non-interactive", non_interactive, "never ask anything");
  app.add_option("--progress", progress,
                 "auto: a live line on a terminal, a line every few seconds elsewhere")
      ->check(CLI::IsMember({"auto", "bar", "plain", "json", "none"}))
      ->capture_default_str();
  app.add_flag("--json", json, "print the result as one JSON document");
  app.add_flag("--stats", stats, "print how much was read and run, to stderr");
  keys.AddTo(app);
  profile.AddTo(app);
  connection.AddTo(app);
  config.AddTo(app);
}

absl::StatusOr<std::string> FindFile(const RestoreFlags& flags) {
  std::error_code error;
  const bool is_there = std::filesystem::exists(flags.source, error);
  std::string directory = flags.source;
  if (!is_there && flags.source == "latest") {
    directory = flags.config.text("backup.output.base_directory").value_or(".");
  } else if (!std::filesystem::is_directory(flags.source, error)) {
    return flags.source;
  }
  std::optional<std::string> database = flags.request.database;
  if (flags.request.table) {
    database = flags.request.table->substr(0, flags.request.table->find('.'));
  }
  return engine::FindNewestBackup(directory, database);
}

std::string WhatOf(const RestoreRequest& request) {
  if (request.table) return "table " + *request.table;
  if (request.database) return "database " + *request.database;
  return "all";
}

bool Confirmed(const RestoreRequest& request) {
  std::fprintf(stderr, "Restore %s of %s%s%s, %u threads.\n", WhatOf(request).c_str(),
               request.file.c_str(),
               request.target_database ? (" into " + *request.target_database).c_str() : "",
               !request.drop_target  ? ""
               : request.skip_backup ? "; the target is DROPPED first, WITHOUT a safety backup"
                                     : "; the target is dropped first, after a safety backup",
               request.threads);
  return AskYesNo("Go on?");
}

void PrintJson(const RestoreRequest& request, const RestoreOutcome& outcome, int exit_code) {
  nlohmann::ordered_json json;
  json["file"] = request.file;
  json["ok"] = outcome.status.ok();
  if (!outcome.status.ok()) json["error"] = std::string(outcome.status.message());
  json["dry_run"] = request.dry_run;
  json["databases"] = outcome.databases;
  json["tables"] = outcome.tables;
  json["tables_kept"] = outcome.tables_kept;
  if (outcome.in_parallel) json["rows"] = outcome.rows;
  json["statements"] = outcome.statements;
  json["text_bytes"] = outcome.text_bytes;
  json["file_bytes"] = outcome.file_bytes;
  json["bytes_read"] = outcome.bytes_read;
  json["in_parallel"] = outcome.in_parallel;
  json["seconds"] = outcome.seconds;
  if (!outcome.safety_backup.empty()) json["safety_backup"] = outcome.safety_backup;
  json["warnings"] = outcome.warnings;
  json["failures_total"] = outcome.failures_total;
  json["failures"] = nlohmann::ordered_json::array();
  for (const engine::SqlFailure& failure : outcome.failures) {
    json["failures"].push_back({{"offset", failure.offset},
                                {"object", failure.object},
                                {"error", failure.number},
                                {"message", failure.message},
                                {"statement", failure.head}});
  }
  json["exit_code"] = exit_code;
  std::cout << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << "\n";
}

void PrintResult(const RestoreRequest& request, const RestoreOutcome& outcome) {
  if (!outcome.status.ok()) {
    if (!request.continue_on_error) return;
    for (const engine::SqlFailure& failure : outcome.failures) {
      std::fprintf(stderr, "%s\n", engine::FailureText(failure).c_str());
    }
    return;
  }
  std::printf("%s %s: %llu tables", request.dry_run ? "would restore" : "restored",
              absl::StrJoin(outcome.databases, ", ").c_str(),
              static_cast<unsigned long long>(outcome.tables));
  if (outcome.in_parallel) {
    std::printf(", %llu rows", static_cast<unsigned long long>(outcome.rows));
  }
  std::printf(", %s of SQL, %.1f s\n", engine::HumanSize(outcome.text_bytes).c_str(),
              outcome.seconds);
}

int Run(RestoreFlags& flags) {
  RestoreRequest& request = flags.request;
  const bool asks = !flags.force && !flags.yes && !flags.non_interactive && !request.dry_run;
  if (asks && !StdinIsTerminal()) {
    return ReportFailure(
        kProgram,
        base::WithExitCode(absl::FailedPreconditionError("there is no terminal to confirm at; give "
                                                         "--yes, --force or --non-interactive"),
                           base::kExitUsage));
  }
  auto prepare = [&]() -> absl::Status {
    RETURN_IF_ERROR(flags.config.Load());
    ASSIGN_OR_RETURN(request.file, FindFile(flags));
    ASSIGN_OR_RETURN(flags.identities, flags.keys.Resolve());
    request.identities = &flags.identities;
    const bool may_ask = !flags.non_interactive && CanAsk();
    ASSIGN_OR_RETURN(
        request.connection,
        flags.connection.Resolve(kProgram, flags.profile.Choice(flags.config, may_ask)));
    return absl::OkStatus();
  };
  if (const absl::Status status = prepare(); !status.ok()) return ReportFailure(kProgram, status);
  request.tool_version = SFDB_VERSION;
  request.backup_recipients = [&flags] { return flags.keys.ResolveRecipients(); };
  if (asks && !Confirmed(request)) {
    std::fputs("not confirmed\n", stderr);
    return base::kExitFailed;
  }
  const StopSignals signals;
  engine::ProgressCounters counters;
  std::atomic<bool> never{false};
  std::mutex mutex;
  auto say = [&](std::string_view text) {
    std::lock_guard<std::mutex> lock(mutex);
    std::fwrite(text.data(), 1, text.size(), stderr);
  };
  RestoreOutcome outcome;
  {
    const engine::ProgressStyle style =
        engine::ProgressStyleFor(flags.progress, isatty(STDERR_FILENO) == 1);
    if (style != engine::ProgressStyle::kNone) request.progress = &counters;
    const engine::ProgressPrinter printer(style, &counters, say, &never);
    outcome = engine::RunRestore(request, signals.token(), [&](std::string_view text) {
      say(absl::StrCat(kProgram, ": ", std::string(text), "\n"));
    });
  }
  if (!outcome.status.ok() && signals.exit_code() != 0) {
    outcome.status =
        base::WithExitCode(absl::CancelledError(outcome.status.message()), signals.exit_code());
  }
  const int exit_code = base::ExitCodeOf(outcome.status);
  if (!outcome.status.ok()) ReportFailure(kProgram, outcome.status);
  if (flags.json) {
    PrintJson(request, outcome, exit_code);
  } else {
    PrintResult(request, outcome);
  }
  if (flags.stats) {
    std::fprintf(stderr, "file %llu bytes, read %llu bytes, %llu statements, %llu bytes of SQL\n",
                 static_cast<unsigned long long>(outcome.file_bytes),
                 static_cast<unsigned long long>(outcome.bytes_read),
                 static_cast<unsigned long long>(outcome.statements),
                 static_cast<unsigned long long>(outcome.text_bytes));
  }
  return exit_code;
}

}  // namespace

int RestoreVerb(const std::vector<std::string>& args) {
  CLI::App app(
      "Loads a backup into a server: ours in parallel, any other SQL dump as one stream. A target "
      "that is not empty is refused unless --drop-target or --into-existing is given.",
      kProgram);
  RestoreFlags flags;
  flags.AddTo(app);
  return ParseAndRun(app, args, [&] { return Run(flags); });
}

}  // namespace sfdb::tools
