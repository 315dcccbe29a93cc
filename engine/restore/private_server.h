// A MariaDB server of our own, for as long as a verification takes: in a temporary directory,
// behind a Unix socket, with no network, no option file, no durability, and root without a
// password.
#pragma once

#include <sys/types.h>

#include <memory>
#include <stop_token>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dumper/options/connection_options.h"

namespace sfdb::engine {

// The destructor stops the server and removes its directory. The server dies with the thread that
// started it, too, however that ends.
class PrivateServer {
 public:
  // Below `work_dir` (empty: $TMPDIR, else /tmp), which needs room for the data.
  // FailedPrecondition: no server is installed. Errors end with the last lines of the server's log.
  static absl::StatusOr<std::unique_ptr<PrivateServer>> Start(const std::string& work_dir,
                                                              std::stop_token stop);
  ~PrivateServer();
  PrivateServer(const PrivateServer&) = delete;
  PrivateServer& operator=(const PrivateServer&) = delete;

  const std::string& dir() const { return dir_; }
  dumper::ConnectionOptions connection() const;

 private:
  PrivateServer() = default;
  absl::Status Install(const std::stop_token& stop);
  absl::Status Launch(std::stop_token stop);
  std::string LogTail() const;

  std::string dir_;
  pid_t pid_ = -1;
};

}  // namespace sfdb::engine
