#include "engine/backup/file_names.h"

#include "absl/strings/str_cat.h"

namespace sfdb::engine {
namespace {

std::string OnePart(std::string_view text) {
  std::string part(text);
  for (char& c : part) {
    if (c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '_';
  }
  return part;
}

}  // namespace

std::string BackupBaseName(std::string_view mode, std::string_view database,
                           std::string_view hostname, absl::Time time, absl::TimeZone zone) {
  std::string base;
  if (!database.empty()) base = OnePart(database) + "_";
  absl::StrAppend(&base, OnePart(mode), "_", OnePart(hostname), "_",
                  absl::FormatTime("%Y%m%d_%H%M%S", time, zone));
  return base;
}

std::string DumpFileName(std::string_view base, std::string_view codec_extension, bool sealed) {
  std::string name(base);
  name += ".sql";
  name += codec_extension;
  if (sealed) name += kSealedExtension;
  return name;
}

std::string BasePathOf(std::string_view dump_path) {
  const size_t slash = dump_path.rfind('/');
  const size_t name = slash == std::string_view::npos ? 0 : slash + 1;
  const size_t sql = dump_path.rfind(".sql");
  // ".sql" must be followed by extensions only, and something must stand before it.
  if (sql == std::string_view::npos || sql <= name ||
      (sql + 4 < dump_path.size() && dump_path[sql + 4] != '.')) {
    return std::string(dump_path);
  }
  return std::string(dump_path.substr(0, sql));
}

std::string_view WithoutSealedExtension(std::string_view path) {
  if (path.ends_with(kSealedExtension)) path.remove_suffix(kSealedExtension.size());
  return path;
}

}  // namespace sfdb::engine
