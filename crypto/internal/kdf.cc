#include "crypto/internal/kdf.h"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include "crypto/internal/evp.h"

namespace sfdb::crypto::internal {
namespace {

// OSSL_PARAM has no const form for octet strings; the library only reads them.
OSSL_PARAM Octets(const char* name, std::string_view bytes) {
  return OSSL_PARAM_construct_octet_string(name, const_cast<char*>(bytes.data()), bytes.size());
}

absl::StatusOr<SecretBytes> Derive(const char* algorithm, const OSSL_PARAM* params, size_t size) {
  KdfPtr kdf(EVP_KDF_fetch(nullptr, algorithm, nullptr));
  KdfCtxPtr ctx(kdf != nullptr ? EVP_KDF_CTX_new(kdf.get()) : nullptr);
  SecretBytes out(size);
  if (ctx == nullptr || EVP_KDF_derive(ctx.get(), out.bytes(), out.size(), params) != 1) {
    return OpensslError(absl::StrFormat("key derivation (%s) failed", algorithm));
  }
  return out;
}

}  // namespace

absl::StatusOr<SecretBytes> Hkdf(HkdfHash hash, std::string_view key, std::string_view salt,
                                 std::string_view info, size_t size) {
  char sha256[] = "SHA256";
  char sha512[] = "SHA512";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST,
                                       hash == HkdfHash::kSha256 ? sha256 : sha512, 0),
      Octets(OSSL_KDF_PARAM_KEY, key), Octets(OSSL_KDF_PARAM_SALT, salt),
      Octets(OSSL_KDF_PARAM_INFO, info), OSSL_PARAM_construct_end()};
  return Derive("HKDF", params, size);
}

absl::StatusOr<SecretBytes> Scrypt(std::string_view passphrase, std::string_view salt, int log2_n,
                                   size_t size) {
  uint64_t n = uint64_t{1} << log2_n;
  uint32_t r = 8;
  uint32_t p = 1;
  // OpenSSL's default limit would refuse anything above 2^15; the caller has bounded log2_n. The
  // library counts the table (128 * r * n) and a few blocks beside it.
  uint64_t limit = 128 * uint64_t{r} * n + (uint64_t{1} << 20);
  const OSSL_PARAM params[] = {Octets(OSSL_KDF_PARAM_PASSWORD, passphrase),
                               Octets(OSSL_KDF_PARAM_SALT, salt),
                               OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
                               OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
                               OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
                               OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &limit),
                               OSSL_PARAM_construct_end()};
  return Derive("SCRYPT", params, size);
}

absl::StatusOr<SecretBytes> Pbkdf2Sha256(std::string_view passphrase, std::string_view salt,
                                         int iterations, size_t size) {
  SecretBytes out(size);
  if (PKCS5_PBKDF2_HMAC(passphrase.data(), static_cast<int>(passphrase.size()), Bytes(salt),
                        static_cast<int>(salt.size()), iterations, EVP_sha256(),
                        static_cast<int>(size), out.bytes()) != 1) {
    return OpensslError("key derivation (PBKDF2) failed");
  }
  return out;
}

}  // namespace sfdb::crypto::internal
