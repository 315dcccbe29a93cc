#include "engine/sinks/disk_pace.h"

#include <gtest/gtest.h>

#include <chrono>

namespace sfdb::engine {
namespace {

using std::chrono::milliseconds;

constexpr uint64_t kMiB = 1 << 20;

void NoteWindow(DiskPace* pace, milliseconds between, milliseconds writing) {
  for (uint64_t bytes = 0; bytes < DiskPace::kWindowBytes; bytes += kMiB) {
    pace->Note(kMiB, between, writing);
  }
}

TEST(DiskPace, SlowDiskThatIsAllWeWaitForIsTheBrake) {
  DiskPace pace;
  NoteWindow(&pace, milliseconds(0), milliseconds(10));
  EXPECT_TRUE(pace.disk_is_the_brake());
}

TEST(DiskPace, SlowDiskBehindASlowerServerIsNot) {
  DiskPace pace;
  NoteWindow(&pace, milliseconds(10), milliseconds(10));
  EXPECT_FALSE(pace.disk_is_the_brake());
}

TEST(DiskPace, DiskFasterThanThePageCacheIsNot) {
  DiskPace pace;
  NoteWindow(&pace, milliseconds(0), milliseconds(1));
  EXPECT_FALSE(pace.disk_is_the_brake());
}

TEST(DiskPace, NothingIsJudgedBeforeAWholeWindow) {
  DiskPace pace;
  pace.Note(DiskPace::kWindowBytes - 1, milliseconds(0), milliseconds(100'000));
  EXPECT_FALSE(pace.disk_is_the_brake());
  pace.Note(1, milliseconds(0), milliseconds(0));
  EXPECT_TRUE(pace.disk_is_the_brake());
}

TEST(DiskPace, EachWindowIsJudgedByItself) {
  DiskPace pace;
  NoteWindow(&pace, milliseconds(1000), milliseconds(10));
  NoteWindow(&pace, milliseconds(0), milliseconds(10));
  EXPECT_TRUE(pace.disk_is_the_brake());
}

}  // namespace
}  // namespace sfdb::engine
