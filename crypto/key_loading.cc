#include "crypto/key_loading.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_format.h"
#include "crypto/key_file.h"
#include "crypto/public_key.h"
#include "crypto/source.h"
#include "engine/base/status_macros.h"

namespace sfdb::crypto {
namespace {

// Closes a descriptor on every way out; Close() is for the one where the result counts.
class OwnedFd {
 public:
  explicit OwnedFd(int fd) : fd_(fd) {}
  ~OwnedFd() {
    if (fd_ >= 0) ::close(fd_);
  }
  OwnedFd(const OwnedFd&) = delete;
  OwnedFd& operator=(const OwnedFd&) = delete;
  int get() const { return fd_; }
  int Close() {
    const int result = ::close(fd_);
    fd_ = -1;
    return result;
  }

 private:
  int fd_;
};

absl::Status SyncDirectoryOf(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const OwnedFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0 || ::fsync(fd.get()) != 0) {
    return absl::ErrnoToStatus(errno, "cannot flush the directory " + directory);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<SecretBytes> ReadSecretFile(const std::string& path) {
  const OwnedFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (fd.get() < 0) return absl::ErrnoToStatus(errno, "cannot open the key file " + path);
  FdSource source(fd.get(), path);
  SecretBytes contents(kMaxKeyFileBytes + 1);
  ASSIGN_OR_RETURN(const size_t size, ReadFully(source, contents.data(), contents.size()));
  if (size > kMaxKeyFileBytes) {
    return absl::InvalidArgumentError(absl::StrFormat(
        "%s is longer than %d bytes: that is not a key file", path, kMaxKeyFileBytes));
  }
  contents.Truncate(size);
  return contents;
}

absl::StatusOr<RecipientPtr> LoadRecipient(const std::string& path) {
  ASSIGN_OR_RETURN(const SecretBytes contents, ReadSecretFile(path));
  if (LooksLikePem(contents.view())) return ParsePublicKey(contents.view(), path);
  ASSIGN_OR_RETURN(const SecretBytes key, ParseKeyFile(contents, path));
  return KeyFileRecipient(key);
}

absl::StatusOr<IdentityPtr> LoadIdentity(const std::string& path) {
  ASSIGN_OR_RETURN(const SecretBytes contents, ReadSecretFile(path));
  if (LooksLikePem(contents.view())) return ParsePrivateKey(contents, path);
  ASSIGN_OR_RETURN(const SecretBytes key, ParseKeyFile(contents, path));
  return KeyFileIdentity(key);
}

absl::Status WriteNewSecretFile(const std::string& path, const SecretBytes& contents) {
  OwnedFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (fd.get() < 0 && errno == EEXIST) {
    return absl::AlreadyExistsError(
        absl::StrFormat("%s exists; a key is never overwritten, choose another name", path));
  }
  if (fd.get() < 0) return absl::ErrnoToStatus(errno, "cannot create " + path);
  FdSink sink(fd.get(), path);
  absl::Status status = sink.Write(contents.view());
  if (status.ok() && (::fsync(fd.get()) != 0 || fd.Close() != 0)) {
    status = absl::ErrnoToStatus(errno, "cannot flush " + path);
  }
  // Half a key under its final name would be taken for one.
  if (!status.ok()) ::unlink(path.c_str());
  RETURN_IF_ERROR(status);
  return SyncDirectoryOf(path);
}

}  // namespace sfdb::crypto
