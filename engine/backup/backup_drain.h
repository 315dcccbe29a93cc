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
  struct Listeners {
    // Hears warnings of the dump, without newline.
    std::function<void(std::string)> note;
    // Hears of objects that the text does without: "view `d`.`v`", and why.
    std::function<void(const std::string& object, const std::string& why)> left_out;
    // The first error has come: nothing of this dump is wanted any more.
    std::function<void()> failed;
  };
  // `sizes`: of all tables of the run, for the progress. All pointers outlive the drain.
  BackupDrain(dumper::BlockPool* pool, FrameCutter* cutter, TocBuilder* toc,
              const dumper::SizesItem* sizes, ProgressCounters* progress, Listeners listeners);

  // Takes everything from `queue` and the queues below it. After an error, of the pipeline or of
  // the dump, what still comes is dropped to the end, so that nobody is left who waits for memory;
  // then the error is returned.
  absl::Status Drain(dumper::OutputQueue* queue);

  // Text behind the last database.
  absl::Status AddFooter(std::string text);

  // Ends Drain() with Cancelled, also while it waits for text that will never come; from any
  // thread.
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
  const dumper::SizesItem* const sizes_;
  ProgressCounters* const progress_;
  const Listeners listeners_;
  dumper::Stitcher stitcher_;
  std::shared_ptr<const dumper::InsertStyle> style_;
  std::vector<std::string_view> pieces_;

  std::mutex mutex_;
  absl::Status status_;  // the first error
  bool stopped_ = false;
  dumper::OutputQueue* current_ = nullptr;
};

// Takes everything from `queue` and the queues below it and drops it: whoever fills them may come
// to his end.
void DiscardOutput(dumper::BlockPool* pool, dumper::OutputQueue* queue);

}  // namespace sfdb::engine
