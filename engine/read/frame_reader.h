// Frames of a backup, read, opened and decompressed on several threads, delivered in order.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "codecs/codec.h"
#include "engine/read/stream_view.h"

namespace sfdb::engine {

// Gets plain text in order, on the calling thread; an error ends the read.
using TextSink = std::function<absl::Status(std::string_view)>;

// A frame, and which part of its plain text is wanted.
struct FrameWish {
  size_t index = 0;  // in the file, for messages
  codecs::FrameExtent extent;
  uint64_t from = 0;
  uint64_t to = 0;
};

// Frames longer than this, plain or compressed, are only read as a stream.
inline constexpr uint64_t kMaxParallelFrameBytes = 64 << 20;

// Delivers what is wished for. Threads do their own blocking reads. Memory: 256 MiB, or two
// frames per thread, whichever is more. The error of a frame names file and
// frame ("x.sql.zst: frame 3: ..."), and `*failed` is its index; after an error of the sink `*failed`
// is nothing.
absl::Status ReadFrames(const StreamView& stream, const codecs::Codec& codec,
                        std::span<const FrameWish> wishes, size_t threads, const TextSink& sink,
                        std::optional<size_t>* failed);

}  // namespace sfdb::engine
