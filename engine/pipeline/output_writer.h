// The end of the pipeline: one thread writes the file, another computes its SHA-256. Both block,
// or are bound to the order of the bytes, and so are none of the workers' business.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "crypto/sha256.h"
#include "engine/base/first_error.h"
#include "engine/pipeline/output_cutter.h"
#include "engine/pipeline/stage_clock.h"
#include "engine/sinks/sink.h"

namespace sfdb::engine {

// A thread that does one thing with every chunk, in order. Its queue is bounded by whoever puts in.
class ChunkThread {
 public:
  // `work` runs on the thread for each chunk.
  ChunkThread(std::function<void(OutputChunkPtr)> work, StageClock* clock);
  // Does what is left first.
  ~ChunkThread();

  void Put(OutputChunkPtr chunk);

 private:
  void Loop();

  const std::function<void(OutputChunkPtr)> work_;
  StageClock* const clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<OutputChunkPtr> queue_;
  bool ended_ = false;
  std::thread thread_;
};

// Lifetime: construct, Put() every chunk in order, Finish(). After an error chunks are taken and
// dropped.
class OutputWriter {
 public:
  struct Clocks {
    StageClock write;
    StageClock sha256;
  };
  // `done` is told the charged bytes of every chunk once nobody needs it; on any thread.
  OutputWriter(SinkFile* file, base::FirstError* error, Clocks* clocks,
               std::function<void(size_t)> done);

  void Put(OutputChunkPtr chunk) { writer_->Put(std::move(chunk)); }
  // Waits until everything is written and hashed. The digest is of no use if the run has failed.
  std::string Finish();

 private:
  void Write(OutputChunkPtr chunk);
  void Hash(OutputChunkPtr chunk);

  SinkFile* const file_;
  base::FirstError* const error_;
  const std::function<void(size_t)> done_;
  crypto::Sha256 sha256_;
  // The writer feeds the hasher, so it ends first.
  std::unique_ptr<ChunkThread> hasher_;
  std::unique_ptr<ChunkThread> writer_;
};

}  // namespace sfdb::engine
