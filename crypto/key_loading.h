// Keys from files, as users give them: --encryption-key-file, --encrypt-to.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/slot.h"

namespace sfdb::crypto {

// A key is never larger; bounds what a wrong path (a dump, /dev/zero) can make us read.
inline constexpr size_t kMaxKeyFileBytes = 64u << 10;

// The whole of a small file, into memory that is wiped.
absl::StatusOr<SecretBytes> ReadSecretFile(const std::string& path);

// For sealing: a key file, or a public key in PEM (RSA or X25519), told apart by "-----BEGIN".
absl::StatusOr<RecipientPtr> LoadRecipient(const std::string& path);
// For opening: a key file, or a private key in PEM.
absl::StatusOr<IdentityPtr> LoadIdentity(const std::string& path);

// Creates `path` with mode 0600 and makes it durable. AlreadyExists: a key that somebody's backups
// need is never overwritten.
absl::Status WriteNewSecretFile(const std::string& path, const SecretBytes& contents);

}  // namespace sfdb::crypto
