#include "engine/backup/disk_space.h"

#include <sys/statvfs.h>

#include "absl/strings/str_format.h"
#include "engine/backup/metadata.h"

namespace sfdb::engine {

// data_length counts pages that are half empty, too. Seen for 1.21 GB of it (numbers, text, JSON,
// blobs): 1.13 GB of SQL; gzip -6 made a fifth of that. What compresses four times better than
// that, or stands in pages two thirds empty, is what the divisors leave room for.
uint64_t LeastFileBytes(uint64_t data_bytes, bool compressed) {
  return compressed ? data_bytes / 20 : data_bytes / 3;
}

absl::Status CheckDiskSpace(const std::string& directory, uint64_t bytes) {
  struct statvfs info {};
  if (statvfs(directory.c_str(), &info) != 0) return absl::OkStatus();
  const uint64_t free = static_cast<uint64_t>(info.f_bavail) * info.f_frsize;
  if (free >= bytes) return absl::OkStatus();
  return absl::ResourceExhaustedError(absl::StrFormat(
      "no space in %s: it has %s, and the backup takes %s at the least; nothing was read",
      directory, HumanSize(free), HumanSize(bytes)));
}

}  // namespace sfdb::engine
