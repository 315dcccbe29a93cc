#include "tests/support/mariadb_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "engine/base/status_macros.h"

namespace sfdb::test_support {
namespace {

namespace fs = std::filesystem;

// A start takes 0.2 s on an idle machine. With two cores shared by many builds under ASan, 20 s
// have been seen; a server that needs two minutes is broken.
constexpr absl::Duration kStartBound = absl::Seconds(120);
constexpr absl::Duration kStopBound = absl::Seconds(20);

std::vector<std::string> UserArgs() {
  // The server refuses to run as root unless told so.
  if (geteuid() == 0) return {"--user=root"};
  return {};
}

absl::StatusOr<fs::path> MakeTempDir() {
  const char* tmp = std::getenv("TMPDIR");
  std::string name = absl::StrFormat("%s/sfdb-server-XXXXXX", tmp != nullptr ? tmp : "/tmp");
  if (mkdtemp(name.data()) == nullptr) {
    return absl::ErrnoToStatus(errno, absl::StrFormat("mkdtemp %s", name));
  }
  // sun_path holds 107 bytes; a long TMPDIR would make every connection fail with a riddle.
  if (name.size() + sizeof("/mysqld.sock") > 107) {
    return absl::FailedPreconditionError(
        absl::StrFormat("%s is too long for a Unix socket; set TMPDIR to a shorter path", name));
  }
  return fs::path(name);
}

absl::Status InstallDataDir(const fs::path& data_dir) {
  ProcessOptions options;
  // --force: a bare machine may not be able to look up its own host name, and need not.
  options.argv = {"mariadb-install-db",
                  "--no-defaults",
                  "--skip-test-db",
                  "--force",
                  "--auth-root-authentication-method=normal",
                  "--innodb-log-file-size=16M",
                  absl::StrFormat("--datadir=%s", data_dir.string())};
  for (const std::string& arg : UserArgs()) options.argv.push_back(arg);
  options.timeout = kStartBound;
  ASSIGN_OR_RETURN(const ProcessResult result, RunProcess(std::move(options)));
  if (result.exit_code != 0) {
    return absl::InternalError(absl::StrFormat("mariadb-install-db into %s: exit %d: %s%s",
                                               data_dir.string(), result.exit_code,
                                               result.stdout_text, result.stderr_text));
  }
  return absl::OkStatus();
}

absl::Status CopyTree(const fs::path& from, const fs::path& to) {
  std::error_code error;
  fs::copy(from, to, fs::copy_options::recursive, error);
  if (error) {
    return absl::InternalError(
        absl::StrFormat("copy %s to %s: %s", from.string(), to.string(), error.message()));
  }
  return absl::OkStatus();
}

// One data directory per build directory and per installed server binary. Built under another name
// and renamed, so that two test programs that start together do not see a half-made one.
absl::StatusOr<fs::path> TemplateDataDir(const std::string& server_program) {
  struct stat info;
  if (stat(server_program.c_str(), &info) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrFormat("stat %s", server_program));
  }
  const char* override_dir = std::getenv("SFDB_TEST_CACHE_DIR");
  const fs::path cache = override_dir != nullptr ? override_dir : SFDB_TEST_CACHE_DIR;
  const fs::path final_dir =
      cache / absl::StrFormat("datadir-%d-%d-%d", info.st_size, info.st_mtim.tv_sec, geteuid());
  std::error_code error;
  if (fs::exists(final_dir, error)) return final_dir;
  fs::create_directories(cache, error);
  const fs::path building = cache / absl::StrFormat("building-%d", getpid());
  fs::remove_all(building, error);
  RETURN_IF_ERROR(InstallDataDir(building));
  fs::rename(building, final_dir, error);
  if (error) {
    std::error_code ignored;
    fs::remove_all(building, ignored);
    if (!fs::exists(final_dir, ignored)) {
      return absl::InternalError(
          absl::StrFormat("publish %s: %s", final_dir.string(), error.message()));
    }
  }
  return final_dir;
}

absl::StatusOr<int> FreePort() {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof(address);
  const bool ok = fd >= 0 && bind(fd, reinterpret_cast<sockaddr*>(&address), length) == 0 &&
                  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) == 0;
  const absl::Status status =
      ok ? absl::OkStatus() : absl::ErrnoToStatus(errno, "find a free port");
  if (fd >= 0) close(fd);
  RETURN_IF_ERROR(status);
  return ntohs(address.sin_port);
}

}  // namespace

std::string SchemaPath(std::string_view name) {
  return absl::StrFormat("%s/tests/support/schemas/%s.sql", SFDB_SOURCE_DIR, std::string(name));
}

absl::StatusOr<std::unique_ptr<MariadbServer>> MariadbServer::Start(ServerOptions options) {
  std::unique_ptr<MariadbServer> server(new MariadbServer);
  server->options_ = std::move(options);
  ASSIGN_OR_RETURN(const std::string program, FindProgram("mariadbd"));
  ASSIGN_OR_RETURN(const fs::path prepared, TemplateDataDir(program));
  ASSIGN_OR_RETURN(server->dir_, MakeTempDir());
  RETURN_IF_ERROR(CopyTree(prepared, server->data_dir()));
  fs::create_directory(server->dir_ / "tmp");
  server->socket_path_ = (server->dir_ / "mysqld.sock").string();
  if (server->options_.tcp) {
    ASSIGN_OR_RETURN(server->port_, FreePort());
  }
  RETURN_IF_ERROR(server->StartProcess());
  return server;
}

absl::Status MariadbServer::StartProcess() {
  const auto path = [this](const char* name) { return (dir_ / name).string(); };
  ProcessOptions process;
  process.argv = {"mariadbd", "--no-defaults", absl::StrFormat("--datadir=%s", data_dir().string()),
                  absl::StrFormat("--socket=%s", socket_path_),
                  absl::StrFormat("--pid-file=%s", path("mysqld.pid")),
                  absl::StrFormat("--log-error=%s", path("error.log")),
                  absl::StrFormat("--tmpdir=%s", path("tmp")), "--innodb-log-file-size=16M",
                  "--innodb-buffer-pool-size=128M",
                  // Tests throw the data away: durability would only cost time.
                  "--innodb-flush-log-at-trx-commit=0", "--skip-innodb-doublewrite",
                  // Statistics that recompute themselves between two dumps would differ in the
                  // dumps of mysql.innodb_*_stats.
                  "--innodb-stats-auto-recalc=0", "--max-allowed-packet=256M",
                  "--log-bin-trust-function-creators=1",
                  "--secure-file-priv=", "--loose-skip-feedback"};
  if (options_.tcp) {
    process.argv.insert(process.argv.end(),
                        {"--bind-address=127.0.0.1", absl::StrFormat("--port=%d", port_)});
  } else {
    process.argv.push_back("--skip-networking");
  }
  for (const std::string& arg : UserArgs()) process.argv.push_back(arg);
  for (const std::string& arg : options_.args) process.argv.push_back(arg);
  process.working_dir = dir_.string();
  process.stdout_path = path("stdout.log");
  process.stderr_path = path("stderr.log");
  process.timeout = absl::InfiniteDuration();
  ASSIGN_OR_RETURN(Subprocess started, Subprocess::Start(std::move(process)));
  process_ = std::move(started);

  const absl::Time deadline = absl::Now() + kStartBound;
  while (absl::Now() < deadline) {
    if (!process_->Running()) {
      return absl::UnavailableError(
          absl::StrFormat("mariadbd ended while starting:\n%s", ErrorLogTail()));
    }
    if (access(socket_path_.c_str(), F_OK) == 0 && Query("SELECT 1").ok()) return absl::OkStatus();
    absl::SleepFor(absl::Milliseconds(20));
  }
  return absl::DeadlineExceededError(absl::StrFormat(
      "mariadbd did not answer within %s:\n%s", absl::FormatDuration(kStartBound), ErrorLogTail()));
}

MariadbServer::~MariadbServer() {
  Stop().IgnoreError();
  if (!dir_.empty() && std::getenv("SFDB_TEST_KEEP") == nullptr) {
    std::error_code ignored;
    fs::remove_all(dir_, ignored);
  }
}

absl::Status MariadbServer::Stop() {
  if (!process_) return absl::OkStatus();
  process_->Signal(SIGTERM);
  const absl::Time deadline = absl::Now() + kStopBound;
  while (process_->Running() && absl::Now() < deadline) absl::SleepFor(absl::Milliseconds(5));
  const bool clean = !process_->Running();
  process_.reset();
  if (clean) return absl::OkStatus();
  return absl::DeadlineExceededError("mariadbd ignored SIGTERM and was killed");
}

absl::Status MariadbServer::Restart(std::vector<std::string> args) {
  RETURN_IF_ERROR(Stop());
  options_.args = std::move(args);
  return StartProcess();
}

void MariadbServer::Kill() { process_.reset(); }

std::vector<std::string> MariadbServer::ConnectionArgs() const {
  return {"--no-defaults", absl::StrFormat("--socket=%s", socket_path_), "--user=root"};
}

absl::StatusOr<ProcessResult> MariadbServer::RunClient(ProcessOptions options,
                                                       std::string_view database,
                                                       std::vector<std::string> extra) const {
  options.argv = {"mariadb"};
  for (const std::string& arg : ConnectionArgs()) options.argv.push_back(arg);
  options.argv.insert(options.argv.end(),
                      {"--batch", "--default-character-set=utf8mb4", "--max-allowed-packet=1G"});
  for (std::string& arg : extra) options.argv.push_back(std::move(arg));
  if (!database.empty()) {
    options.argv.push_back(absl::StrFormat("--database=%s", std::string(database)));
  }
  options.unset_env = {"MYSQL_PWD", "MYSQL_HOST", "MYSQL_TCP_PORT", "MYSQL_UNIX_PORT"};
  options.timeout = absl::Minutes(10);
  ASSIGN_OR_RETURN(ProcessResult result, RunProcess(std::move(options)));
  if (result.exit_code == 0) return result;
  return absl::InternalError(
      absl::StrFormat("mariadb client: exit %d: %s", result.exit_code, result.stderr_text));
}

absl::Status MariadbServer::Exec(std::string_view sql, std::string_view database) const {
  ProcessOptions options;
  options.stdin_text = sql;
  return RunClient(std::move(options), database, {"--binary-mode"}).status();
}

absl::Status MariadbServer::LoadFile(const std::string& path, std::string_view database) const {
  ProcessOptions options;
  options.stdin_path = path;
  const absl::Status status = RunClient(std::move(options), database, {"--binary-mode"}).status();
  if (status.ok()) return status;
  return absl::Status(status.code(), absl::StrFormat("load %s: %s", path, status.message()));
}

absl::StatusOr<std::string> MariadbServer::Query(std::string_view sql,
                                                 std::string_view database) const {
  ProcessOptions options;
  options.stdin_text = sql;
  ASSIGN_OR_RETURN(ProcessResult result,
                   RunClient(std::move(options), database, {"--skip-column-names", "--raw"}));
  return std::move(result.stdout_text);
}

std::string MariadbServer::ErrorLogTail() const {
  const absl::StatusOr<std::string> log = ReadFile((dir_ / "error.log").string());
  if (!log.ok()) return "(no error log)";
  std::vector<std::string> lines = absl::StrSplit(*log, '\n');
  constexpr size_t kLines = 30;
  if (lines.size() > kLines) lines.erase(lines.begin(), lines.end() - kLines);
  return absl::StrJoin(lines, "\n");
}

}  // namespace sfdb::test_support
