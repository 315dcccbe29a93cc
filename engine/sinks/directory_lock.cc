#include "engine/sinks/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "engine/sinks/file_system.h"

namespace sfdb::engine {
namespace {

std::string WhoHolds(int fd) {
  char text[256];
  const ssize_t size = pread(fd, text, sizeof text, 0);
  if (size <= 0) return "another process";
  std::string who(text, static_cast<size_t>(size));
  absl::StripAsciiWhitespace(&who);
  // The file is whoever's could write to the directory: nothing in it may act on a terminal.
  for (char& c : who) {
    if (c < 0x20 || c == 0x7f) c = '?';
  }
  return who;
}

// Whether the open file is still the one of that name.
bool IsAt(int fd, const std::string& path) {
  struct stat opened {};
  struct stat named {};
  return fstat(fd, &opened) == 0 && stat(path.c_str(), &named) == 0 &&
         opened.st_dev == named.st_dev && opened.st_ino == named.st_ino;
}

}  // namespace

absl::StatusOr<DirectoryLock> DirectoryLock::Acquire(const std::string& directory,
                                                     const std::string& purpose) {
  const std::string path = absl::StrCat(directory, "/", kLockFileName);
  int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd < 0) return ErrnoStatus(errno, "opening", path);
  DirectoryLock lock(fd);
  while (true) {
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
      if (IsAt(fd, path)) break;
      // A cleanup removed it together with its directory, which is empty or gone by now.
      close(std::exchange(lock.fd_, -1));
      fd = lock.fd_ = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
      if (fd < 0) return ErrnoStatus(errno, "opening", path);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) return ErrnoStatus(errno, "locking", path);
    return absl::AbortedError(absl::StrFormat("%s is locked by %s", directory, WhoHolds(fd)));
  }
  const std::string who =
      absl::StrFormat("process %d (%s) since %s\n", getpid(), purpose,
                      absl::FormatTime("%Y-%m-%d %H:%M:%S", absl::Now(), absl::LocalTimeZone()));
  // For people only; a full disk must not keep us from cleaning up.
  if (ftruncate(fd, 0) == 0) (void)!pwrite(fd, who.data(), who.size(), 0);
  return lock;
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}

DirectoryLock::~DirectoryLock() {
  if (fd_ >= 0) close(fd_);
}

}  // namespace sfdb::engine
