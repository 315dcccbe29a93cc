#include "crypto/sealed_file_reader.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "crypto/damage.h"
#include "crypto/internal/frame_errors.h"
#include "crypto/internal/wire.h"
#include "engine/base/status_macros.h"

namespace sfdb::crypto {
namespace {

using internal::FrameErrors;
using internal::kFinalHeadBytes;
using internal::LoadU32;

// The clear part of a last frame: is it one, with this number and length?
bool IsFinalHead(const char* head, uint64_t number, uint32_t length) {
  return LoadU32(head) == internal::kFinalMark && LoadU32(head + 4) == number &&
         LoadU32(head + 20) == length;
}

// Says what is wrong with a file in which the last frame is not where its size puts it: walks from
// frame to frame (four bytes each) to the first one that is not as it must be.
absl::Status Diagnose(const RandomAccessSource& source, const MessageHeader& header) {
  const FrameErrors errors(source.name(), header.frame_length);
  uint64_t offset = header.size();
  for (uint64_t frame = 1;; ++frame) {
    const uint64_t left = source.size() - offset;
    char head[kFinalHeadBytes];
    RETURN_IF_ERROR(source.ReadAt(offset, static_cast<size_t>(std::min<uint64_t>(left, 4)), head));
    if (left < 4) return errors.Truncated(frame, source.size(), left);
    if (LoadU32(head) == internal::kFinalMark) {
      if (left < kFinalHeadBytes) return errors.Truncated(frame, source.size(), left);
      RETURN_IF_ERROR(source.ReadAt(offset, kFinalHeadBytes, head));
      RETURN_IF_ERROR(errors.CheckFinalHead(frame, head));
      const uint64_t claimed = LoadU32(head + 20);
      if (left < kFinalFrameOverhead + claimed) {
        return errors.FinalTooShort(frame, claimed, left);
      }
      return errors.Surplus(left - kFinalFrameOverhead - claimed);
    }
    RETURN_IF_ERROR(errors.CheckNumber(frame, LoadU32(head)));
    const uint64_t step = uint64_t{header.frame_length} + kRegularFrameOverhead;
    if (left < step) return errors.Truncated(frame, source.size(), left);
    offset += step;
  }
}

}  // namespace

absl::StatusOr<FrameLayout> LocateFrames(const RandomAccessSource& source,
                                         const MessageHeader& header) {
  const std::optional<FrameLayout> layout =
      FrameLayout::FromFileSize(header.size(), header.frame_length, source.size());
  if (layout.has_value()) {
    char head[kFinalHeadBytes];
    RETURN_IF_ERROR(source.ReadAt(layout->FrameOffset(layout->frames), sizeof head, head));
    if (IsFinalHead(head, layout->frames, layout->final_length)) return *layout;
  }
  return Diagnose(source, header);
}

absl::StatusOr<SealedFileReader> SealedFileReader::Open(const RandomAccessSource* source,
                                                        std::span<const IdentityPtr> identities) {
  ASSIGN_OR_RETURN(MessageHeader header, ReadMessageHeader(*source));
  ASSIGN_OR_RETURN(OpenedMessage message,
                   OpenedMessage::Open(std::move(header), source->name(), identities));
  ASSIGN_OR_RETURN(const FrameLayout layout, LocateFrames(*source, message.header()));
  ASSIGN_OR_RETURN(FrameOpener opener, message.NewOpener());
  SealedFileReader reader(source, std::move(message), std::move(opener), layout);
  RETURN_IF_ERROR(reader.LoadFrame(layout.frames));
  return reader;
}

absl::StatusOr<size_t> SealedFileReader::ReadFrame(uint64_t frame, FrameOpener& opener,
                                                   std::string* scratch,
                                                   std::span<char> out) const {
  if (frame == 0 || frame > layout_.frames) {
    return absl::OutOfRangeError(
        absl::StrFormat("%s has %d frames, no frame %d", source_->name(), layout_.frames, frame));
  }
  scratch->resize(layout_.SealedSizeOf(frame));
  RETURN_IF_ERROR(source_->ReadAt(layout_.FrameOffset(frame), scratch->size(), scratch->data()));
  return opener.Open(static_cast<uint32_t>(frame), layout_.KindOf(frame), *scratch, out);
}

absl::Status SealedFileReader::LoadFrame(uint64_t frame) {
  if (cached_ == frame) return absl::OkStatus();
  cached_ = 0;
  plain_.resize(layout_.PlainSizeOf(frame));
  RETURN_IF_ERROR(ReadFrame(frame, opener_, &scratch_, {plain_.data(), plain_.size()}).status());
  cached_ = frame;
  return absl::OkStatus();
}

absl::Status SealedFileReader::ReadAt(uint64_t offset, size_t size, char* out) {
  if (offset > this->size() || this->size() - offset < size) {
    return absl::OutOfRangeError(absl::StrFormat("%s holds %d bytes; cannot read %d at %d",
                                                 source_->name(), this->size(), size, offset));
  }
  while (size > 0) {
    const uint64_t frame = layout_.FrameAt(offset);
    RETURN_IF_ERROR(LoadFrame(frame));
    const size_t skip = static_cast<size_t>(offset - layout_.PlainOffset(frame));
    const size_t take = std::min(size, plain_.size() - skip);
    std::memcpy(out, plain_.data() + skip, take);
    out += take;
    offset += take;
    size -= take;
  }
  return absl::OkStatus();
}

}  // namespace sfdb::crypto
