#include "crypto/sealed_stream.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "crypto/internal/frame_errors.h"
#include "crypto/internal/wire.h"
#include "crypto/legacy_go.h"
#include "engine/base/status_macros.h"

namespace sfdb::crypto {

using internal::FrameErrors;
using internal::kFinalHeadBytes;
using internal::LoadU32;

absl::StatusOr<bool> FrameSplitter::Next(Frame* frame) {
  const FrameErrors errors(source_->name(), frame_length_);
  char head[kFinalHeadBytes];
  if (seen_final_) {
    ASSIGN_OR_RETURN(const size_t surplus, ReadFully(*source_, head, 1));
    if (surplus > 0) {
      return absl::DataLossError(
          absl::StrFormat("%s: more bytes follow the end of the sealed data, which is at byte %d",
                          source_->name(), offset_));
    }
    return false;
  }

  // `have` bytes of the frame were read and more are needed.
  const auto truncated = [&](size_t have) { return errors.Truncated(next_, offset_ + have, have); };
  ASSIGN_OR_RETURN(size_t have, ReadFully(*source_, head, 4));
  if (have < 4) return truncated(have);
  size_t size = 0;
  if (LoadU32(head) == internal::kFinalMark) {
    ASSIGN_OR_RETURN(const size_t rest, ReadFully(*source_, head + 4, sizeof head - 4));
    have += rest;
    if (have < sizeof head) return truncated(have);
    RETURN_IF_ERROR(errors.CheckFinalHead(next_, head));
    frame->kind = FrameKind::kFinal;
    size = LoadU32(head + 20) + kFinalFrameOverhead;
  } else {
    RETURN_IF_ERROR(errors.CheckNumber(next_, LoadU32(head)));
    frame->kind = FrameKind::kRegular;
    size = frame_length_ + kRegularFrameOverhead;
  }
  frame->number = static_cast<uint32_t>(next_);
  frame->bytes.resize(size);
  std::memcpy(frame->bytes.data(), head, have);
  ASSIGN_OR_RETURN(const size_t rest, ReadFully(*source_, frame->bytes.data() + have, size - have));
  have += rest;
  if (have < size) {
    if (frame->kind == FrameKind::kRegular) return truncated(have);
    return errors.FinalTooShort(next_, size - kFinalFrameOverhead, have);
  }
  seen_final_ = frame->kind == FrameKind::kFinal;
  offset_ += size;
  ++next_;
  return true;
}

absl::StatusOr<std::unique_ptr<SealedStreamReader>> SealedStreamReader::Open(
    SequentialSource* source, std::span<const IdentityPtr> identities) {
  ASSIGN_OR_RETURN(MessageHeader header, ReadMessageHeader(*source));
  ASSIGN_OR_RETURN(OpenedMessage message,
                   OpenedMessage::Open(std::move(header), source->name(), identities));
  ASSIGN_OR_RETURN(FrameOpener opener, message.NewOpener());
  return std::unique_ptr<SealedStreamReader>(
      new SealedStreamReader(source, std::move(message), std::move(opener)));
}

absl::StatusOr<size_t> SealedStreamReader::Read(char* out, size_t size) {
  while (status_.ok() && !at_end_ && position_ == plain_.size()) {
    position_ = 0;
    plain_.clear();
    absl::StatusOr<bool> more = splitter_.Next(&frame_);
    if (!more.ok()) {
      status_ = more.status();
    } else if (!*more) {
      at_end_ = true;
    } else {
      plain_.resize(frame_.bytes.size() - SealedFrameSize(frame_.kind, 0));
      status_ =
          opener_.Open(frame_.number, frame_.kind, frame_.bytes, {plain_.data(), plain_.size()})
              .status();
    }
  }
  if (!status_.ok()) return status_;
  const size_t take = std::min(size, plain_.size() - position_);
  if (take > 0) std::memcpy(out, plain_.data() + position_, take);
  position_ += take;
  return take;
}

namespace {

// A source whose first bytes were already looked at.
class Replayed : public SequentialSource {
 public:
  Replayed(std::string prefix, SequentialSource* rest) : prefix_(std::move(prefix)), rest_(rest) {}

  absl::StatusOr<size_t> Read(char* out, size_t size) override {
    if (position_ == prefix_.size()) return rest_->Read(out, size);
    const size_t take = std::min(size, prefix_.size() - position_);
    std::memcpy(out, prefix_.data() + position_, take);
    position_ += take;
    return take;
  }
  const std::string& name() const override { return rest_->name(); }

 private:
  std::string prefix_;
  SequentialSource* rest_;
  size_t position_ = 0;
};

// Keeps the replayed source alive together with its reader.
class OwningStream : public OpenStream {
 public:
  OwningStream(std::unique_ptr<SequentialSource> below, std::unique_ptr<SequentialSource> reader,
               Context context)
      : below_(std::move(below)), reader_(std::move(reader)), context_(std::move(context)) {}
  absl::StatusOr<size_t> Read(char* out, size_t size) override { return reader_->Read(out, size); }
  const std::string& name() const override { return reader_->name(); }
  const Context& context() const override { return context_; }

 private:
  std::unique_ptr<SequentialSource> below_;
  std::unique_ptr<SequentialSource> reader_;
  Context context_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<OpenStream>> OpenSealedStream(
    SequentialSource* source, std::span<const IdentityPtr> identities) {
  std::string prefix(kLegacyGoMagic.size(), '\0');
  ASSIGN_OR_RETURN(const size_t have, ReadFully(*source, prefix.data(), prefix.size()));
  prefix.resize(have);
  auto replayed = std::make_unique<Replayed>(prefix, source);
  if (LooksLikeLegacyGo(prefix)) {
    ASSIGN_OR_RETURN(auto reader, LegacyGoReader::Open(replayed.get(), identities));
    return std::make_unique<OwningStream>(std::move(replayed), std::move(reader), Context());
  }
  ASSIGN_OR_RETURN(auto reader, SealedStreamReader::Open(replayed.get(), identities));
  Context context = reader->message().context();
  return std::make_unique<OwningStream>(std::move(replayed), std::move(reader), std::move(context));
}

}  // namespace sfdb::crypto
