#include "tests/support/run_process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <set>

#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "engine/base/status_macros.h"

extern char** environ;

namespace sfdb::test_support {
namespace {

absl::Status Errno(const std::string& what) { return absl::ErrnoToStatus(errno, what); }

// A file without a name: the child writes it, the parent reads it, nobody has to delete it.
absl::StatusOr<int> OpenUnnamedFile() {
  const char* tmp = std::getenv("TMPDIR");
  const std::string dir = tmp != nullptr ? tmp : "/tmp";
  const int fd = open(dir.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (fd >= 0) return fd;
  // overlayfs and some network file systems have no O_TMPFILE.
  std::string name = dir + "/sfdb-capture-XXXXXX";
  const int named = mkostemp(name.data(), O_CLOEXEC);
  if (named < 0) return Errno(absl::StrFormat("create a temporary file in %s", dir));
  unlink(name.c_str());
  return named;
}

absl::StatusOr<std::string> ReadWhole(int fd) {
  std::string text;
  struct stat info;
  if (fstat(fd, &info) == 0 && info.st_size > 0) text.reserve(static_cast<size_t>(info.st_size));
  if (lseek(fd, 0, SEEK_SET) < 0 && errno != ESPIPE) return Errno("lseek");
  std::vector<char> buffer(1 << 18);
  for (;;) {
    const ssize_t n = read(fd, buffer.data(), buffer.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Errno("read");
    if (n == 0) return text;
    text.append(buffer.data(), static_cast<size_t>(n));
  }
}

absl::Status WriteWhole(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t n = write(fd, text.data(), text.size());
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return Errno("write");
    text.remove_prefix(static_cast<size_t>(n));
  }
  return absl::OkStatus();
}

std::vector<std::string> ChildEnvironment(const ProcessOptions& options) {
  std::set<std::string, std::less<>> replaced(options.unset_env.begin(), options.unset_env.end());
  for (const auto& [name, value] : options.env) replaced.insert(name);
  std::vector<std::string> result;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    if (!replaced.contains(text.substr(0, text.find('=')))) result.emplace_back(text);
  }
  for (const auto& [name, value] : options.env) result.push_back(name + "=" + value);
  return result;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> result;
  result.reserve(strings.size() + 1);
  for (std::string& text : strings) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

void CloseIfOpen(int& fd) {
  if (fd >= 0) close(fd);
  fd = -1;
}

}  // namespace

absl::StatusOr<std::string> FindProgram(std::string_view name) {
  if (name.find('/') != std::string_view::npos) return std::string(name);
  const char* path = std::getenv("PATH");
  std::vector<std::string> dirs =
      absl::StrSplit(path != nullptr ? path : "/usr/bin:/bin", ':', absl::SkipEmpty());
  dirs.insert(dirs.end(), {"/usr/sbin", "/sbin", "/usr/local/sbin"});
  for (const std::string& dir : dirs) {
    std::string candidate = absl::StrFormat("%s/%s", dir, std::string(name));
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return absl::NotFoundError(
      absl::StrFormat("program %s is not on PATH; tools/setup installs it", std::string(name)));
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return Errno(absl::StrFormat("open %s", path));
  absl::StatusOr<std::string> text = ReadWhole(fd);
  CloseIfOpen(fd);
  return text;
}

absl::Status WriteFile(const std::string& path, std::string_view content) {
  int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) return Errno(absl::StrFormat("create %s", path));
  const absl::Status status = WriteWhole(fd, content);
  CloseIfOpen(fd);
  return status;
}

absl::StatusOr<Subprocess> Subprocess::Start(ProcessOptions options) {
  if (options.argv.empty()) return absl::InvalidArgumentError("ProcessOptions.argv is empty");
  ASSIGN_OR_RETURN(const std::string program, FindProgram(options.argv[0]));

  Subprocess child;
  int in = -1;
  if (!options.stdin_path.empty() || options.stdin_text.empty()) {
    const std::string path = options.stdin_path.empty() ? "/dev/null" : options.stdin_path;
    in = open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (in < 0) return Errno(absl::StrFormat("open %s", path));
  } else {
    ASSIGN_OR_RETURN(in, OpenUnnamedFile());
    RETURN_IF_ERROR(WriteWhole(in, options.stdin_text));
    lseek(in, 0, SEEK_SET);
  }

  const auto open_output = [](const std::string& path, int& capture) -> absl::StatusOr<int> {
    if (path.empty()) {
      ASSIGN_OR_RETURN(capture, OpenUnnamedFile());
      return capture;
    }
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return Errno(absl::StrFormat("open %s for output", path));
    return fd;
  };
  int out = options.stdout_fd;
  if (out < 0) {
    ASSIGN_OR_RETURN(out, open_output(options.stdout_path, child.stdout_capture_));
  }
  ASSIGN_OR_RETURN(int err, open_output(options.stderr_path, child.stderr_capture_));

  // Everything that allocates happens before fork: the parent may have other threads.
  std::vector<std::string> environment = ChildEnvironment(options);
  const std::vector<char*> env_pointers = Pointers(environment);
  const std::vector<char*> arg_pointers = Pointers(options.argv);
  const pid_t parent = getpid();
  child.started_ = absl::Now();
  const pid_t pid = fork();
  if (pid < 0) return Errno("fork");
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    // CTest and shells may have ignored SIGPIPE; programs are judged with its default.
    signal(SIGPIPE, SIG_DFL);
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) _exit(127);
    if (!options.working_dir.empty() && chdir(options.working_dir.c_str()) != 0) _exit(127);
    execve(program.c_str(), arg_pointers.data(), env_pointers.data());
    _exit(127);
  }
  close(in);
  if (out != options.stdout_fd && out != child.stdout_capture_) close(out);
  if (err != child.stderr_capture_) close(err);
  child.pid_ = pid;
  child.options_ = std::move(options);
  return child;
}

Subprocess::Subprocess(Subprocess&& other) noexcept { *this = std::move(other); }

Subprocess& Subprocess::operator=(Subprocess&& other) noexcept {
  if (this == &other) return *this;
  KillAndReap();
  options_ = std::move(other.options_);
  pid_ = std::exchange(other.pid_, -1);
  stdout_capture_ = std::exchange(other.stdout_capture_, -1);
  stderr_capture_ = std::exchange(other.stderr_capture_, -1);
  started_ = other.started_;
  reaped_ = other.reaped_;
  wait_status_ = other.wait_status_;
  result_ = std::move(other.result_);
  return *this;
}

Subprocess::~Subprocess() { KillAndReap(); }

void Subprocess::KillAndReap() {
  if (pid_ > 0 && Running()) {
    kill(pid_, SIGKILL);
    while (waitpid(pid_, &wait_status_, 0) < 0 && errno == EINTR) {
    }
  }
  pid_ = -1;
  CloseIfOpen(stdout_capture_);
  CloseIfOpen(stderr_capture_);
}

bool Subprocess::Running() {
  if (pid_ <= 0 || reaped_) return false;
  struct rusage usage;
  const pid_t got = wait4(pid_, &wait_status_, WNOHANG, &usage);
  if (got != pid_) return true;
  reaped_ = true;
  result_.wall_time = absl::Now() - started_;
  result_.user_time = absl::DurationFromTimeval(usage.ru_utime);
  result_.system_time = absl::DurationFromTimeval(usage.ru_stime);
  result_.max_rss_kib = usage.ru_maxrss;
  return false;
}

void Subprocess::Signal(int signal) {
  if (Running()) kill(pid_, signal);
}

absl::StatusOr<ProcessResult> Subprocess::Wait() {
  const absl::Time deadline = started_ + options_.timeout;
  // Short programs end within a few polls; long ones are looked at every 20 ms, which costs
  // nothing.
  absl::Duration pause = absl::Milliseconds(1);
  while (Running()) {
    if (absl::Now() > deadline && !result_.timed_out) {
      result_.timed_out = true;
      kill(pid_, SIGKILL);
    }
    absl::SleepFor(pause);
    pause = std::min(pause * 1.3, absl::Milliseconds(20));
  }
  result_.exit_code =
      WIFEXITED(wait_status_) ? WEXITSTATUS(wait_status_) : 128 + WTERMSIG(wait_status_);
  if (stdout_capture_ >= 0) {
    ASSIGN_OR_RETURN(result_.stdout_text, ReadWhole(stdout_capture_));
  }
  if (stderr_capture_ >= 0) {
    ASSIGN_OR_RETURN(result_.stderr_text, ReadWhole(stderr_capture_));
  }
  CloseIfOpen(stdout_capture_);
  CloseIfOpen(stderr_capture_);
  return std::move(result_);
}

absl::StatusOr<ProcessResult> RunProcess(ProcessOptions options) {
  ASSIGN_OR_RETURN(Subprocess child, Subprocess::Start(std::move(options)));
  return child.Wait();
}

}  // namespace sfdb::test_support
