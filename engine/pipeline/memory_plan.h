// How --memory-limit is divided (law 5): a pure function, so that its sums can be tested.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/status/statusor.h"
#include "codecs/codec.h"

namespace sfdb::engine {

struct MemoryRequest {
  uint64_t limit_bytes = 512ull << 20;
  size_t threads = 1;   // workers wanted, and sessions
  bool sealed = false;
};

// All sizes in bytes.
struct MemoryPlan {
  size_t workers = 1;      // threads that compress and seal
  size_t frame_bytes = 0;  // most plain text in a frame
  size_t frames_in_flight = 0;
  size_t output_bytes = 0;  // compressed and sealed bytes in flight before no more frames enter
  size_t block_bytes = 0;   // row blocks: the readers' and those that frames keep
  size_t blocks = 0;
  size_t reserve_blocks = 0;  // only for what comes next in the output

  // The most that all of it can come to.
  uint64_t total_bytes = 0;
};

// As many workers as asked for, if there is room; else shorter frames, then fewer workers.
// InvalidArgument says what limit would do. REQUIRES: `codec` can write at `level`.
absl::StatusOr<MemoryPlan> PlanMemory(const MemoryRequest& request, const codecs::Codec& codec,
                                      int level);

}  // namespace sfdb::engine
