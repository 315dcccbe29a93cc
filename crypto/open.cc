#include "crypto/open.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "crypto/damage.h"
#include "crypto/internal/aes_gcm.h"
#include "crypto/internal/message_keys.h"
#include "crypto/internal/wire.h"
#include "engine/base/status_macros.h"

namespace sfdb::crypto {

using internal::AesGcm;
using internal::kIvBytes;
using internal::kTagBytes;
using internal::LoadU32;

struct FrameOpener::Impl {
  AesGcm gcm;
  internal::FrameAad aad;
  uint32_t frame_length;
  std::string source;
};

FrameOpener::FrameOpener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FrameOpener::~FrameOpener() = default;
FrameOpener::FrameOpener(FrameOpener&&) noexcept = default;
FrameOpener& FrameOpener::operator=(FrameOpener&&) noexcept = default;

absl::StatusOr<size_t> FrameOpener::Open(uint32_t frame, FrameKind kind, std::string_view sealed,
                                         std::span<char> out) {
  const size_t overhead = SealedFrameSize(kind, 0);
  const size_t plain = sealed.size() - std::min(sealed.size(), overhead);
  const uint64_t begin = (uint64_t{frame} - 1) * impl_->frame_length;
  const auto damaged = [&](std::string_view reason) {
    return FrameDamageError(impl_->source, {frame, begin, begin + plain}, reason);
  };
  const bool fits =
      kind == FrameKind::kFinal ? plain <= impl_->frame_length : plain == impl_->frame_length;
  if (frame == 0 || sealed.size() < overhead || !fits || out.size() < plain) {
    return absl::InvalidArgumentError(
        absl::StrFormat("cannot open %d bytes as frame %d of length %d", sealed.size(), frame,
                        impl_->frame_length));
  }

  const char* at = sealed.data();
  if (kind == FrameKind::kFinal) {
    if (LoadU32(at) != 0xffffffffu) {
      return damaged("is damaged: the mark of the last frame is missing");
    }
    at += 4;
  }
  if (const uint32_t number = LoadU32(at); number != frame) {
    return damaged(
        absl::StrFormat("is out of order: the frame in its place has number %u", number));
  }
  at += 4;
  char iv[kIvBytes];
  internal::FrameIv(frame, iv);
  if (std::string_view(at, kIvBytes) != std::string_view(iv, kIvBytes)) {
    return damaged("is damaged: its initialisation vector is not its number");
  }
  at += kIvBytes;
  if (kind == FrameKind::kFinal) {
    if (const uint32_t length = LoadU32(at); length != plain) {
      return damaged(absl::StrFormat("is damaged: it claims %u bytes and has %d", length, plain));
    }
    at += 4;
  }
  RETURN_IF_ERROR(impl_->gcm.Start({iv, kIvBytes}, impl_->aad.For(frame, kind, plain)));
  RETURN_IF_ERROR(impl_->gcm.Update({at, plain}, out.data()));
  if (!impl_->gcm.FinishOpen({at + plain, kTagBytes})) {
    Cleanse(out.data(), plain);
    return damaged("is damaged: its authentication tag does not match");
  }
  return plain;
}

OpenedMessage::OpenedMessage() = default;
OpenedMessage::~OpenedMessage() = default;
OpenedMessage::OpenedMessage(OpenedMessage&&) noexcept = default;
OpenedMessage& OpenedMessage::operator=(OpenedMessage&&) noexcept = default;

namespace {

// Tries every key on every slot that it matches. A slot that fails is not the end: another may
// open.
absl::StatusOr<SecretBytes> UnwrapDataKey(const MessageHeader& header,
                                          std::span<const IdentityPtr> identities) {
  const std::string context_aad = ContextAad(header.context);
  absl::Status failure;
  for (const IdentityPtr& identity : identities) {
    for (const Slot& slot : header.slots) {
      if (!identity->Matches(slot)) continue;
      absl::StatusOr<SecretBytes> data_key = identity->Unwrap(slot, context_aad);
      if (data_key.ok()) return data_key;
      // Proof of damage says more than a passphrase that may be wrong.
      if (failure.ok() || absl::IsPermissionDenied(failure)) failure = data_key.status();
    }
  }
  if (!failure.ok()) return failure;
  std::string given;
  for (const IdentityPtr& identity : identities) {
    given += (given.empty() ? "" : ", ") + identity->name();
  }
  return absl::PermissionDeniedError(absl::StrFormat(
      "%s: the file is sealed to %s; given: %s", identities.empty() ? "no key given" : "wrong key",
      DescribeSlots(header.slots), given.empty() ? "nothing" : given));
}

}  // namespace

absl::StatusOr<OpenedMessage> OpenedMessage::Open(MessageHeader header, std::string_view source,
                                                  std::span<const IdentityPtr> identities) {
  OpenedMessage message;
  message.source_ = source;
  absl::StatusOr<SecretBytes> data_key = UnwrapDataKey(header, identities);
  if (!data_key.ok()) return PrefixError(source, data_key.status());
  message.data_key_ = *std::move(data_key);

  ASSIGN_OR_RETURN(internal::MessageKeys keys,
                   internal::DeriveMessageKeys(message.data_key_, header.message_id));
  if (!ConstantTimeEqual(keys.commitment, header.commitment)) {
    return absl::DataLossError(absl::StrFormat(
        "%s: header damaged: the key commitment does not fit the key and the message id", source));
  }
  ASSIGN_OR_RETURN(const std::string tag, internal::HeaderTag(keys, header.body));
  if (!ConstantTimeEqual(tag, header.tag)) {
    return absl::DataLossError(
        absl::StrFormat("%s: header damaged: its authentication tag does not match", source));
  }
  message.keys_ = std::make_unique<const internal::MessageKeys>(std::move(keys));
  message.header_ = std::move(header);
  return message;
}

absl::StatusOr<FrameOpener> OpenedMessage::NewOpener() const {
  ASSIGN_OR_RETURN(AesGcm gcm, AesGcm::Create(AesGcm::Direction::kOpen, keys_->sealing_key.view()));
  return FrameOpener(std::make_unique<FrameOpener::Impl>(FrameOpener::Impl{
      std::move(gcm), internal::FrameAad(header_.message_id), header_.frame_length, source_}));
}

absl::StatusOr<std::string> OpenedMessage::Rewrap(std::span<const RecipientPtr> recipients) const {
  if (recipients.empty() || recipients.size() > kMaxSlots) {
    return absl::InvalidArgumentError(
        absl::StrFormat("a file is sealed to 1 to %d keys, not %d", kMaxSlots, recipients.size()));
  }
  MessageHeader header = header_;
  header.slots.clear();
  const std::string context_aad = ContextAad(header.context);
  for (const RecipientPtr& recipient : recipients) {
    ASSIGN_OR_RETURN(Slot slot, recipient->Wrap(data_key_, context_aad));
    header.slots.push_back(std::move(slot));
  }
  header.body = SerializeHeaderBody(header);
  ASSIGN_OR_RETURN(header.tag, internal::HeaderTag(*keys_, header.body));
  return header.body + header.tag;
}

namespace {

absl::Status TruncatedHeader(const std::string& source, uint64_t size) {
  return absl::DataLossError(
      absl::StrFormat("%s: truncated: it ends at byte %d, inside the header", source, size));
}

}  // namespace

absl::StatusOr<MessageHeader> ReadMessageHeader(SequentialSource& source) {
  std::string bytes;
  for (;;) {
    absl::StatusOr<HeaderParse> parse = ParseMessageHeader(bytes);
    if (!parse.ok()) return PrefixError(source.name(), parse.status());
    if (parse->header.has_value()) return *std::move(parse->header);
    const size_t have = bytes.size();
    bytes.resize(have + parse->missing);
    ASSIGN_OR_RETURN(const size_t got, ReadFully(source, bytes.data() + have, parse->missing));
    if (got < parse->missing) return TruncatedHeader(source.name(), have + got);
  }
}

absl::StatusOr<MessageHeader> ReadMessageHeader(const RandomAccessSource& source) {
  std::string bytes;
  for (size_t want = 4096;; want *= 4) {
    const size_t have = bytes.size();
    bytes.resize(static_cast<size_t>(std::min<uint64_t>(want, source.size())));
    RETURN_IF_ERROR(source.ReadAt(have, bytes.size() - have, bytes.data() + have));
    absl::StatusOr<HeaderParse> parse = ParseMessageHeader(bytes);
    if (!parse.ok()) return PrefixError(source.name(), parse.status());
    if (parse->header.has_value()) return *std::move(parse->header);
    if (bytes.size() == source.size()) return TruncatedHeader(source.name(), bytes.size());
  }
}

}  // namespace sfdb::crypto
