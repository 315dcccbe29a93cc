#include "dumper/run/session_runner.h"

#include <chrono>
#include <utility>

#include "dumper/session/keep_alive.h"
#include "engine/base/thread_cpu.h"

namespace sfdb::dumper {
namespace {

thread_local uint64_t current_order = 0;
thread_local size_t current_session = 0;

}  // namespace

uint64_t SessionRunner::CurrentOrder() { return current_order; }
size_t SessionRunner::CurrentSession() { return current_session; }

SessionRunner::SessionRunner(std::vector<std::unique_ptr<Session>> sessions, Options options)
    : options_(std::move(options)) {
  for (auto& session : sessions) {
    workers_.push_back(std::make_unique<Worker>());
    workers_.back()->session = std::move(session);
    workers_.back()->index = workers_.size() - 1;
  }
  for (auto& worker : workers_) {
    worker->thread = std::thread([this, w = worker.get()] {
      Loop(*w);
      if (options_.cpu_nanos != nullptr) options_.cpu_nanos->fetch_add(base::ThreadCpuNanos());
    });
  }
}

SessionRunner::~SessionRunner() {
  WaitIdle();
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ending_ = true;
  }
  work_ready_.notify_all();
  for (auto& worker : workers_) worker->thread.join();
}

size_t SessionRunner::live_sessions() {
  std::lock_guard<std::mutex> lock(mutex_);
  size_t live = 0;
  for (const auto& worker : workers_) live += !reserved(*worker) && !worker->retired;
  return live;
}

void SessionRunner::Submit(Work task) {
  std::unique_lock<std::mutex> lock(mutex_);
  if (tasks_.size() >= options_.tasks_ahead) {
    // Not for each task that is taken: two threads would wake each other all the time.
    work_done_.wait(lock, [&] { return tasks_.size() <= options_.tasks_ahead / 2; });
  }
  ++pending_;
  tasks_.emplace_back(next_order_++, std::move(task));
  work_ready_.notify_all();
}

void SessionRunner::SubmitOn(size_t index, Work task) {
  std::unique_lock<std::mutex> lock(mutex_);
  Worker& worker = *workers_[index];
  work_done_.wait(lock, [&] { return worker.own.size() < options_.tasks_ahead; });
  ++pending_;
  worker.own.emplace(Place{next_order_++}, std::move(task));
  work_ready_.notify_all();
}

void SessionRunner::AddSource(uint64_t order, std::shared_ptr<PieceSource> source) {
  std::lock_guard<std::mutex> lock(mutex_);
  ++pending_;
  sources_.emplace(order, std::move(source));
  work_ready_.notify_all();
}

void SessionRunner::Requeue(Place place, std::optional<size_t> session, Work work) {
  std::lock_guard<std::mutex> lock(mutex_);
  ++pending_;
  if (session && !workers_[*session]->retired) {
    workers_[*session]->own.emplace(place, std::move(work));
  } else {
    again_.emplace(place, std::move(work));
  }
  work_ready_.notify_all();
}

bool SessionRunner::GivesWay(Place place) {
  std::lock_guard<std::mutex> lock(mutex_);
  Worker& worker = *workers_[current_session];
  if (!worker.own.empty() && worker.own.begin()->first < place) return true;
  if (reserved(worker)) return false;
  if (!again_.empty() && again_.begin()->first < place) {
    // Taken, so that no other gives way for it, too.
    worker.own.insert(again_.extract(again_.begin()));
    return true;
  }
  // A table of which pieces are left, and nobody reads it: whoever did has lost his connection.
  if (sources_.empty() || sources_.begin()->first >= place.task) return false;
  for (const auto& other : workers_) {
    if (other->running == sources_.begin()->first) return false;
  }
  return true;
}

bool SessionRunner::IsLive(size_t session) {
  std::lock_guard<std::mutex> lock(mutex_);
  return !workers_[session]->retired;
}

void SessionRunner::Call(Work work) {
  if (workers_.size() == 1) WaitIdle();
  bool done = false;
  std::unique_lock<std::mutex> lock(mutex_);
  calls_.push_back([this, work = std::move(work), &done](Session& session) {
    work(session);
    std::lock_guard<std::mutex> done_lock(mutex_);
    done = true;
  });
  work_ready_.notify_all();
  work_done_.wait(lock, [&] { return done; });
}

void SessionRunner::CallOn(size_t index, Work work) {
  if (workers_.size() == 1) WaitIdle();
  bool done = false;
  std::unique_lock<std::mutex> lock(mutex_);
  if (workers_[index]->retired) {
    // Its thread has ended; on the dead connection the work fails at once, as it should.
    lock.unlock();
    work(*workers_[index]->session);
    return;
  }
  ++pending_;
  workers_[index]->own.emplace(Place{Place::kLast},
                               [this, work = std::move(work), &done](Session& session) {
                                 work(session);
                                 std::lock_guard<std::mutex> done_lock(mutex_);
                                 done = true;
                               });
  work_ready_.notify_all();
  work_done_.wait(lock, [&] { return done; });
}

void SessionRunner::WaitIdle() {
  std::unique_lock<std::mutex> lock(mutex_);
  work_done_.wait(lock, [&] { return pending_ == 0; });
}

void SessionRunner::Nudge() { work_ready_.notify_all(); }

void SessionRunner::Settle(Session& session) {
  if (options_.settle && !session.lost()) options_.settle(session);
}

bool SessionRunner::HasWork(const Worker& worker) const {
  if (!worker.own.empty()) return true;
  if (reserved(worker)) return false;
  return !calls_.empty() || !again_.empty() || !sources_.empty() || !tasks_.empty();
}

std::optional<SessionRunner::Job> SessionRunner::Take(Worker& worker) {
  Job job;
  job.counted = true;
  const bool own_first =
      !worker.own.empty() &&
      (reserved(worker) ||
       ((again_.empty() || worker.own.begin()->first <= again_.begin()->first) &&
        (sources_.empty() || worker.own.begin()->first.task <= sources_.begin()->first)));
  if (own_first) {
    const auto first = worker.own.begin();
    job.order = first->first.task;
    job.work = std::move(first->second);
    worker.own.erase(first);
    return job;
  }
  if (reserved(worker)) return std::nullopt;
  if (!calls_.empty()) {
    job.work = std::move(calls_.front());
    job.counted = false;
    calls_.pop_front();
    return job;
  }
  const bool again_first = !again_.empty() && (sources_.empty() || again_.begin()->first.task <=
                                                                       sources_.begin()->first);
  if (again_first) {
    job.order = again_.begin()->first.task;
    job.work = std::move(again_.begin()->second);
    again_.erase(again_.begin());
    return job;
  }
  if (!sources_.empty()) {
    job.order = sources_.begin()->first;
    job.source = sources_.begin()->second;
    ++pending_;
    return job;
  }
  if (!tasks_.empty()) {
    job.order = tasks_.front().first;
    job.work = std::move(tasks_.front().second);
    tasks_.pop_front();
    return job;
  }
  return std::nullopt;
}

void SessionRunner::RetireIfLost(Worker& worker) {
  // A session that holds locks is not replaced: what was meant for it must fail, not be read
  // unlocked.
  if (!worker.session->lost() || worker.retired || reserved(worker)) return;
  size_t others = 0;
  for (const auto& other : workers_) {
    others += other.get() != &worker && !reserved(*other) && !other->retired;
  }
  // The last one stays, dead as it is: every statement on it fails at once, and what waits for a
  // session ends with that error instead of waiting for ever.
  if (others == 0) return;
  worker.retired = true;
  again_.merge(worker.own);
  work_ready_.notify_all();
}

void SessionRunner::Run(Worker& worker, Job job) {
  current_order = job.order;
  bool source_empty = false;
  if (job.source != nullptr) {
    source_empty = !job.source->RunNext(*worker.session);
  } else {
    job.work(*worker.session);
    job.work = nullptr;  // what it captured goes before its end is announced
  }

  std::lock_guard<std::mutex> lock(mutex_);
  worker.running = 0;
  if (source_empty) {
    for (auto it = sources_.begin(); it != sources_.end(); ++it) {
      if (it->second != job.source) continue;
      sources_.erase(it);
      --pending_;
      break;
    }
  }
  if (job.counted) --pending_;
  RetireIfLost(worker);
  work_done_.notify_all();
}

void SessionRunner::Loop(Worker& worker) {
  current_session = worker.index;
  std::unique_lock<std::mutex> lock(mutex_);
  bool settled = true;
  while (!worker.retired) {
    if (auto job = Take(worker)) {
      worker.running = job->order;
      lock.unlock();
      Run(worker, *std::move(job));
      lock.lock();
      work_ready_.notify_all();
      settled = false;
      continue;
    }
    if (ending_) return;
    if (!settled) {
      lock.unlock();
      Settle(*worker.session);
      lock.lock();
      RetireIfLost(worker);
      settled = true;
      continue;
    }
    const bool woken = work_ready_.wait_for(lock, kKeepAliveEvery) == std::cv_status::no_timeout;
    if (ending_ || HasWork(worker)) continue;
    lock.unlock();
    if (!woken && !worker.session->lost()) (void)worker.session->Ping();
    Settle(*worker.session);
    lock.lock();
    RetireIfLost(worker);
  }
}

}  // namespace sfdb::dumper
