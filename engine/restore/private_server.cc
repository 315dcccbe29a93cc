#include "engine/restore/private_server.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dumper/session/session.h"
#include "engine/base/status_macros.h"
#include "engine/sinks/file_system.h"

namespace sfdb::engine {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr auto kStartBound = std::chrono::seconds(120);
constexpr auto kStopBound = std::chrono::seconds(60);
constexpr auto kNap = std::chrono::milliseconds(20);

// On PATH, or where servers live and PATH often does not look.
absl::StatusOr<std::string> FindProgram(const std::vector<std::string>& names) {
  const char* const path = std::getenv("PATH");
  std::string places =
      absl::StrCat(path != nullptr ? path : "", ":/usr/sbin:/usr/local/sbin:/sbin:/usr/bin");
  for (const std::string& name : names) {
    std::istringstream parts(places);
    for (std::string place; std::getline(parts, place, ':');) {
      const std::string program = absl::StrCat(place, "/", name);
      if (!place.empty() && access(program.c_str(), X_OK) == 0) return program;
    }
  }
  return absl::FailedPreconditionError(
      absl::StrCat("there is no ", names.front(),
                   " here; verifying by a restore needs MariaDB's server installed"));
}

// Starts `argv` with its output in `log`; it dies with this thread.
absl::StatusOr<pid_t> Spawn(const std::vector<std::string>& argv, const std::string& log) {
  std::vector<char*> arguments;
  for (const std::string& arg : argv) arguments.push_back(const_cast<char*>(arg.c_str()));
  arguments.push_back(nullptr);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (out < 0) return ErrnoStatus(errno, "opening", log);
  const pid_t parent = getpid();
  const pid_t pid = fork();
  if (pid == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent) _exit(127);
    // A signal of the terminal is for us; we stop the server.
    setpgid(0, 0);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, nullptr);
    signal(SIGPIPE, SIG_DFL);
    const int null = open("/dev/null", O_RDONLY);
    dup2(null, STDIN_FILENO);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  const int error = errno;
  close(out);
  if (pid < 0) return ErrnoStatus(error, "starting", argv.front());
  return pid;
}

// Of every server that runs as root.
void AddUser(std::vector<std::string>* argv) {
  if (geteuid() == 0) argv->push_back("--user=root");
}

}  // namespace

absl::StatusOr<std::unique_ptr<PrivateServer>> PrivateServer::Start(const std::string& work_dir,
                                                                    std::stop_token stop) {
  std::unique_ptr<PrivateServer> server(new PrivateServer());
  const char* const tmp = std::getenv("TMPDIR");
  const std::string parent = !work_dir.empty()                  ? work_dir
                             : tmp != nullptr && tmp[0] != '\0' ? tmp
                                                                : "/tmp";
  std::string name = absl::StrCat(parent, "/sfdb-verify-XXXXXX");
  if (mkdtemp(name.data()) == nullptr) return ErrnoStatus(errno, "making a directory in", parent);
  server->dir_ = name;
  RETURN_IF_ERROR(server->Install(stop));
  RETURN_IF_ERROR(server->Launch(std::move(stop)));
  return server;
}

absl::Status PrivateServer::Install(const std::stop_token& stop) {
  ASSIGN_OR_RETURN(const std::string program,
                   FindProgram({"mariadb-install-db", "mysql_install_db"}));
  std::vector<std::string> argv = {program,
                                   "--no-defaults",
                                   absl::StrCat("--datadir=", dir_, "/data"),
                                   "--auth-root-authentication-method=normal",
                                   "--skip-test-db",
                                   "--skip-name-resolve"};
  AddUser(&argv);
  ASSIGN_OR_RETURN(pid_, Spawn(argv, dir_ + "/install.log"));
  const auto deadline = steady_clock::now() + kStartBound;
  while (steady_clock::now() < deadline) {
    // What still runs is ended by the destructor.
    if (stop.stop_requested()) return absl::CancelledError("stopped");
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return absl::OkStatus();
      return absl::InternalError(absl::StrFormat("%s failed:\n%s", program, LogTail()));
    }
    std::this_thread::sleep_for(kNap);
  }
  return absl::DeadlineExceededError(absl::StrFormat("%s does not end:\n%s", program, LogTail()));
}

absl::Status PrivateServer::Launch(std::stop_token stop) {
  ASSIGN_OR_RETURN(const std::string program, FindProgram({"mariadbd", "mysqld"}));
  fs::create_directory(dir_ + "/tmp");
  std::vector<std::string> argv = {
      program, "--no-defaults", absl::StrCat("--datadir=", dir_, "/data"),
      absl::StrCat("--socket=", dir_, "/s"), absl::StrCat("--pid-file=", dir_, "/pid"),
      absl::StrCat("--tmpdir=", dir_, "/tmp"), absl::StrCat("--log-error=", dir_, "/error.log"),
      "--skip-networking", "--event-scheduler=OFF", "--max-allowed-packet=1G",
      // It is thrown away: durability would only cost time.
      "--innodb-flush-log-at-trx-commit=0", "--skip-innodb-doublewrite",
      "--innodb-log-file-size=256M", "--innodb-buffer-pool-size=256M",
      "--log-bin-trust-function-creators=1", "--loose-skip-feedback"};
  AddUser(&argv);
  ASSIGN_OR_RETURN(pid_, Spawn(argv, dir_ + "/error.log"));
  const auto deadline = steady_clock::now() + kStartBound;
  while (steady_clock::now() < deadline) {
    if (stop.stop_requested()) return absl::CancelledError("stopped");
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return absl::UnavailableError(absl::StrCat("the private server ended:\n", LogTail()));
    }
    if (access((dir_ + "/s").c_str(), F_OK) == 0 && dumper::Session::Connect(connection()).ok()) {
      return absl::OkStatus();
    }
    std::this_thread::sleep_for(kNap);
  }
  return absl::DeadlineExceededError(
      absl::StrCat("the private server does not answer:\n", LogTail()));
}

PrivateServer::~PrivateServer() {
  if (pid_ > 0) {
    // The child leads a process group of its own: the installer's server is in it, too.
    kill(-pid_, SIGTERM);
    const auto deadline = steady_clock::now() + kStopBound;
    int status = 0;
    while (waitpid(pid_, &status, WNOHANG) == 0) {
      if (steady_clock::now() > deadline) kill(-pid_, SIGKILL);
      std::this_thread::sleep_for(kNap);
    }
  }
  std::error_code ignored;
  if (!dir_.empty()) fs::remove_all(dir_, ignored);
}

dumper::ConnectionOptions PrivateServer::connection() const {
  dumper::ConnectionOptions options;
  options.user = "root";
  options.socket = dir_ + "/s";
  options.ssl = false;
  return options;
}

std::string PrivateServer::LogTail() const {
  std::string text;
  for (const char* name : {"/install.log", "/error.log"}) {
    std::ifstream in(dir_ + name);
    std::stringstream all;
    all << in.rdbuf();
    text += all.str();
  }
  constexpr size_t kTailBytes = 1000;
  return text.size() > kTailBytes ? text.substr(text.size() - kTailBytes) : text;
}

}  // namespace sfdb::engine
