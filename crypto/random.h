// Random bytes from OpenSSL's generator: keys, message ids, salts, ids of backups.
#pragma once

#include <cstddef>
#include <string>

#include "absl/status/status.h"

namespace sfdb::crypto {

// Fills `out`. Fails only when the system has no entropy source. Thread-safe.
absl::Status FillRandom(void* out, size_t size);

// `bytes` random bytes as lower-case hex: an id for a backup or a temporary name, not a key.
std::string RandomHexId(size_t bytes = 16);

}  // namespace sfdb::crypto
