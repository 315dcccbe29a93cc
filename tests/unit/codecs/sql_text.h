// Deterministic SQL text with the shapes that a dump has: multi-row INSERTs of order lines
// (numbers, decimals, dates, short words), customers (names, comments), JSON documents, hex blobs,
// sequential and random numbers. What codecs are tested and measured on; the same bytes on every
// machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace sfdb::codecs {

// Exactly `bytes` bytes; a longer text begins with every shorter one of the same seed.
std::string MakeSqlText(size_t bytes, uint64_t seed);

// Incompressible bytes.
std::string MakeRandomBytes(size_t bytes, uint64_t seed);

}  // namespace sfdb::codecs
