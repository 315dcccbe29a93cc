#include "dumper/session/keep_alive.h"

namespace sfdb::dumper {

KeepAlive::KeepAlive(Session* session, std::chrono::milliseconds every)
    : session_(session), every_(every) {
  thread_ = std::jthread([this](std::stop_token stop) {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
      changed_.wait_for(lock, stop, every_, [] { return false; });
      if (stop.stop_requested()) return;
      if (!session_->Ping().ok()) return;  // the session remembers that it is lost
    }
  });
}

KeepAlive::~KeepAlive() = default;  // the thread is stopped and joined first

}  // namespace sfdb::dumper
