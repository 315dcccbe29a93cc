// Running other programs from a test: the dump under test, mariadb-dump, the client, the server.
//
// A child never outlives the thread that started it (PR_SET_PDEATHSIG, SIGKILL): a test that
// crashes or is killed by CTest leaves nothing running. Therefore start children from a thread that
// lives at least as long as they may; the test's main thread is the ordinary choice.
//
// Output goes to files, not to pipes, so that no output size can block a child. Thread-safe: every
// call is independent.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace sfdb::test_support {

struct ProcessOptions {
  // argv[0] is the program: a path, or a name that is looked up on PATH.
  std::vector<std::string> argv = {};
  // Variables set in addition to, or instead of, the inherited ones.
  std::vector<std::pair<std::string, std::string>> env = {};
  // Variables removed from the inherited ones.
  std::vector<std::string> unset_env = {};
  // Empty: the test's own working directory.
  std::string working_dir = {};
  // What the child reads: this text, or the file if `stdin_path` is set. Default: end of file.
  std::string stdin_text = {};
  std::string stdin_path = {};
  // Where output goes. Empty: captured in ProcessResult. A path is opened for writing and truncated
  // when it is a regular file, so "/dev/full" and a FIFO work too.
  std::string stdout_path = {};
  std::string stderr_path = {};
  // >= 0: the child's stdout is a copy of this descriptor (a pipe's write end); the caller keeps
  // his.
  int stdout_fd = -1;
  // After this time the child gets SIGKILL and the result says timed_out.
  absl::Duration timeout = absl::Seconds(120);
};

struct ProcessResult {
  // 0..255, or 128 + signal number when a signal ended the child, as a shell reports it.
  int exit_code = -1;
  bool timed_out = false;
  std::string stdout_text;
  std::string stderr_text;
  absl::Duration user_time;
  absl::Duration system_time;
  absl::Duration wall_time;
  // Largest resident set, in KiB.
  long max_rss_kib = 0;
};

// A child that runs while the test does something else. Movable; the destructor kills and reaps it.
class Subprocess {
 public:
  static absl::StatusOr<Subprocess> Start(ProcessOptions options);

  Subprocess(Subprocess&& other) noexcept;
  Subprocess& operator=(Subprocess&& other) noexcept;
  Subprocess(const Subprocess&) = delete;
  Subprocess& operator=(const Subprocess&) = delete;
  ~Subprocess();

  pid_t pid() const { return pid_; }

  // True while the child has not ended.
  bool Running();

  // Sends `signal` to the child; nothing happens if it has ended.
  void Signal(int signal);

  // Waits for the end, at most options.timeout from the start. Call once.
  absl::StatusOr<ProcessResult> Wait();

 private:
  Subprocess() = default;
  void KillAndReap();

  ProcessOptions options_;
  pid_t pid_ = -1;
  int stdout_capture_ = -1;
  int stderr_capture_ = -1;
  absl::Time started_;
  bool reaped_ = false;
  int wait_status_ = 0;
  ProcessResult result_;
};

// Start and Wait in one. An error means that the program could not be started at all; a program
// that fails is a result with a non-zero exit_code.
absl::StatusOr<ProcessResult> RunProcess(ProcessOptions options);

// The program's path on PATH, or in /usr/sbin and /sbin, where servers live and PATH often does not
// look. Not found: NotFoundError.
absl::StatusOr<std::string> FindProgram(std::string_view name);

// Whole file into a string, and back.
absl::StatusOr<std::string> ReadFile(const std::string& path);
absl::Status WriteFile(const std::string& path, std::string_view content);

}  // namespace sfdb::test_support
