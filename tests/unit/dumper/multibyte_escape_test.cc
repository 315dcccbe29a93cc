// The judge of multi-byte escaping is the client library that mariadb-dump uses: its
// mysql_real_escape_string needs only the character set of the handle, not a connection.
#include <gtest/gtest.h>
#include <mysql.h>

#include <random>
#include <string>
#include <vector>

#include "dumper/escape/escape.h"
#include "dumper/escape/multibyte.h"

namespace sfdb::dumper {
namespace {

class MultibyteEscape : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    handle_ = mysql_init(nullptr);
    handle_->charset = mariadb_get_charset_by_name(GetParam());
    ASSERT_NE(handle_->charset, nullptr);
  }
  void TearDown() override { mysql_close(handle_); }

  // std::string ends in a zero byte, as the values of a result row do; the library looks at it.
  std::string Library(const std::string& value) {
    std::string out(2 * value.size() + 1, ' ');
    out.resize(mysql_real_escape_string(handle_, out.data(), value.data(), value.size()));
    return out;
  }

  std::string Ours(const std::string& value) {
    std::string out(2 * value.size() + 64, ' ');
    const char* end = EscapeString(charset(), value.data(), value.size(), out.data());
    out.resize(static_cast<size_t>(end - out.data()));
    EXPECT_EQ(EscapedLength(charset(), value.data(), value.size()), out.size());
    return out;
  }

  EscapeCharset charset() const { return EscapeCharsetFor(GetParam()); }

  // Bytes of the ranges where the rules differ, more often than others.
  static std::string RandomValue(std::mt19937* random, size_t n) {
    constexpr unsigned char kEdges[] = {0,    '\n', '"',  '\'', '\\', 0x3F, 0x40, 0x7E, 0x7F,
                                        0x80, 0x81, 0x8E, 0x8F, 0x9F, 0xA0, 0xA1, 0xDF, 0xE0,
                                        0xF7, 0xF8, 0xF9, 0xFA, 0xFC, 0xFD, 0xFE, 0xFF};
    std::string value(n, ' ');
    for (char& c : value) {
      c = static_cast<char>((*random)() % 2 ? kEdges[(*random)() % sizeof kEdges] : (*random)());
    }
    return value;
  }

 private:
  MYSQL* handle_ = nullptr;
};
INSTANTIATE_TEST_SUITE_P(Sets, MultibyteEscape,
                         testing::Values("big5", "gbk", "gb2312", "sjis", "cp932", "euckr", "ujis",
                                         "eucjpms", "utf8mb4", "utf8mb3", "latin1", "binary"),
                         [](const auto& set) { return std::string(set.param); });

TEST_P(MultibyteEscape, EqualsTheLibraryForEveryOneAndTwoBytes) {
  for (int a = 0; a < 256; ++a) {
    const std::string one(1, static_cast<char>(a));
    ASSERT_EQ(Ours(one), Library(one)) << a;
    for (int b = 0; b < 256; ++b) {
      const std::string two = one + static_cast<char>(b);
      ASSERT_EQ(Ours(two), Library(two)) << a << " " << b;
    }
  }
}

TEST_P(MultibyteEscape, EqualsTheLibraryForThreeBytesWithAHighFirst) {
  for (const int a : {0x80, 0x81, 0x8E, 0x8F, 0x90, 0xA0, 0xA1, 0xDF, 0xF8, 0xFE, 0xFF}) {
    for (int b = 0; b < 256; ++b) {
      for (int c = 0; c < 256; ++c) {
        const std::string three = {static_cast<char>(a), static_cast<char>(b),
                                   static_cast<char>(c)};
        ASSERT_EQ(Ours(three), Library(three)) << a << " " << b << " " << c;
      }
    }
  }
}

TEST_P(MultibyteEscape, EqualsTheLibraryForLongerRandomValues) {
  std::mt19937 random(4);
  for (int round = 0; round < 20000; ++round) {
    const std::string value = RandomValue(&random, random() % 40);
    ASSERT_EQ(Ours(value), Library(value));
  }
}

TEST_P(MultibyteEscape, InPiecesGivesTheSameTextAsAtOnce) {
  if (charset() == EscapeCharset::kBytewise) return;  // any cut is between characters
  std::mt19937 random(5);
  for (int round = 0; round < 5000; ++round) {
    const std::string value = RandomValue(&random, 1 + random() % 60);
    std::string out(2 * value.size(), ' ');
    char* dst = out.data();
    const char* const end = value.data() + value.size();
    for (const char* src = value.data(); src < end;) {
      const auto left = static_cast<size_t>(end - src);
      const char* const stop = src + 1 + random() % left;
      dst = EscapeMultibyte(charset(), src, stop, end, dst, &src);
      ASSERT_GE(src, stop);
      ASSERT_LE(src, std::min(stop + 2, end));
    }
    out.resize(static_cast<size_t>(dst - out.data()));
    ASSERT_EQ(out, Ours(value));
  }
}

TEST(EscapeCharsetFor, KnowsTheNamesInAnyCaseAndTakesOthersForBytewise) {
  EXPECT_EQ(EscapeCharsetFor("GBK"), EscapeCharset::kGbk);
  EXPECT_EQ(EscapeCharsetFor("EucJPms"), EscapeCharset::kEucjpms);
  EXPECT_EQ(EscapeCharsetFor("cp932"), EscapeCharset::kCp932);
  for (const char* const name : {"utf8mb4", "latin1", "binary", "", "gb", "gbk2"}) {
    EXPECT_EQ(EscapeCharsetFor(name), EscapeCharset::kBytewise) << name;
  }
}

}  // namespace
}  // namespace sfdb::dumper
