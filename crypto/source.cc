#include "crypto/source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace sfdb::crypto {
namespace {

absl::Status ErrnoError(int error, std::string_view what, const std::string& name) {
  return absl::ErrnoToStatus(error, absl::StrFormat("%s %s", what, name));
}

}  // namespace

absl::StatusOr<size_t> FdSource::Read(char* out, size_t size) {
  for (;;) {
    const ssize_t got = ::read(fd_, out, size);
    if (got >= 0) return static_cast<size_t>(got);
    if (errno != EINTR) return ErrnoError(errno, "cannot read", name_);
  }
}

absl::Status FdSink::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd_, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0 && errno == ENOSPC) {
      return absl::ResourceExhaustedError(absl::StrFormat("no space left to write %s", name_));
    }
    if (put < 0) return ErrnoError(errno, "cannot write", name_);
    bytes.remove_prefix(static_cast<size_t>(put));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<FileSource>> FileSource::Open(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return ErrnoError(errno, "cannot open", path);
  struct stat info;
  if (::fstat(fd, &info) != 0 || !S_ISREG(info.st_mode)) {
    ::close(fd);
    return absl::InvalidArgumentError(
        absl::StrFormat("%s is not a regular file; read a pipe as a stream", path));
  }
  return std::unique_ptr<FileSource>(new FileSource(fd, static_cast<uint64_t>(info.st_size), path));
}

FileSource::~FileSource() { ::close(fd_); }

absl::Status FileSource::ReadAt(uint64_t offset, size_t size, char* out) const {
  while (size > 0) {
    const ssize_t got = ::pread(fd_, out, size, static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return ErrnoError(errno, "cannot read", name_);
    if (got == 0) {
      return absl::OutOfRangeError(
          absl::StrFormat("%s ends at byte %d, before what is to be read", name_, offset));
    }
    out += got;
    offset += static_cast<uint64_t>(got);
    size -= static_cast<size_t>(got);
  }
  return absl::OkStatus();
}

absl::StatusOr<size_t> MemorySource::Read(char* out, size_t size) {
  const size_t n = std::min(size, bytes_.size() - position_);
  if (n > 0) std::memcpy(out, bytes_.data() + position_, n);
  position_ += n;
  return n;
}

absl::Status MemorySource::ReadAt(uint64_t offset, size_t size, char* out) const {
  if (offset > bytes_.size() || bytes_.size() - offset < size) {
    return absl::OutOfRangeError(
        absl::StrFormat("%s ends at byte %d, before what is to be read", name_, bytes_.size()));
  }
  if (size > 0) std::memcpy(out, bytes_.data() + offset, size);
  return absl::OkStatus();
}

absl::StatusOr<size_t> ReadFully(SequentialSource& source, char* out, size_t size) {
  size_t have = 0;
  while (have < size) {
    ASSIGN_OR_RETURN(const size_t got, source.Read(out + have, size - have));
    if (got == 0) break;
    have += got;
  }
  return have;
}

}  // namespace sfdb::crypto
