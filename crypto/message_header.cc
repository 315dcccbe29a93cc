#include "crypto/message_header.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "crypto/internal/wire.h"

namespace sfdb::crypto {
namespace {

using internal::AppendField;
using internal::AppendU16;
using internal::AppendU32;
using internal::Cursor;

constexpr uint8_t kVersion = 2;
constexpr uint16_t kSuite = 0x0478;  // AES-256-GCM, HKDF-SHA512, key commitment
constexpr uint8_t kFramed = 2;

template <typename... Args>
absl::Status Damaged(const absl::FormatSpec<Args...>& format, const Args&... args) {
  return absl::DataLossError("header damaged: " + absl::StrFormat(format, args...));
}

bool IsUtf8(std::string_view text) {
  for (size_t i = 0; i < text.size();) {
    const uint8_t lead = static_cast<uint8_t>(text[i]);
    const size_t length = lead < 0x80 ? 1 : lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead >= 0x80 && (lead < 0xc2 || lead > 0xf4)) return false;
    if (text.size() - i < length) return false;
    uint32_t point = length == 1 ? lead : lead & (0x7fu >> length);
    for (size_t k = 1; k < length; ++k) {
      const uint8_t next = static_cast<uint8_t>(text[i + k]);
      if ((next & 0xc0) != 0x80) return false;
      point = point << 6 | (next & 0x3f);
    }
    if (length == 3 && (point < 0x800 || (point >= 0xd800 && point < 0xe000))) return false;
    if (length == 4 && (point < 0x10000 || point > 0x10ffff)) return false;
    i += length;
  }
  return true;
}

// Reads the pairs of a context whose bytes are all there.
absl::Status ParseContext(std::string_view bytes, Context* context) {
  Cursor cursor(bytes);
  uint16_t count;
  if (!cursor.TakeU16(&count) || count == 0) return Damaged("the context has no pairs");
  std::string_view last;
  for (int i = 0; i < count; ++i) {
    std::string_view key, value;
    if (!cursor.TakeField(&key) || !cursor.TakeField(&value)) {
      return Damaged("pair %d of the context does not fit into its %d bytes", i + 1, bytes.size());
    }
    // One context has one spelling, so no pair can hide behind another of the same key.
    if (i > 0 && key <= last) return Damaged("the keys of the context are not in order");
    last = key;
    context->emplace_hint(context->end(), std::string(key), std::string(value));
  }
  if (!cursor.at_end()) return Damaged("the context is longer than its pairs");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckContext(const Context& context) {
  for (const auto& [key, value] : context) {
    if (key.empty() || key.starts_with("aws-crypto-") || !IsUtf8(key) || !IsUtf8(value)) {
      return absl::InvalidArgumentError(
          "a context pair must be UTF-8, and its key not empty and not begin with \"aws-crypto-\"");
    }
  }
  if (ContextAad(context).size() > kMaxContextBytes) {
    return absl::InvalidArgumentError(
        absl::StrFormat("the context is longer than %d bytes", kMaxContextBytes));
  }
  return absl::OkStatus();
}

std::string ContextAad(const Context& context) {
  std::string bytes;
  if (context.empty()) return bytes;
  AppendU16(&bytes, context.size());
  for (const auto& [key, value] : context) {
    AppendField(&bytes, key);
    AppendField(&bytes, value);
  }
  return bytes;
}

std::string SerializeHeaderBody(const MessageHeader& header) {
  std::string body;
  body.push_back(static_cast<char>(kVersion));
  AppendU16(&body, kSuite);
  body += header.message_id;
  AppendField(&body, ContextAad(header.context));
  AppendU16(&body, header.slots.size());
  for (const Slot& slot : header.slots) {
    AppendField(&body, slot.provider);
    AppendField(&body, slot.info);
    AppendField(&body, slot.ciphertext);
  }
  body.push_back(static_cast<char>(kFramed));
  AppendU32(&body, header.frame_length);
  body += header.commitment;
  return body;
}

bool LooksSealed(std::string_view prefix) {
  return prefix.size() >= 3 && prefix[0] == kVersion &&
         static_cast<uint8_t>(prefix[1]) == kSuite >> 8 &&
         static_cast<uint8_t>(prefix[2]) == (kSuite & 0xff);
}

absl::StatusOr<HeaderParse> ParseMessageHeader(std::string_view prefix) {
  prefix = prefix.substr(0, kMaxHeaderBytes);
  MessageHeader header;
  Cursor cursor(prefix);
  std::string_view raw;
  const auto more = [&]() -> absl::StatusOr<HeaderParse> {
    if (prefix.size() + cursor.missing() <= kMaxHeaderBytes) {
      return HeaderParse{std::nullopt, cursor.missing()};
    }
    return Damaged("it does not end within %d bytes", kMaxHeaderBytes);
  };

  if (!cursor.Take(1, &raw)) return more();
  if (raw[0] != kVersion) {
    return absl::DataLossError(absl::StrFormat(
        "not a sealed file, or damaged: it begins with byte 0x%02x, a sealed file with 0x02",
        static_cast<uint8_t>(raw[0])));
  }
  uint16_t suite;
  if (!cursor.TakeU16(&suite)) return more();
  if (suite != kSuite) {
    return absl::DataLossError(absl::StrFormat(
        "not a sealed file, or damaged: it names algorithm suite 0x%04x, we read 0x%04x only",
        suite, kSuite));
  }
  if (!cursor.Take(kMessageIdBytes, &raw)) return more();
  header.message_id = raw;

  if (!cursor.TakeField(&raw)) return more();
  if (!raw.empty()) {
    if (absl::Status status = ParseContext(raw, &header.context); !status.ok()) return status;
  }

  uint16_t slots;
  if (!cursor.TakeU16(&slots)) return more();
  if (slots == 0 || slots > kMaxSlots) {
    return Damaged("it claims %d key slots; there are 1 to %d", slots, kMaxSlots);
  }
  for (int i = 0; i < slots; ++i) {
    std::string_view provider, info, ciphertext;
    if (!cursor.TakeField(&provider) || !cursor.TakeField(&info) ||
        !cursor.TakeField(&ciphertext)) {
      return more();
    }
    if (provider.empty()) return Damaged("key slot %d has no kind", i + 1);
    header.slots.push_back({std::string(provider), std::string(info), std::string(ciphertext)});
  }

  if (!cursor.Take(1, &raw)) return more();
  if (raw[0] != kFramed) {
    return Damaged("content type is %d; only framed content (2) is known",
                   static_cast<uint8_t>(raw[0]));
  }
  if (!cursor.TakeU32(&header.frame_length)) return more();
  if (header.frame_length == 0 || header.frame_length > kMaxFrameLength) {
    return Damaged("frame length is %u; it must be 1 to %u", header.frame_length, kMaxFrameLength);
  }
  if (!cursor.Take(kCommitmentBytes, &raw)) return more();
  header.commitment = raw;
  header.body = prefix.substr(0, cursor.position());
  if (!cursor.Take(kHeaderTagBytes, &raw)) return more();
  header.tag = raw;
  return HeaderParse{std::move(header)};
}

}  // namespace sfdb::crypto
