#include "engine/progress/progress.h"

#include <chrono>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace sfdb::engine {
namespace {

constexpr auto kTick = std::chrono::milliseconds(500);
constexpr int kPlainEveryTicks = 10;  // a line every five seconds: a night's log stays readable

double Now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

std::optional<double> SecondsLeft(const ProgressCounters& counters, double elapsed) {
  const auto done = static_cast<double>(counters.data_done.load());
  const auto total = static_cast<double>(counters.data_total.load());
  if (done <= 0 || total < done) return std::nullopt;
  return elapsed * (total - done) / done;
}

std::string Clock(double seconds) {
  const auto whole = static_cast<uint64_t>(seconds);
  if (whole >= 3600) {
    return absl::StrFormat("%d:%02d:%02d", whole / 3600, whole / 60 % 60, whole % 60);
  }
  return absl::StrFormat("%d:%02d", whole / 60, whole % 60);
}

}  // namespace

ProgressStyle ProgressStyleFor(std::string_view name, bool is_terminal) {
  if (name == "bar") return ProgressStyle::kBar;
  if (name == "plain") return ProgressStyle::kPlain;
  if (name == "json") return ProgressStyle::kJson;
  if (name == "auto") return is_terminal ? ProgressStyle::kBar : ProgressStyle::kPlain;
  return ProgressStyle::kNone;
}

std::string ProgressText(const ProgressCounters& counters, double elapsed) {
  const auto bytes = static_cast<double>(counters.bytes.load());
  std::string text = absl::StrFormat("%u tables, %u rows, %.1f MB, %.1f MB/s, %s",
                                     counters.tables.load(), counters.rows.load(), bytes / 1e6,
                                     elapsed > 0 ? bytes / 1e6 / elapsed : 0, Clock(elapsed));
  if (const auto left = SecondsLeft(counters, elapsed)) {
    absl::StrAppend(&text, ", about ", Clock(*left), " left");
  }
  return text;
}

std::string ProgressJson(const ProgressCounters& counters, double elapsed) {
  const auto left = SecondsLeft(counters, elapsed);
  return absl::StrFormat(
      "{\"type\":\"progress\",\"tables\":%u,\"rows\":%u,\"bytes\":%u,\"elapsed_seconds\":%.1f,"
      "\"eta_seconds\":%s}",
      counters.tables.load(), counters.rows.load(), counters.bytes.load(), elapsed,
      left ? absl::StrFormat("%.1f", *left) : "null");
}

ProgressPrinter::ProgressPrinter(ProgressStyle style, const ProgressCounters* counters,
                                 std::function<void(std::string_view)> say,
                                 std::atomic<bool>* wanted)
    : style_(style),
      counters_(counters),
      say_(std::move(say)),
      wanted_(wanted),
      started_(Now()),
      thread_([this] { Loop(); }) {}

ProgressPrinter::~ProgressPrinter() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
  if (bar_shown_) say_("\r\033[K");
}

void ProgressPrinter::Loop() {
  std::unique_lock<std::mutex> lock(mutex_);
  for (int tick = 1; !changed_.wait_for(lock, kTick, [&] { return ending_; }); ++tick) {
    if (wanted_->exchange(false)) Print(/*asked_for=*/true);
    if (style_ == ProgressStyle::kBar || tick % kPlainEveryTicks == 0) Print(/*asked_for=*/false);
  }
}

void ProgressPrinter::Print(bool asked_for) {
  const double elapsed = Now() - started_;
  if (style_ == ProgressStyle::kJson) {
    say_(ProgressJson(*counters_, elapsed) + "\n");
  } else if (style_ == ProgressStyle::kBar && !asked_for) {
    say_("\r\033[K" + ProgressText(*counters_, elapsed));
    bar_shown_ = true;
  } else if (style_ == ProgressStyle::kPlain || asked_for) {
    say_("progress: " + ProgressText(*counters_, elapsed) + "\n");
  }
}

}  // namespace sfdb::engine
