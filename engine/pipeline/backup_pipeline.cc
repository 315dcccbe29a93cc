// The only file of the project that includes TBB.
//
//   Submit()               task_arena, plan.workers threads
//      │ frames  ┌──────────┐   ┌────────────┐   ┌──────┐   ┌────────────────┐
//      └────────▶│ compress │──▶│ order, cut │──▶│ seal │──▶│ order, pass on │──▶ OutputWriter's
//                │ parallel │   │     1      │   │ par. │   │       1        │    threads
//                └──────────┘   └────────────┘   └──────┘   └────────────────┘
//
// The serial nodes are `lightweight`: they run where their input was made. As tasks of their own
// they would each wake a worker, who then looks for more work for 0.1 ms: 6 % of all CPU time on a
// 1.2 GB dump that one connection reads.
#include "engine/pipeline/backup_pipeline.h"

#include <oneapi/tbb/flow_graph.h>
#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_scheduler_observer.h>

#include <exception>
#include <map>
#include <mutex>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "engine/base/first_error.h"
#include "engine/pipeline/compress_stage.h"
#include "engine/pipeline/in_flight.h"
#include "engine/pipeline/output_cutter.h"
#include "engine/pipeline/output_writer.h"
#include "engine/pipeline/reorder.h"
#include "engine/pipeline/seal_stage.h"
#include "engine/pipeline/stage_clock.h"

#if defined(__SANITIZE_ADDRESS__)
// A worker that still looks at an observer when the process ends keeps TBB's 40 bytes for it alive.
extern "C" const char* __lsan_default_suppressions() { return "leak:tbb::detail::r1::observe\n"; }
#endif

namespace sfdb::engine {
namespace {

namespace flow = oneapi::tbb::flow;

// All CPU time that threads spend in the arena, of those too that are still in it.
class WorkerClock : public oneapi::tbb::task_scheduler_observer {
 public:
  explicit WorkerClock(oneapi::tbb::task_arena& arena) : task_scheduler_observer(arena) {
    observe(true);
  }
  ~WorkerClock() override { observe(false); }

  void on_scheduler_entry(bool) override {
    clockid_t clock{};
    if (pthread_getcpuclockid(pthread_self(), &clock) != 0) return;
    std::lock_guard<std::mutex> lock(mutex_);
    inside_[clock] = ClockNanos(clock);
  }
  void on_scheduler_exit(bool) override {
    clockid_t clock{};
    if (pthread_getcpuclockid(pthread_self(), &clock) != 0) return;
    std::lock_guard<std::mutex> lock(mutex_);
    const auto found = inside_.find(clock);
    if (found == inside_.end()) return;
    left_ += ClockNanos(clock) - found->second;
    inside_.erase(found);
  }

  int64_t nanos() const {
    std::lock_guard<std::mutex> lock(mutex_);
    int64_t sum = left_;
    for (const auto& [clock, begin] : inside_) sum += ClockNanos(clock) - begin;
    return sum;
  }

 private:
  mutable std::mutex mutex_;
  std::map<clockid_t, int64_t> inside_;  // thread's clock -> its time on entry
  int64_t left_ = 0;
};

}  // namespace

struct BackupPipeline::Impl {
  explicit Impl(const PipelineOptions& pipeline_options)
      : options(pipeline_options),
        in_flight(options.memory.frames_in_flight, options.memory.output_bytes),
        compress_stage(options.codec, options.level),
        seal_stage(options.seal),
        cutter(options.seal != nullptr ? options.seal->frame_length() : 0,
               [this](OutputChunkPtr chunk) { seal->try_put(std::move(chunk)); }),
        writer(options.file, &error, &writer_clocks,
               [this](size_t bytes) { in_flight.RemoveOutput(bytes); }),
        parallelism(oneapi::tbb::global_control::max_allowed_parallelism,
                    options.memory.workers + 1),
        arena(static_cast<int>(options.memory.workers), /*reserved_for_masters=*/0),
        worker_clock(arena) {
    // A graph runs in the arena in which it was made.
    arena.execute([this] { BuildGraph(); });
  }

  // Runs one stage's work: not after an error, on the clock, and with whatever is thrown
  // (bad_alloc) turned into the run's error. An exception must not leave a body: it would cancel
  // the graph with messages in it.
  template <typename Work>
  void Guard(StageClock* clock, const Work& work) {
    if (error.failed()) return;
    const StageTimer timer(clock);
    try {
      Fail(work());
    } catch (const std::bad_alloc&) {
      Fail(absl::ResourceExhaustedError("out of memory"));
    } catch (const std::exception& e) {
      Fail(absl::InternalError(absl::StrCat("unexpected: ", e.what())));
    }
  }

  void Fail(absl::Status status) {
    if (status.ok()) return;
    error.Set(std::move(status));
    in_flight.Stop();
  }

  FramePtr Compress(FramePtr frame) {
    Guard(&compress_clock, [&] { return compress_stage.Process(*frame); });
    return frame;
  }

  // Serial. A frame makes any number of chunks, so the edge to `seal` is a call.
  void OrderAndCut(FramePtr frame) {
    const StageTimer timer(&order_clock);
    const uint64_t number = frame->number;
    frame_order.Add(number, std::move(frame), [this](FramePtr next) { Cut(*next); });
  }

  void Cut(Frame& frame) {
    Guard(&cut_clock, [&] {
      result.frames.push_back(frame.record);
      sections.Add(frame);
      in_flight.AddOutput(frame.record.compressed_size);
      return cutter.Add(std::move(frame.data));
    });
    frame.data.Release();
    in_flight.Leave();
  }

  // Serial.
  void OrderAndPassOn(OutputChunkPtr chunk) {
    const StageTimer timer(&order_clock);
    const uint64_t number = chunk->number;
    chunk_order.Add(number, std::move(chunk),
                    [this](OutputChunkPtr next) { writer.Put(std::move(next)); });
  }

  OutputChunkPtr Seal(OutputChunkPtr chunk) {
    Guard(&seal_clock, [&] { return seal_stage.Process(*chunk); });
    return chunk;
  }

  void BuildGraph() {
    graph.emplace();
    const size_t workers = options.memory.workers;
    compress.emplace(*graph, workers,
                     [this](FramePtr frame) { return Compress(std::move(frame)); });
    order_cut.emplace(*graph, flow::serial, [this](FramePtr frame) {
      OrderAndCut(std::move(frame));
      return flow::continue_msg();
    });
    seal.emplace(*graph, workers, [this](OutputChunkPtr chunk) { return Seal(std::move(chunk)); });
    pass_on.emplace(*graph, flow::serial, [this](OutputChunkPtr chunk) {
      OrderAndPassOn(std::move(chunk));
      return flow::continue_msg();
    });
    flow::make_edge(*compress, *order_cut);
    flow::make_edge(*seal, *pass_on);
  }

  // What stands in front of the first frame. Before any frame enters, so on the calling thread.
  absl::Status Begin() {
    if (options.seal != nullptr) {
      in_flight.AddOutput(options.seal->header().size());
      cutter.AddRaw(options.seal->header());
    }
    std::string prologue = options.codec->make_prologue();
    result.prologue_bytes = prologue.size();
    in_flight.AddOutput(prologue.size());
    return cutter.Add(std::move(prologue));
  }

  // What stands behind the last frame. After the last frame has left the graph.
  absl::Status End() {
    const StageTimer timer(&end_clock);
    const StageTimer cut_timer(&cut_clock);
    absl::StatusOr<std::string> epilogue = options.codec->make_epilogue(result.frames);
    if (!epilogue.ok()) return epilogue.status();
    in_flight.AddOutput(epilogue->size());
    if (absl::Status added = cutter.Add(*std::move(epilogue)); !added.ok()) return added;
    result.stream_bytes = cutter.stream_bytes();
    return cutter.Finish();
  }

  void Drain() {
    arena.execute([this] { graph->wait_for_all(); });
  }

  const PipelineOptions options;
  base::FirstError error;
  InFlight in_flight;
  StageClock compress_clock, order_clock, cut_clock, end_clock, seal_clock;
  OutputWriter::Clocks writer_clocks;
  CompressStage compress_stage;
  SealStage seal_stage;
  SectionSums sections;
  Reorder<FramePtr> frame_order;
  Reorder<OutputChunkPtr> chunk_order;
  OutputCutter cutter;
  OutputWriter writer;
  PipelineResult result;
  bool begun = false;
  bool drained = false;

  oneapi::tbb::global_control parallelism;
  oneapi::tbb::task_arena arena;
  WorkerClock worker_clock;
  std::optional<flow::graph> graph;
  std::optional<flow::function_node<FramePtr, FramePtr>> compress;
  std::optional<flow::function_node<FramePtr, flow::continue_msg, flow::queueing_lightweight>>
      order_cut;
  std::optional<flow::function_node<OutputChunkPtr, OutputChunkPtr>> seal;
  std::optional<flow::function_node<OutputChunkPtr, flow::continue_msg, flow::queueing_lightweight>>
      pass_on;
};

BackupPipeline::BackupPipeline(const PipelineOptions& options)
    : impl_(std::make_unique<Impl>(options)) {}

BackupPipeline::~BackupPipeline() {
  if (impl_->drained) return;
  impl_->Fail(absl::CancelledError("given up"));
  impl_->Drain();
}

absl::Status BackupPipeline::Submit(FramePtr frame) {
  if (!impl_->begun) {
    impl_->begun = true;
    impl_->Fail(impl_->Begin());
  }
  if (impl_->error.failed() || !impl_->in_flight.Enter()) return impl_->error.status();
  impl_->compress->try_put(std::move(frame));
  return absl::OkStatus();
}

void BackupPipeline::Fail(absl::Status why) { impl_->Fail(std::move(why)); }

absl::StatusOr<PipelineResult> BackupPipeline::Finish() {
  Impl& impl = *impl_;
  if (!impl.begun) {
    impl.begun = true;
    impl.Fail(impl.Begin());
  }
  impl.Drain();
  if (!impl.error.failed()) impl.Fail(impl.End());
  impl.Drain();
  impl.drained = true;
  impl.result.sha256 = impl.writer.Finish();
  if (impl.error.failed()) return impl.error.status();
  impl.result.sections = impl.sections.sums();
  return std::move(impl.result);
}

PipelineCpu BackupPipeline::cpu() const {
  constexpr double kSecond = 1e9;
  const Impl& impl = *impl_;
  // Cutting happens inside of ordering, and once outside of the workers.
  const int64_t cut = impl.cut_clock.nanos();
  const int64_t order = impl.order_clock.nanos() + impl.end_clock.nanos() - cut;
  const int64_t bodies =
      impl.compress_clock.nanos() + impl.order_clock.nanos() + impl.seal_clock.nanos();
  return {.compress = static_cast<double>(impl.compress_clock.nanos()) / kSecond,
          .order = static_cast<double>(order) / kSecond,
          .cut = static_cast<double>(cut) / kSecond,
          .seal = static_cast<double>(impl.seal_clock.nanos()) / kSecond,
          .write = static_cast<double>(impl.writer_clocks.write.nanos()) / kSecond,
          .sha256 = static_cast<double>(impl.writer_clocks.sha256.nanos()) / kSecond,
          .schedule = static_cast<double>(impl.worker_clock.nanos() - bodies) / kSecond};
}

uint64_t BackupPipeline::written_bytes() const { return impl_->options.file->bytes(); }

}  // namespace sfdb::engine
