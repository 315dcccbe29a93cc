// The index of a dump, `{base}.toc`: which section of the text (a table's structure, its rows, ...)
// lies where, and which frames hold it. docs/format.md describes the file.
//
// As a text it is one JSON document per line, so that a reader needs memory for one line and for
// what it keeps, whatever the file claims. In the file that text is compressed and sealed like the
// dump.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sfdb::engine {

inline constexpr int kTocVersion = 1;
// Bounds of the reader. A table takes some 400 bytes of text: this is enough for a million of them.
inline constexpr size_t kMaxTocBytes = size_t{1} << 30;
inline constexpr size_t kMaxTocLineBytes = size_t{1} << 20;

struct TocSection {
  enum class Kind {
    kPrologue,   // before the first database
    kHead,       // CREATE DATABASE and USE; begins a database
    kViewsHead,  // USE, after all databases; its views follow
    kStructure,  // of a table: CREATE; of a view in its first pass: a placeholder
    kRows,
    kTriggers,  // what follows a table's rows
    kView,      // final text of a view
    kCode,      // of a database, outside its tables: events, routines
    kEpilogue,  // after the last database
  };
  Kind kind = Kind::kPrologue;
  std::string database;
  std::string table;
  uint64_t rows = 0;  // kRows only
  uint64_t at = 0;    // first byte in the plain text
  uint64_t bytes = 0;
  uint64_t crc = 0;  // CRC-64/XZ of the section's text

  friend bool operator==(const TocSection&, const TocSection&) = default;
};

struct TocFrame {
  uint64_t plain_bytes = 0;
  uint64_t compressed_bytes = 0;

  friend bool operator==(const TocFrame&, const TocFrame&) = default;
};

// Sections tile the text in order and frames tile it in order: readers and writers hold to it.
struct Toc {
  std::string backup_id;  // the same as in the dump's seal, where there is one
  std::string codec;
  uint64_t plain_bytes = 0;
  uint64_t stream_bytes = 0;    // of the compressed stream, before it was sealed
  uint64_t prologue_bytes = 0;  // of that, in front of the first frame
  std::vector<TocSection> sections;
  std::vector<TocFrame> frames;

  friend bool operator==(const Toc&, const Toc&) = default;
};

std::string TocText(const Toc& toc);
// DataLoss says which line is not as it must be.
absl::StatusOr<Toc> ParseToc(std::string_view text);

std::string_view TocKindName(TocSection::Kind kind);

// A stretch of plain text.
struct TextRange {
  uint64_t at = 0;
  uint64_t bytes = 0;
  friend bool operator==(const TextRange&, const TextRange&) = default;
};

// What to print to get one table, as `mariadb-dump DB T` would: prologue, structure, rows, triggers,
// final view, epilogue. Adjacent stretches are joined. NotFound: not in this backup.
absl::StatusOr<std::vector<TextRange>> RangesOfTable(const Toc& toc, std::string_view database,
                                                     std::string_view table);
// The same for a database, as `mariadb-dump --databases DB` would.
absl::StatusOr<std::vector<TextRange>> RangesOfDatabase(const Toc& toc, std::string_view database);

}  // namespace sfdb::engine
