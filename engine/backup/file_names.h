// Names of backup files (design section 8):
//   combined_{hostname}_{YYYYMMDD_HHMMSS}.sql{.gz|.zst|.xz}{.enc}
//   {db}_{mode}_{hostname}_{YYYYMMDD_HHMMSS}.sql...
// and of what lies beside them: the base is the name up to `.sql`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"

namespace sfdb::engine {

inline constexpr std::string_view kSealedExtension = ".enc";
inline constexpr std::string_view kTocExtension = ".toc";
inline constexpr std::string_view kMetadataExtension = ".meta.json";
inline constexpr std::string_view kGtidExtension = "_gtid.info";
inline constexpr std::string_view kUsersExtension = "_users.cnf";

// `mode` "combined" has no database. Whatever a host or database is called, the result is one name
// in one directory: slashes and control characters become underscores, and a name too long for a
// file system with all that is added to it is cut. So two databases may come to one name.
std::string BackupBaseName(std::string_view mode, std::string_view database,
                           std::string_view hostname, absl::Time time, absl::TimeZone zone);
// The same for each of `databases`, all different: a number behind the database tells apart those
// that would be equal.
std::vector<std::string> BackupBaseNames(std::string_view mode,
                                         const std::vector<std::string>& databases,
                                         std::string_view hostname, absl::Time time,
                                         absl::TimeZone zone);
std::string DumpFileName(std::string_view base, std::string_view codec_extension, bool sealed);

// "/dir/x" for "/dir/x.sql.zst.enc"; a path without `.sql` is its own base.
std::string BasePathOf(std::string_view dump_path);
// `path` without ".enc", if it has that.
std::string_view WithoutSealedExtension(std::string_view path);

}  // namespace sfdb::engine
