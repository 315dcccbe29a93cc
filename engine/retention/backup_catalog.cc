#include "engine/retention/backup_catalog.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "crypto/source.h"
#include "engine/backup/file_names.h"
#include "engine/base/status_macros.h"
#include "engine/sinks/file_system.h"

namespace sfdb::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMetadataExtensions[] = {kMetadataExtension, ".metadata.json"};
// Behind the base. The last one is what Go sfDBTools called the grants later.
constexpr std::string_view kSidecars[] = {kTocExtension, "_gtid.info", "_users.cnf", "_users.sql"};
// A million tables come to 300 MB; a wrong file must not fill memory.
constexpr uint64_t kMaxMetadataBytes = 512 << 20;
// Date patterns make three or four levels. Bounds what a loop of mounts can cost.
constexpr int kMaxDepth = 32;

// Regular files of one directory, by name.
using Files = std::map<std::string, uint64_t>;

std::string_view NameOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  return slash == path.npos ? path : path.substr(slash + 1);
}

// "x.sql.gz" for "x.sql.gz.enc"; "" when nothing is left.
std::string_view WithoutLastExtension(std::string_view name) {
  const size_t dot = name.rfind('.');
  return dot == name.npos ? std::string_view() : name.substr(0, dot);
}

bool IsMetadataOf(std::string_view metadata_name, std::string_view dump) {
  for (const std::string_view extension : kMetadataExtensions) {
    if (!metadata_name.ends_with(extension)) continue;
    const std::string_view stem = metadata_name.substr(0, metadata_name.size() - extension.size());
    if (stem == dump || stem == BasePathOf(dump)) return true;
  }
  return false;
}

// Dumps of companion databases that Go sfDBTools noted in the metadata of the first one.
std::vector<std::string> CompanionsIn(std::string_view text) {
  std::vector<std::string> names;
  if (text.find("database_details") == text.npos) return names;
  const auto json = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (!json.is_object() || !json.contains("database_details")) return names;
  for (const auto& detail : json["database_details"]) {
    if (!detail.is_object() || !detail.contains("backup_file")) continue;
    if (!detail["backup_file"].is_string()) continue;
    const std::string path = detail["backup_file"].get<std::string>();
    // Nothing but a dump: the metadata may be anybody's.
    const std::string name(NameOf(path));
    if (BasePathOf(name) != name) names.push_back(name);
  }
  return names;
}

absl::StatusOr<std::string> ReadText(const std::string& path) {
  ASSIGN_OR_RETURN(const auto source, crypto::FileSource::Open(path));
  if (source->size() > kMaxMetadataBytes) {
    return absl::DataLossError(absl::StrFormat("%s is far too long", path));
  }
  std::string text(source->size(), '\0');
  RETURN_IF_ERROR(source->ReadAt(0, text.size(), text.data()));
  return text;
}

bool IsWhole(const CatalogEntry& entry) {
  if (entry.dumps.size() != entry.dump_names.size()) return false;
  for (const CatalogFile& dump : entry.dumps) {
    if (dump.bytes == 0) return false;
  }
  // Go sfDBTools noted a size from before the last bytes were written; it never noted a hash.
  return entry.metadata.sha256.empty() ||
         entry.dumps.front().bytes == entry.metadata.file_size_bytes;
}

// nullopt: not a backup of ours.
std::optional<CatalogEntry> EntryOf(const std::string& directory, const std::string& name,
                                    const Files& files, std::vector<std::string>& notes) {
  std::string_view metadata_name = name;
  CatalogEntry entry;
  entry.removing = metadata_name.ends_with(kRemovalSuffix);
  if (entry.removing) metadata_name.remove_suffix(kRemovalSuffix.size());
  if (std::none_of(std::begin(kMetadataExtensions), std::end(kMetadataExtensions),
                   [&](std::string_view e) { return metadata_name.ends_with(e); })) {
    return std::nullopt;
  }
  entry.directory = directory;
  entry.metadata_name = std::string(metadata_name);
  entry.metadata_bytes = files.at(name);
  const std::string path = absl::StrCat(directory, "/", name);
  const absl::StatusOr<std::string> text = ReadText(path);
  if (!text.ok()) {
    notes.push_back(std::string(text.status().message()));
    return std::nullopt;
  }
  absl::StatusOr<BackupMetadata> metadata = ParseMetadata(*text, absl::LocalTimeZone());
  if (!metadata.ok() || !absl::EqualsIgnoreCase(metadata->generated_by, "sfdbtools")) {
    notes.push_back(path + " is no metadata of a backup; left alone");
    return std::nullopt;
  }
  entry.metadata = *std::move(metadata);
  const std::string dump(NameOf(entry.metadata.backup_file));
  if (dump.empty() || !IsMetadataOf(metadata_name, dump)) {
    notes.push_back(absl::StrCat(path, " names a dump that is not beside it; left alone"));
    return std::nullopt;
  }
  entry.dump_names.push_back(dump);
  for (std::string& companion : CompanionsIn(*text)) {
    if (companion != dump) entry.dump_names.push_back(std::move(companion));
  }
  for (const std::string& dump_name : entry.dump_names) {
    const auto file = files.find(dump_name);
    if (file != files.end()) entry.dumps.push_back({file->first, file->second});
  }
  std::set<std::string> bases = {BasePathOf(dump), std::string(WithoutLastExtension(dump))};
  bases.erase("");
  for (const std::string& base : bases) {
    for (const std::string_view sidecar : kSidecars) {
      const auto file = files.find(base + std::string(sidecar));
      if (file != files.end()) entry.sidecars.push_back({file->first, file->second});
    }
  }
  entry.whole = !entry.removing && IsWhole(entry);
  return entry;
}

std::optional<dev_t> DeviceOf(const std::string& path) {
  struct stat info {};
  if (stat(path.c_str(), &info) != 0) return std::nullopt;
  return info.st_dev;
}

absl::Status ReadDirectory(const std::string& directory, int depth, Catalog& catalog) {
  std::error_code error;
  Files files;
  std::vector<std::string> directories;
  for (fs::directory_iterator it(directory, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    const std::string name = it->path().filename().string();
    switch (it->symlink_status(ignored).type()) {
      case fs::file_type::regular:
        files[name] = it->file_size(ignored);
        break;
      case fs::file_type::directory:
        directories.push_back(name);
        break;
      default:
        break;
    }
  }
  if (error) return ErrnoStatus(error.value(), "listing", directory);
  for (const auto& [name, bytes] : files) {
    if (auto entry = EntryOf(directory, name, files, catalog.notes)) {
      catalog.backups.push_back(*std::move(entry));
    }
  }
  if (depth == kMaxDepth) return absl::OkStatus();
  const std::optional<dev_t> device = DeviceOf(directory);
  for (const std::string& name : directories) {
    const std::string path = absl::StrCat(directory, "/", name);
    // "/" by mistake must not become a walk through /proc and every disk.
    if (DeviceOf(path) != device) {
      catalog.notes.push_back(path + " is another file system; not looked at");
      continue;
    }
    const absl::Status status = ReadDirectory(path, depth + 1, catalog);
    if (!status.ok()) catalog.notes.push_back(std::string(status.message()));
  }
  return absl::OkStatus();
}

bool HoldsWholeServer(const BackupMetadata& metadata) {
  return metadata.backup_type == "combined" || metadata.backup_type == "all";
}

}  // namespace

bool CatalogEntry::good() const {
  return whole && (metadata.status == "success" || metadata.status == "success_with_warnings");
}

uint64_t CatalogEntry::dump_bytes() const {
  uint64_t bytes = 0;
  for (const CatalogFile& dump : dumps) bytes += dump.bytes;
  return bytes;
}

std::string CatalogEntry::dump_path() const {
  return absl::StrCat(directory, "/", dump_names.front());
}

absl::StatusOr<Catalog> ReadCatalog(const std::string& directory) {
  Catalog catalog;
  std::string root = directory;
  while (root.size() > 1 && root.ends_with('/')) root.pop_back();
  RETURN_IF_ERROR(ReadDirectory(root, 0, catalog));
  std::stable_sort(catalog.backups.begin(), catalog.backups.end(),
                   [](const CatalogEntry& a, const CatalogEntry& b) {
                     return std::pair(a.metadata.end, a.dump_path()) <
                            std::pair(b.metadata.end, b.dump_path());
                   });
  return catalog;
}

std::string SeriesOf(const BackupMetadata& metadata) {
  std::vector<std::string> parts = {metadata.backup_type, metadata.mode, metadata.hostname,
                                    metadata.exclude_data ? "structure" : "", metadata.selection};
  if (!HoldsWholeServer(metadata)) {
    std::vector<std::string> names = metadata.database_names;
    std::sort(names.begin(), names.end());
    parts.insert(parts.end(), names.begin(), names.end());
  }
  // No name holds a NUL byte.
  std::string key;
  for (const std::string& part : parts) key += part + '\0';
  return key;
}

std::string SeriesName(const BackupMetadata& metadata) {
  std::string name = metadata.mode.empty() ? metadata.backup_type : metadata.mode;
  if (!HoldsWholeServer(metadata)) {
    absl::StrAppend(&name, " ", absl::StrJoin(metadata.database_names, ","));
  }
  if (!metadata.selection.empty()) absl::StrAppend(&name, " (", metadata.selection, ")");
  if (metadata.exclude_data) absl::StrAppend(&name, " (structure only)");
  return absl::StrCat(name, " ", metadata.hostname);
}

}  // namespace sfdb::engine
