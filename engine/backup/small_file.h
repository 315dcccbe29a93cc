// Sidecars: a text in memory -> compressed and sealed like the dump -> a file of a sink.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "codecs/codec.h"
#include "crypto/message_header.h"
#include "crypto/slot.h"
#include "engine/sinks/sink.h"

namespace sfdb::engine {

// A whole compressed file. REQUIRES: `codec` can write at `level`.
absl::StatusOr<std::string> CompressText(std::string_view text, const codecs::Codec& codec,
                                         int level);

// Writes and closes a file, for Publish().
absl::StatusOr<std::unique_ptr<SinkFile>> WriteSinkFile(Sink& sink, const std::string& name,
                                                        std::string_view bytes);

}  // namespace sfdb::engine
