// Uses an idle connection now and then, so that neither the server nor a proxy between closes it.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <thread>

#include "dumper/session/session.h"

namespace sfdb::dumper {

// How often: proxies and load balancers commonly close what has been idle for 50 or 60 s.
inline constexpr std::chrono::seconds kKeepAliveEvery{20};

// Owns a thread that pings `session` until destruction; nobody else uses the session meanwhile.
class KeepAlive {
 public:
  explicit KeepAlive(Session* session, std::chrono::milliseconds every = kKeepAliveEvery);
  // Ends the thread; at once, unless a ping is under way.
  ~KeepAlive();
  KeepAlive(const KeepAlive&) = delete;
  KeepAlive& operator=(const KeepAlive&) = delete;

 private:
  Session* session_;
  std::chrono::milliseconds every_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::jthread thread_;
};

}  // namespace sfdb::dumper
