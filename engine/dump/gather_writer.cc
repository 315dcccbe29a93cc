#include "engine/dump/gather_writer.h"

#include <limits.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"

namespace sfdb::engine {
namespace {

// Two blocks: write calls vanish in the profile, and the blocks are back in the pool soon.
constexpr size_t kLargeBytes = 512 << 10;

absl::Status WriteError(int error) {
  const std::string text = absl::StrFormat("Got errno %d on write", error);
  if (error == ENOSPC || error == EDQUOT) return absl::ResourceExhaustedError(text);
  if (error == EPIPE) return absl::UnavailableError(text);
  return absl::InternalError(text);
}

}  // namespace

void GatherWriter::Add(std::string_view piece) {
  if (piece.empty()) return;
  pieces_.push_back({const_cast<char*>(piece.data()), piece.size()});
  gathered_bytes_ += piece.size();
}

void GatherWriter::AddOwned(std::string text) {
  texts_.push_back(std::make_unique<std::string>(std::move(text)));
  Add(*texts_.back());
}

absl::Status GatherWriter::FlushIfLarge() {
  if (gathered_bytes_ < kLargeBytes && pieces_.size() < IOV_MAX / 2) return absl::OkStatus();
  return Flush();
}

absl::Status GatherWriter::Flush() {
  size_t first = 0;
  while (first < pieces_.size()) {
    const size_t count = std::min<size_t>(pieces_.size() - first, IOV_MAX);
    const ssize_t wrote = writev(fd_, &pieces_[first], static_cast<int>(count));
    if (wrote < 0) {
      if (errno == EINTR) continue;
      last_errno_ = errno;
      return WriteError(last_errno_);
    }
    bytes_written_ += static_cast<uint64_t>(wrote);
    size_t left = static_cast<size_t>(wrote);
    while (first < pieces_.size() && left >= pieces_[first].iov_len) {
      left -= pieces_[first++].iov_len;
    }
    if (left > 0) {
      pieces_[first].iov_base = static_cast<char*>(pieces_[first].iov_base) + left;
      pieces_[first].iov_len -= left;
    }
  }
  pieces_.clear();
  blocks_.clear();
  texts_.clear();
  gathered_bytes_ = 0;
  return absl::OkStatus();
}

}  // namespace sfdb::engine
