// The sections of the text (a table's structure, its rows, ...), as far as the pipeline knows them:
// numbers, lengths and checksums. Together they are the whole text, in order.
#pragma once

#include <cstdint>
#include <vector>

#include "codecs/crc64.h"
#include "engine/pipeline/frame.h"

namespace sfdb::engine {

struct SectionSum {
  uint64_t bytes = 0;
  uint64_t crc = 0;  // CRC-64 of the section's text
};

// Adds up the sections from their spans. Frames must come in order; used by one thread.
class SectionSums {
 public:
  void Add(const Frame& frame) {
    for (const SectionSpan& span : frame.spans) {
      if (span.section >= sums_.size()) sums_.resize(span.section + 1);
      SectionSum& sum = sums_[span.section];
      sum.crc = sum.bytes == 0 ? span.crc : codecs::Crc64Combine(sum.crc, span.crc, span.bytes);
      sum.bytes += span.bytes;
    }
  }
  // By section number; sections at the end that have no text are missing.
  const std::vector<SectionSum>& sums() const { return sums_; }

 private:
  std::vector<SectionSum> sums_;
};

}  // namespace sfdb::engine
