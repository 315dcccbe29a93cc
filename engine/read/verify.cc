#include "engine/read/verify.h"

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/time.h"
#include "codecs/crc64.h"
#include "crypto/sha256.h"
#include "engine/backup/metadata.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/read/backup_info.h"

namespace sfdb::engine {
namespace {

absl::StatusOr<std::string> FileSha256(const std::string& path) {
  ASSIGN_OR_RETURN(const auto file, crypto::FileSource::Open(path));
  SequentialView source(file.get());
  crypto::Sha256 hash;
  std::string buffer(1 << 20, '\0');
  while (true) {
    ASSIGN_OR_RETURN(const size_t size, source.Read(buffer.data(), buffer.size()));
    if (size == 0) return hash.FinishHex();
    hash.Update(std::string_view(buffer).substr(0, size));
  }
}

class Verification {
 public:
  Verification(const std::string& path, VerifyLevel level,
               std::span<const crypto::IdentityPtr> identities, size_t threads)
      : path_(path), level_(level), identities_(identities), threads_(threads) {}

  VerifyResult Run() {
    result_.status = WithReadExitCode(Check());
    return std::move(result_);
  }

 private:
  absl::Status Check() {
    RETURN_IF_ERROR(CheckMetadata());
    ASSIGN_OR_RETURN(file_, BackupFile::Open(path_, identities_, threads_));
    // The seal's header, size law and last frame are good.
    RETURN_IF_ERROR(CheckIndex());
    RETURN_IF_ERROR(CheckContainer());
    if (level_ == VerifyLevel::kStructure) return absl::OkStatus();
    return CheckData();
  }

  absl::Status Damaged(std::string_view what) const {
    return absl::DataLossError(absl::StrFormat("%s: %s", path_, what));
  }

  absl::Status CheckMetadata() {
    const absl::StatusOr<std::string> text = ReadMetadataText(path_);
    if (absl::IsNotFound(text.status())) {
      result_.notes.push_back("no metadata: the file's size and SHA-256 cannot be compared");
      return absl::OkStatus();
    }
    RETURN_IF_ERROR(text.status());
    ASSIGN_OR_RETURN(metadata_, ParseMetadata(*text, absl::LocalTimeZone()));
    ASSIGN_OR_RETURN(const auto dump, crypto::FileSource::Open(path_));
    if (dump->size() != metadata_->file_size_bytes) {
      return Damaged(absl::StrFormat("holds %d bytes; its metadata say %d", dump->size(),
                                     metadata_->file_size_bytes));
    }
    return absl::OkStatus();
  }

  absl::Status CheckIndex() {
    RETURN_IF_ERROR(file_->toc_error());
    const Toc* const toc = file_->toc();
    if (toc == nullptr) {
      result_.notes.push_back("no index: tables and rows cannot be compared");
      return absl::OkStatus();
    }
    std::set<std::pair<std::string, std::string>> tables;
    uint64_t rows = 0;
    for (const TocSection& section : toc->sections) {
      if (!section.table.empty()) tables.emplace(section.database, section.table);
      rows += section.rows;
    }
    result_.tables = tables.size();
    result_.frames = toc->frames.size();
    if (!metadata_) return absl::OkStatus();
    uint64_t told = 0;
    for (const DatabaseFacts& database : metadata_->databases) told += database.rows;
    if (!metadata_->databases.empty() && told != rows) {
      return Damaged(absl::StrFormat("its index counts %d rows, its metadata %d", rows, told));
    }
    return absl::OkStatus();
  }

  absl::Status CheckContainer() {
    const auto listed = file_->ContainerFrames();
    if (absl::IsNotFound(listed.status())) return absl::OkStatus();
    RETURN_IF_ERROR(listed.status());
    result_.frames = listed->size();
    if (file_->toc() == nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(const auto known, file_->Frames());
    // A container may list what we call a frame in several parts or joined with its neighbours
    // (gzip members), or without what stands in front of it (zstd). But where it says that a
    // stretch of text begins must lie in the frame that holds this text.
    size_t i = 0;
    uint64_t at = 0;  // text in front of frame i
    uint64_t text = 0;
    for (const auto& part : *listed) {
      while (i < known.size() && at + known[i].plain_size <= text) at += known[i++].plain_size;
      const bool fits = i < known.size() && part.offset >= known[i].offset &&
                        part.offset < known[i].offset + known[i].compressed_size;
      if (part.plain_size > 0 && !fits) {
        return Damaged(absl::StrFormat("frame %d of its index is not in the file", i + 1));
      }
      text += part.plain_size;
    }
    for (; i < known.size(); ++i) at += known[i].plain_size;
    if (at != text) return Damaged("its frames and its index differ in length");
    return absl::OkStatus();
  }

  absl::Status CheckData() {
    absl::StatusOr<std::string> sha256;
    std::thread hasher;
    if (metadata_ && !metadata_->sha256.empty()) {
      hasher = std::thread([&] { sha256 = FileSha256(path_); });
    }
    const absl::Status read = ReadText();
    if (hasher.joinable()) {
      hasher.join();
      RETURN_IF_ERROR(read);
      RETURN_IF_ERROR(sha256.status());
      if (*sha256 != metadata_->sha256) return Damaged("its SHA-256 is not that of its metadata");
    }
    return read;
  }

  absl::Status ReadText() {
    const Toc* const toc = file_->toc();
    SectionChecker checker(toc);
    std::string tail;
    RETURN_IF_ERROR(file_->ReadAll([&](std::string_view text) -> absl::Status {
      result_.plain_bytes += text.size();
      tail.append(text.substr(text.size() - std::min<size_t>(text.size(), kTailBytes)));
      if (tail.size() > kTailBytes) tail.erase(0, tail.size() - kTailBytes);
      return toc != nullptr ? checker.Add(text) : absl::OkStatus();
    }));
    if (toc != nullptr) {
      RETURN_IF_ERROR(checker.Finish());
      result_.rows = checker.rows();
      return absl::OkStatus();
    }
    // All that can be said of a text without an index: mariadb-dump's last line is its last.
    const size_t last = tail.rfind('\n', tail.size() < 2 ? 0 : tail.size() - 2);
    const std::string_view line = std::string_view(tail).substr(last == tail.npos ? 0 : last + 1);
    if (!line.starts_with("-- Dump completed") || !line.ends_with('\n')) {
      return Damaged("its text does not end with \"-- Dump completed\": it is truncated");
    }
    return absl::OkStatus();
  }

  static constexpr size_t kTailBytes = 128;

  const std::string path_;
  const VerifyLevel level_;
  const std::span<const crypto::IdentityPtr> identities_;
  const size_t threads_;
  VerifyResult result_;
  std::optional<BackupMetadata> metadata_;
  std::unique_ptr<BackupFile> file_;
};

std::string SectionName(const TocSection& section) {
  if (section.database.empty()) return std::string(TocKindName(section.kind));
  return absl::StrFormat("%s of `%s`%s", TocKindName(section.kind), section.database,
                         section.table.empty() ? "" : absl::StrFormat(".`%s`", section.table));
}

}  // namespace

VerifyResult VerifyBackup(const std::string& path, VerifyLevel level,
                          std::span<const crypto::IdentityPtr> identities, size_t threads) {
  return Verification(path, level, identities, threads).Run();
}

absl::Status SectionChecker::Add(std::string_view text) {
  while (!text.empty()) {
    if (section_ == toc_->sections.size()) {
      return absl::DataLossError("there is more text than the index knows");
    }
    const TocSection& section = toc_->sections[section_];
    const std::string_view part = text.substr(0, section.bytes - done_);
    crc_ = codecs::Crc64(crc_, part);
    if (section.kind == TocSection::Kind::kRows) row_counter_.Add(part);
    done_ += part.size();
    text.remove_prefix(part.size());
    if (done_ == section.bytes) RETURN_IF_ERROR(EndSection());
  }
  return absl::OkStatus();
}

absl::Status SectionChecker::EndSection() {
  const TocSection& section = toc_->sections[section_];
  if (crc_ != section.crc) {
    return absl::DataLossError(
        absl::StrFormat("the text of %s is not what was written: checksum %016x, not %016x",
                        SectionName(section), crc_, section.crc));
  }
  const uint64_t rows = std::exchange(row_counter_, {}).rows();
  if (rows != section.rows) {
    return absl::DataLossError(absl::StrFormat("%s: %d rows in the text, %d in the index",
                                               SectionName(section), rows, section.rows));
  }
  rows_ += rows;
  ++section_;
  done_ = crc_ = 0;
  return absl::OkStatus();
}

absl::Status SectionChecker::Finish() {
  if (section_ == toc_->sections.size()) return absl::OkStatus();
  return absl::DataLossError(absl::StrFormat("the text ends in %s: it is truncated",
                                             SectionName(toc_->sections[section_])));
}

}  // namespace sfdb::engine
