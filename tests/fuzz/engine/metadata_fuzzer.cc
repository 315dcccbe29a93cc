#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/backup/metadata.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace sfdb::engine;  // NOLINT(google-build-using-namespace)
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto metadata = ParseMetadata(text, absl::UTCTimeZone());
  if (!metadata.ok()) return 0;
  if (!ParseMetadata(MetadataText(*metadata, absl::UTCTimeZone()), absl::UTCTimeZone()).ok()) {
    std::abort();
  }
  (void)MetadataForCopy(text, "x", 1, "y");
  return 0;
}
