// X25519 slots: info = SHA-256(public key)[0..16],
//   ciphertext = ephemeral public key[32] | AES-256-GCM(wrapping key, IV of zeros, data key) | tag
//   wrapping key = HKDF-SHA256(shared secret, salt = ephemeral | public key, "sfdb/x25519/v1")
// The ephemeral key is used once, so the IV may be constant.
#include <openssl/crypto.h>

#include <algorithm>
#include <utility>

#include "crypto/encoding.h"
#include "crypto/internal/aes_gcm.h"
#include "crypto/internal/kdf.h"
#include "crypto/internal/public_keys.h"
#include "crypto/sha256.h"
#include "engine/base/status_macros.h"

namespace sfdb::crypto::internal {
namespace {

constexpr size_t kPointBytes = 32;
constexpr size_t kIdBytes = 16;
constexpr std::string_view kInfo = "sfdb/x25519/v1";
const std::string& ZeroIv() {
  static const std::string iv(kIvBytes, '\0');
  return iv;
}

absl::StatusOr<std::string> RawPublic(EVP_PKEY* key) {
  std::string raw(kPointBytes, '\0');
  size_t size = raw.size();
  if (EVP_PKEY_get_raw_public_key(key, Bytes(raw.data()), &size) != 1 || size != raw.size()) {
    return OpensslError("cannot read an X25519 public key");
  }
  return raw;
}

// The wrapping key that the owners of `mine` and `theirs` share. OpenSSL refuses a point of small
// order, whose secret would be all zeros; checked again because the whole slot depends on it.
absl::StatusOr<SecretBytes> WrappingKey(EVP_PKEY* mine, EVP_PKEY* theirs, const std::string& salt) {
  PkeyCtxPtr ctx(EVP_PKEY_CTX_new(mine, nullptr));
  SecretBytes shared(kPointBytes);
  size_t size = shared.size();
  const std::string zeros(kPointBytes, '\0');
  if (ctx == nullptr || EVP_PKEY_derive_init(ctx.get()) != 1 ||
      EVP_PKEY_derive_set_peer(ctx.get(), theirs) != 1 ||
      EVP_PKEY_derive(ctx.get(), shared.bytes(), &size) != 1 || size != shared.size() ||
      ConstantTimeEqual(shared.view(), zeros)) {
    return OpensslError("X25519 gave no shared secret");
  }
  return Hkdf(HkdfHash::kSha256, shared.view(), salt, kInfo, kKeyBytes);
}

class X25519Key : public Recipient, public Identity {
 public:
  X25519Key(PkeyPtr key, std::string raw, std::string id)
      : key_(std::move(key)), raw_(std::move(raw)), id_(std::move(id)) {}

  absl::StatusOr<Slot> Wrap(const SecretBytes& data_key,
                            std::string_view /*context_aad*/) const override {
    PkeyPtr ephemeral(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));
    if (ephemeral == nullptr) return OpensslError("cannot make an X25519 key");
    ASSIGN_OR_RETURN(std::string ciphertext, RawPublic(ephemeral.get()));
    ASSIGN_OR_RETURN(const SecretBytes key,
                     WrappingKey(ephemeral.get(), key_.get(), ciphertext + raw_));
    ciphertext.resize(kPointBytes + data_key.size() + kTagBytes);
    RETURN_IF_ERROR(
        GcmSeal(key.view(), ZeroIv(), {}, data_key.view(), ciphertext.data() + kPointBytes));
    return Slot{std::string(kX25519Provider), id_, std::move(ciphertext)};
  }

  bool Matches(const Slot& slot) const override {
    return slot.provider == kX25519Provider && slot.info == id_;
  }

  absl::StatusOr<SecretBytes> Unwrap(const Slot& slot,
                                     std::string_view /*context_aad*/) const override {
    const absl::Status damaged = absl::DataLossError(absl::StrFormat(
        "header damaged: the slot names %s, which was given, but does not open with it", name()));
    if (slot.ciphertext.size() != kPointBytes + kDataKeyBytes + kTagBytes) return damaged;
    const std::string point = slot.ciphertext.substr(0, kPointBytes);
    PkeyPtr ephemeral(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, nullptr, Bytes(point), point.size()));
    if (ephemeral == nullptr) return OpensslError("cannot use an X25519 public key");
    const auto key = WrappingKey(key_.get(), ephemeral.get(), point + raw_);
    if (!key.ok()) return damaged;
    SecretBytes data_key(kDataKeyBytes);
    ASSIGN_OR_RETURN(
        const bool opened,
        GcmOpen(key->view(), ZeroIv(), {}, std::string_view(slot.ciphertext).substr(kPointBytes),
                data_key.data()));
    if (!opened) return damaged;
    return data_key;
  }

  std::string name() const override { return "X25519 key " + HexEncode(id_); }

 private:
  const PkeyPtr key_;
  const std::string raw_;  // public
  const std::string id_;
};

absl::StatusOr<std::unique_ptr<X25519Key>> MakeKey(PkeyPtr key) {
  ASSIGN_OR_RETURN(std::string raw, RawPublic(key.get()));
  ASSIGN_OR_RETURN(std::string id, X25519KeyId(key.get()));
  return std::make_unique<X25519Key>(std::move(key), std::move(raw), std::move(id));
}

}  // namespace

absl::StatusOr<std::string> X25519KeyId(EVP_PKEY* key) {
  ASSIGN_OR_RETURN(const std::string raw, RawPublic(key));
  const auto digest = Sha256Of(raw);
  return std::string(reinterpret_cast<const char*>(digest.data()), kIdBytes);
}

absl::StatusOr<RecipientPtr> X25519Recipient(PkeyPtr key) { return MakeKey(std::move(key)); }
absl::StatusOr<IdentityPtr> X25519Identity(PkeyPtr key) { return MakeKey(std::move(key)); }

}  // namespace sfdb::crypto::internal
