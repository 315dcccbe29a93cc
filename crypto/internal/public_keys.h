// The two kinds of public key behind crypto/public_key.h.
#pragma once

#include <string>

#include "crypto/internal/evp.h"
#include "crypto/slot.h"

namespace sfdb::crypto::internal {

// "sha256:" and the first 16 hex digits of SHA-256 of the DER SubjectPublicKeyInfo.
absl::StatusOr<std::string> RsaKeyName(EVP_PKEY* key);
// REQUIRES: an RSA key; with its private part for the identity.
absl::StatusOr<RecipientPtr> RsaRecipient(PkeyPtr key);
absl::StatusOr<IdentityPtr> RsaIdentity(PkeyPtr key);

// The first 16 bytes of SHA-256 of the raw public key: the slot's info. Shown as hex.
absl::StatusOr<std::string> X25519KeyId(EVP_PKEY* key);
// REQUIRES: an X25519 key; with its private part for the identity.
absl::StatusOr<RecipientPtr> X25519Recipient(PkeyPtr key);
absl::StatusOr<IdentityPtr> X25519Identity(PkeyPtr key);

}  // namespace sfdb::crypto::internal
