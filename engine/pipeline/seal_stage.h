// A chunk of the compressed stream -> a sealed frame.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "absl/status/status.h"
#include "crypto/seal.h"
#include "engine/pipeline/output_cutter.h"

namespace sfdb::engine {

// Thread-safe: as many sealers exist as have worked at once.
class SealStage {
 public:
  // Null: nothing is sealed. `message` outlives the stage.
  explicit SealStage(const crypto::SealedMessage* message) : message_(message) {}

  // Replaces the data of a chunk that is to be sealed by the sealed frame.
  absl::Status Process(OutputChunk& chunk);

 private:
  const crypto::SealedMessage* message_;
  std::mutex mutex_;
  std::vector<crypto::FrameSealer> idle_;
};

}  // namespace sfdb::engine
