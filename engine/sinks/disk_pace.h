// Decides whether a slow disk should be hidden behind the page cache after all.
//
// A direct write waits for the disk. That is fine while somebody else (the server) is slower; when
// the disk is what everybody waits for, a plain write returns sooner, because memory takes up to a
// fifth of itself (vm.dirty_ratio) before the disk matters. A disk faster than the page cache's own
// copying is never hidden.
#pragma once

#include <chrono>
#include <cstdint>

namespace sfdb::engine {

// Pure bookkeeping; used by one thread.
class DiskPace {
 public:
  using Nanoseconds = std::chrono::nanoseconds;

  // Notes a direct write of `bytes` that took `writing`, after `between` in which none was under
  // way.
  void Note(uint64_t bytes, Nanoseconds between, Nanoseconds writing);
  // True when, over the last whole window, the disk was what the run waited for, and slow.
  bool disk_is_the_brake() const { return brake_; }

  // A judgement is made of this many bytes.
  static constexpr uint64_t kWindowBytes = 64 << 20;

 private:
  uint64_t bytes_ = 0;
  Nanoseconds between_{0};
  Nanoseconds writing_{0};
  bool brake_ = false;
};

}  // namespace sfdb::engine
