#include "engine/sinks/file_system.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"
#include "engine/sinks/file_output.h"

namespace sfdb::engine {
namespace {

namespace fs = std::filesystem;

class PosixFile final : public WritableFile {
 public:
  PosixFile(int fd, std::string path)
      : fd_(fd), path_(std::move(path)), output_(std::make_unique<FileOutput>(fd)) {}
  ~PosixFile() override {
    output_.reset();
    if (fd_ >= 0) close(fd_);
  }

  absl::Status Append(std::span<const std::string_view> pieces) override {
    vectors_.clear();
    for (const std::string_view piece : pieces) {
      if (piece.empty()) continue;
      vectors_.push_back({const_cast<char*>(piece.data()), piece.size()});
      bytes_ += piece.size();
    }
    if (output_->Write(vectors_).ok()) return absl::OkStatus();
    return ErrnoStatus(output_->last_errno(), "writing", path_);
  }

  absl::Status Close() override {
    struct stat info {};
    absl::Status status;
    if (!output_->Finish().ok()) status = ErrnoStatus(output_->last_errno(), "writing", path_);
    output_.reset();
    if (status.ok() && fsync(fd_) != 0) status = ErrnoStatus(errno, "syncing", path_);
    if (status.ok() && fstat(fd_, &info) != 0) status = ErrnoStatus(errno, "checking", path_);
    if (status.ok() && static_cast<uint64_t>(info.st_size) != bytes_) {
      status = absl::DataLossError(
          absl::StrFormat("%s holds %d bytes after %d were written", path_, info.st_size, bytes_));
    }
    const int fd = fd_;
    fd_ = -1;
    if (close(fd) != 0 && status.ok()) status = ErrnoStatus(errno, "closing", path_);
    return status;
  }

 private:
  int fd_;
  std::string path_;
  std::unique_ptr<FileOutput> output_;
  uint64_t bytes_ = 0;
  std::vector<iovec> vectors_;
};

class Posix final : public FileSystem {
 public:
  absl::StatusOr<std::unique_ptr<WritableFile>> Create(const std::string& path) override {
    const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) return ErrnoStatus(errno, "creating", path);
    return std::make_unique<PosixFile>(fd, path);
  }

  absl::Status RenameNoReplace(const std::string& from, const std::string& to) override {
    if (renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_NOREPLACE) == 0) {
      return absl::OkStatus();
    }
    // File systems without that flag (NFS, some FUSE) can link without replacing.
    if (errno == EINVAL || errno == ENOSYS) {
      if (link(from.c_str(), to.c_str()) != 0) return ErrnoStatus(errno, "publishing", to);
      if (unlink(from.c_str()) != 0) return ErrnoStatus(errno, "removing", from);
      return absl::OkStatus();
    }
    return ErrnoStatus(errno, "publishing", to);
  }

  absl::Status Remove(const std::string& path) override {
    if (unlink(path.c_str()) != 0) return ErrnoStatus(errno, "removing", path);
    return absl::OkStatus();
  }

  bool Exists(const std::string& path) override {
    struct stat info {};
    return lstat(path.c_str(), &info) == 0;
  }

  absl::Status SyncDirectory(const std::string& directory) override {
    const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return ErrnoStatus(errno, "opening", directory);
    absl::Status status;
    // Some file systems cannot sync a directory and say so with EINVAL.
    if (fsync(fd) != 0 && errno != EINVAL) status = ErrnoStatus(errno, "syncing", directory);
    close(fd);
    return status;
  }

  absl::Status CreateDirectories(const std::string& directory) override {
    fs::path made;
    for (const fs::path& part : fs::path(directory)) {
      made /= part;
      if (made.empty() || mkdir(made.c_str(), 0700) == 0 || errno == EEXIST) continue;
      return ErrnoStatus(errno, "creating", made.string());
    }
    struct stat info {};
    if (stat(directory.c_str(), &info) != 0) return ErrnoStatus(errno, "opening", directory);
    if (!S_ISDIR(info.st_mode)) return ErrnoStatus(ENOTDIR, "opening", directory);
    return absl::OkStatus();
  }

  absl::StatusOr<std::vector<std::string>> List(const std::string& directory) override {
    std::error_code error;
    std::vector<std::string> names;
    for (fs::directory_iterator it(directory, error), end; !error && it != end;
         it.increment(error)) {
      names.push_back(it->path().filename().string());
    }
    if (error) return ErrnoStatus(error.value(), "listing", directory);
    std::sort(names.begin(), names.end());
    return names;
  }
};

}  // namespace

absl::Status FileSystem::RemoveDirectory(const std::string& directory) {
  if (rmdir(directory.c_str()) != 0) return ErrnoStatus(errno, "removing", directory);
  return absl::OkStatus();
}

FileSystem& PosixFileSystem() {
  static Posix posix;
  return posix;
}

absl::Status ErrnoStatus(int error, std::string_view doing, std::string_view path) {
  const std::string text =
      absl::StrFormat("%s %s: %s", doing, path, std::generic_category().message(error));
  switch (error) {
    case ENOSPC:
    case EDQUOT:
      // Said in words of our own: strerror's for EDQUOT has no "space" in it.
      return absl::ResourceExhaustedError(text + " (no space)");
    case EACCES:
    case EPERM:
    case EROFS:
      return absl::PermissionDeniedError(text);
    case ENOENT:
    case ENOTDIR:
      return absl::NotFoundError(text);
    case EEXIST:
      return absl::AlreadyExistsError(text);
    case EPIPE:
      return absl::UnavailableError(text);
    default:
      return absl::InternalError(text);
  }
}

}  // namespace sfdb::engine
