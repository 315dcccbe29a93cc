// What is derived from a data key: the key that seals header and frames, and the commitment; and
// the additional data of a frame. Layout: crypto/FORMAT.md.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "crypto/frame_layout.h"
#include "crypto/internal/aes_gcm.h"
#include "crypto/secret_bytes.h"

namespace sfdb::crypto::internal {

struct MessageKeys {
  SecretBytes sealing_key;  // 32 bytes
  std::string commitment;   // 32 bytes, public
};

absl::StatusOr<MessageKeys> DeriveMessageKeys(const SecretBytes& data_key,
                                              std::string_view message_id);

// The tag over the header body: GCM with an IV of zeros and no text.
absl::StatusOr<std::string> HeaderTag(const MessageKeys& keys, std::string_view body);

// IV of frame `frame`: its number, big-endian, in 12 bytes.
void FrameIv(uint32_t frame, char iv[kIvBytes]);

// Builds the additional data of frames of one message without allocating per frame.
class FrameAad {
 public:
  explicit FrameAad(std::string_view message_id);
  // Valid until the next call.
  std::string_view For(uint32_t frame, FrameKind kind, uint64_t plain_size);

 private:
  std::string regular_;
  std::string final_;
};

}  // namespace sfdb::crypto::internal
