// The dump's ordered output -> frames for the pipeline and sections for the index. Serial: nothing
// here may look at the bytes of rows.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "dumper/rows/stitcher.h"
#include "dumper/stream/block_pool.h"
#include "dumper/stream/output_queue.h"
#include "engine/backup/toc_builder.h"
#include "engine/pipeline/frame_cutter.h"
#include "engine/progress/progress.h"

namespace sfdb::engine {

// Used by one thread.
class BackupDrain {
 public:
  // `note` hears warnings of the dump, without newline. All pointers outlive the drain.
  BackupDrain(dumper::BlockPool* pool, FrameCutter* cutter, TocBuilder* toc,
              ProgressCounters* progress, std::function<void(std::string)> note);

  // Takes everything from `queue` and the queues below it. An error, of the pipeline or of the dump,
  // ends it: the run is to be given up.
  absl::Status Drain(dumper::OutputQueue* queue);

  // Ends Drain() with Cancelled, also while it waits for text that will never come; from any thread.
  void Stop();

 private:
  // Makes `queue` the one that Stop() closes; false: stopped.
  bool Enter(dumper::OutputQueue* queue);
  absl::Status Handle(dumper::OutputItem& item);
  absl::Status AddRows(dumper::BlockPtr block);
  absl::Status EndRows(uint64_t rows);
  void OnMark(const dumper::TableMark& mark);

  dumper::BlockPool* const pool_;
  FrameCutter* const cutter_;
  TocBuilder* const toc_;
  ProgressCounters* const progress_;
  dumper::SizesItem sizes_;
  const std::function<void(std::string)> note_;
  dumper::Stitcher stitcher_;
  std::shared_ptr<const dumper::InsertStyle> style_;
  std::vector<std::string_view> pieces_;

  std::mutex mutex_;
  bool stopped_ = false;
  dumper::OutputQueue* current_ = nullptr;
};

}  // namespace sfdb::engine
