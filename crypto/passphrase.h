// Passphrase slots: the wrapping key is scrypt of the passphrase (2^17, r = 8, p = 1: 128 MiB and a
// few tenths of a second per guess).
#pragma once

#include "crypto/slot.h"

namespace sfdb::crypto {

// What we write; OWASP's first choice for scrypt (Password Storage Cheat Sheet).
inline constexpr int kScryptLog2N = 17;
// The most a reader accepts, 1 GiB of memory: a header is not authenticated before scrypt has run.
inline constexpr int kMaxScryptLog2N = 20;

// InvalidArgument when the passphrase is empty. REQUIRES: log2_n in 10..kMaxScryptLog2N; anything
// but the default is for tests.
absl::StatusOr<RecipientPtr> PassphraseRecipient(const SecretBytes& passphrase,
                                                 int log2_n = kScryptLog2N);
// Opens passphrase slots, and files of Go sfDBTools.
IdentityPtr PassphraseIdentity(const SecretBytes& passphrase);

}  // namespace sfdb::crypto
