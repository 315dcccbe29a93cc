// SHA-256 of a stream: the `sha256` of a published file, the hashes in `.toc`.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sfdb::crypto {

// Not thread-safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void Update(std::string_view bytes);
  // The digest of everything given so far. The object starts anew afterwards.
  std::array<uint8_t, 32> Finish();
  // The same as 64 lower-case hex digits.
  std::string FinishHex();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

std::array<uint8_t, 32> Sha256Of(std::string_view bytes);
std::string Sha256Hex(std::string_view bytes);

}  // namespace sfdb::crypto
