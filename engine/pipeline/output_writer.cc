#include "engine/pipeline/output_writer.h"

#include <utility>

namespace sfdb::engine {

ChunkThread::ChunkThread(std::function<void(OutputChunkPtr)> work, StageClock* clock)
    : work_(std::move(work)), clock_(clock), thread_([this] { Loop(); }) {}

ChunkThread::~ChunkThread() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void ChunkThread::Put(OutputChunkPtr chunk) {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    queue_.push_back(std::move(chunk));
  }
  changed_.notify_one();
}

void ChunkThread::Loop() {
  const StageTimer timer(clock_);
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ended_ || !queue_.empty(); });
    if (queue_.empty()) return;
    OutputChunkPtr chunk = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    work_(std::move(chunk));
    lock.lock();
  }
}

OutputWriter::OutputWriter(SinkFile* file, base::FirstError* error, Clocks* clocks,
                           std::function<void(size_t)> done)
    : file_(file), error_(error), done_(std::move(done)) {
  hasher_ = std::make_unique<ChunkThread>(
      [this](OutputChunkPtr chunk) { Hash(std::move(chunk)); }, &clocks->sha256);
  writer_ = std::make_unique<ChunkThread>(
      [this](OutputChunkPtr chunk) { Write(std::move(chunk)); }, &clocks->write);
}

void OutputWriter::Write(OutputChunkPtr chunk) {
  if (!error_->failed()) error_->Set(file_->Append(chunk->data.pieces));
  hasher_->Put(std::move(chunk));
}

void OutputWriter::Hash(OutputChunkPtr chunk) {
  if (!error_->failed()) {
    for (const std::string_view piece : chunk->data.pieces) sha256_.Update(piece);
  }
  const size_t charged = chunk->charged_bytes;
  chunk.reset();
  done_(charged);
}

std::string OutputWriter::Finish() {
  writer_.reset();
  hasher_.reset();
  return sha256_.FinishHex();
}

}  // namespace sfdb::engine
