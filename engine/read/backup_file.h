// A backup file, opened for reading: sealed or not, compressed or not, with its index or without,
// made by us, by mariadb-dump and a stock compressor, or by Go sfDBTools.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "codecs/codec.h"
#include "crypto/slot.h"
#include "engine/backup/toc.h"
#include "engine/read/frame_reader.h"
#include "engine/read/stream_view.h"

namespace sfdb::engine {

enum class SealKind { kNone, kSealed, kLegacyGo };

// Exit codes of errors (engine/base/exit_code.h): 12 wrong or missing key, 13 damage, 4 no such
// table or database, 1 the system. Not thread-safe, but that ReadRanges may run on several threads.
class BackupFile {
 public:
  // Reads the header and the index, `{base}.toc` beside the file, if there is one.
  static absl::StatusOr<std::unique_ptr<BackupFile>> Open(
      const std::string& path, std::span<const crypto::IdentityPtr> identities, size_t threads);

  const std::string& path() const { return source_->name(); }
  uint64_t file_bytes() const { return source_->size(); }
  SealKind seal() const { return seal_; }
  const codecs::Codec& codec() const { return *codec_; }
  // Null: the file has no index, or toc_error() says why it cannot be used.
  const Toc* toc() const { return toc_ ? &*toc_ : nullptr; }
  // Not OK: there is an index, and it is damaged or not this file's.
  const absl::Status& toc_error() const { return toc_error_; }
  // Bytes read of the dump file itself.
  uint64_t bytes_read() const { return source_->bytes_read(); }

  // All the text.
  absl::Status ReadAll(const TextSink& sink);
  // Stretches of the text, in order; reads only the frames that hold them. Needs the index.
  absl::Status ReadRanges(std::span<const TextRange> ranges, const TextSink& sink);

  // The frames, from the index or else from the container; NotFound: neither has them.
  absl::StatusOr<std::vector<codecs::FrameExtent>> Frames();
  // The frames as the container itself lists them; NotFound: it does not.
  absl::StatusOr<std::vector<codecs::FrameExtent>> ContainerFrames();
  // Reads every byte of the compressed stream that is in no frame.
  absl::Status ReadOutsideFrames(std::span<const codecs::FrameExtent> frames);

 private:
  BackupFile() = default;
  absl::Status OpenStream(const std::string& path, std::span<const crypto::IdentityPtr> identities);
  // Sets toc_, not comparing it with the dump yet; *backup_id is that of its seal.
  absl::Status LoadToc(const std::string& toc_path, std::span<const crypto::IdentityPtr> identities,
                       std::string* backup_id);
  absl::Status CheckToc(const std::string& toc_path, const std::string& backup_id) const;
  absl::Status ReadAsStream(const TextSink& sink);
  // `status` with the tables whose text lies in [at, at + bytes).
  absl::Status NameTables(const absl::Status& status, uint64_t at, uint64_t bytes) const;
  // The same for an error that says which sealed frame is damaged.
  absl::Status NameTables(const absl::Status& status) const;

  std::unique_ptr<CountedSource> source_;
  std::span<const crypto::IdentityPtr> identities_;
  size_t threads_ = 1;
  SealKind seal_ = SealKind::kNone;
  const codecs::Codec* codec_ = nullptr;
  std::optional<StreamView> stream_;  // not for kLegacyGo, which has no random access
  std::optional<Toc> toc_;
  absl::Status toc_error_;
};

// `status` with the exit code its code stands for when a backup is read.
absl::Status WithReadExitCode(absl::Status status);

}  // namespace sfdb::engine
