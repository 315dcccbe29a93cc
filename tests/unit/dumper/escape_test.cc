#include "dumper/escape/escape.h"

#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <random>
#include <string>
#include <vector>

#include "dumper/escape/kernels.h"
#include "tests/unit/dumper/naive_dump.h"

namespace sfdb::dumper {
namespace {

constexpr char kGuard = '\x5E';
constexpr size_t kSlack = 64;

// Random bytes of which `percent` are special.
std::string RandomText(std::mt19937* random, size_t n, unsigned percent) {
  constexpr char kSpecials[] = {'\0', '\n', '\r', '\x1A', '"', '\'', '\\'};
  std::string text(n, ' ');
  for (char& c : text) {
    c = (*random)() % 100 < percent ? kSpecials[(*random)() % 7] : static_cast<char>((*random)());
  }
  return text;
}

// Calls a kernel with exactly the room its contract asks for, and checks that it kept to it.
template <typename Function>
std::string Call(Function function, const char* src, size_t n, size_t dst_offset = 0) {
  const size_t room = 2 * n + kSlack;
  std::vector<char> out(dst_offset + room + kSlack, kGuard);
  char* const dst = out.data() + dst_offset;
  char* const end = function(src, n, dst);
  EXPECT_LE(end, dst + 2 * n);
  for (size_t i = 0; i < dst_offset; ++i) EXPECT_EQ(out[i], kGuard) << "before the destination";
  for (size_t i = dst_offset + room; i < out.size(); ++i) {
    EXPECT_EQ(out[i], kGuard) << "more than 64 bytes past the destination";
  }
  for (char* p = end + kSlack; p < out.data() + out.size(); ++p) {
    EXPECT_EQ(*p, kGuard) << "more than 64 bytes past the returned end";
  }
  return {dst, end};
}

TEST(EscapeKernel, TheForcedOneIsInUseOrElseTheBestThisCpuHas) {
  const char* const forced = std::getenv("SFDB_FORCE_KERNEL");
  std::string expected = SupportedKernels().front().name;
  for (const Kernels& kernels : SupportedKernels()) {
    if (forced != nullptr && forced == std::string(kernels.name)) expected = forced;
  }
  EXPECT_EQ(EscapeKernelName(), expected);
  EXPECT_EQ(SupportedKernels().back().name, std::string("scalar"));
}

TEST(EscapeBytes, GivesExactlySevenBytesABackslashForm) {
  for (int c = 0; c < 256; ++c) {
    const char byte = static_cast<char>(c);
    EXPECT_EQ(Call(EscapeBytes, &byte, 1), naive::Escape({&byte, 1})) << c;
    const std::string many(100, byte);
    EXPECT_EQ(Call(EscapeBytes, many.data(), many.size()), naive::Escape(many)) << c;
  }
}

TEST(HexEncode, WritesUpperCaseDigitsOfEveryByte) {
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  for (size_t from = 0; from < 256; ++from) {
    EXPECT_EQ(Call(HexEncode, all.data() + from, 256 - from), naive::Hex(all.substr(from)));
  }
}

class EveryKernel : public testing::TestWithParam<Kernels> {};
INSTANTIATE_TEST_SUITE_P(OfThisCpu, EveryKernel, testing::ValuesIn(SupportedKernels()),
                         [](const auto& set) { return std::string(set.param.name); });

TEST_P(EveryKernel, EqualsTheRuleAtEveryAlignmentAndLength) {
  std::mt19937 random(1);
  for (size_t alignment = 0; alignment <= 64; ++alignment) {
    for (size_t n = 0; n <= 200; ++n) {
      const unsigned percent = std::vector<unsigned>{0, 1, 5, 30, 100}[(n + alignment) % 5];
      const std::string text = RandomText(&random, alignment + n, percent);
      const std::string_view value = std::string_view(text).substr(alignment);
      const Kernels& kernels = GetParam();
      const std::string expected = naive::Escape(value);
      ASSERT_EQ(Call(kernels.escape_bytes, value.data(), n, alignment), expected) << n;
      ASSERT_EQ(Call(kernels.hex_encode, value.data(), n, alignment), naive::Hex(value)) << n;
      ASSERT_EQ(kernels.count_specials(value.data(), n), expected.size() - n) << n;
    }
  }
}

TEST_P(EveryKernel, FindsASingleSpecialByteAtEveryPosition) {
  for (const char special : {'\0', '\n', '\r', '\x1A', '"', '\'', '\\'}) {
    for (size_t n = 1; n <= 140; ++n) {
      for (size_t at = 0; at < n; ++at) {
        std::string text(n, 'x');
        text[at] = special;
        ASSERT_EQ(Call(GetParam().escape_bytes, text.data(), n), naive::Escape(text))
            << n << " " << at;
        ASSERT_EQ(GetParam().count_specials(text.data(), n), 1u);
      }
    }
  }
}

TEST_P(EveryKernel, EqualsTheScalarTwinOnLongRandomText) {
  std::mt19937 random(2);
  for (int round = 0; round < 200; ++round) {
    const std::string text =
        RandomText(&random, random() % 20000, static_cast<unsigned>(random() % 101));
    const Kernels& kernels = GetParam();
    const std::string expected = Call(scalar::EscapeBytes, text.data(), text.size());
    ASSERT_EQ(Call(kernels.escape_bytes, text.data(), text.size()), expected);
    ASSERT_EQ(kernels.count_specials(text.data(), text.size()), expected.size() - text.size());
    ASSERT_EQ(Call(kernels.hex_encode, text.data(), text.size()),
              Call(scalar::HexEncode, text.data(), text.size()));
  }
}

TEST_P(EveryKernel, NeverReadsOutsideTheSource) {
  const auto page = static_cast<size_t>(sysconf(_SC_PAGESIZE));
  // One readable page between two that are not.
  char* const base =
      static_cast<char*>(mmap(nullptr, 3 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
  ASSERT_NE(base, MAP_FAILED);
  ASSERT_EQ(mprotect(base + page, page, PROT_READ | PROT_WRITE), 0);
  std::mt19937 random(3);
  for (const unsigned percent : {0u, 5u, 100u}) {
    const std::string text = RandomText(&random, page, percent);
    std::memcpy(base + page, text.data(), page);
    for (size_t n = 0; n <= 300; ++n) {
      for (const char* const src : {base + 2 * page - n, base + page}) {
        const std::string_view value(src, n);
        ASSERT_EQ(Call(GetParam().escape_bytes, src, n), naive::Escape(value));
        ASSERT_EQ(Call(GetParam().hex_encode, src, n), naive::Hex(value));
        ASSERT_EQ(GetParam().count_specials(src, n), naive::Escape(value).size() - n);
      }
    }
  }
  munmap(base, 3 * page);
}

}  // namespace
}  // namespace sfdb::dumper
