// One run per output directory: an exclusive lock on `.sfdbtools.lock` in it. The kernel lets go of
// it when the process dies, however it dies; the file stays, and says who holds or held it.
#pragma once

#include <string>

#include "absl/status/statusor.h"

namespace sfdb::engine {

inline constexpr char kLockFileName[] = ".sfdbtools.lock";

// Held from Acquire() to destruction.
class DirectoryLock {
 public:
  // `purpose` is for whoever finds it locked ("backup combined"). Aborted: another run holds it, the
  // message says which; never waits.
  static absl::StatusOr<DirectoryLock> Acquire(const std::string& directory,
                                               const std::string& purpose);
  ~DirectoryLock();
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) = delete;

 private:
  explicit DirectoryLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace sfdb::engine
