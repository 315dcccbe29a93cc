// The pipeline without a server: rows lie in memory as libmariadb would hand them over, reader
// threads format them, everything behind is what `backup` runs (stitch, compress, order, cut, seal,
// hash), only the file is counted and dropped. Shows what the program alone sustains, and how it
// scales.
//
//   pipeline_replay CODEC LEVEL THREADS SEALED(0|1) MEGABYTES
//
// Prints one line: GB/s of text, CPU seconds per GB by stage, and the share of the serial stages.
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "crypto/key_file.h"
#include "crypto/seal.h"
#include "dumper/rows/row_writer.h"
#include "dumper/stream/block_pool.h"
#include "dumper/stream/output_queue.h"
#include "engine/backup/backup_drain.h"
#include "engine/backup/toc_builder.h"
#include "engine/base/status_macros.h"
#include "engine/pipeline/backup_pipeline.h"
#include "engine/pipeline/frame_cutter.h"
#include "engine/pipeline/stage_clock.h"

namespace sfdb::engine {
namespace {

using dumper::ColumnFormat;

constexpr uint64_t kPieceBytes = 8 << 20;  // of row text; about what a chunk of a table holds

// Counts bytes.
class NullFile : public SinkFile {
 public:
  NullFile() : SinkFile("/dev/null") {}
  absl::Status Append(std::span<const std::string_view> pieces) override {
    for (const std::string_view piece : pieces) bytes_ += piece.size();
    return absl::OkStatus();
  }
  absl::Status Close() override { return absl::OkStatus(); }
};

// Mixed columns: numbers, a date, hex digits, words that compress as text does.
struct Replay {
  std::vector<ColumnFormat> columns;
  std::vector<std::string> buffers;
  std::vector<std::vector<const char*>> values;
  std::vector<std::vector<unsigned long>> lengths;

  Replay() {
    columns = {ColumnFormat::kBare,   ColumnFormat::kBare,   ColumnFormat::kBare,
               ColumnFormat::kQuoted, ColumnFormat::kQuoted, ColumnFormat::kQuoted};
    static constexpr const char* kWords[] = {"carefully", "final",  "deposits", "sleep", "quickly",
                                             "it's",      "ironic", "accounts", "above", "the"};
    std::mt19937 random(7);
    buffers.resize(20000);
    for (size_t r = 0; r < buffers.size(); ++r) {
      std::vector<std::string> row = {absl::StrCat(r * 7),
                                      absl::StrCat(random() % 100000),
                                      absl::StrCat(random() % 10000, ".", 10 + random() % 90),
                                      absl::StrCat("2024-0", 1 + random() % 9, "-1", random() % 10),
                                      absl::StrCat(absl::Hex(random()), absl::Hex(random())),
                                      ""};
      for (int word = 0; word < 12; ++word) absl::StrAppend(&row[5], kWords[random() % 10], " ");
      std::vector<size_t> at;
      for (const std::string& value : row) {
        at.push_back(buffers[r].size());
        buffers[r] += value + '\0';
      }
      values.emplace_back();
      lengths.emplace_back();
      for (size_t c = 0; c < row.size(); ++c) {
        values[r].push_back(buffers[r].data() + at[c]);
        lengths[r].push_back(row[c].size());
      }
    }
  }
};

class QueueSink : public dumper::BlockSink {
 public:
  QueueSink(dumper::BlockPool* pool, dumper::OutputQueue* queue) : pool_(pool), queue_(queue) {}
  absl::StatusOr<dumper::BlockPtr> Acquire() override { return pool_->Acquire(queue_); }
  absl::Status Deliver(dumper::BlockPtr block) override {
    queue_->Push(dumper::RowsItem{std::move(block)});
    return absl::OkStatus();
  }

 private:
  dumper::BlockPool* const pool_;
  dumper::OutputQueue* const queue_;
};

absl::Status WritePiece(const Replay& replay, dumper::BlockPool* pool, dumper::OutputQueue* queue) {
  QueueSink sink(pool, queue);
  dumper::RowWriter writer(replay.columns, dumper::EscapeCharset::kBytewise, &sink);
  for (size_t r = 0; writer.bytes() < kPieceBytes; r = (r + 1) % replay.values.size()) {
    RETURN_IF_ERROR(writer.AppendRow(replay.values[r].data(), replay.lengths[r].data()));
  }
  RETURN_IF_ERROR(writer.Finish());
  queue->Close();
  return absl::OkStatus();
}

absl::Status Run(const std::string& codec_name, int level, unsigned threads, bool sealed,
                 uint64_t megabytes) {
  const Replay replay;
  ASSIGN_OR_RETURN(const codecs::Codec* codec, codecs::FindCodec(codec_name));
  ASSIGN_OR_RETURN(const MemoryPlan memory,
                   PlanMemory({.threads = threads, .sealed = sealed}, *codec, level));
  std::vector<crypto::RecipientPtr> recipients;
  recipients.push_back(crypto::KeyFileRecipient(crypto::SecretBytes::CopyOf(std::string(32, 'k'))));
  ASSIGN_OR_RETURN(const crypto::SealedMessage seal, crypto::SealedMessage::Create({}, recipients));
  const auto pieces = static_cast<size_t>(megabytes * 1000000 / kPieceBytes + 1);
  NullFile file;
  dumper::BlockPool pool(memory.block_bytes, memory.blocks, memory.reserve_blocks);
  dumper::OutputQueue root;
  root.Push(dumper::BeginRowsItem{std::make_shared<dumper::InsertStyle>(
      dumper::InsertStyle{.pattern = "INSERT INTO `t` VALUES\n", .net_buffer_length = 1046528})});
  std::vector<std::shared_ptr<dumper::OutputQueue>> queues;
  for (size_t i = 0; i < pieces; ++i) {
    queues.push_back(std::make_shared<dumper::OutputQueue>());
    root.Push(dumper::ChildItem{queues.back()});
  }
  root.Push(dumper::EndRowsItem{});
  root.Close();

  const auto begin = std::chrono::steady_clock::now();
  const int64_t cpu_begin = base::ProcessCpuNanos();
  const int64_t stitch_begin = ThreadCpuNanos();
  std::atomic<size_t> next{0};
  std::atomic<int64_t> read_nanos{0};
  BackupPipeline pipeline({.codec = codec,
                           .level = level,
                           .seal = sealed ? &seal : nullptr,
                           .memory = memory,
                           .file = &file});
  FrameCutter cutter(memory.frame_bytes,
                     [&](FramePtr frame) { return pipeline.Submit(std::move(frame)); });
  TocBuilder toc;
  ProgressCounters progress;
  const dumper::SizesItem sizes;
  BackupDrain drain(&pool, &cutter, &toc, &sizes, &progress,
                    {.note = [](const std::string&) {},
                     .left_out = [](const std::string&, const std::string&) {},
                     .failed = [&] { pool.Stop(); }});
  std::vector<std::jthread> readers;
  for (unsigned i = 0; i < threads; ++i) {
    readers.emplace_back([&] {
      const int64_t thread_begin = ThreadCpuNanos();
      for (size_t mine; (mine = next.fetch_add(1)) < pieces;) {
        if (!WritePiece(replay, &pool, queues[mine].get()).ok()) break;
      }
      read_nanos += ThreadCpuNanos() - thread_begin;
    });
  }
  absl::Status status = drain.Drain(&root);
  if (status.ok()) status = cutter.Finish();
  if (!status.ok()) {
    pool.Stop();
    return status;
  }
  const double stitch = static_cast<double>(ThreadCpuNanos() - stitch_begin) / 1e9;
  ASSIGN_OR_RETURN(const PipelineResult result, pipeline.Finish());
  readers.clear();
  const double wall =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  const double cpu = static_cast<double>(base::ProcessCpuNanos() - cpu_begin) / 1e9;
  const double gigabytes = static_cast<double>(cutter.offset()) / 1e9;
  const PipelineCpu stages = pipeline.cpu();
  const double serial = stitch + stages.order + stages.cut + stages.write;
  std::printf(
      "%s %d, %u threads%s: %.2f GB/s, %.2f GB/s per core; CPU s/GB: format %.2f stitch %.3f "
      "compress "
      "%.2f order %.3f cut %.3f seal %.2f write %.3f sha256 %.2f schedule %.3f; serial %.1f %%; "
      "ratio %.3f\n",
      codec_name.c_str(), level, threads, sealed ? ", sealed" : "", gigabytes / wall,
      gigabytes / cpu, static_cast<double>(read_nanos) / 1e9 / gigabytes, stitch / gigabytes,
      stages.compress / gigabytes, stages.order / gigabytes, stages.cut / gigabytes,
      stages.seal / gigabytes, stages.write / gigabytes, stages.sha256 / gigabytes,
      stages.schedule / gigabytes, 100 * serial / cpu,
      static_cast<double>(result.stream_bytes) / static_cast<double>(cutter.offset()));
  return absl::OkStatus();
}

}  // namespace
}  // namespace sfdb::engine

int main(int argc, char** argv) {
  if (argc != 6) {
    std::fprintf(stderr, "usage: pipeline_replay CODEC LEVEL THREADS SEALED MEGABYTES\n");
    return 2;
  }
  const absl::Status status =
      sfdb::engine::Run(argv[1], std::atoi(argv[2]), static_cast<unsigned>(std::atoi(argv[3])),
                        std::atoi(argv[4]) != 0, static_cast<uint64_t>(std::atoll(argv[5])));
  if (!status.ok()) {
    std::fprintf(stderr, "pipeline_replay: %s\n", std::string(status.message()).c_str());
    return 1;
  }
  return 0;
}
