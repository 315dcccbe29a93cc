#include "engine/sinks/disk_pace.h"

namespace sfdb::engine {
namespace {

// Plain writes of a new file copied 0.4 to 0.6 GB a second on the measured machine (ext4, one
// thread; direct writes 3 GB): below this the page cache is faster while it has room.
constexpr double kCacheBytesPerSecond = 400e6;
// Of the time. Whoever feeds us has buffers, so it is held up only when we do little but write.
constexpr double kBrakeShare = 0.9;

}  // namespace

void DiskPace::Note(uint64_t bytes, Nanoseconds between, Nanoseconds writing) {
  bytes_ += bytes;
  between_ += between;
  writing_ += writing;
  if (bytes_ < kWindowBytes) return;
  const double wrote_seconds = std::chrono::duration<double>(writing_).count();
  const double seconds = wrote_seconds + std::chrono::duration<double>(between_).count();
  brake_ = wrote_seconds > kBrakeShare * seconds &&
           static_cast<double>(bytes_) < kCacheBytesPerSecond * wrote_seconds;
  bytes_ = 0;
  between_ = writing_ = Nanoseconds(0);
}

}  // namespace sfdb::engine
