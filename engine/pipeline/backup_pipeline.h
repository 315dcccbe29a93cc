// The pipeline from text to file. One thread puts in frames of plain text, in order; out come the
// bytes of one file: compressed on all workers, in order, sealed on all workers, written, hashed.
//
//   Submit ─▶ compress ─▶ order, cut ─▶ seal ─▶ order ─▶ write ─▶ SHA-256
//   caller    workers    ─── 1 ───   workers  ─ 1 ─   thread   thread
//
// Invariants:
//  1. What is inside is bounded by the memory plan; Submit() waits.
//  2. The first error wins. After it every stage lets its input pass to the end and drop, so that
//     all memory returns; nothing more is written.
//  3. Blocking calls are made by the caller's, the writing and the hashing thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "codecs/codec.h"
#include "crypto/seal.h"
#include "engine/pipeline/frame.h"
#include "engine/pipeline/memory_plan.h"
#include "engine/pipeline/sections.h"
#include "engine/sinks/sink.h"

namespace sfdb::engine {

// Everything pointed to outlives the pipeline.
struct PipelineOptions {
  const codecs::Codec* codec = nullptr;
  int level = 0;
  const crypto::SealedMessage* seal = nullptr;  // null: not sealed
  MemoryPlan memory;
  SinkFile* file = nullptr;
};

struct PipelineResult {
  uint64_t stream_bytes = 0;  // of the compressed stream, before it was sealed
  uint64_t prologue_bytes = 0;  // of the stream, in front of the first frame
  std::string sha256;           // of the file, in hex
  std::vector<codecs::FrameRecord> frames;
  std::vector<SectionSum> sections;
};

// CPU seconds of each stage; final after Finish().
struct PipelineCpu {
  double compress = 0, order = 0, cut = 0, seal = 0, write = 0, sha256 = 0;
  // What the workers used besides: finding out what to do next, and that there is nothing.
  double schedule = 0;
};

// Submit() and Finish() are called by one thread. Destroying an unfinished pipeline drops what is
// in it.
class BackupPipeline {
 public:
  explicit BackupPipeline(const PipelineOptions& options);
  ~BackupPipeline();

  // Takes the next frame, once there is room. The run's first error, if there was one.
  absl::Status Submit(FramePtr frame);
  // Ends the run with `why`, from any thread: waits end, nothing more is written.
  void Fail(absl::Status why);
  // No more frames: waits until all bytes are written to the file (which is not closed).
  absl::StatusOr<PipelineResult> Finish();

  PipelineCpu cpu() const;
  // Bytes written so far; from any thread.
  uint64_t written_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sfdb::engine
