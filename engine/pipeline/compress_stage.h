// Plain frame -> compressed frame, and the checksums of its sections.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/status.h"
#include "codecs/codec.h"
#include "engine/pipeline/frame.h"

namespace sfdb::engine {

// Thread-safe: as many encoders exist as have worked at once.
class CompressStage {
 public:
  // REQUIRES: `codec` can write at `level`.
  CompressStage(const codecs::Codec* codec, int level);
  ~CompressStage();

  // Fills in spans[].crc and record, and replaces data by the compressed bytes. With the codec
  // `none` the pieces stay where they are.
  absl::Status Process(Frame& frame);

 private:
  struct Encoder;
  std::unique_ptr<Encoder> TakeEncoder();
  void GiveBack(std::unique_ptr<Encoder> encoder);

  const codecs::Codec* codec_;
  const int level_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Encoder>> idle_;
};

}  // namespace sfdb::engine
