// Whether a directory has room for a backup: asked before the first row, when it costs nothing.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"

namespace sfdb::engine {

// The least that `data_bytes` of tables, as the server counts them, come to in a file: what cannot
// be right to refuse. The run finds out about the rest.
uint64_t LeastFileBytes(uint64_t data_bytes, bool compressed);

// ResourceExhausted, with "no space" in its message, when the file system of `directory` has less
// than `bytes` for us. OK when it cannot tell.
absl::Status CheckDiskSpace(const std::string& directory, uint64_t bytes);

}  // namespace sfdb::engine
