// The index reader takes any bytes: it says DataLoss, or gives an index that holds to its promises.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/backup/toc.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sfdb::engine;  // NOLINT(google-build-using-namespace)
  const auto toc = ParseToc({reinterpret_cast<const char*>(data), size});
  if (!toc.ok()) return 0;
  uint64_t at = 0;
  for (const TocSection& section : toc->sections) {
    if (section.at != at) std::abort();
    at += section.bytes;
    (void)RangesOfTable(*toc, section.database, section.table);
    (void)RangesOfDatabase(*toc, section.database);
  }
  if (at != toc->plain_bytes) std::abort();
  const auto again = ParseToc(TocText(*toc));
  if (!again.ok() || !(*again == *toc)) std::abort();
  return 0;
}
