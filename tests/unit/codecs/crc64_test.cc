#include "codecs/crc64.h"

#include <gtest/gtest.h>

#include <string>

namespace sfdb::codecs {
namespace {

TEST(Crc64, GivesTheCheckValueOfCrc64Xz) {
  EXPECT_EQ(Crc64(0, "123456789"), 0x995dc9bbdf1939faULL);
  EXPECT_EQ(Crc64(0, ""), 0u);
}

TEST(Crc64, GoesOnWhereItStopped) {
  EXPECT_EQ(Crc64(Crc64(0, "12345"), "6789"), Crc64(0, "123456789"));
}

TEST(Crc64, CombinesPartsOfAnyLength) {
  std::string text;
  for (int i = 0; i < 100000; ++i) text.push_back(static_cast<char>(i * 7919 >> 3));
  const uint64_t whole = Crc64(0, text);
  for (const size_t at : {size_t{0}, size_t{1}, size_t{63}, size_t{4096}, size_t{99999}, text.size()}) {
    const uint64_t a = Crc64(0, std::string_view(text).substr(0, at));
    const uint64_t b = Crc64(0, std::string_view(text).substr(at));
    EXPECT_EQ(Crc64Combine(a, b, text.size() - at), whole) << at;
  }
}

}  // namespace
}  // namespace sfdb::codecs
