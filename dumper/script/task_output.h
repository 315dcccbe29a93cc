// The producer's side of an OutputQueue: what the authors of SQL text write to.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>

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

  // `all_or_nothing`: after an error nothing of the run is wanted, what stands before it neither.
  explicit RunState(bool force, bool all_or_nothing = false)
      : force_(force), all_or_nothing_(all_or_nothing) {}
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
  // The consumer wants no more at all, of this run and of others that share its sessions.
  void GiveUp() {
    given_up_.store(true, std::memory_order_release);
    Stop(0);
  }
  bool given_up() const { return given_up_.load(std::memory_order_acquire); }
  // Nothing of this run is wanted, but its sessions are, by other runs: they must not be lost.
  void Drop() { Stop(0); }
  bool dropped() const { return all_or_nothing_ && stopped() && !given_up(); }

  // Whether the script has come to its first table: from there on mariadb-dump's one session shows
  // all definitions in the mode of EnterTableMode(), so every session of ours has to.
  bool tables_begun() const { return tables_begun_.load(std::memory_order_acquire); }
  void BeginTables() { tables_begun_.store(true, std::memory_order_release); }

  // Views that the server could not show. Used by the thread that writes the script.
  void NoteLeftOut(const std::string& database, const std::string& view) {
    left_out_.insert({database, view});
  }
  bool IsLeftOut(const std::string& database, const std::string& view) const {
    return left_out_.count({database, view}) > 0;
  }

 private:
  static constexpr uint64_t kNever = UINT64_MAX;
  const bool force_;
  const bool all_or_nothing_;
  std::atomic<bool> given_up_{false};
  std::set<std::pair<std::string, std::string>> left_out_;
  std::atomic<uint64_t> stop_after_{kNever};
  std::atomic<bool> tables_begun_{false};
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
  // An object is left out because the server cannot show it; the run goes on.
  void LeaveOut(std::string object, const absl::Status& why);

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
