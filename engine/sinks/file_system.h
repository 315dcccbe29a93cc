// The few things that publishing a file asks of a file system. Tests put one in between that fails
// at the n-th call.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sfdb::engine {

// A new file that is written from its beginning. The destructor closes, and reports nothing.
class WritableFile {
 public:
  virtual ~WritableFile() = default;
  // Takes all bytes or fails.
  virtual absl::Status Append(std::span<const std::string_view> pieces) = 0;
  // Makes the file durable, closes it, and checks that its size is the number of bytes appended. A
  // failed sync is never tried again: the kernel may have dropped the pages.
  virtual absl::Status Close() = 0;
};

// Thread-safe. Errors name the path; ResourceExhausted ("no space left ...") when the disk is full,
// PermissionDenied, NotFound, AlreadyExists as errno says, else Internal.
class FileSystem {
 public:
  virtual ~FileSystem() = default;
  // Creates a file that must not exist, mode 0600.
  virtual absl::StatusOr<std::unique_ptr<WritableFile>> Create(const std::string& path) = 0;
  // AlreadyExists instead of replacing anything.
  virtual absl::Status RenameNoReplace(const std::string& from, const std::string& to) = 0;
  virtual absl::Status Remove(const std::string& path) = 0;
  // One that is empty; Internal when it is not.
  virtual absl::Status RemoveDirectory(const std::string& directory);
  virtual bool Exists(const std::string& path) = 0;
  // Makes the names in a directory durable.
  virtual absl::Status SyncDirectory(const std::string& directory) = 0;
  // With parents, mode 0700; fine when it is there.
  virtual absl::Status CreateDirectories(const std::string& directory) = 0;
  // Names of what is in a directory, sorted.
  virtual absl::StatusOr<std::vector<std::string>> List(const std::string& directory) = 0;
};

// The real one.
FileSystem& PosixFileSystem();

// errno as a status: "<doing> <path>: <text>".
absl::Status ErrnoStatus(int error, std::string_view doing, std::string_view path);

}  // namespace sfdb::engine
