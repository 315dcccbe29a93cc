#include <unistd.h>

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/retention/cleanup.h"
#include "tools/ask_secret.h"
#include "tools/command_line.h"
#include "tools/screen/display_text.h"
#include "tools/verb_config.h"
#include "tools/verbs.h"

namespace sfdb::tools {
namespace {

using engine::CleanupReport;
using engine::CleanupRequest;
using engine::Removal;

constexpr char kUsage[] =
    "Usage: sfdbtools cleanup COMMAND [options] [DIR]\n"
    "\n"
    "  run      remove old backups, their sidecars with them\n"
    "  dry-run  print what run would remove (also: preview)\n"
    "  pattern  remove only those whose file matches --pattern\n"
    "\n"
    "sfdbtools cleanup COMMAND --help explains a command.\n";

constexpr char kAbout[] =
    "Removes backups older than --days of which --keep-last newer good ones exist; with one of the "
    "two options, that rule alone decides. The newest good backup of a series (mode, host, "
    "databases) always stays, and so does every file that no metadata of a backup names.";

struct Flags {
  std::string directory, output_dir, pattern;
  std::optional<int> days, keep_last;
  bool dry_run = false, yes = false, force = false, non_interactive = false, json = false;
  ConfigFlag config;

  bool asks() const { return !dry_run && !yes && !force && !non_interactive; }
};

absl::StatusOr<CleanupRequest> MakeRequest(const Flags& flags) {
  CleanupRequest request;
  request.directory = flags.directory.empty() ? flags.output_dir : flags.directory;
  if (request.directory.empty()) {
    request.directory = flags.config.text("backup.output.base_directory").value_or(".");
  }
  request.policy = {.days = flags.days, .keep_last = flags.keep_last, .pattern = flags.pattern};
  // As in Go sfDBTools, 0 days in the configuration say nothing; on the command line they are
  // meant.
  int days = 0;
  if (!flags.days && !flags.keep_last &&
      absl::SimpleAtoi(flags.config.text("backup.cleanup.days").value_or(""), &days) && days > 0) {
    request.policy.days = days;
  }
  request.dry_run = flags.dry_run;
  return request;
}

std::vector<std::string> PathsOf(const Removal& removal) {
  const std::string directory = removal.backup.directory + "/";
  std::vector<std::string> paths = {directory + removal.backup.metadata_name};
  for (const engine::CatalogFile& file : removal.files) paths.push_back(directory + file.name);
  return paths;
}

// The same for a dry run and for the run itself.
std::string Text(const CleanupReport& report) {
  std::string text;
  uint64_t bytes = 0;
  size_t files = 0;
  for (const Removal& removal : report.plan.removals) {
    const engine::BackupMetadata& m = removal.backup.metadata;
    absl::StrAppendFormat(&text, "%s, %s: %s\n",
                          CleanText(absl::StrCat(
                              engine::SeriesName(m), ", ",
                              absl::FormatTime("%Y-%m-%d %H:%M:%S", m.end, absl::LocalTimeZone()))),
                          engine::HumanSize(removal.bytes()), removal.reason);
    for (const std::string& path : PathsOf(removal)) {
      absl::StrAppend(&text, "  ", CleanText(path), "\n");
    }
    bytes += removal.bytes();
    files += 1 + removal.files.size();
  }
  absl::StrAppendFormat(&text, "to remove: %d backups, %d files, %s; to keep: %d backups\n",
                        report.plan.removals.size(), files, engine::HumanSize(bytes),
                        report.plan.kept);
  return text;
}

nlohmann::ordered_json ToJson(const CleanupRequest& request, const CleanupReport& report) {
  nlohmann::ordered_json json;
  json["directory"] = request.directory;
  json["dry_run"] = request.dry_run;
  json["removed"] = nlohmann::ordered_json::array();
  for (const Removal& removal : report.plan.removals) {
    const engine::BackupMetadata& m = removal.backup.metadata;
    json["removed"].push_back({{"backup_file", removal.backup.dump_path()},
                               {"backup_type", m.backup_type},
                               {"database_names", m.database_names},
                               {"hostname", m.hostname},
                               {"reason", removal.reason},
                               {"bytes", removal.bytes()},
                               {"files", PathsOf(removal)}});
  }
  json["kept"] = report.plan.kept;
  json["notes"] = report.notes;
  json["failures"] = nlohmann::ordered_json::array();
  for (const absl::Status& failure : report.failures) {
    json["failures"].push_back(std::string(failure.message()));
  }
  return json;
}

absl::StatusOr<CleanupReport> Clean(const CleanupRequest& request) {
  return engine::RunCleanup(request, engine::PosixFileSystem(), absl::Now());
}

int Run(const std::string& program, const Flags& flags) {
  if (flags.asks() && !StdinIsTerminal()) {
    return ReportFailure(
        program, base::WithExitCode(
                     absl::FailedPreconditionError(
                         "there is no terminal to confirm at; give --yes or --non-interactive"),
                     base::kExitUsage));
  }
  const absl::StatusOr<CleanupRequest> request = MakeRequest(flags);
  if (!request.ok()) return ReportFailure(program, request.status());
  std::string shown;
  if (flags.asks()) {
    CleanupRequest first = *request;
    first.dry_run = true;
    const absl::StatusOr<CleanupReport> plan = Clean(first);
    if (!plan.ok()) return ReportFailure(program, plan.status());
    shown = Text(*plan);
    std::fputs(shown.c_str(), stderr);
    if (!plan->plan.removals.empty() && !AskYesNo("Remove them?")) {
      std::fputs("not confirmed\n", stderr);
      return base::kExitFailed;
    }
  }
  const absl::StatusOr<CleanupReport> report = Clean(*request);
  if (!report.ok()) return ReportFailure(program, report.status());
  if (flags.json) {
    std::cout
        << ToJson(*request, *report).dump(2, ' ', false, nlohmann::json::error_handler_t::replace)
        << "\n";
  } else {
    std::fputs(Text(*report).c_str(), stdout);
  }
  for (const std::string& note : report->notes) {
    std::fprintf(stderr, "%s: %s\n", program.c_str(), CleanText(note).c_str());
  }
  for (const absl::Status& failure : report->failures) ReportFailure(program, failure);
  return report->failures.empty() ? base::kExitOk : base::kExitFailed;
}

}  // namespace

int CleanupVerb(const std::vector<std::string>& args) {
  std::string command = args.empty() ? "" : args.front();
  if (command == "preview") command = "dry-run";
  if (command != "run" && command != "dry-run" && command != "pattern") {
    const bool asked = command == "--help" || command == "-h";
    std::fputs(kUsage, asked ? stdout : stderr);
    return asked ? base::kExitOk : base::kExitUsage;
  }
  const std::string program = "sfdbtools cleanup " + command;
  CLI::App app(kAbout, program);
  Flags flags;
  flags.dry_run = command == "dry-run";
  app.add_option("DIR", flags.directory,
                 "directory of the backups, and what is below it (default: the configured base "
                 "directory, else the current one)");
  app.add_option("-o,--output-dir,--backup-dir", flags.output_dir, "the same as DIR")
      ->excludes("DIR");
  app.add_option(
      "--days", flags.days,
      "remove what ended longer ago (default: backup.cleanup.days of the configuration)");
  app.add_option("--keep-last", flags.keep_last, "keep so many good backups of each series");
  auto* pattern = app.add_option("-p,--pattern", flags.pattern,
                                 "only dumps whose name, or path below DIR, matches: * ? [a-z]");
  if (command == "pattern") pattern->required();
  if (!flags.dry_run) {
    app.add_flag("--dry-run", flags.dry_run, "print what would be removed, and remove nothing");
    app.add_flag("-y,--yes", flags.yes, "do not ask");
    app.add_flag("--force", flags.force, "do not ask");
    app.add_flag("--non-interactive", flags.non_interactive, "never ask anything");
  }
  app.add_flag("--json", flags.json, "print one JSON document");
  flags.config.AddTo(app);
  return ParseAndRun(app, {args.begin() + 1, args.end()}, [&] {
    if (const absl::Status status = flags.config.Load(); !status.ok()) {
      return ReportFailure(program, status);
    }
    return Run(program, flags);
  });
}

}  // namespace sfdb::tools
