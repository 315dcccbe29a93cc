#include "engine/read/stream_view.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {

absl::StatusOr<std::unique_ptr<CountedSource>> CountedSource::Open(const std::string& path) {
  ASSIGN_OR_RETURN(std::unique_ptr<crypto::FileSource> file, crypto::FileSource::Open(path));
  return std::unique_ptr<CountedSource>(new CountedSource(std::move(file)));
}

absl::Status CountedSource::ReadAt(uint64_t offset, size_t size, char* out) const {
  bytes_read_.fetch_add(size, std::memory_order_relaxed);
  return file_->ReadAt(offset, size, out);
}

absl::StatusOr<size_t> SequentialView::Read(char* out, size_t size) {
  const size_t take = static_cast<size_t>(std::min<uint64_t>(size, source_->size() - position_));
  RETURN_IF_ERROR(source_->ReadAt(position_, take, out));
  position_ += take;
  return take;
}

absl::StatusOr<StreamView> StreamView::Open(const crypto::RandomAccessSource* source, bool sealed,
                                            std::span<const crypto::IdentityPtr> identities) {
  StreamView view(source);
  if (sealed) {
    ASSIGN_OR_RETURN(view.sealed_, crypto::SealedFileReader::Open(source, identities));
  }
  return view;
}

absl::StatusOr<std::unique_ptr<StreamReader>> StreamView::NewReader() const {
  std::unique_ptr<StreamReader> reader(new StreamReader(this));
  if (sealed_) {
    ASSIGN_OR_RETURN(reader->opener_, sealed_->message().NewOpener());
  }
  return reader;
}

uint64_t StreamReader::size() const { return view_->size(); }

absl::Status StreamReader::ReadAt(uint64_t offset, std::span<char> out) {
  if (offset > size() || out.size() > size() - offset) {
    return absl::DataLossError(absl::StrFormat("%s ends before byte %d of its content",
                                               view_->name(), offset + out.size()));
  }
  if (!view_->sealed_) return view_->source_->ReadAt(offset, out.size(), out.data());
  const crypto::FrameLayout& layout = view_->sealed_->layout();
  while (!out.empty()) {
    const uint64_t frame = layout.FrameAt(offset);
    RETURN_IF_ERROR(LoadFrame(frame));
    const size_t at = static_cast<size_t>(offset - layout.PlainOffset(frame));
    const size_t take = std::min(out.size(), frame_size_ - at);
    std::memcpy(out.data(), frame_.data() + at, take);
    out = out.subspan(take);
    offset += take;
  }
  return absl::OkStatus();
}

absl::Status StreamReader::LoadFrame(uint64_t frame) {
  if (frame_number_ == frame) return absl::OkStatus();
  frame_number_ = 0;
  frame_.resize(view_->sealed_->layout().frame_length);
  ASSIGN_OR_RETURN(frame_size_, view_->sealed_->ReadFrame(frame, *opener_, &scratch_, frame_));
  frame_number_ = frame;
  return absl::OkStatus();
}

}  // namespace sfdb::engine
