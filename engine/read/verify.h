// Is a backup what it was when it was made? Two of the three levels, that need no server:
//   structure  sizes, the seal, where frames lie, the index, the metadata: reads little
//   data       also every byte: opened, decompressed, compared with the index's checksums and row
//              counts, and with the file's SHA-256
// What a file lacks (no metadata, no index) cannot be compared; the rest still is, and the result
// says what was missing.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "engine/read/backup_file.h"
#include "engine/read/row_counter.h"

namespace sfdb::engine {

enum class VerifyLevel { kStructure, kData };

struct VerifyResult {
  absl::Status status;  // OK, or the first thing that is wrong, with its exit code
  std::vector<std::string> notes;  // what could not be compared
  uint64_t frames = 0;
  uint64_t tables = 0;
  uint64_t rows = 0;         // kData: counted in the text
  uint64_t plain_bytes = 0;  // kData
};

VerifyResult VerifyBackup(const std::string& path, VerifyLevel level,
                          std::span<const crypto::IdentityPtr> identities, size_t threads);

// Compares text that goes by, in order, with the sections of an index. Used by one thread.
class SectionChecker {
 public:
  explicit SectionChecker(const Toc* toc) : toc_(toc) {}
  // DataLoss names the table whose text differs.
  absl::Status Add(std::string_view text);
  // All text has come.
  absl::Status Finish();
  uint64_t rows() const { return rows_; }

 private:
  absl::Status EndSection();

  const Toc* toc_;
  size_t section_ = 0;
  uint64_t done_ = 0;  // bytes of the section
  uint64_t crc_ = 0;
  RowCounter row_counter_;
  uint64_t rows_ = 0;
};

}  // namespace sfdb::engine
