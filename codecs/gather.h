// Contiguous views of scattered input, copying only what has to be copied.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace sfdb::codecs {

inline size_t TotalSize(std::span<const std::string_view> pieces) {
  size_t total = 0;
  for (std::string_view piece : pieces) total += piece.size();
  return total;
}

// Scratch memory that grows and stays: no allocation per frame once warm, and no zero fill.
class Scratch {
 public:
  char* Reserve(size_t bytes) {
    if (bytes > capacity_) {
      memory_.reset();
      memory_.reset(new char[bytes]);
      capacity_ = bytes;
    }
    return memory_.get();
  }

 private:
  std::unique_ptr<char[]> memory_;
  size_t capacity_ = 0;
};

// Walks over scattered input in runs of any length.
class Gather {
 public:
  explicit Gather(std::span<const std::string_view> pieces) : pieces_(pieces) { SkipEmpty(); }

  // The next `bytes` bytes: a view of the input if they lie in one piece, else copied to `scratch`,
  // valid until its next use. REQUIRES: that many are left.
  std::string_view Next(size_t bytes, Scratch* scratch) {
    if (bytes == 0) return {};
    if (pieces_.front().size() - at_ >= bytes) {
      const std::string_view run = pieces_.front().substr(at_, bytes);
      Advance(bytes);
      return run;
    }
    char* const to = scratch->Reserve(bytes);
    for (size_t done = 0; done < bytes;) {
      const std::string_view run = pieces_.front().substr(at_, bytes - done);
      std::memcpy(to + done, run.data(), run.size());
      done += run.size();
      Advance(run.size());
    }
    return {to, bytes};
  }

 private:
  void Advance(size_t bytes) {
    at_ += bytes;
    if (at_ == pieces_.front().size()) {
      pieces_ = pieces_.subspan(1);
      at_ = 0;
      SkipEmpty();
    }
  }
  void SkipEmpty() {
    while (!pieces_.empty() && pieces_.front().empty()) pieces_ = pieces_.subspan(1);
  }

  std::span<const std::string_view> pieces_;
  size_t at_ = 0;
};

}  // namespace sfdb::codecs
