#include "engine/backup/backup_run.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "crypto/random.h"
#include "crypto/seal.h"
#include "engine/backup/dump_to_file.h"
#include "engine/backup/file_names.h"
#include "engine/backup/server_facts.h"
#include "engine/backup/small_file.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/sinks/directory_lock.h"
#include "engine/sinks/directory_sink.h"

namespace sfdb::engine {
namespace {

using base::WithExitCode;

std::string_view ModeName(BackupMode mode) { return BackupModeName(mode); }

// A session of its own, closed again before the snapshot.
absl::StatusOr<BackupPlan> Plan(const BackupRequest& request) {
  ASSIGN_OR_RETURN(const std::unique_ptr<dumper::Session> session,
                   dumper::Session::Connect(request.connection));
  BackupPlan plan;
  ASSIGN_OR_RETURN(plan.server, AskServer(*session, request.filter.exclude_empty));
  plan.choice = ChooseDatabases({.mode = request.mode,
                                 .filter = request.filter,
                                 .database = request.database,
                                 .companions = request.companions},
                                plan.server.databases, plan.server.empty);
  const absl::Time now = absl::Now();
  if (request.mode == BackupMode::kCombined) {
    plan.base_names.push_back(
        BackupBaseName("combined", "", plan.server.hostname, now, absl::LocalTimeZone()));
    return plan;
  }
  for (const std::string& database : plan.choice.databases) {
    plan.base_names.push_back(BackupBaseName(ModeName(request.mode), database, plan.server.hostname,
                                             now, absl::LocalTimeZone()));
  }
  return plan;
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

class BackupRun {
 public:
  BackupRun(const BackupRequest& request, std::stop_token stop,
            const std::function<void(std::string_view)>& say)
      : request_(request), stop_(std::move(stop)), say_(say) {}

  BackupOutcome Run() {
    outcome_.start = absl::Now();
    outcome_.status = RunSteps();
    outcome_.end = absl::Now();
    if (!outcome_.files.empty()) file().status = outcome_.status;
    if (stop_.stop_requested() && !outcome_.status.ok()) {
      outcome_.status = absl::CancelledError("stopped; nothing was published");
      if (!outcome_.files.empty()) file().status = outcome_.status;
    }
    return std::move(outcome_);
  }

 private:
  absl::Status RunSteps() {
    RETURN_IF_ERROR(PlanMemoryUse());
    RETURN_IF_ERROR(ChooseWhatToDump());
    RETURN_IF_ERROR(OpenOutputDirectory());
    // From here on no other run touches the directory, and nothing of earlier ones is left
    // half-done.
    RETURN_IF_ERROR(MakeKeys());
    RETURN_IF_ERROR(BeginDumpFile());
    RETURN_IF_ERROR(WriteDump());
    // All bytes are durable under a temporary name.
    RETURN_IF_ERROR(WriteIndex());
    RETURN_IF_ERROR(WriteMetadata());
    if (stop_.stop_requested()) return absl::CancelledError("stopped");
    return sink_->Publish(files_);
    // The metadata has its name last: the backup exists.
  }

  FileOutcome& file() { return outcome_.files.front(); }
  const FileOutcome& file() const { return outcome_.files.front(); }
  BackupMetadata& metadata() { return file().metadata; }

  void Warn(std::string text) {
    say_(text);
    outcome_.warnings.push_back(std::move(text));
  }

  absl::Status PlanMemoryUse() {
    const absl::StatusOr<MemoryPlan> plan = PlanMemory({.limit_bytes = request_.memory_limit_bytes,
                                                        .threads = request_.threads,
                                                        .sealed = !request_.recipients.empty()},
                                                       *request_.codec, request_.level);
    if (!plan.ok()) return WithExitCode(plan.status(), base::kExitUsage);
    memory_ = *plan;
    if (memory_.workers < request_.threads) {
      say_(absl::StrFormat("%d of %d compressing threads fit into --memory-limit", memory_.workers,
                           request_.threads));
    }
    return absl::OkStatus();
  }

  absl::Status ChooseWhatToDump() {
    if (request_.mode == BackupMode::kSingle && request_.database.empty()) {
      return WithExitCode(absl::InvalidArgumentError("mode single needs a database"),
                          base::kExitUsage);
    }
    ASSIGN_OR_RETURN(BackupPlan plan, Plan(request_));
    outcome_.filter = plan.choice.statistics;
    outcome_.hostname = plan.server.hostname;
    outcome_.server_version = plan.server.version;
    for (const std::string& name : outcome_.filter.missing) {
      Warn(absl::StrFormat("database '%s' does not exist", name));
    }
    if (plan.choice.databases.empty()) {
      return WithExitCode(absl::NotFoundError("no database to back up"), base::kExitNothing);
    }
    if (plan.base_names.size() > 1) {
      return WithExitCode(absl::UnimplementedError("more than one file in a run"),
                          base::kExitUsage);
    }
    outcome_.files.emplace_back();
    file().status = absl::CancelledError("not begun");
    file().databases = plan.choice.databases;
    metadata().hostname = plan.server.hostname;
    metadata().server_version = plan.server.version;
    metadata().database_names = std::move(plan.choice.databases);
    metadata().start = absl::Now();
    return absl::OkStatus();
  }

  absl::Status OpenOutputDirectory() {
    RETURN_IF_ERROR(PosixFileSystem().CreateDirectories(request_.output_dir));
    absl::StatusOr<DirectoryLock> lock = DirectoryLock::Acquire(
        request_.output_dir, absl::StrCat("backup ", std::string(ModeName(request_.mode))));
    if (absl::IsAborted(lock.status())) return WithExitCode(lock.status(), base::kExitLocked);
    RETURN_IF_ERROR(lock.status());
    lock_.emplace(*std::move(lock));
    sink_.emplace(request_.output_dir, &PosixFileSystem());
    ASSIGN_OR_RETURN(const std::vector<std::string> leftovers, sink_->RemoveLeftovers());
    if (!leftovers.empty()) {
      say_("removed what a run that was killed has left: " + absl::StrJoin(leftovers, ", "));
    }
    return absl::OkStatus();
  }

  crypto::Context SealContext(std::string_view artifact) const {
    crypto::Context context;
    context[std::string(crypto::kContextBackupId)] = file().metadata.backup_id;
    context[std::string(crypto::kContextArtifact)] = std::string(artifact);
    context[std::string(crypto::kContextCompression)] = std::string(request_.codec->name);
    return context;
  }

  absl::Status MakeKeys() {
    metadata().backup_id = crypto::RandomHexId();
    metadata().encrypted = !request_.recipients.empty();
    if (!metadata().encrypted) return absl::OkStatus();
    ASSIGN_OR_RETURN(seal_,
                     crypto::SealedMessage::Create(SealContext("dump"), request_.recipients));
    return absl::OkStatus();
  }

  absl::Status BeginDumpFile() {
    const std::string database =
        request_.mode == BackupMode::kCombined ? "" : metadata().database_names.front();
    base_ = BackupBaseName(ModeName(request_.mode), database, metadata().hostname, metadata().start,
                           absl::LocalTimeZone());
    // Names have seconds. The run that took these has ended, so the next second is free.
    while (IsTaken(base_) && !stop_.stop_requested()) {
      absl::SleepFor(absl::Milliseconds(100));
      metadata().start = absl::Now();
      base_ = BackupBaseName(ModeName(request_.mode), database, metadata().hostname,
                             metadata().start, absl::LocalTimeZone());
    }
    ASSIGN_OR_RETURN(
        std::unique_ptr<SinkFile> file,
        sink_->Begin(DumpFileName(base_, request_.codec->extension, metadata().encrypted)));
    this->file().path = file->final_path();
    files_.push_back(std::move(file));
    return absl::OkStatus();
  }

  // Whether any backup of that name is there, however it is compressed.
  bool IsTaken(const std::string& base) const {
    const std::string path = absl::StrCat(request_.output_dir, "/", base);
    return PosixFileSystem().Exists(path + std::string(kTocExtension)) ||
           PosixFileSystem().Exists(path + std::string(kMetadataExtension)) ||
           PosixFileSystem().Exists(absl::StrCat(
               request_.output_dir, "/",
               DumpFileName(base, request_.codec->extension, !request_.recipients.empty())));
  }

  absl::Status WriteDump() {
    SinkFile* const file = files_.front().get();
    ASSIGN_OR_RETURN(
        DumpedFile dumped,
        DumpToFile(request_, metadata().database_names, memory_, seal_ ? &*seal_ : nullptr, file,
                   stop_, [this](std::string text) { Warn(std::move(text)); }));
    RETURN_IF_ERROR(file->Close());
    toc_ = std::move(dumped.toc);
    toc_.backup_id = metadata().backup_id;
    this->file().plain_bytes = toc_.plain_bytes;
    outcome_.cpu = dumped.cpu;
    metadata().sha256 = std::move(dumped.sha256);
    metadata().snapshot = std::move(dumped.snapshot);
    metadata().file_size_bytes = file->bytes();
    return absl::OkStatus();
  }

  absl::Status WriteIndex() {
    ASSIGN_OR_RETURN(std::string bytes,
                     CompressText(TocText(toc_), *request_.codec, request_.level));
    if (metadata().encrypted) {
      ASSIGN_OR_RETURN(bytes, crypto::SealBytes(bytes, SealContext("toc"), request_.recipients));
    }
    ASSIGN_OR_RETURN(std::unique_ptr<SinkFile> file,
                     WriteSinkFile(*sink_, base_ + std::string(kTocExtension), bytes));
    files_.push_back(std::move(file));
    return absl::OkStatus();
  }

  absl::Status WriteMetadata() {
    BackupMetadata& m = metadata();
    m.backup_file = this->file().path;
    m.backup_type = std::string(ModeName(request_.mode));
    m.end = absl::Now();
    if (request_.codec->name != "none") m.compression_type = std::string(request_.codec->name);
    m.warnings = outcome_.warnings;
    if (!m.warnings.empty()) m.status = "success_with_warnings";
    m.databases = FactsPerDatabase(m.database_names, toc_);
    m.tool_version = request_.tool_version;
    ASSIGN_OR_RETURN(std::unique_ptr<SinkFile> file,
                     WriteSinkFile(*sink_, base_ + std::string(kMetadataExtension),
                                   MetadataText(m, absl::LocalTimeZone())));
    files_.push_back(std::move(file));
    return absl::OkStatus();
  }

  const BackupRequest& request_;
  const std::stop_token stop_;
  const std::function<void(std::string_view)>& say_;
  BackupOutcome outcome_;
  MemoryPlan memory_;
  std::optional<DirectoryLock> lock_;
  std::optional<DirectorySink> sink_;
  std::optional<crypto::SealedMessage> seal_;
  std::string base_;
  Toc toc_;
  std::vector<std::unique_ptr<SinkFile>> files_;  // dump, index, metadata
};

}  // namespace

size_t BackupOutcome::published() const {
  return static_cast<size_t>(
      std::count_if(files.begin(), files.end(), [](const auto& one) { return one.published(); }));
}

absl::StatusOr<BackupPlan> PlanBackup(const BackupRequest& request) { return Plan(request); }

BackupOutcome RunBackup(const BackupRequest& request, std::stop_token stop,
                        const std::function<void(std::string_view)>& say) {
  return BackupRun(request, std::move(stop), say).Run();
}

}  // namespace sfdb::engine
