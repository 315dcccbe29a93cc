#include "crypto/key_file.h"

#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "crypto/encoding.h"
#include "crypto/internal/raw_aes_slot.h"
#include "crypto/random.h"
#include "crypto/sha256.h"
#include "engine/base/status_macros.h"

namespace sfdb::crypto {
namespace {

class KeyFileKey : public Recipient, public Identity {
 public:
  explicit KeyFileKey(const SecretBytes& key) : key_(key.Clone()), id_(KeyFileKeyName(key)) {}

  absl::StatusOr<Slot> Wrap(const SecretBytes& data_key,
                            std::string_view context_aad) const override {
    return internal::WrapRawAes(kKeyFileProvider, id_, key_, data_key, context_aad);
  }

  bool Matches(const Slot& slot) const override {
    return slot.provider == kKeyFileProvider && internal::RawAesKeyName(slot.info) == id_;
  }

  absl::StatusOr<SecretBytes> Unwrap(const Slot& slot,
                                     std::string_view context_aad) const override {
    ASSIGN_OR_RETURN(std::optional<SecretBytes> data_key,
                     internal::UnwrapRawAes(slot, key_, context_aad));
    if (data_key.has_value()) return std::move(*data_key);
    return absl::DataLossError(absl::StrFormat(
        "header damaged: the slot names key %s, which was given, but does not open with it; the "
        "slot or the context is not as it was written",
        id_));
  }

  std::string name() const override { return "key " + id_; }

 private:
  const SecretBytes key_;
  const std::string id_;
};

}  // namespace

absl::StatusOr<SecretBytes> GenerateKeyFileKey() {
  SecretBytes key(kKeyFileKeyBytes);
  RETURN_IF_ERROR(FillRandom(key.data(), key.size()));
  return key;
}

SecretBytes EncodeKeyFile(const SecretBytes& key, KeyFileEncoding encoding) {
  if (encoding == KeyFileEncoding::kRaw) return key.Clone();
  const SecretBytes text = encoding == KeyFileEncoding::kHex ? HexEncodeSecret(key.view())
                                                             : Base64EncodeSecret(key.view());
  SecretBytes line(text.size() + 1);
  text.view().copy(line.data(), text.size());
  line.data()[text.size()] = '\n';
  return line;
}

absl::StatusOr<SecretBytes> ParseKeyFile(const SecretBytes& contents, std::string_view source) {
  if (contents.size() == kKeyFileKeyBytes) return contents.Clone();
  std::string_view text = contents.view();
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  std::optional<SecretBytes> key;
  if (text.size() == 2 * kKeyFileKeyBytes) {
    key = HexDecode(text);
  } else if (text.size() == 43 || text.size() == 44) {
    key = Base64Decode(text);
  }
  if (key.has_value() && key->size() == kKeyFileKeyBytes) return std::move(*key);
  return absl::InvalidArgumentError(absl::StrFormat(
      "%s is not a key file: it holds %d bytes; a key file holds 32 raw bytes, or their 64 hex "
      "digits, or their base64 (make one with: sfdbtools crypto keygen)",
      source, contents.size()));
}

std::string KeyFileKeyName(const SecretBytes& key) {
  constexpr std::string_view kPrefix("sfdb-key-id\0", 12);
  Sha256 hasher;
  hasher.Update(kPrefix);
  hasher.Update(key.view());
  return "sha256:" + hasher.FinishHex().substr(0, 16);
}

RecipientPtr KeyFileRecipient(const SecretBytes& key) { return std::make_unique<KeyFileKey>(key); }
IdentityPtr KeyFileIdentity(const SecretBytes& key) { return std::make_unique<KeyFileKey>(key); }

}  // namespace sfdb::crypto
