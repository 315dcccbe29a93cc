#include "engine/backup/file_names.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"

namespace sfdb::engine {
namespace {

// NAME_MAX, less the longest that is added to a base: ".sql.zst.enc", ".meta.json" and their
// temporary suffix.
constexpr size_t kLongestBase = 255 - 32;

// The longest beginning of `text` that is no longer than `size` and ends between two characters.
std::string_view Shortened(std::string_view text, size_t size) {
  if (text.size() <= size) return text;
  while (size > 0 && (text[size] & 0xC0) == 0x80) --size;
  return text.substr(0, size);
}

std::string OnePart(std::string_view text) {
  std::string part(text);
  for (char& c : part) {
    if (c == '/' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '_';
  }
  return part;
}

std::string Joined(std::string_view mode, std::string_view database, std::string_view mark,
                   std::string_view hostname, absl::Time time, absl::TimeZone zone) {
  // A host name has at most 64 characters where it comes from the system.
  const std::string tail = absl::StrCat(OnePart(mode), "_", OnePart(Shortened(hostname, 100)), "_",
                                        absl::FormatTime("%Y%m%d_%H%M%S", time, zone));
  if (database.empty()) return tail;
  const size_t room = kLongestBase - tail.size() - mark.size() - 1;
  return absl::StrCat(OnePart(Shortened(database, room)), std::string(mark), "_", tail);
}

}  // namespace

std::string BackupBaseName(std::string_view mode, std::string_view database,
                           std::string_view hostname, absl::Time time, absl::TimeZone zone) {
  return Joined(mode, database, "", hostname, time, zone);
}

std::vector<std::string> BackupBaseNames(std::string_view mode,
                                         const std::vector<std::string>& databases,
                                         std::string_view hostname, absl::Time time,
                                         absl::TimeZone zone) {
  std::vector<std::string> names;
  std::set<std::string> taken;
  for (const std::string& database : databases) {
    std::string name = Joined(mode, database, "", hostname, time, zone);
    for (int number = 2; !taken.insert(name).second; ++number) {
      name = Joined(mode, database, absl::StrCat("-", number), hostname, time, zone);
    }
    names.push_back(std::move(name));
  }
  return names;
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
