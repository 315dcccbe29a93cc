// The header of a sealed file: its fields, its bytes, and a parser with a bound on everything.
//
// A sealed file is one AWS Encryption SDK message, version 2, suite 0x0478, framed; the layout with
// all limits is in crypto/FORMAT.md. This file knows bytes only; crypto/seal.h and crypto/open.h
// add the cryptography.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/slot.h"

namespace sfdb::crypto {

// What we write. Readers take the length from the header.
// Measured with bench/crypto (one core of an AMD EPYC): frames of 4 KiB seal at 0.83 of the speed
// of 1 MiB ones, 64 KiB and 4 MiB at the same speed. So speed does not decide above 64 KiB; 1 MiB
// keeps what one byte of random access costs small, and a frame's 32 bytes next to nothing.
inline constexpr uint32_t kFrameLength = 1u << 20;

// Limits of the reader; the first two also of the writer.
inline constexpr size_t kMaxSlots = 64;
inline constexpr size_t kMaxContextBytes = 65535;  // all pairs as written; the field has 16 bits
inline constexpr size_t kMaxHeaderBytes = 1u << 20;
inline constexpr uint32_t kMaxFrameLength = 16u << 20;  // a reader's buffer per frame

inline constexpr size_t kMessageIdBytes = 32;
inline constexpr size_t kCommitmentBytes = 32;
inline constexpr size_t kHeaderTagBytes = 16;

// Facts about the file, readable without a key and authenticated: format version, id of the backup,
// role of the file in it, compression. Ordered by the bytes of the keys, as the format wants.
using Context = std::map<std::string, std::string>;
inline constexpr std::string_view kContextFormat = "sfdb-format";  // always there, value "1"
inline constexpr std::string_view kContextBackupId = "sfdb-backup-id";
inline constexpr std::string_view kContextArtifact = "sfdb-artifact";
inline constexpr std::string_view kContextCompression = "sfdb-compression";

struct MessageHeader {
  std::string message_id;  // kMessageIdBytes
  Context context;
  std::vector<Slot> slots;
  uint32_t frame_length = kFrameLength;
  std::string commitment;  // kCommitmentBytes
  std::string tag;         // kHeaderTagBytes

  // The bytes that `tag` authenticates: everything up to it.
  std::string body;
  // Of the whole header in the file, where the first frame begins.
  size_t size() const { return body.size() + kHeaderTagBytes; }
};

// Checks what a writer may put in: lengths, UTF-8, no key that begins with "aws-crypto-".
absl::Status CheckContext(const Context& context);

// The context as slots authenticate it: count and pairs, without the length; empty when there are
// no pairs.
std::string ContextAad(const Context& context);

// The bytes of all fields but the tag. REQUIRES: fields within their limits.
std::string SerializeHeaderBody(const MessageHeader& header);

// Whether a file that begins with `prefix` (at least 3 bytes) claims to be sealed in this format.
bool LooksSealed(std::string_view prefix);

struct HeaderParse {
  std::optional<MessageHeader> header;
  // Without a header: how many bytes more, at least, belong to it. A reader of a pipe that asks for
  // just so many never reads past the header.
  size_t missing = 0;
};

// Parses the header at the start of `prefix`. DataLoss says which field is not as it must be, or
// that the header is longer than kMaxHeaderBytes.
absl::StatusOr<HeaderParse> ParseMessageHeader(std::string_view prefix);

}  // namespace sfdb::crypto
