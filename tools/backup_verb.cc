#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <iostream>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "engine/backup/backup_run.h"
#include "engine/backup/file_names.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "tools/ask_secret.h"
#include "tools/command_line.h"
#include "tools/connection_flags.h"
#include "tools/key_flags.h"
#include "tools/stop_signals.h"
#include "tools/verbs.h"

namespace sfdb::tools {
namespace {

using base::WithExitCode;
using engine::BackupMode;
using engine::BackupOutcome;
using engine::BackupRequest;

constexpr char kUsage[] =
    "Usage: sfdbtools backup MODE [options]\n"
    "\n"
    "  combined   all databases, or those of --include, in one file\n"
    "  separated  the same, in a file each\n"
    "  single     one database: --database NAME\n"
    "  primary    databases without _secondary, _dmart, _temp, _archive, in a file each\n"
    "  secondary  databases with _secondary, in a file each\n"
    "\n"
    "sfdbtools backup MODE --help explains a mode.\n";

struct BackupFlags {
  ConnectionFlags connection;
  SealFlags seal;
  std::vector<std::string> include;
  std::string database;
  engine::Companions companions;
  std::string output_dir = ".";
  std::string compression = "gzip";
  std::optional<int> level;
  unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  std::string memory_limit = "512M";
  std::string consistency = "auto";
  double lock_wait_timeout = 60;
  std::optional<double> timeout;
  std::string progress = "auto";
  bool force = false, yes = false, non_interactive = false, stats = false, json = false;

  void AddTo(CLI::App& app, BackupMode mode);
  bool asks() const { return !force && !yes && !non_interactive; }
};

const std::map<std::string, dumper::Consistency> kConsistencies = {
    {"auto", dumper::Consistency::kAuto},     {"backup-stage", dumper::Consistency::kBackupStage},
    {"lock", dumper::Consistency::kLock},     {"binlog", dumper::Consistency::kBinlog},
    {"single", dumper::Consistency::kSingle}, {"none", dumper::Consistency::kNone}};

void BackupFlags::AddTo(CLI::App& app, BackupMode mode) {
  app.add_option("--include,--db", include, "only these databases (repeat, or separate by commas)")
      ->delimiter(',');
  if (engine::TakesOneDatabase(mode)) {
    app.add_option("-d,--database", database, "the database")
        ->required(mode == BackupMode::kSingle);
    app.add_flag("--include-dmart", companions.dmart, "its companion database _dmart, too");
    app.add_flag("--include-temp", companions.temp, "its companion database _temp, too");
    app.add_flag("--include-archive", companions.archive, "its companion database _archive, too");
  }
  app.add_option("-o,--output-dir", output_dir, "directory for the files, created when missing")
      ->capture_default_str();
  app.add_option("-C,--compression-type,--compress-type", compression, "gzip, zstd, xz or none")
      ->capture_default_str();
  app.add_option("--compress-level", level, "as the stock tool of that type knows it");
  app.add_option("-t,--threads", threads, "connections, and threads that compress")
      ->check(CLI::Range(1u, 256u))
      ->capture_default_str();
  app.add_option("--memory-limit", memory_limit, "K, M and G are powers of 1024")
      ->capture_default_str();
  app.add_option("--consistency", consistency, "how all connections come to see one moment")
      ->check(CLI::IsMember(kConsistencies))
      ->capture_default_str();
  app.add_option("--lock-wait-timeout", lock_wait_timeout, "seconds to wait for a lock at most")
      ->capture_default_str();
  app.add_option("--timeout", timeout, "seconds after which the backup is given up, exit 124");
  app.add_flag("--force", force, "do not ask");
  app.add_flag("-y,--yes", yes, "do not ask");
  app.add_flag("--non-interactive", non_interactive, "never ask anything");
  app.add_option("--progress", progress,
                 "auto: a live line on a terminal, a line every few seconds elsewhere")
      ->check(CLI::IsMember({"auto", "bar", "plain", "json", "none"}))
      ->capture_default_str();
  app.add_flag("--stats", stats, "print where the CPU time went, to stderr");
  app.add_flag("--json", json, "print the result as one JSON document");
  seal.AddTo(app);
  connection.AddTo(app);
}

absl::StatusOr<BackupRequest> MakeRequest(const std::string& program, BackupMode mode,
                                          const BackupFlags& flags) {
  if (flags.asks() && !StdinIsTerminal()) {
    return WithExitCode(absl::FailedPreconditionError(
                            "there is no terminal to confirm at; give --yes or --non-interactive"),
                        base::kExitUsage);
  }
  BackupRequest request;
  request.mode = mode;
  request.filter.include = flags.include;
  request.database = flags.database;
  request.companions = flags.companions;
  request.output_dir = flags.output_dir;
  request.threads = flags.threads;
  request.consistency = kConsistencies.at(flags.consistency);
  request.lock_wait_timeout_seconds = flags.lock_wait_timeout;
  request.tool_version = SFDB_VERSION;
  const auto codec = codecs::FindCodec(flags.compression);
  if (!codec.ok()) return WithExitCode(codec.status(), base::kExitUsage);
  request.codec = *codec;
  request.level = flags.level.value_or(request.codec->default_level);
  if (const auto encoder = request.codec->NewCompressor(request.level); !encoder.ok()) {
    return WithExitCode(encoder.status(), base::kExitUsage);
  }
  const auto limit = ParseSize(flags.memory_limit);
  if (!limit.ok()) return WithExitCode(limit.status(), base::kExitUsage);
  request.memory_limit_bytes = *limit;
  ASSIGN_OR_RETURN(request.connection, flags.connection.Resolve(program));
  ASSIGN_OR_RETURN(request.recipients, flags.seal.Resolve(!flags.non_interactive));
  return request;
}

bool Confirmed(const BackupRequest& request) {
  std::fprintf(stderr, "Back up %s to %s, %s%s, %d threads.\n",
               !request.database.empty() ? request.database.c_str()
               : request.filter.include.empty()
                   ? "all databases"
                   : absl::StrJoin(request.filter.include, ", ").c_str(),
               request.output_dir.c_str(), std::string(request.codec->name).c_str(),
               request.recipients.empty() ? "" : ", sealed", request.threads);
  return AskYesNo("Go on?");
}

void PrintStats(const BackupOutcome& outcome) {
  const engine::BackupCpu& cpu = outcome.cpu;
  struct Row {
    const char* stage;
    double seconds;
    bool serial;
  };
  const Row rows[] = {{"read", cpu.read, false},
                      {"stitch", cpu.stitch, true},
                      {"compress", cpu.pipeline.compress, false},
                      {"order", cpu.pipeline.order, true},
                      {"cut", cpu.pipeline.cut, true},
                      {"seal", cpu.pipeline.seal, false},
                      {"write", cpu.pipeline.write, true},
                      {"sha256", cpu.pipeline.sha256, false},
                      {"schedule", cpu.pipeline.schedule, false}};
  double sum = 0;
  double serial = 0;
  for (const Row& row : rows) {
    sum += row.seconds;
    if (row.serial) serial += row.seconds;
  }
  auto share = [&](double seconds) { return cpu.total > 0 ? 100 * seconds / cpu.total : 0.0; };
  std::fprintf(stderr, "%-10s %10s %7s\n", "stage", "CPU s", "share");
  for (const Row& row : rows) {
    std::fprintf(stderr, "%-10s %10.3f %6.1f%%%s\n", row.stage, row.seconds, share(row.seconds),
                 row.serial ? "  serial" : "");
  }
  std::fprintf(stderr, "%-10s %10.3f %6.1f%%\n", "sum", sum, share(sum));
  std::fprintf(stderr, "%-10s %10.3f\n", "process", cpu.total);
  std::fprintf(stderr, "%-10s %10.3f %6.1f%%\n", "serial", serial, share(serial));
  std::fprintf(stderr, "%-10s %10.3f\n", "wall", cpu.wall);
  double text = 0;
  double file_bytes = 0;
  for (const engine::FileOutcome& file : outcome.files) {
    text += static_cast<double>(file.plain_bytes);
    file_bytes += static_cast<double>(file.metadata.file_size_bytes);
  }
  std::fprintf(stderr, "text %.3f GB, file %.3f GB\n", text / 1e9, file_bytes / 1e9);
}

// One file: its metadata. Several: the run, and a document like that for each file.
void PrintJson(const BackupOutcome& outcome, int exit_code) {
  using Json = nlohmann::ordered_json;
  std::vector<Json> files;
  for (const engine::FileOutcome& file : outcome.files) {
    if (file.published()) {
      files.push_back(Json::parse(engine::MetadataText(file.metadata, absl::LocalTimeZone())));
    } else {
      files.push_back({{"backup_file", file.path},
                       {"database_names", file.databases},
                       {"backup_status", "failed"},
                       {"error", std::string(file.status.message())}});
    }
  }
  Json json;
  if (files.size() == 1 && outcome.published() == 1) {
    json = files.front();
  } else {
    json["backup_status"] = exit_code == 0 ? "success" : "failed";
    if (!outcome.status.ok()) json["error"] = std::string(outcome.status.message());
    json["warnings"] = outcome.warnings;
    if (!files.empty()) json["files"] = files;
  }
  json["exit_code"] = exit_code;
  std::cout << json.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

void PrintResult(const BackupOutcome& outcome) {
  for (const engine::FileOutcome& file : outcome.files) {
    if (!file.published()) continue;
    const engine::BackupMetadata& m = file.metadata;
    std::printf("%s\n", file.path.c_str());
    std::printf("%d database%s, %s of SQL, %s in the file%s, %s\n",
                static_cast<int>(m.databases.size()), m.databases.size() == 1 ? "" : "s",
                engine::HumanSize(file.plain_bytes).c_str(),
                engine::HumanSize(m.file_size_bytes).c_str(), m.encrypted ? ", sealed" : "",
                engine::ShortDuration(m.end - m.start).c_str());
  }
}

BackupOutcome RunWithProgress(const std::string& program, const std::string& style,
                              BackupRequest& request, std::stop_token stop) {
  engine::ProgressCounters counters;
  std::atomic<bool> never{false};
  std::mutex mutex;
  auto say = [&](std::string_view text) {
    std::lock_guard<std::mutex> lock(mutex);
    std::fwrite(text.data(), 1, text.size(), stderr);
  };
  const engine::ProgressStyle chosen = engine::ProgressStyleFor(style, isatty(STDERR_FILENO) == 1);
  if (chosen != engine::ProgressStyle::kNone) request.progress = &counters;
  const engine::ProgressPrinter printer(chosen, &counters, say, &never);
  return engine::RunBackup(request, std::move(stop), [&](std::string_view text) {
    say(absl::StrCat(program, ": ", std::string(text), "\n"));
  });
}

int Run(const std::string& program, BackupMode mode, const BackupFlags& flags) {
  absl::StatusOr<BackupRequest> request = MakeRequest(program, mode, flags);
  if (!request.ok()) return ReportFailure(program, request.status());
  if (flags.asks() && !Confirmed(*request)) {
    std::fputs("not confirmed\n", stderr);
    return base::kExitFailed;
  }
  const StopSignals signals(flags.timeout ? absl::Seconds(*flags.timeout)
                                          : absl::InfiniteDuration());
  BackupOutcome outcome = RunWithProgress(program, flags.progress, *request, signals.token());
  if (!outcome.status.ok() && signals.exit_code() != 0) {
    outcome.status =
        WithExitCode(absl::CancelledError(outcome.status.message()), signals.exit_code());
  }
  const int exit_code = base::ExitCodeOf(outcome.status);
  if (!outcome.status.ok()) ReportFailure(program, outcome.status);
  if (flags.json) {
    PrintJson(outcome, exit_code);
  } else {
    PrintResult(outcome);
  }
  if (flags.stats && outcome.published() > 0) PrintStats(outcome);
  return exit_code;
}

}  // namespace

int BackupVerb(const std::vector<std::string>& args) {
  const std::string mode_name = args.empty() ? "" : args.front();
  if (mode_name == "--help" || mode_name == "-h") {
    std::fputs(kUsage, stdout);
    return base::kExitOk;
  }
  BackupMode mode = BackupMode::kCombined;
  if (!engine::BackupModeNamed(mode_name, &mode)) {
    std::fputs(kUsage, stderr);
    return base::kExitUsage;
  }
  const std::string program = "sfdbtools backup " + mode_name;
  CLI::App app("Writes mariadb-dump's SQL, compressed and sealed, into one file.", program);
  BackupFlags flags;
  flags.AddTo(app, mode);
  return ParseAndRun(app, {args.begin() + 1, args.end()},
                     [&] { return Run(program, mode, flags); });
}

}  // namespace sfdb::tools
