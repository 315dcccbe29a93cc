#include "engine/restore/restore_journal.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/sinks/file_system.h"

namespace sfdb::engine {
namespace {

absl::Status WriteLine(int fd, const std::string& path, const std::string& line) {
  const std::string text = line + "\n";
  if (write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size())) {
    return absl::OkStatus();
  }
  return ErrnoStatus(errno, "writing", path);
}

absl::Status CannotResume(const std::string& why) {
  return base::WithExitCode(
      absl::FailedPreconditionError(absl::StrCat("there is nothing to resume: ", why,
                                                 "; without --resume the restore begins anew")),
      base::kExitUsage);
}

}  // namespace

absl::StatusOr<std::unique_ptr<RestoreJournal>> RestoreJournal::Open(const std::string& dump_path,
                                                                     const std::string& identity,
                                                                     bool resume) {
  const std::filesystem::path dump(dump_path);
  const std::string path =
      (dump.parent_path() / absl::StrCat(".", dump.filename().string(), ".restore")).string();
  std::set<uint64_t> done;
  if (resume) {
    std::ifstream in(path);
    std::string line;
    if (!in || !std::getline(in, line)) return CannotResume("no restore of this file was begun");
    if (line != identity) {
      return CannotResume(
          absl::StrFormat("the restore begun was another (%s, not %s)", line, identity));
    }
    // A line that a killed run has not finished counts for nothing.
    for (uint64_t number = 0; std::getline(in, line) && !in.eof();) {
      if (absl::SimpleAtoi(line, &number)) done.insert(number);
    }
  }
  const int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (resume ? 0 : O_TRUNC);
  const int fd = open(path.c_str(), flags, 0600);
  if (fd < 0) return ErrnoStatus(errno, "opening", path);
  std::unique_ptr<RestoreJournal> journal(new RestoreJournal(path, fd));
  journal->done_ = std::move(done);
  // Behind what a killed run may have left of a line.
  RETURN_IF_ERROR(WriteLine(fd, path, resume ? "" : identity));
  return journal;
}

RestoreJournal::~RestoreJournal() {
  if (fd_ >= 0) close(fd_);
}

absl::Status RestoreJournal::MarkDone(uint64_t number) {
  if (fd_ < 0) return absl::OkStatus();
  std::lock_guard<std::mutex> lock(mutex_);
  return WriteLine(fd_, path_, absl::StrCat(number));
}

absl::Status RestoreJournal::Remove() {
  return fd_ < 0 ? absl::OkStatus() : PosixFileSystem().Remove(path_);
}

}  // namespace sfdb::engine
