#include "crypto/sha256.h"

#include <cstdlib>

#include "crypto/encoding.h"
#include "crypto/internal/evp.h"

namespace sfdb::crypto {

struct Sha256::Impl {
  internal::MdCtxPtr ctx{EVP_MD_CTX_new()};
};

namespace {

// The digest can fail only when OpenSSL has no SHA-256 or no memory for 100 bytes: a broken
// installation. A wrong hash in a backup would be worse than the end of the process.
void Check(int ok) {
  if (ok != 1) std::abort();
}

}  // namespace

Sha256::Sha256() : impl_(new Impl) {
  Check(impl_->ctx != nullptr);
  Check(EVP_DigestInit_ex(impl_->ctx.get(), EVP_sha256(), nullptr));
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::Update(std::string_view bytes) {
  Check(EVP_DigestUpdate(impl_->ctx.get(), bytes.data(), bytes.size()));
}

std::array<uint8_t, 32> Sha256::Finish() {
  std::array<uint8_t, 32> digest;
  Check(EVP_DigestFinal_ex(impl_->ctx.get(), digest.data(), nullptr));
  Check(EVP_DigestInit_ex(impl_->ctx.get(), EVP_sha256(), nullptr));
  return digest;
}

std::string Sha256::FinishHex() {
  const std::array<uint8_t, 32> digest = Finish();
  return HexEncode({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::array<uint8_t, 32> Sha256Of(std::string_view bytes) {
  Sha256 hasher;
  hasher.Update(bytes);
  return hasher.Finish();
}

std::string Sha256Hex(std::string_view bytes) {
  Sha256 hasher;
  hasher.Update(bytes);
  return hasher.FinishHex();
}

}  // namespace sfdb::crypto
