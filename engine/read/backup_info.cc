#include "engine/read/backup_info.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "crypto/legacy_go.h"
#include "crypto/open.h"
#include "crypto/source.h"
#include "engine/backup/file_names.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/read/backup_file.h"
#include "engine/sinks/file_system.h"

namespace sfdb::engine {
namespace {

// A million tables come to 300 MB; a wrong path must not fill memory.
constexpr uint64_t kMaxMetadataBytes = 512 << 20;

std::vector<TableInfo> TablesOf(const Toc& toc) {
  std::vector<TableInfo> tables;
  std::map<std::pair<std::string, std::string>, size_t> known;
  for (const TocSection& section : toc.sections) {
    if (section.table.empty()) continue;
    const auto [at, is_new] =
        known.try_emplace({section.database, section.table}, tables.size());
    if (is_new) tables.push_back({section.database, section.table, 0, 0});
    tables[at->second].rows += section.rows;
    tables[at->second].bytes += section.bytes;
  }
  return tables;
}

}  // namespace

absl::StatusOr<std::string> ReadMetadataText(const std::string& dump_path) {
  const std::string path = BasePathOf(dump_path) + std::string(kMetadataExtension);
  if (!PosixFileSystem().Exists(path)) return absl::NotFoundError("there is no " + path);
  ASSIGN_OR_RETURN(const auto source, crypto::FileSource::Open(path));
  if (source->size() > kMaxMetadataBytes) {
    return absl::DataLossError(absl::StrFormat("%s is far too long", path));
  }
  std::string text(source->size(), '\0');
  RETURN_IF_ERROR(source->ReadAt(0, text.size(), text.data()));
  return text;
}

absl::StatusOr<BackupInfo> ReadBackupInfo(const std::string& path,
                                          std::span<const crypto::IdentityPtr> identities) {
  const auto source = crypto::FileSource::Open(path);
  if (!source.ok()) return base::WithExitCode(source.status(), base::kExitFailed);
  BackupInfo info;
  info.path = path;
  info.file_bytes = (*source)->size();
  std::string head(std::min<uint64_t>(info.file_bytes, 16), '\0');
  RETURN_IF_ERROR((*source)->ReadAt(0, head.size(), head.data()));

  info.codec = std::string(codecs::CodecForPath(WithoutSealedExtension(path)).name);
  if (crypto::LooksLikeLegacyGo(head)) {
    info.sealed = "Go sfDBTools";
    info.keys = "a passphrase";
  } else if (head.size() >= 3 && crypto::LooksSealed(head)) {
    const auto header = crypto::ReadMessageHeader(**source);
    if (!header.ok()) return WithReadExitCode(header.status());
    info.sealed = "AWS Encryption SDK message, version 2";
    info.keys = crypto::DescribeSlots(header->slots);
    const auto codec = header->context.find(std::string(crypto::kContextCompression));
    if (codec != header->context.end()) info.codec = codec->second;
  }

  const auto text = ReadMetadataText(path);
  if (text.ok()) {
    info.metadata_text = *text;
    const auto metadata = ParseMetadata(*text, absl::LocalTimeZone());
    if (!metadata.ok()) return WithReadExitCode(metadata.status());
    info.metadata = *metadata;
  } else if (!absl::IsNotFound(text.status())) {
    return WithReadExitCode(text.status());
  }

  info.has_index = PosixFileSystem().Exists(BasePathOf(path) + std::string(kTocExtension));
  if (!info.has_index || (!info.sealed.empty() && identities.empty())) return info;
  ASSIGN_OR_RETURN(const std::unique_ptr<BackupFile> file, BackupFile::Open(path, identities, 1));
  if (file->toc() != nullptr) {
    info.toc = *file->toc();
    info.tables = TablesOf(*info.toc);
  } else {
    info.index_note = std::string(file->toc_error().message());
  }
  return info;
}

}  // namespace sfdb::engine
