#include "dumper/run/session_runner.h"

#include <utility>

namespace sfdb::dumper {

SessionRunner::SessionRunner(std::vector<std::unique_ptr<Session>> sessions, size_t ahead)
    : ahead_(ahead) {
  for (auto& session : sessions) {
    workers_.push_back(std::make_unique<Worker>());
    workers_.back()->session = std::move(session);
  }
  for (auto& worker : workers_) {
    worker->thread = std::thread([this, w = worker.get()] { Loop(*w); });
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

void SessionRunner::Submit(Work task) {
  std::unique_lock<std::mutex> lock(mutex_);
  work_done_.wait(lock, [&] { return tasks_.size() < ahead_; });
  tasks_.push_back(std::move(task));
  work_ready_.notify_all();
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
  bool done = false;
  std::unique_lock<std::mutex> lock(mutex_);
  workers_[index]->own.push_back([this, work = std::move(work), &done](Session& session) {
    work(session);
    std::lock_guard<std::mutex> done_lock(mutex_);
    done = true;
  });
  work_ready_.notify_all();
  work_done_.wait(lock, [&] { return done; });
}

void SessionRunner::WaitIdle() {
  std::unique_lock<std::mutex> lock(mutex_);
  work_done_.wait(lock, [&] { return tasks_.empty() && running_tasks_ == 0; });
}

SessionRunner::Work SessionRunner::Next(Worker& worker, bool* is_task) {
  *is_task = false;
  for (std::deque<Work>* queue : {&worker.own, &calls_, &tasks_}) {
    if (queue->empty()) continue;
    Work work = std::move(queue->front());
    queue->pop_front();
    *is_task = queue == &tasks_;
    return work;
  }
  return nullptr;
}

void SessionRunner::Loop(Worker& worker) {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    work_ready_.wait(
        lock, [&] { return ending_ || !worker.own.empty() || !calls_.empty() || !tasks_.empty(); });
    bool is_task = false;
    Work work = Next(worker, &is_task);
    if (work == nullptr) return;
    if (is_task) ++running_tasks_;
    lock.unlock();
    work(*worker.session);
    work = nullptr;  // what it captured goes before its end is announced
    lock.lock();
    if (is_task) --running_tasks_;
    work_done_.notify_all();
  }
}

}  // namespace sfdb::dumper
