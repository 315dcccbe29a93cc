// Names of backup files (design section 8):
//   combined_{hostname}_{YYYYMMDD_HHMMSS}.sql{.gz|.zst|.xz}{.enc}
//   {db}_{mode}_{hostname}_{YYYYMMDD_HHMMSS}.sql...
// and of what lies beside them: the base is the name up to `.sql`.
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"

namespace sfdb::engine {

inline constexpr std::string_view kSealedExtension = ".enc";
inline constexpr std::string_view kTocExtension = ".toc";
inline constexpr std::string_view kMetadataExtension = ".meta.json";

// `mode` "combined" has no database. Whatever a host or database is called, the result is one name
// in one directory: slashes and control characters become underscores.
std::string BackupBaseName(std::string_view mode, std::string_view database,
                           std::string_view hostname, absl::Time time, absl::TimeZone zone);
std::string DumpFileName(std::string_view base, std::string_view codec_extension, bool sealed);

// "/dir/x" for "/dir/x.sql.zst.enc"; a path without `.sql` is its own base.
std::string BasePathOf(std::string_view dump_path);
// `path` without ".enc", if it has that.
std::string_view WithoutSealedExtension(std::string_view path);

}  // namespace sfdb::engine
