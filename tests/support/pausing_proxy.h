// A Unix-socket relay between a client and a server that lets a test act at an exact point of the
// conversation: before the n-th request after one that contains a given text reaches the server,
// the test's function runs. So "between the CREATE text and the rows" is a point, not a matter of
// luck.
//
// It understands no protocol: a request is what one read() from the client returns, which for
// commands of a few hundred bytes is the command. Compressed or encrypted connections cannot be
// watched (clients use neither on a Unix socket).
//
// The relay runs in threads of its own until destruction; the function runs in one of them, once.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/status/statusor.h"

namespace sfdb::test_support {

class PausingProxy {
 public:
  enum class Action { kForward, kDropConnection };

  // `needle` is compared without regard to case. `requests_after` 0: act before the request with
  // the needle itself; 1: before the next request of any connection; and so on.
  struct Trigger {
    std::string needle = {};
    int requests_after = 0;
    // > 0: instead, act when the answer to the request with the needle has grown beyond this many
    // bytes. While the function runs nothing more of the answer is passed on, so the server is
    // stuck sending.
    size_t answer_bytes = 0;
    std::function<Action()> act = {};
  };

  // Listens on `listen_path` and relays to `server_path`.
  static absl::StatusOr<std::unique_ptr<PausingProxy>> Start(const std::string& listen_path,
                                                             const std::string& server_path,
                                                             Trigger trigger);
  ~PausingProxy();

  PausingProxy(const PausingProxy&) = delete;
  PausingProxy& operator=(const PausingProxy&) = delete;

  // Whether the function has run.
  bool fired() const { return fired_; }

 private:
  PausingProxy() = default;
  void Accept();
  void Relay(int client);
  // True when the connection that sent `request` is to be dropped.
  bool ActOn(std::string_view request);
  // The same for `bytes` of an answer; `watched` counts them per connection, from the needle on.
  bool ActOnAnswer(size_t bytes, size_t* watched);
  bool HasNeedle(std::string_view request) const;

  int listener_ = -1;
  int wake_[2] = {-1, -1};
  std::string server_path_;
  Trigger trigger_;
  std::mutex mutex_;
  int countdown_ = -1;  // requests until the function runs; -1: needle not seen yet
  std::atomic<bool> fired_ = false;
  std::thread acceptor_;
  std::vector<std::thread> relays_;
};

}  // namespace sfdb::test_support
