// What a restore has finished, in a file beside the dump, `.{file}.restore`, for --resume: a line
// that says which restore it is, then one line for each table that is whole (by the number of its
// section), or for a restore as a stream, for each place from where it may go on (by offset).
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sfdb::engine {

// Thread-safe.
class RestoreJournal {
 public:
  // `identity`: which file goes where; one line. A new journal replaces what is there. With
  // `resume` the old one is read on: FailedPrecondition, exit 2, if there is none or it is another
  // restore's.
  static absl::StatusOr<std::unique_ptr<RestoreJournal>> Open(const std::string& dump_path,
                                                              const std::string& identity,
                                                              bool resume);
  // One that keeps nothing.
  RestoreJournal() = default;
  ~RestoreJournal();
  RestoreJournal(const RestoreJournal&) = delete;
  RestoreJournal& operator=(const RestoreJournal&) = delete;

  bool IsDone(uint64_t number) const { return done_.contains(number); }  // of the earlier run
  // The largest number there; 0: none.
  uint64_t last() const { return done_.empty() ? 0 : *done_.rbegin(); }
  absl::Status MarkDone(uint64_t number);
  // The restore is whole: the journal goes.
  absl::Status Remove();

 private:
  RestoreJournal(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}

  const std::string path_;
  const int fd_ = -1;
  std::set<uint64_t> done_;
  std::mutex mutex_;
};

}  // namespace sfdb::engine
