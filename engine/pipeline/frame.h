// What travels through the pipeline: a frame of plain text, which becomes a compressed frame.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "codecs/compressor.h"

namespace sfdb::engine {

// Keeps memory alive that a view points into: a block of rows, a string, a buffer.
using Hold = std::shared_ptr<const void>;

// Text in pieces that lie anywhere, and what keeps them there.
struct Gathered {
  std::vector<std::string_view> pieces;
  std::vector<Hold> holds;

  void Release() {
    pieces.clear();
    holds.clear();
  }
};

// How many bytes of a frame belong to which section of the text (engine/pipeline/sections.h).
struct SectionSpan {
  uint32_t section = 0;
  uint64_t bytes = 0;
  uint64_t crc = 0;  // CRC-64 of these bytes; known once the frame is compressed
};

// Owned by one stage at a time.
struct Frame {
  uint64_t number = 0;  // from 0, in the order of the file
  uint64_t plain_bytes = 0;
  std::vector<SectionSpan> spans;  // in order; together they are plain_bytes long
  Gathered data;                   // plain text; compressed bytes after the compress stage
  codecs::FrameRecord record;      // known once the frame is compressed
};

// oneTBB 2021.8 wants messages that can be copied, so a unique_ptr does not compile.
using FramePtr = std::shared_ptr<Frame>;

}  // namespace sfdb::engine
