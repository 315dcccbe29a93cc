// Key files: 32 random bytes, stored raw, as 64 hex digits or as base64.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/slot.h"

namespace sfdb::crypto {

inline constexpr size_t kKeyFileKeyBytes = 32;

// A new random key.
absl::StatusOr<SecretBytes> GenerateKeyFileKey();

enum class KeyFileEncoding { kRaw, kHex, kBase64 };
// What to write into the file; the text forms end in a newline.
SecretBytes EncodeKeyFile(const SecretBytes& key, KeyFileEncoding encoding);

// The key in the contents of a key file. Exactly 32 bytes are taken raw; else the contents, without
// line ends behind them, must be 64 hex digits or the base64 of 32 bytes. InvalidArgument names
// `source` (a path), never what it contains.
absl::StatusOr<SecretBytes> ParseKeyFile(const SecretBytes& contents, std::string_view source);

// "sha256:" and the first 16 hex digits of SHA-256("sfdb-key-id" NUL key): says which key a file
// wants without saying anything about the key.
std::string KeyFileKeyName(const SecretBytes& key);

// REQUIRES: key.size() == kKeyFileKeyBytes.
RecipientPtr KeyFileRecipient(const SecretBytes& key);
IdentityPtr KeyFileIdentity(const SecretBytes& key);

}  // namespace sfdb::crypto
