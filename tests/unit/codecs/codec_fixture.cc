#include "tests/unit/codecs/codec_fixture.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace sfdb::codecs {

std::string VariantName(const Variant& variant) {
  return absl::StrFormat("%s_%d", variant.codec, variant.level);
}

std::vector<Variant> AllVariants() {
  return {{"gzip", 1},  {"gzip", 2}, {"gzip", 3}, {"gzip", 4}, {"gzip", 6},  {"gzip", 9},
          {"gzip", 12}, {"zstd", 1}, {"zstd", 3}, {"zstd", 9}, {"zstd", 13}, {"zstd", 19},
          {"xz", 0},    {"xz", 1},   {"xz", 6},   {"none", 0}};
}

const Codec& Row(std::string_view name) {
  const auto codec = FindCodec(name);
  EXPECT_TRUE(codec.ok()) << codec.status();
  return **codec;
}

CompressedFile Compress(const Variant& variant, std::string_view plain, size_t frame_bytes,
                        size_t pieces) {
  const Codec& codec = Row(variant.codec);
  auto compressor = codec.NewCompressor(variant.level);
  EXPECT_TRUE(compressor.ok()) << compressor.status();
  if (frame_bytes == 0) frame_bytes = codec.ideal_frame_bytes(variant.level);
  CompressedFile file;
  file.bytes = codec.make_prologue();
  for (size_t at = 0; at < plain.size(); at += frame_bytes) {
    const std::string_view frame = plain.substr(at, frame_bytes);
    std::vector<std::string_view> parts;
    for (size_t i = 0; i < pieces; ++i) {
      const size_t begin = frame.size() * i / pieces;
      parts.push_back(frame.substr(begin, frame.size() * (i + 1) / pieces - begin));
    }
    std::string out(codec.max_compressed_bytes(frame.size()), '\xaa');
    const auto record = (*compressor)->CompressFrame(parts, out);
    EXPECT_TRUE(record.ok()) << record.status();
    EXPECT_LE(record->compressed_size, out.size());
    EXPECT_EQ(record->plain_size, frame.size());
    file.records.push_back(*record);
    file.frames.push_back({file.bytes.size(), record->compressed_size, record->plain_size, 0});
    file.bytes.append(out, 0, record->compressed_size);
  }
  const auto epilogue = codec.make_epilogue(file.records);
  EXPECT_TRUE(epilogue.ok()) << epilogue.status();
  file.bytes += *epilogue;
  return file;
}

absl::StatusOr<std::string> Decompress(const Codec& codec, std::string_view bytes, size_t in_step,
                                       size_t out_step) {
  auto decompressor = codec.new_decompressor();
  std::string plain;
  std::string out(out_step, '\0');
  bool full = false;
  while (!bytes.empty() || full) {
    const std::string_view in = bytes.substr(0, in_step);
    ASSIGN_OR_RETURN(const Decompressor::Progress step, decompressor->Decompress(in, out));
    full = step.produced == out.size();
    if (!full && step.consumed != in.size()) {
      return absl::InternalError("input left although the output buffer was not full");
    }
    plain.append(out, 0, step.produced);
    bytes.remove_prefix(step.consumed);
  }
  RETURN_IF_ERROR(decompressor->Finish());
  return plain;
}

absl::StatusOr<std::string> DecompressFrames(const Codec& codec, std::string_view bytes,
                                             const std::vector<FrameExtent>& frames) {
  auto decoder = codec.new_frame_decoder();
  std::string plain;
  for (const FrameExtent& frame : frames) {
    std::string out(frame.plain_size, '\0');
    RETURN_IF_ERROR(decoder->DecompressFrame(bytes.substr(frame.offset, frame.compressed_size), out,
                                             frame.encoding));
    plain += out;
  }
  return plain;
}

absl::Status StringSource::ReadAt(uint64_t offset, std::span<char> out) {
  if (offset > bytes_.size() || out.size() > bytes_.size() - offset) {
    return absl::InternalError(
        absl::StrFormat("read of %d bytes at %d in %d", out.size(), offset, bytes_.size()));
  }
  bytes_read_ += out.size();
  bytes_.copy(out.data(), out.size(), offset);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<FrameExtent>> ReadIndex(const Codec& codec, std::string_view bytes) {
  StringSource source(bytes);
  return codec.read_frame_index(source);
}

}  // namespace sfdb::codecs
