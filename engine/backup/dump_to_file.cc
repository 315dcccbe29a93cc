#include "engine/backup/dump_to_file.h"

#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dumper/options/dump_option_parser.h"
#include "dumper/options/option_names.h"
#include "dumper/run/dump_script.h"
#include "dumper/stream/block_pool.h"
#include "engine/backup/backup_drain.h"
#include "engine/backup/toc_builder.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/pipeline/stage_clock.h"

namespace sfdb::engine {
namespace {

constexpr double kNanosPerSecond = 1e9;

double SecondsSince(int64_t begin, int64_t now) {
  return static_cast<double>(now - begin) / kNanosPerSecond;
}

SnapshotFacts FactsOf(const dumper::Moment& moment) {
  return {.method = std::string(dumper::ConsistencyName(moment.method)),
          .proof = moment.proof,
          .lock_ms = moment.lock_held_ms,
          .binlog_file = moment.coordinates.binlog_file,
          .binlog_position = moment.coordinates.binlog_position,
          .gtid = moment.coordinates.gtid};
}

}  // namespace

dumper::DumpOptions BackupDumpOptions(const BackupRequest& request,
                                      const std::vector<std::string>& databases) {
  // The parser knows what implies what; names that look like options never pass through it.
  dumper::OptionEnvironment nothing{.get = [](const std::string&) { return std::nullopt; },
                                    .system_files = {}};
  dumper::ParseOutcome parsed = dumper::ParseDumpCommandLine(
      "sfdbtools backup",
      {"--no-defaults", "--single-transaction", "--order-by-primary", "--hex-blob", "--routines",
       "--events", "--triggers", "--databases", "d"},
      nothing, nullptr);
  dumper::DumpOptions options = std::move(parsed.options);
  options.connection = request.connection;
  options.databases = databases;
  options.header_database = databases.front();
  options.threads = request.threads;
  options.memory_limit_bytes = request.memory_limit_bytes;
  options.consistency = request.consistency;
  options.lock_wait_timeout_seconds = request.lock_wait_timeout_seconds;
  // Any value but "none" has the sizes of all tables asked for.
  options.progress = request.progress != nullptr ? "plain" : "none";
  return options;
}

absl::StatusOr<DumpedFile> DumpToFile(const BackupRequest& request,
                                      const std::vector<std::string>& databases,
                                      const MemoryPlan& memory, const crypto::SealedMessage* seal,
                                      SinkFile* file, std::stop_token stop,
                                      const std::function<void(std::string)>& note) {
  const int64_t total_begin = base::ProcessCpuNanos();
  const int64_t stitch_begin = ThreadCpuNanos();
  const auto wall_begin = std::chrono::steady_clock::now();
  const dumper::DumpOptions options = BackupDumpOptions(request, databases);

  // Frames keep blocks, so the pool outlives all that can hold one.
  dumper::BlockPool pool(memory.block_bytes, memory.blocks, memory.reserve_blocks);
  BackupPipeline pipeline(
      {.codec = request.codec, .level = request.level, .seal = seal, .memory = memory, .file = file});
  FrameCutter cutter(memory.frame_bytes,
                     [&](FramePtr frame) { return pipeline.Submit(std::move(frame)); });
  TocBuilder toc;
  ProgressCounters unseen;
  BackupDrain drain(&pool, &cutter, &toc, request.progress ? request.progress : &unseen, note);
  dumper::DumpScript script(&options, &pool);
  const std::stop_callback on_stop(stop, [&] {
    pipeline.Fail(absl::CancelledError("stopped"));
    script.GiveUp();
    drain.Stop();
  });

  script.Start();
  absl::Status status = drain.Drain(script.output());
  if (status.ok()) status = cutter.Finish();
  if (stop.stop_requested()) status = absl::CancelledError("stopped");
  if (!status.ok()) {
    pipeline.Fail(status);
    script.GiveUp();
    (void)script.Finish(false);
    return status;
  }
  DumpedFile dumped;
  dumped.cpu.stitch = SecondsSince(stitch_begin, ThreadCpuNanos());
  ASSIGN_OR_RETURN(PipelineResult result, pipeline.Finish());
  if (const auto fault = script.Finish(true)) {
    return base::WithExitCode(absl::InternalError(fault->text), base::kExitFailed);
  }
  dumped.cpu.read = SecondsSince(0, script.cpu_nanos());
  dumped.cpu.pipeline = pipeline.cpu();
  dumped.cpu.total = SecondsSince(total_begin, base::ProcessCpuNanos());
  dumped.cpu.wall =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_begin).count();
  dumped.snapshot = FactsOf(script.moment());

  dumped.toc.codec = std::string(request.codec->name);
  dumped.toc.plain_bytes = cutter.offset();
  dumped.toc.stream_bytes = result.stream_bytes;
  dumped.toc.prologue_bytes = result.prologue_bytes;
  dumped.toc.sections = std::move(toc).Finish(result.sections);
  for (const codecs::FrameRecord& frame : result.frames) {
    dumped.toc.frames.push_back({frame.plain_size, frame.compressed_size});
  }
  dumped.sha256 = std::move(result.sha256);
  return dumped;
}

}  // namespace sfdb::engine
