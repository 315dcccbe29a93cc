#include "codecs/crc64.h"

#include <isa-l/crc64.h>

#include <array>

namespace sfdb::codecs {
namespace {

// x^64 + ... of ECMA-182, bits reflected, without the x^64.
constexpr uint64_t kPolynomial = 0xc96c5795d7870f42;
constexpr uint64_t kOne = uint64_t{1} << 63;  // the polynomial 1

// Product of two polynomials modulo the CRC's; bit 63 is the coefficient of x^0.
constexpr uint64_t Multiply(uint64_t a, uint64_t b) {
  uint64_t product = 0;
  for (uint64_t bit = kOne; bit != 0; bit >>= 1) {
    if ((a & bit) != 0) product ^= b;
    b = (b >> 1) ^ ((b & 1) != 0 ? kPolynomial : 0);
  }
  return product;
}

// x^(8 * 2^n) for every n: a length is shifted by its binary digits.
constexpr std::array<uint64_t, 64> BytePowers() {
  std::array<uint64_t, 64> powers{};
  powers[0] = kOne >> 8;
  for (size_t i = 1; i < powers.size(); ++i) powers[i] = Multiply(powers[i - 1], powers[i - 1]);
  return powers;
}
constexpr std::array<uint64_t, 64> kBytePowers = BytePowers();

}  // namespace

uint64_t Crc64(uint64_t crc, std::string_view bytes) {
  return crc64_ecma_refl(crc, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

uint64_t Crc64Combine(uint64_t crc_a, uint64_t crc_b, uint64_t length_b) {
  for (size_t n = 0; length_b != 0; ++n, length_b >>= 1) {
    if ((length_b & 1) != 0) crc_a = Multiply(crc_a, kBytePowers[n]);
  }
  return crc_a ^ crc_b;
}

}  // namespace sfdb::codecs
