#include "engine/sinks/file_output.h"

#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {
namespace {

// Direct writes are of this size. 1.1 GB on ext4 (2 cores, EPYC), user+sys and wall, copying into
// the buffer included: plain writes 1.9 s, 2.9 s; direct 256 KiB 0.27, 0.83; 512 KiB 0.16, 0.58;
// 1 MiB 0.06, 0.42; 2 MiB 0.05, 0.39; 4 MiB 0.05, 0.34. More would not stay in the second-level
// cache.
constexpr size_t kStageBytes = 1 << 20;
// The buffer is half of one huge page where the system gives one: the kernel then pins one page for
// a write, not 256. 1 MiB writes as above: 0.15 s with small pages, 0.06 with a huge one.
constexpr size_t kHugePage = 2 << 20;
// Offsets, lengths and memory of direct writes: no disk has larger logical blocks.
constexpr size_t kAlignment = 4096;
// Files begin in the page cache, so that a small one costs a single write and is found there by
// whoever reads it next. Up to here the cache costs about 7 ms.
constexpr uint64_t kDirectAfter = 4 << 20;
// Linux gives 64 KiB, and /proc/sys/fs/pipe-max-size allows anybody 1 MiB. 1.1 GB into "zstd -1":
// 38,000 context switches with 64 KiB, 20,000 with 1 MiB; user+sys 1.20 and 1.09 s.
constexpr int kPipeBytes = 1 << 20;

absl::Status WriteError(int error) {
  const std::string text = absl::StrFormat("Got errno %d on write", error);
  if (error == ENOSPC || error == EDQUOT) return absl::ResourceExhaustedError(text);
  if (error == EPIPE) return absl::UnavailableError(text);
  return absl::InternalError(text);
}

// File systems whose direct writes are known to be what they say. Others (NFS, btrfs with
// checksums, tmpfs, FUSE) copy anyway or have rules of their own.
bool WritesAreDirectOn(int fd) {
  struct statfs facts;
  if (fstatfs(fd, &facts) != 0) return false;
  return facts.f_type == EXT4_SUPER_MAGIC || facts.f_type == XFS_SUPER_MAGIC ||
         facts.f_type == OVERLAYFS_SUPER_MAGIC;
}

bool IsFileForDirectWrites(int fd) {
  struct stat facts;
  if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) return false;
  const int flags = fcntl(fd, F_GETFL);
  // What a second descriptor would not do: append, and sync every write.
  return flags >= 0 && (flags & (O_APPEND | O_SYNC | O_DSYNC | O_DIRECT)) == 0 &&
         WritesAreDirectOn(fd);
}

void EnlargePipe(int fd) {
  struct stat facts;
  if (fstat(fd, &facts) != 0 || !S_ISFIFO(facts.st_mode)) return;
  const int now = fcntl(fd, F_GETPIPE_SZ);
  // Refused when the user has very many large pipes: then it stays as it is.
  if (now > 0 && now < kPipeBytes) fcntl(fd, F_SETPIPE_SZ, kPipeBytes);
}

size_t TotalBytes(std::span<const iovec> pieces) {
  size_t bytes = 0;
  for (const iovec& piece : pieces) bytes += piece.iov_len;
  return bytes;
}

void Consume(iovec& piece, size_t bytes) {
  piece.iov_base = static_cast<char*>(piece.iov_base) + bytes;
  piece.iov_len -= bytes;
}

// Drops `bytes` from the front of `pieces`.
void Consume(std::span<iovec>& pieces, size_t bytes) {
  while (!pieces.empty() && bytes >= pieces.front().iov_len) {
    bytes -= pieces.front().iov_len;
    pieces = pieces.subspan(1);
  }
  if (bytes > 0) Consume(pieces.front(), bytes);
}

// A buffer at the start of a huge page, when there are any; null when there is no memory.
char* MapStage() {
  void* const mapped = mmap(nullptr, 2 * kHugePage, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (mapped == MAP_FAILED) return nullptr;
  char* const begin = static_cast<char*>(mapped);
  const size_t skip = -reinterpret_cast<uintptr_t>(begin) % kHugePage;
  if (skip > 0) munmap(begin, skip);
  munmap(begin + skip + kHugePage, kHugePage - skip);
  madvise(begin + skip, kHugePage, MADV_HUGEPAGE);
  return begin + skip;
}

}  // namespace

void FileOutput::Unmap::operator()(char* memory) const { munmap(memory, kHugePage); }

FileOutput::FileOutput(int fd) : fd_(fd), may_be_direct_(IsFileForDirectWrites(fd)) {
  EnlargePipe(fd);
}

FileOutput::~FileOutput() { GiveUpDirect(); }

absl::Status FileOutput::Fail(int error) {
  last_errno_ = error;
  return WriteError(error);
}

absl::Status FileOutput::Write(std::span<iovec> pieces) {
  if (last_errno_ != 0) return WriteError(last_errno_);
  while (!pieces.empty()) {
    if (!direct_) {
      const size_t bytes = TotalBytes(pieces);
      if (!may_be_direct_ || bytes_written_ + bytes < kDirectAfter || !OpenDirect()) {
        return WritePlain(pieces);
      }
      // Direct writes begin at the next aligned offset; what is before it is written plainly.
      const off_t offset = lseek(fd_, 0, SEEK_CUR);
      const size_t head = -static_cast<size_t>(offset) % kAlignment;
      if (head > 0) {
        iovec before = pieces.front();
        before.iov_len = std::min(before.iov_len, head);
        RETURN_IF_ERROR(WritePlain({&before, 1}));
        Consume(pieces, before.iov_len);
        continue;
      }
      next_ = offset;
      direct_ = true;
      last_end_ = std::chrono::steady_clock::now();
    }
    iovec& piece = pieces.front();
    const size_t bytes = std::min(piece.iov_len, kStageBytes - staged_);
    std::memcpy(stage_.get() + staged_, piece.iov_base, bytes);
    staged_ += bytes;
    Consume(pieces, bytes);
    if (staged_ == kStageBytes) RETURN_IF_ERROR(WriteStaged());
  }
  return absl::OkStatus();
}

absl::Status FileOutput::Finish() {
  if (last_errno_ != 0) return WriteError(last_errno_);
  return WriteStagedPlain(0);
}

absl::Status FileOutput::WritePlain(std::span<iovec> pieces) {
  while (!pieces.empty()) {
    const auto count = static_cast<int>(std::min<size_t>(pieces.size(), IOV_MAX));
    const ssize_t wrote = writev(fd_, pieces.data(), count);
    if (wrote < 0) {
      if (errno == EINTR) continue;
      return Fail(errno);
    }
    bytes_written_ += static_cast<uint64_t>(wrote);
    Consume(pieces, static_cast<size_t>(wrote));
  }
  return absl::OkStatus();
}

bool FileOutput::OpenDirect() {
  if (direct_fd_ >= 0) return true;
  // A description of our own: O_DIRECT on the one we were given would bind everybody who shares it.
  const std::string path = absl::StrCat("/proc/self/fd/", fd_);
  direct_fd_ = open(path.c_str(), O_WRONLY | O_DIRECT | O_CLOEXEC | O_NOCTTY);
  if (direct_fd_ >= 0) stage_.reset(MapStage());
  if (stage_ == nullptr) GiveUpDirect();
  return direct_fd_ >= 0;
}

void FileOutput::GiveUpDirect() {
  may_be_direct_ = false;
  if (direct_fd_ >= 0) close(direct_fd_);
  direct_fd_ = -1;
}

absl::Status FileOutput::WriteStaged() {
  size_t done = 0;
  while (done < staged_) {
    // Somebody wrote through the shared description, as our own messages do after "2>&1".
    if (lseek(fd_, 0, SEEK_CUR) != next_) return WriteStagedPlain(done);
    // The place is taken before it is written, so that what others write meanwhile comes after it.
    const size_t bytes = staged_ - done;
    lseek(fd_, next_ + static_cast<off_t>(bytes), SEEK_SET);
    const auto begin = std::chrono::steady_clock::now();
    const ssize_t wrote = pwrite(direct_fd_, stage_.get() + done, bytes, next_);
    const int error = errno;
    if (wrote < 0 || static_cast<size_t>(wrote) < bytes) {
      lseek(fd_, next_ + std::max<ssize_t>(wrote, 0), SEEK_SET);
    }
    if (wrote < 0) {
      if (error == EINTR) continue;
      if (error == EIO) return Fail(error);
      // Refused (EINVAL, EOPNOTSUPP), or no room for all of it (ENOSPC, EDQUOT, EFBIG): a plain
      // write may still take it, or a part, or says why not.
      GiveUpDirect();
      return WriteStagedPlain(done);
    }
    done += static_cast<size_t>(wrote);
    next_ += wrote;
    bytes_written_ += static_cast<uint64_t>(wrote);
    bytes_direct_ += static_cast<uint64_t>(wrote);
    const auto end = std::chrono::steady_clock::now();
    pace_.Note(static_cast<uint64_t>(wrote), begin - last_end_, end - begin);
    last_end_ = end;
    if (static_cast<size_t>(wrote) % kAlignment != 0) return WriteStagedPlain(done);
  }
  staged_ = 0;
  if (pace_.disk_is_the_brake()) {
    GiveUpDirect();
    direct_ = false;
  }
  return absl::OkStatus();
}

absl::Status FileOutput::WriteStagedPlain(size_t from) {
  iovec rest{stage_.get() + from, staged_ - from};
  staged_ = 0;
  direct_ = false;
  return rest.iov_len == 0 ? absl::OkStatus() : WritePlain({&rest, 1});
}

}  // namespace sfdb::engine
