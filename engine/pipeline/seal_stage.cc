#include "engine/pipeline/seal_stage.h"

#include <optional>
#include <utility>

#include "codecs/gather.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {

absl::Status SealStage::Process(OutputChunk& chunk) {
  if (!chunk.to_seal) return absl::OkStatus();
  std::optional<crypto::FrameSealer> sealer;
  {
    std::lock_guard<std::mutex> lock(mutex_);
    if (!idle_.empty()) {
      sealer = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (!sealer) {
    ASSIGN_OR_RETURN(sealer, message_->NewSealer());
  }
  const size_t size =
      crypto::SealedFrameSize(chunk.kind, codecs::TotalSize(chunk.data.pieces));
  auto sealed = std::make_shared_for_overwrite<char[]>(size);
  RETURN_IF_ERROR(
      sealer->Seal(chunk.seal_frame, chunk.kind, chunk.data.pieces, {sealed.get(), size}).status());
  {
    std::lock_guard<std::mutex> lock(mutex_);
    idle_.push_back(std::move(*sealer));
  }
  chunk.data.Release();
  chunk.data.pieces.emplace_back(sealed.get(), size);
  chunk.data.holds.push_back(std::move(sealed));
  chunk.to_seal = false;
  return absl::OkStatus();
}

}  // namespace sfdb::engine
