// How far a run is, for people and for programs: a live line on a terminal, a line every few
// seconds elsewhere, and one at once when asked for (SIGUSR1).
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace sfdb::engine {

enum class ProgressStyle { kNone, kBar, kPlain, kJson };

// "auto", "bar", "plain", "json" or "none"; auto: a bar on a terminal, plain lines elsewhere.
ProgressStyle ProgressStyleFor(std::string_view name, bool is_terminal);

// Counters of one run. Written by the one thread that drains it, read by any.
struct ProgressCounters {
  std::atomic<uint64_t> tables{0};
  std::atomic<uint64_t> rows{0};
  std::atomic<uint64_t> bytes{0};       // of SQL
  std::atomic<uint64_t> data_done{0};   // data bytes of the finished tables, as the server says
  std::atomic<uint64_t> data_total{0};  // of all tables to be read; 0: unknown
};

// "12 tables, 3400000 rows, 812 MB, 96.1 MB/s, 0:08, about 0:12 left".
std::string ProgressText(const ProgressCounters& counters, double elapsed_seconds);
// {"tables":12,"rows":...,"bytes":...,"elapsed_seconds":...,"eta_seconds":... or null}
std::string ProgressJson(const ProgressCounters& counters, double elapsed_seconds);

// Prints from a thread of its own until destroyed. Thread-safe.
class ProgressPrinter {
 public:
  // `say` gets whole lines (or, for a bar, text that begins with a carriage return); it is called
  // on the printer's thread. `wanted`: set by a signal handler; answered within half a second.
  ProgressPrinter(ProgressStyle style, const ProgressCounters* counters,
                  std::function<void(std::string_view)> say, std::atomic<bool>* wanted);
  ~ProgressPrinter();
  ProgressPrinter(const ProgressPrinter&) = delete;
  ProgressPrinter& operator=(const ProgressPrinter&) = delete;

 private:
  void Loop();
  void Print(bool asked_for);

  const ProgressStyle style_;
  const ProgressCounters* counters_;
  const std::function<void(std::string_view)> say_;
  std::atomic<bool>* wanted_;
  double started_;
  bool bar_shown_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace sfdb::engine
