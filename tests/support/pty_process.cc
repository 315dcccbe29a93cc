#include "tests/support/pty_process.h"

#include <poll.h>
#include <pty.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace sfdb::test_support {

absl::StatusOr<PtyProcess> PtyProcess::Start(
    const std::vector<std::string>& argv,
    const std::vector<std::pair<std::string, std::string>>& env, int columns) {
  // Everything is made before the fork: nothing may be allocated behind it.
  std::vector<std::string> variables;
  if (const char* const path = std::getenv("PATH"))
    variables.push_back(absl::StrCat("PATH=", path));
  for (const auto& [name, value] : env) variables.push_back(name + "=" + value);
  std::vector<char*> arguments;
  for (const std::string& arg : argv) arguments.push_back(const_cast<char*>(arg.c_str()));
  arguments.push_back(nullptr);
  std::vector<char*> environment;
  for (const std::string& variable : variables) {
    environment.push_back(const_cast<char*>(variable.c_str()));
  }
  environment.push_back(nullptr);
  winsize size{};
  size.ws_col = static_cast<unsigned short>(columns);
  size.ws_row = 50;
  int fd = -1;
  const pid_t pid = forkpty(&fd, nullptr, nullptr, &size);
  if (pid < 0) return absl::ErrnoToStatus(errno, "forkpty");
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execvpe(arguments[0], arguments.data(), environment.data());
    _exit(127);
  }
  return PtyProcess(pid, fd);
}

PtyProcess::PtyProcess(PtyProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      fd_(std::exchange(other.fd_, -1)),
      screen_(std::move(other.screen_)),
      seen_(other.seen_) {}

PtyProcess::~PtyProcess() {
  if (pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
  }
  if (fd_ >= 0) close(fd_);
}

bool PtyProcess::ReadSome(absl::Time deadline) {
  pollfd ready = {.fd = fd_, .events = POLLIN, .revents = 0};
  const int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now());
  if (left <= 0 || poll(&ready, 1, static_cast<int>(left)) <= 0) return false;
  char buffer[4096];
  const ssize_t got = read(fd_, buffer, sizeof buffer);
  // EIO: the child's side is closed.
  if (got <= 0) return false;
  screen_.append(buffer, static_cast<size_t>(got));
  return true;
}

bool PtyProcess::WaitFor(std::string_view text, absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (true) {
    if (const size_t found = screen_.find(text, seen_); found != screen_.npos) {
      seen_ = found + text.size();
      return true;
    }
    if (!ReadSome(deadline)) return false;
  }
}

void PtyProcess::Type(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd_, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<size_t>(written));
  }
}

int PtyProcess::Wait(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (ReadSome(deadline)) {
  }
  if (absl::Now() >= deadline) return -1;
  int status = 0;
  if (waitpid(pid_, &status, 0) != pid_) return -1;
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace sfdb::test_support
