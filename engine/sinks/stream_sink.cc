#include "engine/sinks/stream_sink.h"

#include <unistd.h>

#include <cerrno>

#include "engine/sinks/file_system.h"

namespace sfdb::engine {

absl::Status StreamFile::Append(std::span<const std::string_view> pieces) {
  for (std::string_view piece : pieces) {
    while (!piece.empty()) {
      const ssize_t wrote = write(fd_, piece.data(), piece.size());
      if (wrote < 0) {
        if (errno == EINTR) continue;
        return ErrnoStatus(errno, "writing to", final_path_);
      }
      bytes_ += static_cast<uint64_t>(wrote);
      piece.remove_prefix(static_cast<size_t>(wrote));
    }
  }
  return absl::OkStatus();
}

}  // namespace sfdb::engine
