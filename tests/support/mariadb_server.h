// A private MariaDB server for one test program: own temporary directory, Unix socket only, no
// network, no option file of the machine, root without password.
//
//   ASSERT_OK_AND_ASSIGN / auto server = MariadbServer::Start({.args = {"--log-bin"}}).value();
//   server->Exec("CREATE DATABASE d").ok();
//   run({"mariadb-dump", server->ConnectionArgs()..., "d"});
//
// A data directory is made once per build directory by mariadb-install-db and copied for each
// server, so a start takes about 0.2 s. The server dies with the thread that started it (SIGKILL),
// with the destructor (SIGTERM, then SIGKILL after 20 s), and its directory goes with it.
//
// Not thread-safe, except that Exec, Query and LoadFile may be called from any thread: each runs a
// `mariadb` client process of its own.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/support/run_process.h"

namespace sfdb::test_support {

struct ServerOptions {
  // Added to the server's command line after ours, so they win: "--log-bin", "--server-id=7".
  std::vector<std::string> args = {};
  // Listen on 127.0.0.1 too, on a free port. For tests of TCP, TLS and replication.
  bool tcp = false;
};

class MariadbServer {
 public:
  static absl::StatusOr<std::unique_ptr<MariadbServer>> Start(ServerOptions options = {});

  MariadbServer(const MariadbServer&) = delete;
  MariadbServer& operator=(const MariadbServer&) = delete;
  ~MariadbServer();

  const std::string& socket_path() const { return socket_path_; }
  // The server's own directory: datadir in `data`, error log in `error.log`; free for the test's
  // files.
  const std::filesystem::path& dir() const { return dir_; }
  std::filesystem::path data_dir() const { return dir_ / "data"; }
  // 0 unless ServerOptions.tcp.
  int port() const { return port_; }
  pid_t pid() const { return process_ ? process_->pid() : -1; }

  // --no-defaults --socket=… --user=root: what any client program needs to get in as root.
  std::vector<std::string> ConnectionArgs() const;

  // Runs a script as the `mariadb` client does (DELIMITER works), as root, charset utf8mb4.
  // The error holds the client's message.
  absl::Status Exec(std::string_view sql, std::string_view database = "") const;
  // The same for a file. Use for scripts with NUL bytes or of many megabytes.
  absl::Status LoadFile(const std::string& path, std::string_view database = "") const;
  // Rows as lines, columns separated by tabs, no header, no escaping.
  absl::StatusOr<std::string> Query(std::string_view sql, std::string_view database = "") const;

  // Clean shutdown; the directory stays until the destructor. Restart starts it on the same data.
  absl::Status Stop();
  absl::Status Restart(std::vector<std::string> args);
  // SIGKILL, for tests of crashes.
  void Kill();

  // The last lines of the error log, for messages.
  std::string ErrorLogTail() const;

 private:
  MariadbServer() = default;
  absl::Status StartProcess();
  absl::StatusOr<ProcessResult> RunClient(ProcessOptions options, std::string_view database,
                                          std::vector<std::string> extra) const;

  ServerOptions options_;
  std::filesystem::path dir_;
  std::string socket_path_;
  int port_ = 0;
  std::optional<Subprocess> process_;
};

// tests/support/schemas/<name>.sql in the source tree.
std::string SchemaPath(std::string_view name);

}  // namespace sfdb::test_support
