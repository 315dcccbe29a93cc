#include "engine/dump/dump_run.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dumper/options/option_names.h"
#include "dumper/rows/stitcher.h"
#include "dumper/run/dump_script.h"
#include "engine/dump/gather_writer.h"
#include "engine/progress/progress.h"

namespace sfdb::engine {
namespace {

using dumper::OutputItem;
using dumper::OutputQueue;

// Rows travel in blocks of this size: small enough to be written out of the second-level cache,
// large enough that a block's own cost (a lock, a wake-up) vanishes. user+sys for 1.1 GB to a file:
// 64 KiB 1.28 s, 128 KiB 1.18, 256 KiB 1.10, 512 KiB 1.11, 1 MiB 1.07, 2 MiB 1.02: nothing to be
// had for more memory per session.
constexpr size_t kBlockBytes = 256 << 10;
// Blocks only the queue that is being drained may take; see BlockPool.
constexpr size_t kReserveBlocks = 8;

// One session is always at the head or just ahead of it, so that more blocks would only keep more
// cold memory between it and a slow reader. 1.1 GB at 60 MB/s through a pipe: without a bound 134
// to 409 MB resident and 1.24 to 1.79 s of user+sys, with this one 20 MB and 1.22 s.
constexpr size_t kBlocksOfOneSession = 40;

size_t BlocksFor(const dumper::DumpOptions& options) {
  // A quarter of the limit is left to what is not in blocks: catalog, text, the library's buffers.
  const size_t blocks = static_cast<size_t>(options.memory_limit_bytes / 4 * 3 / kBlockBytes);
  const size_t most = options.threads == 1 ? std::min(blocks, kBlocksOfOneSession) : blocks;
  return std::max<size_t>(most, 2 * kReserveBlocks);
}

// Drains a dump's output in order: text and rows to the writer, messages to the caller.
class DumpDrain {
 public:
  DumpDrain(const DumpRequest& request, const std::function<void(std::string_view)>& say,
            dumper::BlockPool* pool, ProgressCounters* progress)
      : request_(request),
        say_(say),
        pool_(pool),
        progress_(progress),
        output_(request.output_fd),
        writer_(&output_) {}

  // False when the run must be given up.
  bool Drain(OutputQueue* queue) {
    pool_->SetHead(queue);
    while (auto item = queue->Pop()) {
      if (!Handle(queue, *item)) return false;
    }
    return true;
  }

  // Hands everything to the kernel.
  bool Finish() { return Written(writer_.Flush()) && Written(output_.Finish()); }
  int exit_code() const { return exit_code_; }

  void Report(const dumper::DumpFault& fault) {
    say_(fault.with_prefix ? absl::StrCat(request_.program_name, ": ", fault.text, "\n")
                           : absl::StrCat(fault.text, "\n"));
    if (!fault.is_warning && exit_code_ == 0) exit_code_ = fault.exit_code;
  }

 private:
  bool Written(const absl::Status& status) {
    if (status.ok()) return true;
    // The output repeats its error at every later call.
    if (!std::exchange(write_failed_, true)) {
      Report({dumper::kExitWrite, std::string(status.message())});
    }
    return false;
  }

  bool Handle(OutputQueue* queue, OutputItem& item) {
    if (auto* text = std::get_if<dumper::TextItem>(&item)) {
      progress_->bytes += text->text.size();
      writer_.AddOwned(std::move(text->text));
    } else if (auto* rows = std::get_if<dumper::RowsItem>(&item)) {
      progress_->bytes += rows->block->size();
      stitcher_.Add(rows->block.get(), &pieces_);
      if (rows->block->size() < rows->block->capacity() / 2) {
        // Small tables: the block goes back at once, or a few rows of each would hold the whole pool.
        std::string copy;
        for (const std::string_view piece : pieces_) copy.append(piece);
        pieces_.clear();
        writer_.AddOwned(std::move(copy));
      } else {
        AddPieces();
        writer_.Keep(std::move(rows->block));
      }
    } else if (auto* begin = std::get_if<dumper::BeginRowsItem>(&item)) {
      // The style's text is pointed to until the next flush.
      styles_.push_back(begin->style);
      stitcher_.BeginTable(begin->style.get());
    } else if (auto* end = std::get_if<dumper::EndRowsItem>(&item)) {
      progress_->rows += end->rows;
      stitcher_.EndTable(&pieces_);
      AddPieces();
    } else if (auto* child = std::get_if<dumper::ChildItem>(&item)) {
      if (!Drain(child->queue.get())) return false;
      pool_->SetHead(queue);
    } else if (auto* mark = std::get_if<dumper::TableMark>(&item)) {
      if (mark->what == dumper::TableMark::What::kEnd) TableDone(*mark);
    } else if (auto* sizes = std::get_if<dumper::SizesItem>(&item)) {
      sizes_ = std::move(*sizes);
      uint64_t total = 0;
      for (const auto& [table, bytes] : sizes_.bytes) total += bytes;
      progress_->data_total = total;
    } else if (auto* note = std::get_if<dumper::NoteItem>(&item)) {
      say_(note->text + "\n");
    } else if (auto* fault = std::get_if<dumper::FaultItem>(&item)) {
      Report(fault->fault);
      if (!fault->fault.is_warning && !request_.options.force) return false;
    }
    return FlushIfLarge();
  }

  bool FlushIfLarge() {
    // A slow producer's rows must not wait here for more: the pool is not ours to keep.
    const bool ok = Written(writer_.FlushIfLarge());
    if (styles_.size() > 1 && writer_.empty()) styles_.erase(styles_.begin(), styles_.end() - 1);
    return ok;
  }

  void TableDone(const dumper::TableMark& mark) {
    ++progress_->tables;
    const auto size = sizes_.bytes.find({mark.database, mark.table});
    if (size != sizes_.bytes.end()) progress_->data_done += size->second;
  }

  void AddPieces() {
    for (const std::string_view piece : pieces_) writer_.Add(piece);
    pieces_.clear();
  }

  const DumpRequest& request_;
  const std::function<void(std::string_view)>& say_;
  dumper::BlockPool* pool_;
  ProgressCounters* progress_;
  dumper::SizesItem sizes_;
  FileOutput output_;
  GatherWriter writer_;
  dumper::Stitcher stitcher_;
  std::vector<std::string_view> pieces_;
  std::vector<std::shared_ptr<const dumper::InsertStyle>> styles_;
  bool write_failed_ = false;
  int exit_code_ = 0;
};

}  // namespace

int RunDump(const DumpRequest& given, const std::function<void(std::string_view line)>& say) {
  DumpRequest request = given;
  if (request.options.threads == 0) {
    request.options.threads = std::max(1u, std::thread::hardware_concurrency());
  }
  if (request.options.lock_non_transactional) {
    say(request.program_name +
        ": --lock-non-transactional is not available yet; non-transactional tables are read in "
        "their place, as mariadb-dump does\n");
    return dumper::kExitUsage;
  }
  const auto started = std::chrono::steady_clock::now();
  dumper::BlockPool pool(kBlockBytes, BlocksFor(request.options), kReserveBlocks);
  dumper::DumpScript script(&request.options, &pool);
  std::mutex saying;
  const std::function<void(std::string_view)> say_one = [&](std::string_view line) {
    std::lock_guard<std::mutex> lock(saying);
    say(line);
  };
  ProgressCounters progress;
  std::atomic<bool> never{false};
  ProgressPrinter printer(ProgressStyleFor(request.options.progress, request.terminal), &progress,
                          say_one,
                          request.progress_wanted != nullptr ? request.progress_wanted : &never);
  DumpDrain drain(request, say_one, &pool, &progress);
  script.Start();
  bool whole = drain.Drain(script.output());
  // What came before an error is written too, as mariadb-dump leaves it.
  if (!whole) script.GiveUp();
  whole = drain.Finish() && whole;
  if (const auto fault = script.Finish(whole && drain.exit_code() == 0)) drain.Report(*fault);
  if (request.options.stats) {
    const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - started;
    const dumper::Moment& moment = script.moment();
    say_one(absl::StrFormat("stats: %s; %.1f MB of row memory at the most\n",
                            ProgressText(progress, elapsed.count()),
                            static_cast<double>(pool.peak_in_use() * kBlockBytes) / 1e6));
    if (!moment.proof.empty()) {
      say_one(absl::StrFormat(
          "stats: snapshot: %s: %s; lock held for %.1f ms, waited for for %.1f ms\n",
          dumper::ConsistencyName(moment.method), moment.proof, moment.lock_held_ms,
          moment.lock_wait_ms));
    }
  }
  return drain.exit_code();
}

}  // namespace sfdb::engine
