// A program at a terminal of its own: what it shows, and what a person types.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace sfdb::test_support {

// The child dies with the destructor. Not thread-safe.
class PtyProcess {
 public:
  // `env` is the child's whole environment beside PATH.
  static absl::StatusOr<PtyProcess> Start(
      const std::vector<std::string>& argv,
      const std::vector<std::pair<std::string, std::string>>& env, int columns = 100);

  PtyProcess(PtyProcess&& other) noexcept;
  PtyProcess(const PtyProcess&) = delete;
  PtyProcess& operator=(const PtyProcess&) = delete;
  ~PtyProcess();

  pid_t pid() const { return pid_; }
  // All that has been shown so far, echo of typed text included.
  const std::string& screen() const { return screen_; }

  // Reads until `text` has been shown after what the last call found. False: the program ended, or
  // the time is over.
  bool WaitFor(std::string_view text, absl::Duration timeout = absl::Seconds(30));
  void Type(std::string_view text);
  // Reads to the end; the exit code, or 128 + signal; -1 after the time.
  int Wait(absl::Duration timeout = absl::Seconds(60));

 private:
  PtyProcess(pid_t pid, int fd) : pid_(pid), fd_(fd) {}
  bool ReadSome(absl::Time deadline);

  pid_t pid_ = -1;
  int fd_ = -1;
  std::string screen_;
  size_t seen_ = 0;
};

}  // namespace sfdb::test_support
