#include "engine/backup/backup_run.h"

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include "dumper/privileges/accounts.h"
#include "engine/backup/disk_space.h"
#include "engine/backup/dump_to_file.h"
#include "engine/backup/file_names.h"
#include "engine/backup/gtid_info.h"
#include "engine/backup/privilege_check.h"
#include "engine/backup/publisher.h"
#include "engine/backup/small_file.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/sinks/directory_lock.h"
#include "engine/sinks/directory_sink.h"

namespace sfdb::engine {
namespace {

using base::WithExitCode;

absl::Status UsageError(std::string message) {
  return WithExitCode(absl::InvalidArgumentError(std::move(message)), base::kExitUsage);
}

std::vector<DatabaseFacts> FactsPerDatabase(const std::vector<std::string>& databases,
                                            const Toc& toc) {
  std::map<std::string_view, DatabaseFacts> facts;
  for (const TocSection& section : toc.sections) {
    DatabaseFacts& database = facts[section.database];
    database.bytes += section.bytes;
    database.rows += section.rows;
    // A view has a structure too, its placeholder.
    if (section.kind == TocSection::Kind::kStructure) ++database.tables;
    if (section.kind == TocSection::Kind::kView) --database.tables;
  }
  std::vector<DatabaseFacts> list;
  for (const std::string& name : databases) {
    list.push_back(facts[name]);
    list.back().name = name;
  }
  return list;
}

std::string NameOfOneFile(const BackupRequest& request) {
  const size_t sql = request.filename.find(".sql");
  return sql == std::string::npos || sql == 0 ? request.filename : request.filename.substr(0, sql);
}

// Base names of all files of a run that began at `time`.
std::vector<std::string> BaseNames(const BackupRequest& request, const std::string& hostname,
                                   const std::vector<std::string>& databases, absl::Time time) {
  std::vector<std::string> names = BackupBaseNames(
      BackupModeName(request.mode),
      request.mode == BackupMode::kCombined ? std::vector<std::string>{""} : databases, hostname,
      time, absl::LocalTimeZone());
  if (!request.filename.empty() && !names.empty()) names.front() = NameOfOneFile(request);
  return names;
}

absl::Status CheckFilename(const BackupRequest& request) {
  const std::string& name = request.filename;
  if (name.empty()) return absl::OkStatus();
  if (name.find_first_of("/\\") != std::string::npos || name.find("..") != std::string::npos ||
      name.front() == '.') {
    return UsageError("--filename is a name, not a path: no slash, no '..', no leading dot");
  }
  if (request.mode == BackupMode::kSeparated ||
      (request.mode != BackupMode::kCombined && request.database.empty())) {
    return UsageError("--filename names one file; this run may make several");
  }
  return absl::OkStatus();
}

absl::StatusOr<BackupPlan> PlanOn(dumper::Session& session, const BackupRequest& request) {
  BackupPlan plan;
  ASSIGN_OR_RETURN(plan.server, AskServer(session, request.filter.exclude_empty));
  plan.choice = ChooseDatabases({.mode = request.mode,
                                 .filter = request.filter,
                                 .database = request.database,
                                 .companions = request.companions},
                                plan.server.databases, plan.server.empty);
  if (!plan.choice.databases.empty()) {
    plan.base_names = BaseNames(request, plan.server.hostname, plan.choice.databases, absl::Now());
  }
  return plan;
}

// What makes this less than a backup of everything of its kind. Only for combined do the lists
// matter: elsewhere a file is of one database, however it was chosen.
std::string SelectionText(const BackupRequest& request) {
  std::vector<std::string> parts;
  if (request.mode == BackupMode::kCombined) {
    parts = request.filter.include;
    for (const std::string& name : request.filter.exclude) parts.push_back("not " + name);
    std::sort(parts.begin(), parts.end());
  }
  parts.insert(parts.end(), request.dump_args.begin(), request.dump_args.end());
  return absl::StrJoin(parts, ", ");
}

class BackupRun {
 public:
  BackupRun(const BackupRequest& request, std::stop_token stop,
            const std::function<void(std::string_view)>& say)
      : request_(request), stop_(std::move(stop)), say_(say) {}

  BackupOutcome Run() {
    outcome_.start = absl::Now();
    outcome_.status = RunSteps();
    publisher_.reset();  // all that is published is published now
    Conclude();
    outcome_.end = absl::Now();
    return std::move(outcome_);
  }

 private:
  absl::Status RunSteps() {
    RETURN_IF_ERROR(CheckRequest());
    RETURN_IF_ERROR(AskAndPlan());
    RETURN_IF_ERROR(OpenOutputDirectory());
    // From here on no other run touches the directory, and nothing of earlier ones is left
    // half-done.
    RETURN_IF_ERROR(ChooseNames());
    std::vector<std::vector<std::string>> parts;
    for (const FileOutcome& file : outcome_.files) parts.push_back(file.databases);
    DumpToFiles dump(&request_, options_, std::move(parts), memory_);
    const std::stop_callback on_stop(stop_, [&] { dump.Stop(); });
    const absl::Status opened = dump.Open([this](std::string text) { Warn(std::move(text)); });
    if (!opened.ok()) return opened;
    run_warnings_ = outcome_.warnings;
    publisher_.emplace(&*sink_, std::move(users_), stop_);
    for (size_t i = 0; i < outcome_.files.size() && !stop_.stop_requested(); ++i) {
      const absl::Status written = WriteFile(dump, i);
      if (written.ok()) continue;
      outcome_.files[i].status = written;
      if (!stop_.stop_requested() && outcome_.files.size() > 1) {
        Say(absl::StrCat(absl::StrJoin(outcome_.files[i].databases, ", "), ": ",
                         std::string(written.message())));
      }
    }
    outcome_.cpu = dump.Finish();
    return absl::OkStatus();
  }

  void Say(std::string_view text) {
    std::lock_guard<std::mutex> lock(say_mutex_);
    say_(text);
  }
  void Warn(std::string text) {
    Say(text);
    outcome_.warnings.push_back(std::move(text));
  }

  // What can be wrong before a server is asked.
  absl::Status CheckRequest() {
    if (request_.mode == BackupMode::kSingle && request_.database.empty()) {
      return UsageError("mode single needs the name of a database: --database");
    }
    RETURN_IF_ERROR(CheckFilename(request_));
    absl::StatusOr<dumper::DumpOptions> options = BackupDumpOptions(request_);
    if (!options.ok()) return WithExitCode(options.status(), base::kExitUsage);
    options_ = *std::move(options);
    const absl::StatusOr<MemoryPlan> plan = PlanMemory({.limit_bytes = request_.memory_limit_bytes,
                                                        .threads = request_.threads,
                                                        .sealed = sealed()},
                                                       *request_.codec, request_.level);
    if (!plan.ok()) return WithExitCode(plan.status(), base::kExitUsage);
    memory_ = *plan;
    if (memory_.workers < request_.threads) {
      Say(absl::StrFormat("%d of %d compressing threads fit into --memory-limit", memory_.workers,
                          request_.threads));
    }
    return absl::OkStatus();
  }

  absl::Status AskAndPlan() {
    ASSIGN_OR_RETURN(const std::unique_ptr<dumper::Session> session,
                     dumper::Session::Connect(request_.connection));
    // The server's own bound is a day.
    RETURN_IF_ERROR(session->Execute(absl::StrFormat(
        "SET SESSION lock_wait_timeout=%d",
        std::max<int64_t>(1, static_cast<int64_t>(request_.lock_wait_timeout_seconds)))));
    ASSIGN_OR_RETURN(BackupPlan plan, PlanOn(*session, request_));
    outcome_.filter = plan.choice.statistics;
    outcome_.hostname = plan.server.hostname;
    outcome_.server_version = plan.server.version;
    for (const std::string& name : outcome_.filter.missing) {
      Warn(absl::StrFormat("database '%s' does not exist, or this user may not see it", name));
    }
    if (plan.choice.databases.empty()) {
      return WithExitCode(absl::NotFoundError("no database to back up"), base::kExitNothing);
    }
    // A database looks empty to whoever may not see what is in it.
    std::vector<std::string> looked_at = plan.choice.databases;
    for (const DroppedDatabase& dropped : outcome_.filter.dropped) {
      if (dropped.reason == DropReason::kEmpty) looked_at.push_back(dropped.name);
    }
    ASSIGN_OR_RETURN(const std::vector<DatabaseSummary> summaries,
                     SumUpDatabases(*session, looked_at));
    RETURN_IF_ERROR(CheckPrivileges(*session, {.databases = summaries,
                                               .export_users = request_.export_users,
                                               .triggers = options_.triggers,
                                               .events = options_.events,
                                               .routines = options_.routines}));
    for (const DatabaseSummary& database : summaries) {
      data_bytes_ += database.data_bytes;
      WarnOfTables(database);
    }
    if (request_.export_users) ExportUsers(*session);
    if (request_.mode == BackupMode::kCombined) {
      AddFile(plan.choice.databases);
    } else {
      for (const std::string& database : plan.choice.databases) AddFile({database});
    }
    return absl::OkStatus();
  }

  void WarnOfTables(const DatabaseSummary& database) {
    if (database.not_transactional == 0 || IsSystemDatabase(database.name) ||
        request_.exclude_data) {
      return;
    }
    Warn(absl::StrFormat(
        "%s: %d table%s of engines without snapshots, read as they are at their turn: %s%s",
        database.name, database.not_transactional, database.not_transactional == 1 ? "" : "s",
        database.not_transactional_names, database.not_transactional > 5 ? ", ..." : ""));
  }

  void ExportUsers(dumper::Session& session) {
    absl::StatusOr<dumper::AccountsText> accounts =
        dumper::ExportAccounts(session, outcome_.start, absl::LocalTimeZone());
    if (accounts.ok()) {
      users_ = std::move(accounts->text);
      return;
    }
    run_left_out_.push_back(
        absl::StrCat("users and their grants: ", std::string(accounts.status().message())));
    Say("left out: " + run_left_out_.back());
  }

  void AddFile(std::vector<std::string> databases) {
    FileOutcome& file = outcome_.files.emplace_back();
    file.status = absl::CancelledError("not begun");
    file.databases = std::move(databases);
  }

  absl::Status OpenOutputDirectory() {
    RETURN_IF_ERROR(PosixFileSystem().CreateDirectories(request_.output_dir));
    absl::StatusOr<DirectoryLock> lock = DirectoryLock::Acquire(
        request_.output_dir, absl::StrCat("backup ", std::string(BackupModeName(request_.mode))));
    if (absl::IsAborted(lock.status())) return WithExitCode(lock.status(), base::kExitLocked);
    RETURN_IF_ERROR(lock.status());
    lock_.emplace(*std::move(lock));
    sink_.emplace(request_.output_dir, &PosixFileSystem());
    ASSIGN_OR_RETURN(const std::vector<std::string> leftovers, sink_->RemoveLeftovers());
    if (!leftovers.empty()) {
      Say("removed what a run that was killed has left: " + absl::StrJoin(leftovers, ", "));
    }
    if (!request_.check_disk_space || request_.exclude_data) return absl::OkStatus();
    return CheckDiskSpace(request_.output_dir,
                          LeastFileBytes(data_bytes_, request_.codec->name != "none"));
  }

  bool sealed() const { return !request_.recipients.empty(); }

  std::string DumpName(const std::string& base) const {
    if (request_.filename.find(".sql") != std::string::npos && base == bases_.front()) {
      return request_.filename;
    }
    return DumpFileName(base, request_.codec->extension, sealed());
  }

  // One time for all files of the run: names have seconds.
  absl::Status ChooseNames() {
    std::vector<std::string> databases;
    for (const FileOutcome& file : outcome_.files) databases.push_back(file.databases.front());
    started_ = absl::Now();
    bases_ = BaseNames(request_, outcome_.hostname, databases, started_);
    // The run that took these has ended, so the next second is free.
    while (request_.filename.empty() && !stop_.stop_requested() &&
           std::any_of(bases_.begin(), bases_.end(),
                       [&](const std::string& base) { return IsTaken(base); })) {
      absl::SleepFor(absl::Milliseconds(100));
      started_ = absl::Now();
      bases_ = BaseNames(request_, outcome_.hostname, databases, started_);
    }
    for (size_t i = 0; i < bases_.size(); ++i) {
      if (!request_.filename.empty() && IsTaken(bases_[i])) {
        return absl::AlreadyExistsError(absl::StrFormat(
            "%s/%s is already there and is never overwritten", request_.output_dir, bases_[i]));
      }
      outcome_.files[i].path = absl::StrCat(request_.output_dir, "/", DumpName(bases_[i]));
    }
    return absl::OkStatus();
  }

  // Whether any backup of that name is there, however it is compressed.
  bool IsTaken(const std::string& base) const {
    const std::string path = absl::StrCat(request_.output_dir, "/", base);
    return PosixFileSystem().Exists(path + std::string(kTocExtension)) ||
           PosixFileSystem().Exists(path + std::string(kMetadataExtension)) ||
           PosixFileSystem().Exists(absl::StrCat(request_.output_dir, "/", DumpName(base)));
  }

  crypto::Context SealContext(const BackupMetadata& metadata, std::string_view artifact) const {
    crypto::Context context;
    context[std::string(crypto::kContextBackupId)] = metadata.backup_id;
    context[std::string(crypto::kContextArtifact)] = std::string(artifact);
    context[std::string(crypto::kContextCompression)] = std::string(request_.codec->name);
    return context;
  }

  BackupDrain::Listeners ListenersOf(FileOutcome& file) {
    // With several files a message must say whose it is.
    const std::string prefix =
        outcome_.files.size() > 1 ? absl::StrCat(file.databases.front(), ": ") : "";
    BackupDrain::Listeners listeners;
    listeners.note = [this, &file, prefix](std::string text) {
      Say(prefix + text);
      file.warnings.push_back(std::move(text));
    };
    listeners.left_out = [this, &file](const std::string& object, const std::string& why) {
      file.left_out.push_back(absl::StrCat(object, ": ", why));
      Say("left out: " + file.left_out.back());
    };
    return listeners;
  }

  // Writes the dump and hands it over to be published.
  absl::Status WriteFile(DumpToFiles& dump, size_t index) {
    FileOutcome& file = outcome_.files[index];
    BackupMetadata& m = file.metadata;
    m.backup_id = crypto::RandomHexId();
    m.encrypted = sealed();
    m.start = started_;
    std::optional<crypto::SealedMessage> seal;
    absl::StatusOr<std::unique_ptr<SinkFile>> sink_file = sink_->Begin(DumpName(bases_[index]));
    absl::Status ready = sink_file.status();
    if (ready.ok() && m.encrypted) {
      auto sealed_message =
          crypto::SealedMessage::Create(SealContext(m, "dump"), request_.recipients);
      ready = sealed_message.status();
      if (ready.ok()) seal.emplace(*std::move(sealed_message));
    }
    if (!ready.ok()) {
      dump.Skip(index);
      return ready;
    }
    ASSIGN_OR_RETURN(DumpedFile dumped, dump.Write(index, seal ? &*seal : nullptr, sink_file->get(),
                                                   ListenersOf(file)));
    dumped.toc.backup_id = m.backup_id;
    file.plain_bytes = dumped.toc.plain_bytes;
    FillMetadata(dump, std::move(dumped.sha256), dumped.toc, &file);

    ASSIGN_OR_RETURN(std::string toc,
                     CompressText(TocText(dumped.toc), *request_.codec, request_.level));
    if (m.encrypted) {
      ASSIGN_OR_RETURN(toc, crypto::SealBytes(toc, SealContext(m, "toc"), request_.recipients));
    }
    publisher_->Put({.outcome = &file,
                     .base = bases_[index],
                     .dump = *std::move(sink_file),
                     .toc = std::move(toc),
                     .gtid_info = request_.capture_gtid ? GtidInfoText(dump.snapshot(), absl::Now(),
                                                                       absl::LocalTimeZone())
                                                        : ""});
    return absl::OkStatus();
  }

  // All but what the publisher adds.
  void FillMetadata(const DumpToFiles& dump, std::string sha256, const Toc& toc,
                    FileOutcome* file) const {
    BackupMetadata& m = file->metadata;
    m.backup_file = file->path;
    m.mode = std::string(BackupModeName(request_.mode));
    m.backup_type = TakesOneDatabase(request_.mode) ? "single" : m.mode;
    m.database_names = file->databases;
    if (request_.mode == BackupMode::kCombined) m.selection = SelectionText(request_.filter);
    m.hostname = outcome_.hostname;
    m.server_version = outcome_.server_version;
    if (request_.codec->name != "none") m.compression_type = std::string(request_.codec->name);
    m.warnings = run_warnings_;
    m.warnings.insert(m.warnings.end(), file->warnings.begin(), file->warnings.end());
    m.left_out = run_left_out_;
    m.left_out.insert(m.left_out.end(), file->left_out.begin(), file->left_out.end());
    if (!m.warnings.empty() || !m.left_out.empty()) m.status = "success_with_warnings";
    m.exclude_data = request_.exclude_data;
    m.selection = SelectionText(request_);
    m.ticket = request_.ticket;
    m.sha256 = std::move(sha256);
    m.snapshot = dump.snapshot();
    m.databases = FactsPerDatabase(m.database_names, toc);
    m.tool_version = request_.tool_version;
  }

  // From what became of the files to what became of the run.
  void Conclude() {
    std::vector<std::string> left_out = run_left_out_;
    for (const FileOutcome& file : outcome_.files) {
      outcome_.warnings.insert(outcome_.warnings.end(), file.warnings.begin(), file.warnings.end());
      if (!file.published()) continue;
      left_out.insert(left_out.end(), file.left_out.begin(), file.left_out.end());
    }
    const size_t published = outcome_.published();
    const size_t files = outcome_.files.size();
    if (stop_.stop_requested() && (!outcome_.status.ok() || published < files)) {
      outcome_.status = absl::CancelledError(
          published == 0
              ? "stopped; nothing was published"
              : absl::StrFormat("stopped; %d of %d files are published", published, files));
      for (FileOutcome& file : outcome_.files) {
        if (!file.published()) file.status = absl::CancelledError("stopped");
      }
      return;
    }
    if (!outcome_.status.ok()) {
      for (FileOutcome& file : outcome_.files) file.status = outcome_.status;
      return;
    }
    if (published < files) {
      const auto first = std::find_if(outcome_.files.begin(), outcome_.files.end(),
                                      [](const auto& file) { return !file.published(); });
      if (files == 1) {
        outcome_.status = first->status;
      } else if (published == 0) {
        outcome_.status = absl::InternalError(
            absl::StrFormat("all %d databases failed; the first, %s: %s", files,
                            first->databases.front(), std::string(first->status.message())));
      } else {
        outcome_.status = WithExitCode(
            absl::InternalError(absl::StrFormat(
                "%d of %d databases failed, the rest is published; the first of them, %s: %s",
                files - published, files, first->databases.front(),
                std::string(first->status.message()))),
            base::kExitSomeFailed);
      }
    } else if (!left_out.empty()) {
      outcome_.status = WithExitCode(
          absl::DataLossError(absl::StrFormat(
              "published, but without %d object%s that the server cannot show:\n%s",
              left_out.size(), left_out.size() == 1 ? "" : "s", absl::StrJoin(left_out, "\n"))),
          base::kExitIncomplete);
    }
  }

  const BackupRequest& request_;
  const std::stop_token stop_;
  const std::function<void(std::string_view)>& say_;
  std::mutex say_mutex_;
  BackupOutcome outcome_;
  dumper::DumpOptions options_;
  MemoryPlan memory_;
  uint64_t data_bytes_ = 0;  // of all databases, as the server counts
  std::string users_;        // text of _users.cnf
  std::vector<std::string> run_warnings_, run_left_out_;
  absl::Time started_;
  std::vector<std::string> bases_;  // one for each file
  std::optional<DirectoryLock> lock_;
  std::optional<DirectorySink> sink_;
  std::optional<Publisher> publisher_;
};

}  // namespace

size_t BackupOutcome::published() const {
  return static_cast<size_t>(
      std::count_if(files.begin(), files.end(), [](const auto& one) { return one.published(); }));
}

absl::StatusOr<BackupPlan> PlanBackup(const BackupRequest& request) {
  ASSIGN_OR_RETURN(const std::unique_ptr<dumper::Session> session,
                   dumper::Session::Connect(request.connection));
  return PlanOn(*session, request);
}

BackupOutcome RunBackup(const BackupRequest& request, std::stop_token stop,
                        const std::function<void(std::string_view)>& say) {
  return BackupRun(request, std::move(stop), say).Run();
}

}  // namespace sfdb::engine
