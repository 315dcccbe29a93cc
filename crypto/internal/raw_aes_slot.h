// The wire form that key-file and passphrase slots share: the raw AES keyring of the AWS Encryption
// SDK, so that its stock implementations open both.
//   info       = key name | be32(tag bits = 128) | be32(IV length = 12) | IV[12]
//   ciphertext = AES-256-GCM(wrapping key, IV, aad = context, data key) | tag[16]
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/slot.h"

namespace sfdb::crypto::internal {

// The name part of `info`, without its fixed tail; all of it when there is no such tail.
std::string_view RawAesKeyName(std::string_view info);

// REQUIRES: wrapping_key is 32 bytes, and random or freshly salted (the IV is random).
absl::StatusOr<Slot> WrapRawAes(std::string_view provider, std::string_view key_name,
                                const SecretBytes& wrapping_key, const SecretBytes& data_key,
                                std::string_view context_aad);

// nullopt: the slot does not open with this key.
absl::StatusOr<std::optional<SecretBytes>> UnwrapRawAes(const Slot& slot,
                                                        const SecretBytes& wrapping_key,
                                                        std::string_view context_aad);

}  // namespace sfdb::crypto::internal
