// AES-256-GCM with a key schedule that is kept: per message only the 12-byte IV changes.
#pragma once

#include <cstddef>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/internal/evp.h"

namespace sfdb::crypto::internal {

inline constexpr size_t kKeyBytes = 32;
inline constexpr size_t kIvBytes = 12;
inline constexpr size_t kTagBytes = 16;

// Not thread-safe; one per thread. One piece of input is at most INT_MAX bytes.
class AesGcm {
 public:
  enum class Direction { kSeal, kOpen };
  // REQUIRES: key.size() == kKeyBytes.
  static absl::StatusOr<AesGcm> Create(Direction direction, std::string_view key);

  // REQUIRES: iv.size() == kIvBytes, and no IV is ever given twice when sealing.
  absl::Status Start(std::string_view iv, std::string_view aad);
  // Writes exactly in.size() bytes; `out` may be `in`, else they must not overlap.
  absl::Status Update(std::string_view in, char* out);
  // Sealing only: writes kTagBytes.
  absl::Status FinishSeal(char* tag);
  // Opening only: false when the tag does not match; what Update() wrote must then not be used.
  bool FinishOpen(std::string_view tag);

 private:
  AesGcm(Direction direction, CipherCtxPtr ctx) : direction_(direction), ctx_(std::move(ctx)) {}

  Direction direction_;
  CipherCtxPtr ctx_;
};

// One-shot forms for short messages. Seal writes in.size() + kTagBytes bytes.
absl::Status GcmSeal(std::string_view key, std::string_view iv, std::string_view aad,
                     std::string_view in, char* out);
// `sealed` is ciphertext and tag. False: the tag does not match, and `out` is overwritten.
absl::StatusOr<bool> GcmOpen(std::string_view key, std::string_view iv, std::string_view aad,
                             std::string_view sealed, char* out);

}  // namespace sfdb::crypto::internal
