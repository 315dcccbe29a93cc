#include "dumper/run/shared_dump.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "dumper/run/database_script.h"
#include "dumper/run/session_setup.h"
#include "dumper/script/header.h"
#include "dumper/script/table_catalog.h"
#include "engine/base/status_macros.h"
#include "engine/base/thread_cpu.h"

namespace sfdb::dumper {
namespace {

// Parts without tables cost no task, so tasks do not bound how far the script runs ahead. A part
// that waits has a page of text; enough of them that thousands of empty databases are not read one
// at a time.
constexpr size_t kPartsAhead = 64;

}  // namespace

SharedDump::SharedDump(const DumpOptions* options, std::vector<std::vector<std::string>> parts,
                       BlockPool* blocks)
    : options_(options), blocks_(blocks), filter_(*options) {
  for (std::vector<std::string>& databases : parts) {
    parts_.push_back(std::unique_ptr<Part>(
        new Part{.databases = std::move(databases),
                 .context = {options, Identifiers(*options),
                             EscapeCharsetFor(options->connection.character_set), /*run=*/nullptr,
                             blocks, options->connection.user.value_or(""), ChunkBytes(*options),
                             /*for_backup=*/true}}));
    parts_.back()->context.run = &parts_.back()->run;
  }
}

SharedDump::~SharedDump() {
  GiveUp();
  Finish();
}

absl::StatusOr<std::unique_ptr<Session>> SharedDump::OpenSession() {
  ASSIGN_OR_RETURN(auto session, OpenReader(*options_));
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (given_up_) return absl::CancelledError("given up");
    sockets_.push_back(session->socket());
  }
  // For a single session, too, no table's lock is waited for longer than this; the server's own
  // bound is a day. (With several sessions OpenSnapshot() sets a second: see TableJob.)
  const auto seconds = static_cast<int64_t>(options_->lock_wait_timeout_seconds);
  RETURN_IF_ERROR(session->Execute(
      absl::StrFormat("SET SESSION lock_wait_timeout=%d", std::max<int64_t>(1, seconds))));
  return session;
}

absl::Status SharedDump::Open(const std::function<void(std::string)>& note) {
  SnapshotRequest request;
  request.sessions = options_->threads;
  request.consistency = options_->consistency;
  request.lock_wait = absl::Seconds(options_->lock_wait_timeout_seconds);
  request.block_ddl = options_->block_ddl;
  request.open = [this] { return OpenSession(); };
  request.warn = note;
  ASSIGN_OR_RETURN(Snapshot snapshot, OpenSnapshot(request));
  moment_ = std::move(snapshot.moment);
  keeper_ = std::move(snapshot.control);
  const Session& first = *snapshot.sessions.front();
  server_version_ = first.server_version();
  const EscapeCharset charset = EscapeCharsetFor(first.character_set());
  for (const auto& part : parts_) part->context.escape_charset = charset;
  runner_ = MakeRunner(*options_, std::move(snapshot.sessions), /*reserved=*/0, &cpu_nanos_);
  return absl::OkStatus();
}

SizesItem SharedDump::Sizes() {
  std::vector<std::string> databases;
  for (const auto& part : parts_) {
    databases.insert(databases.end(), part->databases.begin(), part->databases.end());
  }
  SizesItem sizes;
  runner_->Call([&](Session& session) {
    // Without an answer there is no estimate; the dump does not need one.
    auto loaded = LoadSizes(session, databases);
    if (loaded.ok()) sizes = *std::move(loaded);
  });
  return sizes;
}

void SharedDump::Start() {
  thread_ = std::thread([this] { Run(); });
}

void SharedDump::Run() {
  for (size_t i = 0; i < parts_.size(); ++i) {
    {
      std::unique_lock<std::mutex> lock(mutex_);
      released_.wait(lock, [&] { return given_up_ || i < drained_ + kPartsAhead; });
    }
    WritePart(*parts_[i]);
  }
  runner_->WaitIdle();
  cpu_nanos_.fetch_add(base::ThreadCpuNanos());
}

void SharedDump::WritePart(Part& part) {
  TaskOutput out(part.root, options_, &part.run);
  const absl::Status status = WriteDatabases(part, out);
  if (!status.ok() && !IsReported(status)) {
    (void)out.Fault({kExitMysqlError, std::string(status.message())});
  }
}

absl::Status SharedDump::WriteDatabases(Part& part, TaskOutput& out) {
  if (part.run.stopped()) return Reported();
  {
    // As if it were called for this part alone.
    DumpOptions options = *options_;
    options.header_database = part.databases.front();
    out.Text(HeaderText(options, server_version_));
  }
  DatabaseScript script(&part.context, &filter_, runner_.get(), &out);
  bool failed = false;
  for (const std::string& database : part.databases) {
    RETURN_IF_ERROR(script.DumpAll(database, &failed));
  }
  // With the rules of `backup` all placeholders have been written by now.
  if (!part.run.has_placeholders()) return absl::OkStatus();
  for (const std::string& database : part.databases) {
    RETURN_IF_ERROR(script.DumpViews(database, &failed));
  }
  return absl::OkStatus();
}

void SharedDump::Drop(size_t part) { parts_[part]->run.Drop(); }

bool SharedDump::Release(size_t part) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    drained_ = part + 1;
  }
  released_.notify_all();
  return !parts_[part]->run.stopped();
}

std::string SharedDump::Footer() const { return FooterText(*options_); }

void SharedDump::GiveUp() {
  for (const auto& part : parts_) {
    part->run.GiveUp();
    part->root->Discard();
  }
  blocks_->Stop();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    given_up_ = true;
    for (const auto& socket : sockets_) socket->Abort();
  }
  released_.notify_all();
}

void SharedDump::Finish() {
  if (thread_.joinable()) thread_.join();
  runner_.reset();
  keeper_.reset();
}

}  // namespace sfdb::dumper
