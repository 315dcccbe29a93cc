#include "crypto/internal/message_keys.h"

#include "crypto/internal/kdf.h"
#include "crypto/internal/wire.h"
#include "crypto/message_header.h"
#include "engine/base/status_macros.h"

namespace sfdb::crypto::internal {
namespace {

constexpr std::string_view kDeriveInfo =
    "\x04\x78"
    "DERIVEKEY";
constexpr std::string_view kCommitInfo = "COMMITKEY";
constexpr std::string_view kRegularLabel = "AWSKMSEncryptionClient Frame";
constexpr std::string_view kFinalLabel = "AWSKMSEncryptionClient Final Frame";
constexpr size_t kAadNumbers = 4 + 8;  // frame number, length of its content

}  // namespace

absl::StatusOr<MessageKeys> DeriveMessageKeys(const SecretBytes& data_key,
                                              std::string_view message_id) {
  MessageKeys keys;
  ASSIGN_OR_RETURN(keys.sealing_key,
                   Hkdf(HkdfHash::kSha512, data_key.view(), message_id, kDeriveInfo, kKeyBytes));
  ASSIGN_OR_RETURN(const SecretBytes commitment, Hkdf(HkdfHash::kSha512, data_key.view(),
                                                      message_id, kCommitInfo, kCommitmentBytes));
  keys.commitment = commitment.view();
  return keys;
}

absl::StatusOr<std::string> HeaderTag(const MessageKeys& keys, std::string_view body) {
  const std::string iv(kIvBytes, '\0');
  std::string tag(kTagBytes, '\0');
  RETURN_IF_ERROR(GcmSeal(keys.sealing_key.view(), iv, body, {}, tag.data()));
  return tag;
}

void FrameIv(uint32_t frame, char iv[kIvBytes]) {
  StoreU64(iv, 0);
  StoreU32(iv + 8, frame);
}

FrameAad::FrameAad(std::string_view message_id) : regular_(message_id), final_(message_id) {
  regular_.append(kRegularLabel).append(kAadNumbers, '\0');
  final_.append(kFinalLabel).append(kAadNumbers, '\0');
}

std::string_view FrameAad::For(uint32_t frame, FrameKind kind, uint64_t plain_size) {
  std::string& aad = kind == FrameKind::kFinal ? final_ : regular_;
  char* numbers = aad.data() + aad.size() - kAadNumbers;
  StoreU32(numbers, frame);
  StoreU64(numbers + 4, plain_size);
  return aad;
}

}  // namespace sfdb::crypto::internal
