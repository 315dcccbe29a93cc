#include "engine/backup/small_file.h"

#include <algorithm>
#include <vector>

#include "engine/base/status_macros.h"

namespace sfdb::engine {

absl::StatusOr<std::string> CompressText(std::string_view text, const codecs::Codec& codec,
                                         int level) {
  // Short frames, whatever the level likes: an index is small, and an xz -9 frame takes 700 MB.
  constexpr size_t kFrameBytes = size_t{1} << 20;
  ASSIGN_OR_RETURN(const std::unique_ptr<codecs::Compressor> compressor,
                   codec.NewCompressor(level));
  std::string out = codec.make_prologue();
  std::vector<codecs::FrameRecord> frames;
  while (!text.empty()) {
    const std::string_view piece = text.substr(0, kFrameBytes);
    text.remove_prefix(piece.size());
    const size_t begin = out.size();
    out.resize(begin + codec.max_compressed_bytes(piece.size()));
    ASSIGN_OR_RETURN(const codecs::FrameRecord frame,
                     compressor->CompressFrame({&piece, 1}, std::span(out).subspan(begin)));
    out.resize(begin + frame.compressed_size);
    frames.push_back(frame);
  }
  ASSIGN_OR_RETURN(const std::string epilogue, codec.make_epilogue(frames));
  return out + epilogue;
}

absl::StatusOr<std::unique_ptr<SinkFile>> WriteSinkFile(Sink& sink, const std::string& name,
                                                        std::string_view bytes) {
  ASSIGN_OR_RETURN(std::unique_ptr<SinkFile> file, sink.Begin(name));
  RETURN_IF_ERROR(file->Append({&bytes, 1}));
  RETURN_IF_ERROR(file->Close());
  return file;
}

}  // namespace sfdb::engine
