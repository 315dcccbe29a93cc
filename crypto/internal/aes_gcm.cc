#include "crypto/internal/aes_gcm.h"

#include <climits>

#include "crypto/secret_bytes.h"
#include "engine/base/status_macros.h"

namespace sfdb::crypto::internal {

absl::StatusOr<AesGcm> AesGcm::Create(Direction direction, std::string_view key) {
  CipherCtxPtr ctx(EVP_CIPHER_CTX_new());
  const int seal = direction == Direction::kSeal ? 1 : 0;
  if (ctx == nullptr || key.size() != kKeyBytes ||
      EVP_CipherInit_ex(ctx.get(), EVP_aes_256_gcm(), nullptr, Bytes(key), nullptr, seal) != 1) {
    return OpensslError("cannot set up AES-256-GCM");
  }
  return AesGcm(direction, std::move(ctx));
}

absl::Status AesGcm::Start(std::string_view iv, std::string_view aad) {
  const int seal = direction_ == Direction::kSeal ? 1 : 0;
  int written = 0;
  if (iv.size() != kIvBytes || aad.size() > INT_MAX ||
      EVP_CipherInit_ex(ctx_.get(), nullptr, nullptr, nullptr, Bytes(iv), seal) != 1 ||
      (!aad.empty() && EVP_CipherUpdate(ctx_.get(), nullptr, &written, Bytes(aad),
                                        static_cast<int>(aad.size())) != 1)) {
    return OpensslError("cannot start an AES-256-GCM message");
  }
  return absl::OkStatus();
}

absl::Status AesGcm::Update(std::string_view in, char* out) {
  if (in.empty()) return absl::OkStatus();
  int written = 0;
  if (in.size() > INT_MAX ||
      EVP_CipherUpdate(ctx_.get(), Bytes(out), &written, Bytes(in), static_cast<int>(in.size())) !=
          1 ||
      static_cast<size_t>(written) != in.size()) {
    return OpensslError("AES-256-GCM failed");
  }
  return absl::OkStatus();
}

absl::Status AesGcm::FinishSeal(char* tag) {
  int written = 0;
  if (EVP_EncryptFinal_ex(ctx_.get(), Bytes(tag), &written) != 1 ||
      EVP_CIPHER_CTX_ctrl(ctx_.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag) != 1) {
    return OpensslError("AES-256-GCM gave no tag");
  }
  return absl::OkStatus();
}

bool AesGcm::FinishOpen(std::string_view tag) {
  char unused[kTagBytes];
  int written = 0;
  const bool matches = tag.size() == kTagBytes &&
                       EVP_CIPHER_CTX_ctrl(ctx_.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes,
                                           const_cast<char*>(tag.data())) == 1 &&
                       EVP_DecryptFinal_ex(ctx_.get(), Bytes(unused), &written) == 1;
  if (!matches) ERR_clear_error();
  return matches;
}

absl::Status GcmSeal(std::string_view key, std::string_view iv, std::string_view aad,
                     std::string_view in, char* out) {
  ASSIGN_OR_RETURN(AesGcm gcm, AesGcm::Create(AesGcm::Direction::kSeal, key));
  RETURN_IF_ERROR(gcm.Start(iv, aad));
  RETURN_IF_ERROR(gcm.Update(in, out));
  return gcm.FinishSeal(out + in.size());
}

absl::StatusOr<bool> GcmOpen(std::string_view key, std::string_view iv, std::string_view aad,
                             std::string_view sealed, char* out) {
  if (sealed.size() < kTagBytes) return false;
  const std::string_view text = sealed.substr(0, sealed.size() - kTagBytes);
  ASSIGN_OR_RETURN(AesGcm gcm, AesGcm::Create(AesGcm::Direction::kOpen, key));
  RETURN_IF_ERROR(gcm.Start(iv, aad));
  RETURN_IF_ERROR(gcm.Update(text, out));
  if (gcm.FinishOpen(sealed.substr(text.size()))) return true;
  Cleanse(out, text.size());
  return false;
}

}  // namespace sfdb::crypto::internal
