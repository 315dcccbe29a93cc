#include "crypto/public_key.h"

#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <utility>

#include "absl/strings/str_format.h"
#include "crypto/encoding.h"
#include "crypto/internal/evp.h"
#include "crypto/internal/public_keys.h"
#include "engine/base/status_macros.h"

namespace sfdb::crypto {
namespace {

using internal::BioPtr;
using internal::OpensslError;
using internal::PkeyPtr;

// Without this OpenSSL would ask on the terminal for the passphrase of an encrypted key.
int NoPassphrase(char*, int, int, void*) { return -1; }

BioPtr ReadOnlyBio(std::string_view bytes) {
  return BioPtr(BIO_new_mem_buf(bytes.data(), static_cast<int>(bytes.size())));
}

absl::Status BadKey(std::string_view source, std::string_view reason) {
  ERR_clear_error();
  return absl::InvalidArgumentError(absl::StrFormat("%s: %s", source, reason));
}

// Of the two types we use, and not weaker than we accept.
absl::Status CheckKey(EVP_PKEY* key, std::string_view source) {
  const int type = EVP_PKEY_get_base_id(key);
  if (type == EVP_PKEY_X25519) return absl::OkStatus();
  if (type != EVP_PKEY_RSA) {
    const char* name = EVP_PKEY_get0_type_name(key);
    return BadKey(source, absl::StrFormat("a key of type %s; RSA and X25519 keys can be used",
                                          name != nullptr ? name : "unknown"));
  }
  const int bits = EVP_PKEY_get_bits(key);
  if (bits < kMinRsaBits || bits > kMaxRsaBits) {
    return BadKey(source, absl::StrFormat("an RSA key of %d bits; %d to %d can be used", bits,
                                          kMinRsaBits, kMaxRsaBits));
  }
  return absl::OkStatus();
}

absl::StatusOr<PemKeyPair> ToPem(PkeyPtr key, std::string name) {
  // The secure-memory BIO wipes what it frees and what it outgrows.
  BioPtr secret(BIO_new(BIO_s_secmem()));
  BioPtr open(BIO_new(BIO_s_mem()));
  if (secret == nullptr || open == nullptr ||
      PEM_write_bio_PKCS8PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr,
                                    nullptr) != 1 ||
      PEM_write_bio_PUBKEY(open.get(), key.get()) != 1) {
    return OpensslError("cannot write a key as PEM");
  }
  PemKeyPair pair;
  char* bytes = nullptr;
  long size = BIO_get_mem_data(secret.get(), &bytes);
  pair.private_pem = SecretBytes::CopyOf({bytes, static_cast<size_t>(size)});
  size = BIO_get_mem_data(open.get(), &bytes);
  pair.public_pem.assign(bytes, static_cast<size_t>(size));
  pair.name = std::move(name);
  return pair;
}

}  // namespace

bool LooksLikePem(std::string_view contents) {
  const size_t begin = contents.find_first_not_of(" \t\r\n");
  return begin != std::string_view::npos && contents.substr(begin).starts_with("-----BEGIN ");
}

absl::StatusOr<RecipientPtr> ParsePublicKey(std::string_view pem, std::string_view source) {
  if (pem.find("PRIVATE KEY-----") != std::string_view::npos) {
    return BadKey(source, absl::StrFormat("a private key; sealing needs the public one only (make "
                                          "it with: openssl pkey -in %s -pubout)",
                                          source));
  }
  const BioPtr bio = ReadOnlyBio(pem);
  PkeyPtr key(bio != nullptr ? PEM_read_bio_PUBKEY(bio.get(), nullptr, NoPassphrase, nullptr)
                             : nullptr);
  if (key == nullptr) {
    return BadKey(source, "not a public key in PEM (-----BEGIN PUBLIC KEY-----)");
  }
  RETURN_IF_ERROR(CheckKey(key.get(), source));
  return EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA
             ? internal::RsaRecipient(std::move(key))
             : internal::X25519Recipient(std::move(key));
}

absl::StatusOr<IdentityPtr> ParsePrivateKey(const SecretBytes& pem, std::string_view source) {
  if (pem.view().find("BEGIN PUBLIC KEY-----") != std::string_view::npos) {
    return BadKey(source, "a public key; opening needs the private one");
  }
  if (pem.view().find("ENCRYPTED") != std::string_view::npos) {
    return BadKey(source, absl::StrFormat("an encrypted private key; decrypt it first (openssl "
                                          "pkey -in %s -out FILE)",
                                          source));
  }
  const BioPtr bio = ReadOnlyBio(pem.view());
  PkeyPtr key(bio != nullptr ? PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr)
                             : nullptr);
  if (key == nullptr) {
    return BadKey(source, "not a private key in PEM (-----BEGIN PRIVATE KEY-----)");
  }
  RETURN_IF_ERROR(CheckKey(key.get(), source));
  return EVP_PKEY_get_base_id(key.get()) == EVP_PKEY_RSA ? internal::RsaIdentity(std::move(key))
                                                         : internal::X25519Identity(std::move(key));
}

absl::StatusOr<PemKeyPair> GenerateRsaKeyPair(int bits) {
  if (bits < kMinRsaBits || bits > kMaxRsaBits) {
    return absl::InvalidArgumentError(
        absl::StrFormat("an RSA key has %d to %d bits, not %d", kMinRsaBits, kMaxRsaBits, bits));
  }
  PkeyPtr key(EVP_RSA_gen(static_cast<unsigned>(bits)));
  if (key == nullptr) return OpensslError("cannot make an RSA key");
  ASSIGN_OR_RETURN(const std::string name, internal::RsaKeyName(key.get()));
  return ToPem(std::move(key), "RSA key " + name);
}

absl::StatusOr<PemKeyPair> GenerateX25519KeyPair() {
  PkeyPtr key(EVP_PKEY_Q_keygen(nullptr, nullptr, "X25519"));
  if (key == nullptr) return OpensslError("cannot make an X25519 key");
  ASSIGN_OR_RETURN(const std::string id, internal::X25519KeyId(key.get()));
  return ToPem(std::move(key), "X25519 key " + HexEncode(id));
}

}  // namespace sfdb::crypto
