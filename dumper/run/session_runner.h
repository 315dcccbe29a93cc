// N sessions, a thread each, and the work they do. A session is touched only by its own thread.
//
// Order of preference of a free session (lower wins; within one, plan order):
//   1. work meant for this very session (it holds a lock that others wait for), unless 3 or 4 have
//      something that comes before it
//   2. calls somebody waits for
//   3. pieces to be read again: their connection was lost, or their query killed
//   4. the next piece of a table that is being read in pieces
//   5. the next table
// So what is next in the output is read first, and the memory of what is ahead of it stays small.
//
// Work that waits for memory is ahead of the output. Should it keep its session from work that
// comes before it (a piece that another connection lost; a piece of a table that only this session
// can read), both would wait for ever: so it asks GivesWay(), and queues itself again on true.
#pragma once

#include <atomic>
#include <compare>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "dumper/session/session.h"

namespace sfdb::dumper {

// Where the output of a piece of work belongs: lower comes first.
struct Place {
  static constexpr uint64_t kLast = UINT64_MAX;
  uint64_t task = 0;   // the number Submit() gave
  uint64_t piece = 0;  // within the task
  friend auto operator<=>(const Place&, const Place&) = default;
};

// A table read in pieces, as the runner sees it.
class PieceSource {
 public:
  virtual ~PieceSource() = default;
  // Does the next piece of work on `session`; false when there is none left to begin here. May be
  // called on several threads at once.
  virtual bool RunNext(Session& session) = 0;
};

// Thread-safe, except for construction and destruction.
class SessionRunner {
 public:
  using Work = std::function<void(Session&)>;

  struct Options {
    // How many submitted tasks may wait before Submit() waits.
    size_t tasks_ahead = 64;
    // Sessions behind the last `reserved` do only what is meant for them: they hold locks.
    size_t reserved = 0;
    // What a session does when it becomes idle, and idles on.
    Work settle;
    // Adds up the CPU time of the sessions' threads, as they end; null: nobody wants to know.
    std::atomic<int64_t>* cpu_nanos = nullptr;
  };

  SessionRunner(std::vector<std::unique_ptr<Session>> sessions, Options options);
  // Waits for everything that was submitted.
  ~SessionRunner();

  // Sessions that take any work; the reserved ones follow them.
  size_t general_sessions() const { return workers_.size() - options_.reserved; }
  size_t sessions() const { return workers_.size(); }
  // General sessions whose connection is alive.
  size_t live_sessions();

  // Queues `task` behind all that was submitted before. Tasks are numbered in that order.
  void Submit(Work task);
  // As Submit, for one session.
  void SubmitOn(size_t index, Work task);
  // Announces pieces of a table; sources are served in the order of `order` (a task's number).
  void AddSource(uint64_t order, std::shared_ptr<PieceSource> source);
  // Queues work again: for `session` (which holds what it waits for), or for any live one.
  void Requeue(Place place, std::optional<size_t> session, Work work);
  // Called within work that makes output for `place` and cannot go on: whether earlier work waits
  // for the calling thread's session, or for any. Then the caller queues the rest of its own again
  // and returns.
  bool GivesWay(Place place);
  // Whether a session takes work: false once its connection is lost, while another is left.
  bool IsLive(size_t session);
  // Number of the task that is being run on the calling thread.
  static uint64_t CurrentOrder();
  // Index of the session whose thread is calling.
  static size_t CurrentSession();

  // Runs `work` on a session and returns when it is done. With one session that is after everything
  // submitted before; with several it goes first, as there are others to go on with the tasks.
  void Call(Work work);
  // As Call, on one session: the one that holds locks. 0 <= index < sessions().
  void CallOn(size_t index, Work work);
  // Returns when nothing that was submitted is left, waiting or running.
  void WaitIdle();
  // Wakes idle sessions to settle.
  void Nudge();
  // For work that goes on for long: settles first.
  void Settle(Session& session);

 private:
  struct Worker {
    std::unique_ptr<Session> session;
    size_t index = 0;
    bool retired = false;
    uint64_t running = 0;  // number of the task that it works for; 0: none
    std::multimap<Place, Work> own;
    std::thread thread;
  };
  struct Job {
    uint64_t order = 0;
    Work work;                            // either this
    std::shared_ptr<PieceSource> source;  // or the next piece of this
    bool counted = false;                 // WaitIdle() waits for it
  };

  void Loop(Worker& worker);
  std::optional<Job> Take(Worker& worker);
  bool HasWork(const Worker& worker) const;
  void Run(Worker& worker, Job job);
  void RetireIfLost(Worker& worker);
  bool reserved(const Worker& worker) const { return worker.index >= general_sessions(); }

  Options options_;
  std::mutex mutex_;
  std::condition_variable work_ready_;
  std::condition_variable work_done_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::deque<Work> calls_;
  std::multimap<Place, Work> again_;
  std::multimap<uint64_t, std::shared_ptr<PieceSource>> sources_;
  std::deque<std::pair<uint64_t, Work>> tasks_;
  uint64_t next_order_ = 1;
  size_t pending_ =
      0;  // submitted and requeued work that has not ended, sources that are not empty
  bool ending_ = false;
};

}  // namespace sfdb::dumper
