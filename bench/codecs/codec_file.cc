// One codec as a single-threaded program, to be timed beside the stock tools:
//
//   codec_file text BYTES                       writes SQL text
//   codec_file compress CODEC LEVEL < in > out
//   codec_file decompress CODEC < in > out
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "codecs/codec.h"
#include "tests/unit/codecs/sql_text.h"

namespace {

using sfdb::codecs::Codec;

[[noreturn]] void Fail(const std::string& why) {
  std::fprintf(stderr, "codec_file: %s\n", why.c_str());
  std::exit(1);
}

void Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (n <= 0) Fail("write failed");
    bytes.remove_prefix(static_cast<size_t>(n));
  }
}

// Fills `buffer` as far as the input goes.
size_t Read(std::string* buffer) {
  size_t have = 0;
  while (have < buffer->size()) {
    const ssize_t n = read(STDIN_FILENO, buffer->data() + have, buffer->size() - have);
    if (n < 0) Fail("read failed");
    if (n == 0) break;
    have += static_cast<size_t>(n);
  }
  return have;
}

void Compress(const Codec& codec, int level) {
  auto compressor = codec.NewCompressor(level);
  if (!compressor.ok()) Fail(compressor.status().ToString());
  std::string in(codec.ideal_frame_bytes(level), '\0');
  std::string out(codec.max_compressed_bytes(in.size()), '\0');
  std::vector<sfdb::codecs::FrameRecord> records;
  Write(codec.make_prologue());
  while (const size_t n = Read(&in)) {
    const std::string_view pieces[] = {std::string_view(in).substr(0, n)};
    const auto record = (*compressor)->CompressFrame(pieces, out);
    if (!record.ok()) Fail(record.status().ToString());
    records.push_back(*record);
    Write(std::string_view(out).substr(0, record->compressed_size));
  }
  const auto epilogue = codec.make_epilogue(records);
  if (!epilogue.ok()) Fail(epilogue.status().ToString());
  Write(*epilogue);
}

void Decompress(const Codec& codec) {
  auto decompressor = codec.new_decompressor();
  std::string in(size_t{1} << 18, '\0');
  std::string out(size_t{1} << 18, '\0');
  while (const size_t n = Read(&in)) {
    std::string_view left = std::string_view(in).substr(0, n);
    for (bool full = true; full || !left.empty();) {
      const auto step = decompressor->Decompress(left, out);
      if (!step.ok()) Fail(step.status().ToString());
      left.remove_prefix(step->consumed);
      full = step->produced == out.size();
      Write(std::string_view(out).substr(0, step->produced));
    }
  }
  if (const auto status = decompressor->Finish(); !status.ok()) Fail(status.ToString());
}

}  // namespace

int main(int argc, char** argv) {
  const std::string verb = argc > 2 ? argv[1] : "";
  if (verb == "text") {
    Write(sfdb::codecs::MakeSqlText(std::strtoull(argv[2], nullptr, 10), 1));
    return 0;
  }
  const auto codec = sfdb::codecs::FindCodec(argc > 2 ? argv[2] : "");
  if (!codec.ok()) Fail(codec.status().ToString());
  if (verb == "compress" && argc > 3) {
    Compress(**codec, std::atoi(argv[3]));
  } else if (verb == "decompress") {
    Decompress(**codec);
  } else {
    Fail("text BYTES | compress CODEC LEVEL | decompress CODEC");
  }
  return 0;
}
