// Key derivation: HKDF for message keys, scrypt for passphrases, PBKDF2 for the old Go format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/secret_bytes.h"

namespace sfdb::crypto::internal {

enum class HkdfHash { kSha256, kSha512 };

// RFC 5869, extract and expand.
absl::StatusOr<SecretBytes> Hkdf(HkdfHash hash, std::string_view key, std::string_view salt,
                                 std::string_view info, size_t size);

// RFC 7914 with r = 8, p = 1; takes 2^log2_n KiB of memory while it runs.
absl::StatusOr<SecretBytes> Scrypt(std::string_view passphrase, std::string_view salt, int log2_n,
                                   size_t size);

absl::StatusOr<SecretBytes> Pbkdf2Sha256(std::string_view passphrase, std::string_view salt,
                                         int iterations, size_t size);

}  // namespace sfdb::crypto::internal
