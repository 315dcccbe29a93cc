#include "engine/log/log_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "codecs/codec.h"
#include "engine/backup/small_file.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {
namespace {

namespace fs = std::filesystem;

constexpr char kDefaultDirectory[] = "/var/log/sfDBTools";
constexpr std::string_view kDateToken = "{date}";
constexpr std::string_view kCompressed = ".gz";

class Descriptor {
 public:
  explicit Descriptor(int fd) : fd_(fd) {}
  ~Descriptor() {
    if (fd_ >= 0) close(fd_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int get() const { return fd_; }

 private:
  const int fd_;
};

bool CanWriteIn(const std::string& directory) {
  // Made for us alone: a log names databases and hosts.
  if (mkdir(directory.c_str(), 0700) != 0 && errno == ENOENT) {
    std::error_code error;
    fs::create_directories(fs::path(directory).parent_path(), error);
    if (error || mkdir(directory.c_str(), 0700) != 0) return false;
  }
  std::error_code error;
  return fs::is_directory(directory, error) && access(directory.c_str(), W_OK | X_OK) == 0;
}

absl::Status WriteAll(int fd, std::string_view bytes, const std::string& path) {
  while (!bytes.empty()) {
    const ssize_t written = write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return absl::ErrnoToStatus(errno, absl::StrCat("write ", path));
    bytes.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

// Moves the full file away; `fd` is its descriptor, locked. Somebody else may have done it already.
absl::Status TurnOver(int fd, const std::string& path) {
  struct stat mine {};
  struct stat there {};
  if (fstat(fd, &mine) != 0) return absl::ErrnoToStatus(errno, absl::StrCat("stat ", path));
  if (stat(path.c_str(), &there) != 0 || there.st_ino != mine.st_ino) return absl::OkStatus();
  for (int number = 1;; ++number) {
    const std::string old = absl::StrCat(path, ".", number);
    std::error_code error;
    if (fs::exists(old, error) || fs::exists(old + std::string(kCompressed), error)) continue;
    if (rename(path.c_str(), old.c_str()) == 0) return absl::OkStatus();
    return absl::ErrnoToStatus(errno, absl::StrFormat("rename %s to %s", path, old));
  }
}

bool IsNumber(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
}

bool LooksLikeDate(std::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' && IsNumber(text.substr(0, 4)) &&
         IsNumber(text.substr(5, 2)) && IsNumber(text.substr(8, 2));
}

// Whether the name is one that LogFileName and TurnOver make of `pattern`, compressed or not.
bool IsMadeBy(std::string_view pattern, std::string_view name) {
  if (name.ends_with(kCompressed)) name.remove_suffix(kCompressed.size());
  const size_t token = pattern.find(kDateToken);
  const std::string_view head = pattern.substr(0, token);
  if (!name.starts_with(head)) return false;
  name.remove_prefix(head.size());
  if (token != pattern.npos) {
    if (name.size() < 10 || !LooksLikeDate(name.substr(0, 10))) return false;
    name.remove_prefix(10);
    const std::string_view tail = pattern.substr(token + kDateToken.size());
    if (!name.starts_with(tail)) return false;
    name.remove_prefix(tail.size());
  }
  return name.empty() || (name.front() == '.' && IsNumber(name.substr(1)));
}

// Replaces the file by one that `zcat` reads, with the same time of last change. Lost at no moment:
// the old one goes after the new one is whole.
absl::Status CompressLog(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return absl::UnknownError(absl::StrCat("cannot read ", path.string()));
  ASSIGN_OR_RETURN(const codecs::Codec* codec, codecs::FindCodec("gzip"));
  ASSIGN_OR_RETURN(const std::string packed,
                   CompressText(text.str(), *codec, codec->default_level));
  struct stat facts {};
  if (stat(path.c_str(), &facts) != 0) return absl::ErrnoToStatus(errno, "stat");
  const std::string target = path.string() + std::string(kCompressed);
  const std::string temporary = target + ".tmp";
  {
    const Descriptor file(open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (file.get() < 0) return absl::ErrnoToStatus(errno, absl::StrCat("open ", temporary));
    RETURN_IF_ERROR(WriteAll(file.get(), packed, temporary));
    const timespec times[] = {facts.st_atim, facts.st_mtim};
    if (futimens(file.get(), times) != 0) return absl::ErrnoToStatus(errno, "set the time");
  }
  if (rename(temporary.c_str(), target.c_str()) != 0) {
    return absl::ErrnoToStatus(errno, absl::StrCat("rename ", temporary));
  }
  fs::remove(path);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<LogDirectory> ChooseLogDirectory(const std::string& wanted,
                                                const GetVariable& environment) {
  std::vector<std::string> places;
  if (!wanted.empty()) places.push_back(wanted);
  if (wanted != kDefaultDirectory) places.push_back(kDefaultDirectory);
  if (const std::string state = environment("XDG_STATE_HOME").value_or(""); !state.empty()) {
    places.push_back(state + "/sfdbtools");
  }
  if (const std::string home = environment("HOME").value_or(""); !home.empty()) {
    places.push_back(home + "/.local/state/sfdbtools");
  }
  for (const std::string& place : places) {
    if (!CanWriteIn(place)) continue;
    LogDirectory chosen{.path = place, .note = ""};
    if (place != places.front()) {
      chosen.note = absl::StrFormat("log directory %s cannot be written; logs go to %s",
                                    places.front(), place);
    }
    return chosen;
  }
  return absl::PermissionDeniedError(absl::StrFormat(
      "no log is written: %s and what stands for it cannot be written; set log.output.file.dir",
      places.front()));
}

std::string LogFileName(std::string_view pattern, absl::Time time, absl::TimeZone zone) {
  std::string name(pattern);
  if (const size_t token = name.find(kDateToken); token != name.npos) {
    name.replace(token, kDateToken.size(), absl::FormatTime("%Y-%m-%d", time, zone));
  }
  return name;
}

absl::Status AppendToLog(const std::string& directory, const std::string& name,
                         std::string_view lines, const Rotation& rotation) {
  const std::string path = absl::StrCat(directory, "/", name);
  for (int attempt = 0;; ++attempt) {
    const Descriptor file(
        open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0) return absl::ErrnoToStatus(errno, absl::StrCat("open log ", path));
    struct stat facts {};
    if (fstat(file.get(), &facts) != 0) return absl::ErrnoToStatus(errno, "stat log");
    const bool fits = facts.st_size == 0 ||
                      static_cast<uint64_t>(facts.st_size) + lines.size() <= rotation.max_bytes;
    // A crowd of runs may keep it full; a line in a file that is too large is better than none.
    if (fits || attempt == 3) return WriteAll(file.get(), lines, path);
    if (flock(file.get(), LOCK_EX) != 0) return absl::ErrnoToStatus(errno, "lock log");
    RETURN_IF_ERROR(TurnOver(file.get(), path));
  }
}

absl::StatusOr<std::vector<std::string>> TidyLogs(const std::string& directory,
                                                  std::string_view pattern,
                                                  const std::string& current,
                                                  const Rotation& rotation, absl::Time now) {
  std::vector<std::string> deleted;
  std::error_code error;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(directory, error)) {
    if (entry.is_regular_file(error) && !entry.is_symlink(error)) files.push_back(entry.path());
  }
  if (error) return absl::UnknownError(absl::StrCat("read ", directory, ": ", error.message()));
  for (const fs::path& path : files) {
    const std::string name = path.filename().string();
    if (name == current || !IsMadeBy(pattern, name)) continue;
    struct stat facts {};
    if (stat(path.c_str(), &facts) != 0) continue;
    const absl::Duration age = now - absl::TimeFromTimespec(facts.st_mtim);
    if (rotation.retention_days > 0 && age > absl::Hours(24) * rotation.retention_days) {
      if (fs::remove(path, error)) deleted.push_back(name);
    } else if (rotation.compress_old && !name.ends_with(kCompressed)) {
      RETURN_IF_ERROR(CompressLog(path));
    }
  }
  std::sort(deleted.begin(), deleted.end());
  return deleted;
}

}  // namespace sfdb::engine
