// Key slots: a sealed file has one random data key, and each slot holds it wrapped for one key.
//
// A Recipient can be sealed to (it makes a slot); an Identity can open what was sealed to it. Both
// are immutable once made and may be used by many threads at once. The kinds:
//   key file    KeyFileRecipient / KeyFileIdentity          crypto/key_file.h
//   passphrase  PassphraseRecipient / PassphraseIdentity    crypto/passphrase.h
//   RSA, X25519 ParsePublicKey / ParsePrivateKey            crypto/public_key.h
// crypto/key_loading.h makes them from what a user gives on a command line.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "crypto/secret_bytes.h"

namespace sfdb::crypto {

// As it stands in the header of the file (crypto/FORMAT.md, "Slots").
struct Slot {
  std::string provider;    // "sfdb/keyfile", "sfdb/passphrase", "sfdb/rsa", "sfdb/x25519"
  std::string info;        // which key; for the first two also how it was wrapped
  std::string ciphertext;  // the wrapped data key
};

inline constexpr std::string_view kKeyFileProvider = "sfdb/keyfile";
inline constexpr std::string_view kPassphraseProvider = "sfdb/passphrase";
inline constexpr std::string_view kRsaProvider = "sfdb/rsa";
inline constexpr std::string_view kX25519Provider = "sfdb/x25519";

inline constexpr size_t kDataKeyBytes = 32;

class Recipient {
 public:
  virtual ~Recipient() = default;
  // `context_aad` is the header's context as the key-file and passphrase slots authenticate it.
  virtual absl::StatusOr<Slot> Wrap(const SecretBytes& data_key,
                                    std::string_view context_aad) const = 0;
  // For people: "key sha256:0123456789abcdef", "a passphrase". Never a secret.
  virtual std::string name() const = 0;
};

class Identity {
 public:
  virtual ~Identity() = default;
  // Whether the slot's kind and key name say that this key opens it.
  virtual bool Matches(const Slot& slot) const = 0;
  // REQUIRES: Matches(slot). PermissionDenied: this may be the wrong key (only a passphrase cannot
  // tell); DataLoss: the name proves that the key is right, so the slot or the context is damaged.
  virtual absl::StatusOr<SecretBytes> Unwrap(const Slot& slot,
                                             std::string_view context_aad) const = 0;
  virtual std::string name() const = 0;
  // The passphrase, for files that Go sfDBTools sealed; null for every other kind of key.
  virtual const SecretBytes* passphrase() const { return nullptr; }
};

using RecipientPtr = std::unique_ptr<const Recipient>;
using IdentityPtr = std::unique_ptr<const Identity>;

// What the slot is sealed to, for people, with everything unprintable escaped.
std::string DescribeSlot(const Slot& slot);
// All of them, joined by ", ".
std::string DescribeSlots(const std::vector<Slot>& slots);

}  // namespace sfdb::crypto
