#include "crypto/internal/raw_aes_slot.h"

#include "crypto/internal/aes_gcm.h"
#include "crypto/internal/wire.h"
#include "crypto/random.h"
#include "engine/base/status_macros.h"

namespace sfdb::crypto::internal {
namespace {

constexpr uint32_t kTagBits = 128;
constexpr size_t kTailBytes = 4 + 4 + kIvBytes;

}  // namespace

std::string_view RawAesKeyName(std::string_view info) {
  return info.size() < kTailBytes ? info : info.substr(0, info.size() - kTailBytes);
}

absl::StatusOr<Slot> WrapRawAes(std::string_view provider, std::string_view key_name,
                                const SecretBytes& wrapping_key, const SecretBytes& data_key,
                                std::string_view context_aad) {
  char iv[kIvBytes];
  RETURN_IF_ERROR(FillRandom(iv, sizeof iv));
  Slot slot;
  slot.provider = provider;
  slot.info = key_name;
  AppendU32(&slot.info, kTagBits);
  AppendU32(&slot.info, kIvBytes);
  slot.info.append(iv, sizeof iv);
  slot.ciphertext.resize(data_key.size() + kTagBytes);
  RETURN_IF_ERROR(GcmSeal(wrapping_key.view(), {iv, sizeof iv}, context_aad, data_key.view(),
                          slot.ciphertext.data()));
  return slot;
}

absl::StatusOr<std::optional<SecretBytes>> UnwrapRawAes(const Slot& slot,
                                                        const SecretBytes& wrapping_key,
                                                        std::string_view context_aad) {
  const std::string_view info = slot.info;
  if (info.size() < kTailBytes || slot.ciphertext.size() != kDataKeyBytes + kTagBytes) {
    return std::nullopt;
  }
  const std::string_view tail = info.substr(info.size() - kTailBytes);
  if (LoadU32(tail.data()) != kTagBits || LoadU32(tail.data() + 4) != kIvBytes) {
    return std::nullopt;
  }
  SecretBytes data_key(kDataKeyBytes);
  ASSIGN_OR_RETURN(const bool opened, GcmOpen(wrapping_key.view(), tail.substr(8), context_aad,
                                              slot.ciphertext, data_key.data()));
  if (!opened) return std::nullopt;
  return data_key;
}

}  // namespace sfdb::crypto::internal
