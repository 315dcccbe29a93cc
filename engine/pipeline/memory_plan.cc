#include "engine/pipeline/memory_plan.h"

#include <algorithm>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"

namespace sfdb::engine {
namespace {

constexpr size_t kMiB = size_t{1} << 20;
// As in `dump`: small enough for the second-level cache, large enough that a block's own cost
// (a lock, a wake-up) vanishes.
constexpr size_t kBlockBytes = 256 << 10;
// Program, libraries, stacks and the catalog: a backup of 5,000 small tables that uses no blocks to
// speak of was seen at 18 MiB. A session has a network buffer of 16 KiB and a stack.
constexpr size_t kProgramBytes = 20 * kMiB;
constexpr size_t kSessionBytes = 256 << 10;
// Text waiting for its turn (CREATE statements, 64 tables ahead) and the index being made.
constexpr size_t kTextBytes = 8 * kMiB;
// A block less than half full is copied and given back, so frames keep at most twice their size.
constexpr size_t kBlocksPerText = 2;
// Every session can work on something: one block being filled, one full.
constexpr size_t kBlocksPerSession = 2;

// An encoder's memory follows its window, and the window the frame, where the frame is shorter:
// all of it but hash tables of a fixed size.
size_t EncoderBytes(const codecs::Codec& codec, int level, size_t frame_bytes) {
  const size_t ideal = codec.ideal_frame_bytes(level);
  const size_t full = codec.encoder_memory_bytes(level);
  // Ideal frames of xz are three windows long, those of the others at most one.
  const size_t window = codec.name == "xz" ? std::max(ideal / 3, kMiB) : ideal;
  if (frame_bytes >= window) return full;
  return std::min(full, full / (window / frame_bytes) + kMiB);
}

MemoryPlan Sum(const MemoryRequest& request, const codecs::Codec& codec, int level, size_t workers,
               size_t frame_bytes) {
  MemoryPlan plan;
  plan.workers = workers;
  plan.frame_bytes = frame_bytes;
  // One frame per worker, and one ready for each of them while frames are short.
  plan.frames_in_flight = frame_bytes <= 2 * kMiB ? 2 * workers + 2 : workers + 1;
  plan.output_bytes = std::max<size_t>(4 * kMiB, std::min(2 * frame_bytes, 32 * kMiB));
  plan.block_bytes = kBlockBytes;
  const size_t frame_blocks = kBlocksPerText * frame_bytes / kBlockBytes + 1;
  // What the frame being gathered and the sealed frame being filled can keep, and the block that
  // brings the next bytes.
  plan.reserve_blocks = frame_blocks + kBlocksPerText * kMiB / kBlockBytes + 4;

  const bool copies = codec.name != "none";
  const size_t compressed = copies ? codec.max_compressed_bytes(frame_bytes) : 0;
  const size_t encoders =
      copies ? workers * (EncoderBytes(codec, level, frame_bytes) + compressed) : 0;
  // Frames in flight may be made of copied short text, compressed, or both for a moment.
  const size_t frames = plan.frames_in_flight * (frame_bytes + compressed);
  const size_t sealed = request.sealed ? (workers + 4) * kMiB + plan.output_bytes : 0;
  plan.blocks = plan.reserve_blocks + frame_blocks * plan.frames_in_flight +
                kBlocksPerSession * request.threads;
  plan.total_bytes = kProgramBytes + kSessionBytes * request.threads + kTextBytes + encoders +
                     frames + sealed + plan.output_bytes + plan.blocks * kBlockBytes;
  return plan;
}

}  // namespace

absl::StatusOr<MemoryPlan> PlanMemory(const MemoryRequest& request, const codecs::Codec& codec,
                                      int level) {
  const size_t ideal = codec.ideal_frame_bytes(level);
  const size_t shortest = std::min(ideal, kMiB);
  std::optional<MemoryPlan> best;
  auto fits = [&](size_t workers, size_t frame_bytes) {
    const MemoryPlan plan = Sum(request, codec, level, workers, frame_bytes);
    if (plan.total_bytes > request.limit_bytes) return false;
    best = plan;
    return true;
  };
  // Frames down to a third of the ideal cost next to nothing in size (xz -6 in blocks of one window
  // instead of three: 1 %); after that a worker less costs time, and only the last one is kept at
  // the price of compression.
  const size_t third = std::max(shortest, ideal / 3);
  for (size_t workers = std::max<size_t>(1, request.threads); workers > 0 && !best; --workers) {
    for (const size_t frame : {ideal, ideal * 2 / 3, ideal / 2, third}) {
      if (fits(workers, std::max(frame, shortest))) break;
    }
  }
  for (size_t frame = third; !best && frame >= shortest; frame /= 2) fits(1, frame);
  if (!best) {
    const MemoryPlan least = Sum(request, codec, level, 1, shortest);
    return absl::InvalidArgumentError(absl::StrFormat(
        "--memory-limit %d MiB is too little for %s at level %d with %d connections; it takes "
        "%d MiB",
        request.limit_bytes / kMiB, codec.name, level, request.threads,
        (least.total_bytes + kMiB - 1) / kMiB));
  }
  // What is left is room for readers to run ahead of the output.
  const size_t more = static_cast<size_t>(request.limit_bytes - best->total_bytes) / kBlockBytes;
  best->blocks += more;
  best->total_bytes += more * kBlockBytes;
  return *best;
}

}  // namespace sfdb::engine
