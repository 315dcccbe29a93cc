// RSA slots: info = key name, ciphertext = RSA-OAEP(SHA-256 for both hash and mask, data key). The
// raw RSA keyring of the AWS Encryption SDK opens them.
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <utility>

#include "crypto/internal/public_keys.h"
#include "crypto/sha256.h"
#include "engine/base/status_macros.h"

namespace sfdb::crypto::internal {
namespace {

bool SetOaepSha256(EVP_PKEY_CTX* ctx) {
  return EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) == 1 &&
         EVP_PKEY_CTX_set_rsa_oaep_md(ctx, EVP_sha256()) == 1 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, EVP_sha256()) == 1;
}

class RsaKey : public Recipient, public Identity {
 public:
  RsaKey(PkeyPtr key, std::string id) : key_(std::move(key)), id_(std::move(id)) {}

  absl::StatusOr<Slot> Wrap(const SecretBytes& data_key,
                            std::string_view /*context_aad*/) const override {
    PkeyCtxPtr ctx(EVP_PKEY_CTX_new(key_.get(), nullptr));
    Slot slot{std::string(kRsaProvider), id_,
              std::string(static_cast<size_t>(EVP_PKEY_get_size(key_.get())), '\0')};
    size_t size = slot.ciphertext.size();
    if (ctx == nullptr || EVP_PKEY_encrypt_init(ctx.get()) != 1 || !SetOaepSha256(ctx.get()) ||
        EVP_PKEY_encrypt(ctx.get(), Bytes(slot.ciphertext.data()), &size, data_key.bytes(),
                         data_key.size()) != 1) {
      return OpensslError("cannot seal to RSA key " + id_);
    }
    slot.ciphertext.resize(size);
    return slot;
  }

  bool Matches(const Slot& slot) const override {
    return slot.provider == kRsaProvider && slot.info == id_;
  }

  absl::StatusOr<SecretBytes> Unwrap(const Slot& slot,
                                     std::string_view /*context_aad*/) const override {
    PkeyCtxPtr ctx(EVP_PKEY_CTX_new(key_.get(), nullptr));
    if (ctx == nullptr || EVP_PKEY_decrypt_init(ctx.get()) != 1 || !SetOaepSha256(ctx.get())) {
      return OpensslError("cannot use RSA key " + id_);
    }
    SecretBytes data_key(static_cast<size_t>(EVP_PKEY_get_size(key_.get())));
    size_t size = data_key.size();
    if (EVP_PKEY_decrypt(ctx.get(), data_key.bytes(), &size, Bytes(slot.ciphertext),
                         slot.ciphertext.size()) != 1 ||
        size != kDataKeyBytes) {
      ERR_clear_error();
      return absl::DataLossError(absl::StrFormat(
          "header damaged: the slot names RSA key %s, which was given, but does not open with it",
          id_));
    }
    data_key.Truncate(size);
    return data_key;
  }

  std::string name() const override { return "RSA key " + id_; }

 private:
  const PkeyPtr key_;
  const std::string id_;
};

}  // namespace

absl::StatusOr<std::string> RsaKeyName(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  if (size <= 0) return OpensslError("cannot encode an RSA public key");
  const std::string digest =
      Sha256Hex({reinterpret_cast<const char*>(der), static_cast<size_t>(size)});
  OPENSSL_free(der);
  return "sha256:" + digest.substr(0, 16);
}

absl::StatusOr<RecipientPtr> RsaRecipient(PkeyPtr key) {
  ASSIGN_OR_RETURN(std::string id, RsaKeyName(key.get()));
  return std::make_unique<RsaKey>(std::move(key), std::move(id));
}

absl::StatusOr<IdentityPtr> RsaIdentity(PkeyPtr key) {
  ASSIGN_OR_RETURN(std::string id, RsaKeyName(key.get()));
  return std::make_unique<RsaKey>(std::move(key), std::move(id));
}

}  // namespace sfdb::crypto::internal
