// The producer's side of an OutputQueue: what the authors of SQL text write to.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "dumper/options/dump_options.h"
#include "dumper/stream/output_queue.h"

namespace sfdb::dumper {

// What all producers of a run share: whether it goes on. Thread-safe.
//
// Work is numbered in the order of its output. After an error what stands before it is still made,
// as it will be written; what stands after it is not begun.
class RunState {
 public:
  // The number of text that the script itself makes: after all work submitted so far.
  static constexpr uint64_t kScript = UINT64_MAX - 1;

  explicit RunState(bool force) : force_(force) {}
  // --force: an error costs its unit of work only.
  bool force() const { return force_; }
  // True once an error, or the consumer, ended the run: submit nothing new.
  bool stopped() const { return stop_after_.load(std::memory_order_acquire) != kNever; }
  // True when work with number `order` will not be written.
  bool IsVoid(uint64_t order) const { return order > stop_after_.load(std::memory_order_acquire); }
  // A view has been given a placeholder: final views have to follow.
  void NotePlaceholder() { placeholders_.store(true, std::memory_order_release); }
  bool has_placeholders() const { return placeholders_.load(std::memory_order_acquire); }
  // An error in work number `order`.
  void Stop(uint64_t order);
  // The consumer wants no more at all.
  void GiveUp() { Stop(0); }

 private:
  static constexpr uint64_t kNever = UINT64_MAX;
  const bool force_;
  std::atomic<uint64_t> stop_after_{kNever};
  std::atomic<bool> placeholders_{false};
};

// True for the status that unwinds a unit of work whose error has already been reported.
bool IsReported(const absl::Status& status);
absl::Status Reported();

// Used by one thread at a time. Text is gathered and handed on in larger pieces. The destructor
// closes the queue.
class TaskOutput {
 public:
  // `order`: the number of the work this is the output of.
  TaskOutput(std::shared_ptr<OutputQueue> queue, const DumpOptions* options, RunState* run,
             uint64_t order = RunState::kScript);
  ~TaskOutput();
  TaskOutput(const TaskOutput&) = delete;
  TaskOutput& operator=(const TaskOutput&) = delete;

  void Text(std::string_view text);
  // "\n--\n-- <text>\n--\n" and, if asked for, a blank line; nothing with --skip-comments.
  void Comment(std::string_view text, bool blank_line_after = true);
  // A progress line for standard error; only with --verbose.
  void Verbose(std::string text);
  // A line for standard error, always.
  void Note(std::string text);
  void Mark(TableMark mark);
  void Sizes(SizesItem sizes);

  // Reports an error. With --force: OK, go on with the next unit of work. Without: the status that
  // ends this task; the run starts nothing new.
  absl::Status Fault(DumpFault fault);

  // A queue whose output belongs here; somebody else fills and closes it.
  std::shared_ptr<OutputQueue> AddChild();

  void BeginRows(std::shared_ptr<const InsertStyle> style);
  void EndRows(uint64_t rows);

  // Hands on what is gathered.
  void Flush();
  OutputQueue* queue() { return queue_.get(); }

 private:
  std::shared_ptr<OutputQueue> queue_;
  const DumpOptions* options_;
  RunState* run_;
  uint64_t order_;
  std::string text_;
};

}  // namespace sfdb::dumper
