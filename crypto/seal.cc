#include "crypto/seal.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "crypto/internal/aes_gcm.h"
#include "crypto/internal/message_keys.h"
#include "crypto/internal/wire.h"
#include "crypto/random.h"
#include "engine/base/status_macros.h"

namespace sfdb::crypto {

using internal::AesGcm;
using internal::kIvBytes;
using internal::StoreU32;

struct FrameSealer::Impl {
  AesGcm gcm;
  internal::FrameAad aad;
  uint32_t frame_length;
};

FrameSealer::FrameSealer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FrameSealer::~FrameSealer() = default;
FrameSealer::FrameSealer(FrameSealer&&) noexcept = default;
FrameSealer& FrameSealer::operator=(FrameSealer&&) noexcept = default;

absl::StatusOr<size_t> FrameSealer::Seal(uint32_t frame, FrameKind kind,
                                         std::span<const std::string_view> pieces,
                                         std::span<char> out) {
  size_t plain = 0;
  for (const std::string_view piece : pieces) plain += piece.size();
  const bool fits =
      kind == FrameKind::kFinal ? plain <= impl_->frame_length : plain == impl_->frame_length;
  if (frame == 0 || !fits || out.size() < SealedFrameSize(kind, plain)) {
    return absl::InvalidArgumentError(
        absl::StrFormat("cannot seal %d bytes as frame %d of length %d into %d bytes", plain, frame,
                        impl_->frame_length, out.size()));
  }

  char* at = out.data();
  if (kind == FrameKind::kFinal) {
    StoreU32(at, 0xffffffffu);
    at += 4;
  }
  StoreU32(at, frame);
  at += 4;
  internal::FrameIv(frame, at);
  const std::string_view iv(at, kIvBytes);
  at += kIvBytes;
  if (kind == FrameKind::kFinal) {
    StoreU32(at, static_cast<uint32_t>(plain));
    at += 4;
  }
  RETURN_IF_ERROR(impl_->gcm.Start(iv, impl_->aad.For(frame, kind, plain)));
  for (const std::string_view piece : pieces) {
    RETURN_IF_ERROR(impl_->gcm.Update(piece, at));
    at += piece.size();
  }
  RETURN_IF_ERROR(impl_->gcm.FinishSeal(at));
  return SealedFrameSize(kind, plain);
}

SealedMessage::SealedMessage() = default;
SealedMessage::~SealedMessage() = default;
SealedMessage::SealedMessage(SealedMessage&&) noexcept = default;
SealedMessage& SealedMessage::operator=(SealedMessage&&) noexcept = default;

absl::StatusOr<SealedMessage> SealedMessage::Create(Context context,
                                                    std::span<const RecipientPtr> recipients,
                                                    uint32_t frame_length) {
  if (recipients.empty() || recipients.size() > kMaxSlots) {
    return absl::InvalidArgumentError(
        absl::StrFormat("a file is sealed to 1 to %d keys, not %d", kMaxSlots, recipients.size()));
  }
  if (frame_length == 0 || frame_length > kMaxFrameLength) {
    return absl::InvalidArgumentError(
        absl::StrFormat("frame length %d is not 1 to %d", frame_length, kMaxFrameLength));
  }
  MessageHeader header;
  header.frame_length = frame_length;
  header.context = std::move(context);
  header.context.insert_or_assign(std::string(kContextFormat), std::string("1"));
  RETURN_IF_ERROR(CheckContext(header.context));

  header.message_id.resize(kMessageIdBytes);
  SecretBytes data_key(kDataKeyBytes);
  RETURN_IF_ERROR(FillRandom(header.message_id.data(), header.message_id.size()));
  RETURN_IF_ERROR(FillRandom(data_key.data(), data_key.size()));

  const std::string context_aad = ContextAad(header.context);
  for (const RecipientPtr& recipient : recipients) {
    ASSIGN_OR_RETURN(Slot slot, recipient->Wrap(data_key, context_aad));
    header.slots.push_back(std::move(slot));
  }
  ASSIGN_OR_RETURN(internal::MessageKeys keys,
                   internal::DeriveMessageKeys(data_key, header.message_id));
  header.commitment = keys.commitment;
  header.body = SerializeHeaderBody(header);
  ASSIGN_OR_RETURN(header.tag, internal::HeaderTag(keys, header.body));

  SealedMessage message;
  message.header_ = header.body + header.tag;
  message.frame_length_ = frame_length;
  message.message_id_ = header.message_id;
  message.keys_ = std::make_unique<const internal::MessageKeys>(std::move(keys));
  return message;
}

absl::StatusOr<FrameSealer> SealedMessage::NewSealer() const {
  ASSIGN_OR_RETURN(AesGcm gcm, AesGcm::Create(AesGcm::Direction::kSeal, keys_->sealing_key.view()));
  return FrameSealer(std::make_unique<FrameSealer::Impl>(
      FrameSealer::Impl{std::move(gcm), internal::FrameAad(message_id_), frame_length_}));
}

SealWriter::SealWriter(FrameSealer sealer, uint32_t frame_length, ByteSink* sink)
    : sealer_(std::move(sealer)), sink_(sink), frame_length_(frame_length) {}

absl::StatusOr<SealWriter> SealWriter::Create(Context context,
                                              std::span<const RecipientPtr> recipients,
                                              ByteSink* sink, uint32_t frame_length) {
  ASSIGN_OR_RETURN(const SealedMessage message,
                   SealedMessage::Create(std::move(context), recipients, frame_length));
  ASSIGN_OR_RETURN(FrameSealer sealer, message.NewSealer());
  RETURN_IF_ERROR(sink->Write(message.header()));
  return SealWriter(std::move(sealer), frame_length, sink);
}

absl::Status SealWriter::Append(std::string_view bytes) {
  if (finished_) return absl::FailedPreconditionError("the sealed file is already finished");
  while (status_.ok() && pending_.size() + bytes.size() >= frame_length_) {
    const size_t take = frame_length_ - pending_.size();
    if (pending_.empty()) {
      status_ = WriteFrame(FrameKind::kRegular, bytes.substr(0, take));
    } else {
      pending_.append(bytes.substr(0, take));
      status_ = WriteFrame(FrameKind::kRegular, pending_);
      pending_.clear();
    }
    bytes.remove_prefix(take);
  }
  if (status_.ok()) pending_.append(bytes);
  return status_;
}

absl::Status SealWriter::Finish() {
  if (status_.ok() && !finished_) status_ = WriteFrame(FrameKind::kFinal, pending_);
  finished_ = true;
  return status_;
}

absl::Status SealWriter::WriteFrame(FrameKind kind, std::string_view plain) {
  if (next_ > kMaxFrames) {
    return absl::OutOfRangeError(
        absl::StrFormat("a sealed file has at most %d frames", kMaxFrames));
  }
  frame_.resize(SealedFrameSize(kind, plain.size()));
  const std::string_view pieces[] = {plain};
  RETURN_IF_ERROR(
      sealer_.Seal(static_cast<uint32_t>(next_++), kind, pieces, {frame_.data(), frame_.size()})
          .status());
  return sink_->Write(frame_);
}

absl::StatusOr<std::string> SealBytes(std::string_view plain, Context context,
                                      std::span<const RecipientPtr> recipients,
                                      uint32_t frame_length) {
  std::string sealed;
  StringSink sink(&sealed);
  ASSIGN_OR_RETURN(SealWriter writer,
                   SealWriter::Create(std::move(context), recipients, &sink, frame_length));
  RETURN_IF_ERROR(writer.Append(plain));
  RETURN_IF_ERROR(writer.Finish());
  return sealed;
}

}  // namespace sfdb::crypto
