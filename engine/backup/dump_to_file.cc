#include "engine/backup/dump_to_file.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dumper/options/dump_option_parser.h"
#include "dumper/options/option_names.h"
#include "engine/backup/toc_builder.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/pipeline/stage_clock.h"

namespace sfdb::engine {
namespace {

constexpr double kNanosPerSecond = 1e9;

double Seconds(int64_t nanos) { return static_cast<double>(nanos) / kNanosPerSecond; }

double WallNow() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

SnapshotFacts FactsOf(const dumper::Moment& moment) {
  return {.method = std::string(dumper::ConsistencyName(moment.method)),
          .proof = moment.proof,
          .lock_ms = moment.lock_held_ms,
          .binlog_file = moment.coordinates.binlog_file,
          .binlog_position = moment.coordinates.binlog_position,
          .gtid = moment.coordinates.gtid};
}

void Add(const PipelineCpu& one, PipelineCpu* sum) {
  sum->compress += one.compress;
  sum->order += one.order;
  sum->cut += one.cut;
  sum->seal += one.seal;
  sum->write += one.write;
  sum->sha256 += one.sha256;
  sum->schedule += one.schedule;
}

// What options of the user's may not touch: what is dumped and its moment are the mode's, the place
// is ours, and an error must not be passed over.
absl::Status RefuseForeign(const dumper::DumpOptions& options) {
  const char* what = nullptr;
  if (options.scope != dumper::DumpScope::kDatabases || options.databases.size() != 1) {
    what = "names of databases and tables";
  } else if (options.result_file) {
    what = "--result-file";
  } else if (options.system != 0) {
    what = "--system";
  } else if (options.where || options.as_of) {
    what = "--where and --as-of";
  } else if (options.master_data != 0 || options.dump_slave != 0 || options.delete_master_logs ||
             options.flush_logs || options.apply_slave_statements) {
    what = "options of replication";
  } else if (options.lock_all_tables || !options.single_transaction) {
    what = "options of locking";
  } else if (!options.ignore_database.empty()) {
    what = "--ignore-database";
  }
  if (what == nullptr) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("options for mariadb-dump: ", what, " are not for a backup to take from there"));
}

}  // namespace

absl::StatusOr<dumper::DumpOptions> BackupDumpOptions(const BackupRequest& request) {
  // The parser knows what implies what; names that look like options never pass through it.
  dumper::OptionEnvironment nothing{.get = [](const std::string&) { return std::nullopt; },
                                    .system_files = {}};
  std::vector<std::string> args = {"--no-defaults", "--single-transaction", "--order-by-primary",
                                   "--hex-blob",    "--routines",           "--events",
                                   "--triggers"};
  args.insert(args.end(), request.dump_args.begin(), request.dump_args.end());
  args.insert(args.end(), {"--databases", "d"});
  dumper::ParseOutcome parsed =
      dumper::ParseDumpCommandLine("sfdbtools backup", args, nothing, nullptr);
  if (parsed.kind != dumper::ParseOutcome::Kind::kRun) {
    return absl::InvalidArgumentError(
        absl::StrCat("options for mariadb-dump are not understood: ", parsed.err));
  }
  dumper::DumpOptions options = std::move(parsed.options);
  RETURN_IF_ERROR(RefuseForeign(options));
  const uint64_t packet = options.connection.max_allowed_packet;
  const uint64_t buffer = options.connection.net_buffer_length;
  const bool compress = options.connection.compress;
  options.connection = request.connection;
  options.connection.compress |= compress;
  if (!request.dump_args.empty()) {
    options.connection.max_allowed_packet = packet;
    options.connection.net_buffer_length = buffer;
  }
  options.force = false;
  options.verbose = false;
  options.no_data |= request.exclude_data;
  options.databases.clear();
  options.threads = request.threads;
  options.memory_limit_bytes = request.memory_limit_bytes;
  options.consistency = request.consistency;
  options.lock_wait_timeout_seconds = request.lock_wait_timeout_seconds;
  return options;
}

DumpToFiles::DumpToFiles(const BackupRequest* request, dumper::DumpOptions options,
                         std::vector<std::vector<std::string>> parts, const MemoryPlan& memory)
    : request_(request),
      options_(std::move(options)),
      memory_(memory),
      pool_(memory.block_bytes, memory.blocks, memory.reserve_blocks),
      dump_(&options_, std::move(parts), &pool_),
      progress_(request->progress != nullptr ? request->progress : &unseen_) {}

DumpToFiles::~DumpToFiles() = default;

absl::Status DumpToFiles::Open(const std::function<void(std::string)>& note) {
  cpu_begin_ = base::ProcessCpuNanos();
  wall_begin_ = WallNow();
  RETURN_IF_ERROR(dump_.Open(note));
  snapshot_ = FactsOf(dump_.moment());
  if (request_->progress != nullptr) {
    sizes_ = dump_.Sizes();
    uint64_t total = 0;
    for (const auto& [table, bytes] : sizes_.bytes) total += bytes;
    progress_->data_total = total;
  }
  dump_.Start();
  return absl::OkStatus();
}

bool DumpToFiles::Activate(Active active) {
  std::lock_guard<std::mutex> lock(mutex_);
  active_ = active;
  return !stopped_;
}

void DumpToFiles::Stop() {
  std::lock_guard<std::mutex> lock(mutex_);
  stopped_ = true;
  if (active_.pipeline != nullptr) active_.pipeline->Fail(absl::CancelledError("stopped"));
  dump_.GiveUp();
  if (active_.drain != nullptr) active_.drain->Stop();
}

absl::Status DumpToFiles::Drain(size_t part, BackupDrain& drain, FrameCutter& cutter) {
  const absl::Status drained = drain.Drain(dump_.output(part));
  const bool whole = dump_.Release(part);
  RETURN_IF_ERROR(drained);
  if (!whole) return absl::InternalError("the dump ended early");
  // Now, not before: the text ends with the time.
  RETURN_IF_ERROR(drain.AddFooter(dump_.Footer()));
  return cutter.Finish();
}

absl::StatusOr<DumpedFile> DumpToFiles::Write(size_t part, const crypto::SealedMessage* seal,
                                              SinkFile* file, BackupDrain::Listeners listeners) {
  const int64_t begin = ThreadCpuNanos();
  listeners.failed = [this, part] { dump_.Drop(part); };
  DumpedFile dumped;
  absl::Status status;
  {
    BackupPipeline pipeline({.codec = request_->codec,
                             .level = request_->level,
                             .seal = seal,
                             .memory = memory_,
                             .file = file});
    FrameCutter cutter(memory_.frame_bytes,
                       [&](FramePtr frame) { return pipeline.Submit(std::move(frame)); });
    TocBuilder toc;
    BackupDrain drain(&pool_, &cutter, &toc, &sizes_, progress_, std::move(listeners));
    status = Activate({&pipeline, &drain}) ? Drain(part, drain, cutter)
                                           : absl::CancelledError("stopped");
    cpu_.stitch += Seconds(ThreadCpuNanos() - begin);
    absl::StatusOr<PipelineResult> result =
        status.ok() ? pipeline.Finish() : absl::StatusOr<PipelineResult>(status);
    if (!Activate({})) result = absl::CancelledError("stopped");
    status = result.status();
    if (!status.ok()) {
      pipeline.Fail(status);
    } else {
      dumped.toc.codec = std::string(request_->codec->name);
      dumped.toc.plain_bytes = cutter.offset();
      dumped.toc.stream_bytes = result->stream_bytes;
      dumped.toc.prologue_bytes = result->prologue_bytes;
      dumped.toc.sections = std::move(toc).Finish(result->sections);
      for (const codecs::FrameRecord& frame : result->frames) {
        dumped.toc.frames.push_back({frame.plain_size, frame.compressed_size});
      }
      dumped.sha256 = std::move(result->sha256);
    }
    Add(pipeline.cpu(), &cpu_.pipeline);
  }
  if (!status.ok()) return status;
  return dumped;
}

void DumpToFiles::Skip(size_t part) {
  dump_.Drop(part);
  if (Activate({})) DiscardOutput(&pool_, dump_.output(part));
  (void)dump_.Release(part);
}

BackupCpu DumpToFiles::Finish() {
  dump_.Finish();
  cpu_.read = Seconds(dump_.cpu_nanos());
  cpu_.total = Seconds(base::ProcessCpuNanos() - cpu_begin_);
  cpu_.wall = WallNow() - wall_begin_;
  return cpu_;
}

}  // namespace sfdb::engine
