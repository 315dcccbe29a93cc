// Public-key slots: RSA (OAEP with SHA-256) and X25519, keys in PEM. A machine that only makes
// backups needs the public key alone, and then cannot open what it made.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/slot.h"

namespace sfdb::crypto {

inline constexpr int kMinRsaBits = 2048;
inline constexpr int kMaxRsaBits = 16384;

// "-----BEGIN ...": PEM of any kind.
bool LooksLikePem(std::string_view contents);

// A SubjectPublicKeyInfo ("BEGIN PUBLIC KEY"), RSA or X25519. InvalidArgument names `source` (a
// path) and what is wrong with it: another type, a weak size, a private key.
absl::StatusOr<RecipientPtr> ParsePublicKey(std::string_view pem, std::string_view source);
// An unencrypted private key (PKCS #8, or "BEGIN RSA PRIVATE KEY").
absl::StatusOr<IdentityPtr> ParsePrivateKey(const SecretBytes& pem, std::string_view source);

struct PemKeyPair {
  std::string public_pem;
  SecretBytes private_pem;
  std::string name;  // as messages and slots name the key
};
// Takes about a second at 4096 bits.
absl::StatusOr<PemKeyPair> GenerateRsaKeyPair(int bits = 4096);
absl::StatusOr<PemKeyPair> GenerateX25519KeyPair();

}  // namespace sfdb::crypto
