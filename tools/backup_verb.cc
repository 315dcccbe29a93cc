// `sfdbtools backup MODE`: settings, questions, the run, its results and its logs.
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <iostream>
#include <mutex>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "engine/backup/backup_run.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/log/run_log.h"
#include "engine/retention/cleanup.h"
#include "tools/ask_secret.h"
#include "tools/backup_flags.h"
#include "tools/backup_inputs.h"
#include "tools/backup_report.h"
#include "tools/backup_screen.h"
#include "tools/command_line.h"
#include "tools/confirm.h"
#include "tools/connection_flags.h"
#include "tools/menu.h"
#include "tools/profile_choice.h"
#include "tools/screen/display_text.h"
#include "tools/stop_signals.h"
#include "tools/verbs.h"

namespace sfdb::tools {
namespace {

using base::WithExitCode;
using engine::BackupMode;
using engine::BackupOutcome;
using engine::BackupPlan;
using engine::BackupRequest;
using engine::Settings;

constexpr char kUsage[] =
    "Usage: sfdbtools backup MODE [options]\n"
    "\n"
    "  combined   all databases, or those of --include, in one file\n"
    "  separated  the same, in a file each\n"
    "  single     one database: --database NAME\n"
    "  primary    databases without _secondary, _dmart, _temp, _archive, in a file each\n"
    "  secondary  databases with _secondary, in a file each\n"
    "\n"
    "  all        the same as combined\n"
    "  filter     combined, or separated with --mode multi-file; needs --db or --db-file\n"
    "\n"
    "sfdbtools backup MODE --help explains a mode.\n";

// What a person meant by a mode's name.
struct ModeName {
  BackupMode mode = BackupMode::kCombined;
  bool filter = false;  // the later program's `backup filter`
};

std::optional<ModeName> ParseModeName(const std::string& name) {
  ModeName parsed;
  if (name == "all") return parsed;
  if (name == "filter") {
    parsed.filter = true;
    return parsed;
  }
  // "separate" was an alias of the program.
  if (!engine::BackupModeNamed(name == "separate" ? "separated" : name, &parsed.mode)) {
    return std::nullopt;
  }
  return parsed;
}

class BackupCommand {
 public:
  BackupCommand(std::string program, BackupMode mode, Settings settings,
                const ConnectionFlags* connection)
      : program_(std::move(program)),
        mode_(mode),
        settings_(std::move(settings)),
        connection_(connection),
        language_(LanguageFor(settings_.text(kLang), ProcessVariable)),
        style_(StyleFor(STDERR_FILENO, ProcessVariable)) {}

  int Run() {
    const absl::Status ready = Prepare();
    if (!ready.ok()) return GiveUp(ready);
    if (wants_plan()) {
      const absl::StatusOr<bool> go_on = ShowAndConfirm();
      if (!go_on.ok()) return GiveUp(go_on.status());
      if (settings_.flag(kDryRun)) return DryRunEnd();
      if (!*go_on) {
        std::fprintf(stderr, "%s\n", Say(Message::kCancelled).c_str());
        return base::kExitFailed;
      }
    }
    return RunAndReport();
  }

 private:
  std::string Say(Message message, std::initializer_list<std::string_view> arguments = {}) const {
    return Text(language_, message, arguments);
  }
  bool quiet() const { return settings_.flag(kQuiet); }
  // Whether a person may be asked for names and keys, and for a yes.
  bool may_ask() const { return !settings_.flag(kNonInteractive) && !quiet(); }
  bool confirms() const {
    return may_ask() && !settings_.flag(kForce) && !settings_.flag(kYes) &&
           !settings_.flag(kDryRun);
  }
  bool shows_options() const {
    return !quiet() && !settings_.flag(kForce) && !settings_.flag(kJson) && may_ask();
  }
  bool wants_plan() const { return confirms() || shows_options() || settings_.flag(kDryRun); }

  absl::Status Prepare() {
    if (confirms() && !CanAsk()) {
      return WithExitCode(absl::FailedPreconditionError(Say(Message::kNoTerminal)),
                          base::kExitUsage);
    }
    ASSIGN_OR_RETURN(LogChoice log, LogFromSettings(settings_));
    if (!log.note.empty() && settings_.is_set(kLogDir)) Warn(log.note);
    log_.emplace(std::move(log.settings), [this](std::string_view text) { Warn(text); });
    ASSIGN_OR_RETURN(request_, RequestFromSettings(settings_, mode_));
    if (settings_.flag(kCleanup) && settings_.number(kCleanupDays).value_or(0) < 1) {
      return WithExitCode(absl::InvalidArgumentError(
                              "cleanup is switched on, and nothing says after how many days: give "
                              "--cleanup-days or backup.cleanup.days"),
                          base::kExitUsage);
    }
    ASSIGN_OR_RETURN(const SealChoice seal, SealChoiceFromSettings(settings_));
    ASSIGN_OR_RETURN(request_.recipients, ResolveSeal(seal, may_ask()));
    ProfileChoice profile{.reference = settings_.optional_text(kProfile),
                          .key = settings_.optional_text(kProfileKey),
                          .key_file = "",
                          .directory = settings_.text(kProfileDirectory),
                          .may_ask = may_ask()};
    // As the document has it: these modes offer a menu. A command line that names a server does
    // without.
    if (engine::TakesOneDatabase(mode_) && confirms() && !connection_->names_server()) {
      RETURN_IF_ERROR(ChooseProfile(/*may_do_without=*/true, &profile));
    }
    profile_name_ = profile.reference.value_or("");
    ASSIGN_OR_RETURN(request_.connection, connection_->Resolve(program_, profile));
    RETURN_IF_ERROR(ChooseDatabase());
    ASSIGN_OR_RETURN(request_.output_dir,
                     OutputDirectory(settings_, mode_, request_.database, absl::Now()));
    return absl::OkStatus();
  }

  // Modes for one database ask which, when there is somebody to ask.
  absl::Status ChooseDatabase() {
    if (!engine::TakesOneDatabase(mode_) || !request_.database.empty()) return absl::OkStatus();
    const bool may_take_all = mode_ != BackupMode::kSingle;
    const bool asks = may_ask() && CanAsk() && !(may_take_all && settings_.flag(kForce));
    if (!asks) {
      if (may_take_all) return absl::OkStatus();
      return WithExitCode(absl::InvalidArgumentError(Say(Message::kNoDatabaseGiven)),
                          base::kExitUsage);
    }
    ASSIGN_OR_RETURN(const BackupPlan plan, engine::PlanBackup(request_));
    Menu menu{.title = Say(Message::kChooseDatabase), .items = plan.choice.databases};
    if (menu.items.empty()) return absl::OkStatus();  // the run says what was left out, and why
    if (may_take_all) {
      menu.items.push_back(Say(Message::kChooseAll, {absl::StrCat(menu.items.size())}));
    }
    const std::optional<size_t> item = AskMenu(menu);
    if (!item) {
      return WithExitCode(absl::CancelledError(Say(Message::kCancelled)), base::kExitFailed);
    }
    if (*item < plan.choice.databases.size()) request_.database = menu.items[*item];
    return absl::OkStatus();
  }

  // The end of a run that did not begin.
  int GiveUp(const absl::Status& status) {
    const int exit_code = ReportFailure(program_, status);
    if (settings_.flag(kJson)) {
      BackupOutcome outcome;
      outcome.status = status;
      outcome.start = outcome.end = absl::Now();
      std::cout << ReportJson(outcome, exit_code) << std::flush;
    }
    // Unattended, nobody reads stderr.
    if (log_ && !may_ask() && !settings_.flag(kDryRun)) {
      LogError(absl::StrJoin(WantedDatabases(), ","), "", status, exit_code, "");
    }
    return exit_code;
  }

  absl::StatusOr<bool> ShowAndConfirm() {
    ASSIGN_OR_RETURN(const BackupPlan plan, engine::PlanBackup(request_));
    for (const std::string& name : plan.choice.statistics.missing) {
      if (settings_.flag(kDryRun)) Warn(absl::StrFormat("database '%s' does not exist", name));
    }
    if (plan.choice.databases.empty() && !settings_.flag(kDryRun)) return true;
    const std::string screen = OptionsScreen(
        {.request = &request_, .plan = &plan, .settings = &settings_, .profile = profile_name_},
        language_, settings_.flag(kDryRun) ? StyleFor(STDOUT_FILENO, ProcessVariable) : style_);
    if (settings_.flag(kDryRun)) {
      dry_run_matches_ = !plan.choice.databases.empty();
      if (!settings_.flag(kJson)) std::fputs(screen.c_str(), stdout);
      if (settings_.flag(kJson)) std::fputs(DryRunJson(request_, plan).c_str(), stdout);
      return true;
    }
    if (shows_options()) {
      std::fprintf(
          stderr, "%s\n%s\n",
          Painted(style_, Paint::kTitle, Say(Message::kTitle, {engine::BackupModeName(mode_)}))
              .c_str(),
          screen.c_str());
    }
    if (!confirms()) return true;
    return Confirm(Say(Message::kConfirm), Say(Message::kYesWords), Say(Message::kNoWords));
  }

  int DryRunEnd() const {
    if (!dry_run_matches_) {
      return ReportFailure(program_, WithExitCode(absl::NotFoundError("no database to back up"),
                                                  base::kExitNothing));
    }
    std::fprintf(stderr, "%s\n", Say(Message::kDryRunDone).c_str());
    return base::kExitOk;
  }

  int RunAndReport() {
    const StopSignals signals(settings_.number(kTimeout)
                                  ? absl::Seconds(*settings_.number(kTimeout))
                                  : absl::InfiniteDuration());
    log_->Write(engine::LogLevel::kInfo, "backup started",
                {{"mode", std::string(engine::BackupModeName(mode_))},
                 {"output_dir", request_.output_dir}});
    BackupOutcome outcome = RunWithProgress(signals.token());
    if (!outcome.status.ok() && signals.exit_code() != 0) {
      outcome.status =
          WithExitCode(absl::CancelledError(outcome.status.message()), signals.exit_code());
    }
    const int exit_code = base::ExitCodeOf(outcome.status);
    if (!outcome.status.ok()) ReportFailure(program_, outcome.status);
    if (settings_.flag(kJson)) {
      std::cout << ReportJson(outcome, exit_code);
    } else if (!quiet() && !outcome.files.empty()) {
      std::cout << ResultScreen(outcome, language_, StyleFor(STDOUT_FILENO, ProcessVariable));
    }
    std::cout.flush();
    LogOutcome(outcome, exit_code);
    if (settings_.flag(kStats) && outcome.published() > 0) {
      std::fputs(StatsText(outcome).c_str(), stderr);
    }
    if (settings_.flag(kCleanup)) CleanUp(outcome.status);
    if (exit_code == base::kExitOk && !quiet()) {
      std::fprintf(stderr, "%s\n", Say(Message::kDone, {engine::BackupModeName(mode_)}).c_str());
    }
    return exit_code;
  }

  // Old backups go only after a run without failures. That they could not be removed does not
  // unmake the new one: a warning.
  void CleanUp(const absl::Status& backup) {
    engine::CleanupRequest cleanup;
    cleanup.directory =
        settings_.is_set(kOutputDir) ? request_.output_dir : settings_.text(kBaseDirectory);
    cleanup.policy.days = static_cast<int>(settings_.number(kCleanupDays).value_or(0));
    const auto report = engine::CleanupAfterBackup(backup, cleanup);
    if (!report.ok()) {
      Warn(std::string(report.status().message()));
      return;
    }
    for (const absl::Status& failure : report->failures) Warn(std::string(failure.message()));
    for (const engine::Removal& removal : report->plan.removals) {
      log_->Write(engine::LogLevel::kInfo, "old backup removed",
                  {{"metadata", removal.backup.metadata_name}, {"reason", removal.reason}});
    }
    if (!report->plan.removals.empty() && !quiet()) {
      std::fprintf(stderr, "%s\n",
                   Say(Message::kCleanedUp, {absl::StrCat(report->plan.removals.size())}).c_str());
    }
  }

  BackupOutcome RunWithProgress(std::stop_token stop) {
    engine::ProgressCounters counters;
    std::atomic<bool> never{false};
    auto say = [&](std::string_view text) {
      std::lock_guard<std::mutex> lock(mutex_);
      std::fwrite(text.data(), 1, text.size(), stderr);
    };
    engine::ProgressStyle style =
        engine::ProgressStyleFor(settings_.text(kProgress), isatty(STDERR_FILENO) == 1);
    const bool silent = quiet() || !settings_.flag(kLogConsole);
    if (silent && settings_.at(kProgress).origin != engine::Origin::kFlag) {
      style = engine::ProgressStyle::kNone;
    }
    if (style != engine::ProgressStyle::kNone) request_.progress = &counters;
    const engine::ProgressPrinter printer(style, &counters, say, &never);
    BackupOutcome outcome =
        engine::RunBackup(request_, std::move(stop), [&](std::string_view text) {
          said_.emplace_back(text);
          log_->Write(engine::LogLevel::kWarn, text);
          say(absl::StrCat(program_, ": ", CleanLines(text), "\n"));
        });
    request_.progress = nullptr;
    return outcome;
  }

  void LogOutcome(const BackupOutcome& outcome, int exit_code) {
    bool failed = false;
    for (const engine::FileOutcome& file : outcome.files) {
      const std::string databases = absl::StrJoin(file.databases, ",");
      if (file.published()) {
        log_->Write(engine::LogLevel::kInfo, "backup written",
                    {{"file", file.path},
                     {"databases", databases},
                     {"bytes", absl::StrCat(file.metadata.file_size_bytes)},
                     {"status", file.metadata.status}});
        continue;
      }
      failed = true;
      LogError(databases, file.path, file.status, exit_code, file.metadata.backup_id);
    }
    if (!outcome.status.ok() && !failed) {
      LogError(absl::StrJoin(WantedDatabases(), ","), "", outcome.status, exit_code, "");
      failed = true;
    }
    log_->Write(outcome.status.ok() ? engine::LogLevel::kInfo : engine::LogLevel::kError,
                "backup ended", {{"exit_code", absl::StrCat(exit_code)}});
    log_->Tidy();
    if (failed && !quiet() && !log_->error_log_path().empty()) {
      std::fprintf(stderr, "%s: %s\n", program_.c_str(),
                   Say(Message::kErrorLog, {log_->error_log_path()}).c_str());
    }
  }

  void LogError(const std::string& databases, const std::string& file, const absl::Status& status,
                int exit_code, const std::string& backup_id) {
    log_->WriteError({.database = databases,
                      .type = std::string(engine::BackupModeName(mode_)),
                      .file = file,
                      .error = std::string(status.message()),
                      .output = said_,
                      .backup_id = backup_id,
                      .exit_code = exit_code});
  }

  std::vector<std::string> WantedDatabases() const {
    if (!request_.database.empty()) return {request_.database};
    return request_.filter.include;
  }

  void Warn(std::string_view text) {
    std::lock_guard<std::mutex> lock(mutex_);
    std::fprintf(stderr, "%s: %s\n", program_.c_str(), CleanLines(text).c_str());
  }

  const std::string program_;
  const BackupMode mode_;
  const Settings settings_;
  const ConnectionFlags* const connection_;
  const Language language_;
  const ScreenStyle style_;
  std::optional<engine::RunLog> log_;
  std::string profile_name_;
  BackupRequest request_;
  std::mutex mutex_;               // of stderr
  std::vector<std::string> said_;  // warnings of the run, for the error log
  bool dry_run_matches_ = true;
};

absl::StatusOr<Settings> MergedSettings(const BackupFlags& flags, const std::string& program) {
  ASSIGN_OR_RETURN(const std::optional<engine::ConfigFile> file,
                   engine::FindConfigFile(flags.config_path(), ProcessVariable));
  if (file) ReportFindings(*file, program);
  return engine::MergeSettings(BackupSettingSpecs(), flags.Given(), ProcessVariable,
                               file ? &*file : nullptr);
}

}  // namespace

int BackupVerb(const std::vector<std::string>& args) {
  const std::string mode_name = args.empty() ? "" : args.front();
  if (mode_name == "--help" || mode_name == "-h") {
    std::fputs(kUsage, stdout);
    return base::kExitOk;
  }
  std::optional<ModeName> name = ParseModeName(mode_name);
  if (!name) {
    std::fputs(kUsage, stderr);
    return base::kExitUsage;
  }
  const std::string program = "sfdbtools backup " + mode_name;
  std::vector<std::string> rest(args.begin() + 1, args.end());
  if (name->filter) {
    // --mode decides which options there are, so it is read before them.
    const absl::StatusOr<std::string> mode = TakeOption(rest, "--mode");
    if (!mode.ok()) return ReportFailure(program, mode.status());
    if (*mode == "multi-file") {
      name->mode = BackupMode::kSeparated;
    } else if (!mode->empty() && *mode != "single-file") {
      return ReportFailure(
          program, WithExitCode(absl::InvalidArgumentError("--mode: single-file or multi-file"),
                                base::kExitUsage));
    }
  }
  CLI::App app("Writes mariadb-dump's SQL, compressed and sealed.", program);
  BackupFlags flags;
  flags.AddTo(app, name->mode);
  ConnectionFlags connection;
  connection.AddTo(app);
  return ParseAndRun(app, rest, [&] {
    absl::StatusOr<Settings> settings = MergedSettings(flags, program);
    if (!settings.ok()) return ReportFailure(program, settings.status());
    if (name->filter && !settings->is_set(kInclude) && !settings->is_set(kIncludeFile)) {
      return ReportFailure(
          program, WithExitCode(absl::InvalidArgumentError("filter needs --db or --db-file"),
                                base::kExitUsage));
    }
    return BackupCommand(program, name->mode, *std::move(settings), &connection).Run();
  });
}

}  // namespace sfdb::tools
