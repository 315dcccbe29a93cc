#include "crypto/passphrase.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "crypto/encoding.h"
#include "crypto/internal/aes_gcm.h"
#include "crypto/internal/kdf.h"
#include "crypto/internal/raw_aes_slot.h"
#include "crypto/random.h"
#include "engine/base/status_macros.h"

namespace sfdb::crypto {
namespace {

constexpr size_t kSaltBytes = 16;

struct ScryptParams {
  int log2_n;
  std::string salt;
};

// The key name of the slot, a PHC string: $scrypt$ln=17,r=8,p=1$<base64 of the salt, unpadded>.
std::string FormatPhc(const ScryptParams& params) {
  std::string salt = absl::Base64Escape(params.salt);
  while (salt.ends_with('=')) salt.pop_back();
  return absl::StrFormat("$scrypt$ln=%d,r=8,p=1$%s", params.log2_n, salt);
}

// Only what FormatPhc() writes: r and p are fixed, so that log2_n alone bounds time and memory.
std::optional<ScryptParams> ParsePhc(std::string_view phc) {
  constexpr std::string_view kHead = "$scrypt$ln=";
  constexpr std::string_view kMiddle = ",r=8,p=1$";
  const size_t middle = phc.find(kMiddle);
  if (!phc.starts_with(kHead) || middle == std::string_view::npos) return std::nullopt;
  const std::string number(phc.substr(kHead.size(), middle - kHead.size()));
  const std::optional<SecretBytes> salt = Base64Decode(phc.substr(middle + kMiddle.size()));
  ScryptParams params;
  if (!absl::SimpleAtoi(number, &params.log2_n) || params.log2_n < 1 ||
      params.log2_n > kMaxScryptLog2N || !salt.has_value() || salt->size() != kSaltBytes) {
    return std::nullopt;
  }
  params.salt = salt->view();
  return params;
}

absl::StatusOr<SecretBytes> WrappingKey(const SecretBytes& passphrase, const ScryptParams& params) {
  return internal::Scrypt(passphrase.view(), params.salt, params.log2_n, internal::kKeyBytes);
}

class ScryptRecipient : public Recipient {
 public:
  ScryptRecipient(const SecretBytes& passphrase, int log2_n)
      : passphrase_(passphrase.Clone()), log2_n_(log2_n) {}

  absl::StatusOr<Slot> Wrap(const SecretBytes& data_key,
                            std::string_view context_aad) const override {
    ScryptParams params{log2_n_, std::string(kSaltBytes, '\0')};
    RETURN_IF_ERROR(FillRandom(params.salt.data(), params.salt.size()));
    ASSIGN_OR_RETURN(const SecretBytes key, WrappingKey(passphrase_, params));
    return internal::WrapRawAes(kPassphraseProvider, FormatPhc(params), key, data_key, context_aad);
  }

  std::string name() const override { return "a passphrase"; }

 private:
  const SecretBytes passphrase_;
  const int log2_n_;
};

class ScryptIdentity : public Identity {
 public:
  explicit ScryptIdentity(const SecretBytes& passphrase) : passphrase_(passphrase.Clone()) {}

  bool Matches(const Slot& slot) const override { return slot.provider == kPassphraseProvider; }

  absl::StatusOr<SecretBytes> Unwrap(const Slot& slot,
                                     std::string_view context_aad) const override {
    const std::optional<ScryptParams> params = ParsePhc(internal::RawAesKeyName(slot.info));
    if (!params.has_value()) {
      return absl::DataLossError(absl::StrFormat(
          "header damaged: the passphrase slot does not say $scrypt$ln=N,r=8,p=1$salt with N up to "
          "%d and a salt of %d bytes",
          kMaxScryptLog2N, kSaltBytes));
    }
    ASSIGN_OR_RETURN(const SecretBytes key, WrappingKey(passphrase_, *params));
    ASSIGN_OR_RETURN(std::optional<SecretBytes> data_key,
                     internal::UnwrapRawAes(slot, key, context_aad));
    if (data_key.has_value()) return std::move(*data_key);
    return absl::PermissionDeniedError("wrong passphrase (or its slot or the context is damaged)");
  }

  std::string name() const override { return "a passphrase"; }
  const SecretBytes* passphrase() const override { return &passphrase_; }

 private:
  const SecretBytes passphrase_;
};

}  // namespace

absl::StatusOr<RecipientPtr> PassphraseRecipient(const SecretBytes& passphrase, int log2_n) {
  if (passphrase.empty()) return absl::InvalidArgumentError("the passphrase is empty");
  return std::make_unique<ScryptRecipient>(passphrase, log2_n);
}

IdentityPtr PassphraseIdentity(const SecretBytes& passphrase) {
  return std::make_unique<ScryptIdentity>(passphrase);
}

}  // namespace sfdb::crypto
