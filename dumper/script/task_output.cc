#include "dumper/script/task_output.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "dumper/session/mariadb_error.h"

namespace sfdb::dumper {
namespace {
constexpr char kReported[] = "already reported";
// Small pieces are joined up to this size: enough to make an item's cost vanish.
constexpr size_t kGatherBytes = 64 << 10;
}  // namespace

bool IsReported(const absl::Status& status) {
  return absl::IsAborted(status) && status.message() == kReported;
}

absl::Status Reported() { return absl::AbortedError(kReported); }

void RunState::Stop(uint64_t order) {
  if (all_or_nothing_) order = 0;
  uint64_t before = stop_after_.load(std::memory_order_relaxed);
  while (order < before && !stop_after_.compare_exchange_weak(before, order)) {
  }
}

TaskOutput::TaskOutput(std::shared_ptr<OutputQueue> queue, const DumpOptions* options,
                       RunState* run, uint64_t order)
    : queue_(std::move(queue)), options_(options), run_(run), order_(order) {}

TaskOutput::~TaskOutput() {
  Flush();
  queue_->Close();
}

void TaskOutput::Flush() {
  if (text_.empty()) return;
  queue_->Push(TextItem{std::exchange(text_, {})});
}

void TaskOutput::Text(std::string_view text) {
  text_.append(text);
  if (text_.size() >= kGatherBytes) Flush();
}

void TaskOutput::Comment(std::string_view text, bool blank_line_after) {
  if (!options_->comments) return;
  text_.append("\n--\n-- ").append(text).append(blank_line_after ? "\n--\n\n" : "\n--\n");
}

void TaskOutput::Verbose(std::string text) {
  if (options_->verbose) Note(std::move(text));
}

void TaskOutput::Note(std::string text) {
  Flush();
  queue_->Push(NoteItem{std::move(text)});
}

void TaskOutput::Mark(TableMark mark) {
  Flush();
  queue_->Push(std::move(mark));
}

void TaskOutput::Sizes(SizesItem sizes) {
  Flush();
  queue_->Push(std::move(sizes));
}

void TaskOutput::LeaveOut(std::string object, const absl::Status& why) {
  Flush();
  const auto error = MariadbErrorOf(why);
  queue_->Push(
      LeftOutItem{std::move(object), error ? absl::StrFormat("%s (%u)", error->text, error->number)
                                           : std::string(why.message())});
}

absl::Status TaskOutput::Fault(DumpFault fault) {
  Flush();
  const bool goes_on = fault.is_warning || run_->force();
  queue_->Push(FaultItem{std::move(fault)});
  if (goes_on) return absl::OkStatus();
  run_->Stop(order_);
  return Reported();
}

std::shared_ptr<OutputQueue> TaskOutput::AddChild() {
  Flush();
  auto child = std::make_shared<OutputQueue>();
  queue_->Push(ChildItem{child});
  return child;
}

void TaskOutput::BeginRows(std::shared_ptr<const InsertStyle> style) {
  Flush();
  queue_->Push(BeginRowsItem{std::move(style)});
}

void TaskOutput::EndRows(uint64_t rows) {
  Flush();
  queue_->Push(EndRowsItem{rows});
}

}  // namespace sfdb::dumper
