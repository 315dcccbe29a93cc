// The end of each file: made durable, its sidecars written, all of them given their names, metadata
// last. On a thread of its own, so that a run of many files does not wait for the disk in between.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "absl/status/status.h"
#include "engine/backup/backup_request.h"
#include "engine/sinks/sink.h"

namespace sfdb::engine {

// A dump file that is written, but for its end.
struct WrittenFile {
  FileOutcome* outcome = nullptr;  // outlives the publisher; gets status, paths and metadata
  std::string base;                // name without extension
  std::unique_ptr<SinkFile> dump;
  std::string toc;        // as it is to be stored
  std::string gtid_info;  // "": none
};

// Put() and Finish() are called by one thread. Until Finish() has returned, outcomes are ours.
class Publisher {
 public:
  // `users`: text of _users.cnf, which goes with the first file that is published; "": none. After
  // a request to stop nothing more is published.
  Publisher(Sink* sink, std::string users, std::stop_token stop);
  ~Publisher();

  // Takes a file over; waits while others are waiting.
  void Put(WrittenFile file);
  void Finish();

 private:
  void Loop();
  absl::Status Publish(WrittenFile& file);

  Sink* const sink_;
  std::string users_;
  const std::stop_token stop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<WrittenFile> queue_;
  bool ended_ = false;
  std::thread thread_;
};

}  // namespace sfdb::engine
