#include "tests/support/pausing_proxy.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"

namespace sfdb::test_support {
namespace {

bool FillAddress(const std::string& path, sockaddr_un& address) {
  address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return false;
  std::memcpy(address.sun_path, path.data(), path.size());
  return true;
}

bool SendAll(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

}  // namespace

absl::StatusOr<std::unique_ptr<PausingProxy>> PausingProxy::Start(const std::string& listen_path,
                                                                  const std::string& server_path,
                                                                  Trigger trigger) {
  std::unique_ptr<PausingProxy> proxy(new PausingProxy);
  proxy->server_path_ = server_path;
  proxy->trigger_ = std::move(trigger);
  proxy->trigger_.needle = absl::AsciiStrToLower(proxy->trigger_.needle);
  sockaddr_un address;
  unlink(listen_path.c_str());
  proxy->listener_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (!FillAddress(listen_path, address) || proxy->listener_ < 0 ||
      bind(proxy->listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(proxy->listener_, 16) != 0 || pipe(proxy->wake_) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrFormat("listen on %s", listen_path));
  }
  proxy->acceptor_ = std::thread([raw = proxy.get()] { raw->Accept(); });
  return proxy;
}

PausingProxy::~PausingProxy() {
  // Closing the write end makes every poll() below return.
  if (wake_[1] >= 0) close(wake_[1]);
  if (acceptor_.joinable()) acceptor_.join();
  for (std::thread& relay : relays_) relay.join();
  if (wake_[0] >= 0) close(wake_[0]);
  if (listener_ >= 0) close(listener_);
}

void PausingProxy::Accept() {
  for (;;) {
    pollfd fds[2] = {{listener_, POLLIN, 0}, {wake_[0], POLLIN, 0}};
    if (poll(fds, 2, -1) < 0 && errno != EINTR) return;
    if (fds[1].revents != 0) return;
    if (fds[0].revents == 0) continue;
    const int client = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (client >= 0) relays_.emplace_back([this, client] { Relay(client); });
  }
}

void PausingProxy::Relay(int client) {
  sockaddr_un address;
  FillAddress(server_path_, address);
  const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  bool open = connect(server, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
  std::vector<char> buffer(1 << 16);
  size_t watched = 0;  // bytes of the answer being counted, plus one; 0: none is
  while (open) {
    pollfd fds[3] = {{client, POLLIN, 0}, {server, POLLIN, 0}, {wake_[0], POLLIN, 0}};
    if (poll(fds, 3, -1) < 0 && errno != EINTR) break;
    if (fds[2].revents != 0) break;
    for (int i = 0; i < 2 && open; ++i) {
      if (fds[i].revents == 0) continue;
      const ssize_t n = recv(fds[i].fd, buffer.data(), buffer.size(), 0);
      if (n <= 0) {
        open = false;
        break;
      }
      const std::string_view bytes(buffer.data(), static_cast<size_t>(n));
      if (trigger_.answer_bytes > 0) {
        if (i == 0) {
          watched = HasNeedle(bytes) ? 1 : 0;
        } else if (ActOnAnswer(bytes.size(), &watched)) {
          open = false;
        }
      } else if (i == 0 && ActOn(bytes)) {
        open = false;
      }
      if (open) open = SendAll(i == 0 ? server : client, bytes);
    }
  }
  close(client);
  close(server);
}

bool PausingProxy::HasNeedle(std::string_view request) const {
  return absl::AsciiStrToLower(std::string(request)).find(trigger_.needle) != std::string::npos;
}

bool PausingProxy::ActOnAnswer(size_t bytes, size_t* watched) {
  if (*watched == 0) return false;
  *watched += bytes;
  if (*watched <= trigger_.answer_bytes || fired_.exchange(true)) return false;
  return trigger_.act() == Action::kDropConnection;
}

bool PausingProxy::ActOn(std::string_view request) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (fired_) return false;
  if (countdown_ < 0) {
    if (!HasNeedle(request)) return false;
    countdown_ = trigger_.requests_after;
  } else {
    --countdown_;
  }
  if (countdown_ > 0) return false;
  fired_ = true;
  return trigger_.act() == Action::kDropConnection;
}

}  // namespace sfdb::test_support
