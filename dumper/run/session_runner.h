// N sessions, a thread each, and the work they do: tasks in the order of the plan, and calls that
// somebody waits for. A session is touched only by its own thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "dumper/session/session.h"

namespace sfdb::dumper {

// Thread-safe, except for construction and destruction.
class SessionRunner {
 public:
  using Work = std::function<void(Session&)>;

  // `ahead`: how many submitted tasks may wait before Submit() waits.
  SessionRunner(std::vector<std::unique_ptr<Session>> sessions, size_t ahead);
  // Waits for everything that was submitted.
  ~SessionRunner();

  size_t sessions() const { return workers_.size(); }

  // Queues `task` for the first session that is free, behind all that was submitted before.
  void Submit(Work task);
  // Runs `work` on a session and returns when it is done. With one session that is after everything
  // submitted before; with several it goes first, as there are others to go on with the tasks.
  void Call(Work work);
  // As Call, on one session: the one that holds locks. 0 <= index < sessions().
  void CallOn(size_t index, Work work);
  // Returns when no submitted task is left, waiting or running.
  void WaitIdle();

 private:
  struct Worker {
    std::unique_ptr<Session> session;
    std::deque<Work> own;  // calls for this session only
    std::thread thread;
  };

  void Loop(Worker& worker);
  // The next thing `worker` should do; null when the runner ends. Holds mutex_.
  Work Next(Worker& worker, bool* is_task);

  const size_t ahead_;
  std::mutex mutex_;
  std::condition_variable work_ready_;
  std::condition_variable work_done_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::deque<Work> calls_;
  std::deque<Work> tasks_;
  size_t running_tasks_ = 0;
  bool ending_ = false;
};

}  // namespace sfdb::dumper
