#include "engine/read/backup_file.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "crypto/damage.h"
#include "crypto/legacy_go.h"
#include "crypto/sealed_stream.h"
#include "engine/backup/file_names.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/sinks/file_system.h"

namespace sfdb::engine {
namespace {

using codecs::FrameExtent;

constexpr size_t kReadBytes = 256 << 10;
// A file without any index of frames is cut into these, where frames may be cut anywhere.
constexpr uint64_t kPlainFrameBytes = 1 << 20;

// Bytes in order -> plain text in order, through one decompressor.
absl::Status Decompress(crypto::SequentialSource& source, const codecs::Codec& codec,
                        const TextSink& sink) {
  const std::unique_ptr<codecs::Decompressor> decompressor = codec.new_decompressor();
  std::string in(kReadBytes, '\0');
  std::string out(4 * kReadBytes, '\0');
  while (true) {
    ASSIGN_OR_RETURN(const size_t size, source.Read(in.data(), in.size()));
    if (size == 0) break;
    std::string_view rest(in.data(), size);
    // Once more after the last byte went in: what came out may have filled `out` exactly.
    for (bool full = true; full || !rest.empty();) {
      const auto progress = decompressor->Decompress(rest, out);
      if (!progress.ok()) return crypto::PrefixError(source.name(), progress.status());
      rest.remove_prefix(progress->consumed);
      full = progress->produced == out.size();
      RETURN_IF_ERROR(sink(std::string_view(out).substr(0, progress->produced)));
    }
  }
  const absl::Status finished = decompressor->Finish();
  return finished.ok() ? finished : crypto::PrefixError(source.name(), finished);
}

absl::StatusOr<std::string> ReadHead(const crypto::RandomAccessSource& source) {
  std::string head(std::min<uint64_t>(source.size(), 16), '\0');
  RETURN_IF_ERROR(source.ReadAt(0, head.size(), head.data()));
  return head;
}

}  // namespace

absl::Status WithReadExitCode(absl::Status status) {
  switch (status.code()) {
    case absl::StatusCode::kPermissionDenied:
      return base::WithExitCode(std::move(status), base::kExitWrongKey);
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kOutOfRange:
      return base::WithExitCode(std::move(status), base::kExitDamaged);
    default:
      return base::WithExitCode(std::move(status), base::kExitFailed);
  }
}

absl::StatusOr<std::unique_ptr<BackupFile>> BackupFile::Open(
    const std::string& path, std::span<const crypto::IdentityPtr> identities, size_t threads) {
  std::unique_ptr<BackupFile> file(new BackupFile());
  file->identities_ = identities;
  file->threads_ = threads;
  // A file that cannot be read is not a wrong key.
  absl::StatusOr<std::unique_ptr<CountedSource>> source = CountedSource::Open(path);
  if (!source.ok()) return base::WithExitCode(source.status(), base::kExitFailed);
  file->source_ = *std::move(source);
  const absl::Status opened = file->OpenStream(path, identities);
  // The index is of use even if the last sealed frame, which is opened first, is damaged: it says
  // what that frame holds.
  if (!opened.ok() && !crypto::GetDamagedFrame(opened)) return WithReadExitCode(opened);
  const std::string toc_path = BasePathOf(path) + std::string(kTocExtension);
  if (toc_path != path && PosixFileSystem().Exists(toc_path)) {
    std::string backup_id;
    file->toc_error_ = file->LoadToc(toc_path, identities, &backup_id);
    if (!opened.ok()) return WithReadExitCode(file->NameTables(opened));
    if (file->toc_error_.ok()) file->toc_error_ = file->CheckToc(toc_path, backup_id);
    if (!file->toc_error_.ok()) file->toc_.reset();
  }
  if (!opened.ok()) return WithReadExitCode(opened);
  return file;
}

absl::Status BackupFile::OpenStream(const std::string& path,
                                    std::span<const crypto::IdentityPtr> identities) {
  ASSIGN_OR_RETURN(std::string head, ReadHead(*source_));
  const std::string_view inner_path = WithoutSealedExtension(path);
  if (crypto::LooksLikeLegacyGo(head)) {
    seal_ = SealKind::kLegacyGo;
    codec_ = &codecs::CodecForPath(inner_path);
    return absl::OkStatus();
  }
  if (head.size() >= 3 && crypto::LooksSealed(head)) {
    seal_ = SealKind::kSealed;
  } else if (inner_path.size() != path.size()) {
    return absl::DataLossError(absl::StrFormat(
        "%s does not begin as a sealed file does: it is damaged, or not what its name says", path));
  }
  ASSIGN_OR_RETURN(stream_,
                   StreamView::Open(source_.get(), seal_ == SealKind::kSealed, identities));

  if (seal_ == SealKind::kSealed) {
    const crypto::Context& context = stream_->sealed()->message().context();
    if (const auto found = context.find(std::string(crypto::kContextCompression));
        found != context.end()) {
      ASSIGN_OR_RETURN(codec_, codecs::FindCodec(found->second));
      return absl::OkStatus();
    }
  }
  // The name before the first bytes: damage there must not turn a compressed file into plain text.
  codec_ = &codecs::CodecForPath(inner_path);
  if (codec_->extension.empty() && stream_->size() > 0) {
    ASSIGN_OR_RETURN(const std::unique_ptr<StreamReader> reader, stream_->NewReader());
    std::string first(std::min<uint64_t>(stream_->size(), codecs::kDetectBytes), '\0');
    RETURN_IF_ERROR(reader->ReadAt(0, first));
    codec_ = &codecs::DetectCodec(first);
  }
  return absl::OkStatus();
}

absl::Status BackupFile::LoadToc(const std::string& toc_path,
                                 std::span<const crypto::IdentityPtr> identities,
                                 std::string* backup_id) {
  if (seal_ == SealKind::kLegacyGo) {
    return absl::FailedPreconditionError("this kind of file has no index");
  }
  ASSIGN_OR_RETURN(const std::unique_ptr<CountedSource> source, CountedSource::Open(toc_path));
  SequentialView raw(source.get());
  std::unique_ptr<crypto::OpenStream> opened;
  crypto::SequentialSource* plain = &raw;
  const codecs::Codec* codec = codec_;
  if (seal_ == SealKind::kSealed) {
    ASSIGN_OR_RETURN(opened, crypto::OpenSealedStream(&raw, identities));
    plain = opened.get();
    const crypto::Context& context = opened->context();
    const auto id = context.find(std::string(crypto::kContextBackupId));
    if (id != context.end()) *backup_id = id->second;
    const auto name = context.find(std::string(crypto::kContextCompression));
    if (codec == nullptr && name != context.end()) {
      ASSIGN_OR_RETURN(codec, codecs::FindCodec(name->second));
    }
  }
  if (codec == nullptr) return absl::DataLossError(toc_path + " does not say how to read it");
  std::string text;
  RETURN_IF_ERROR(Decompress(*plain, *codec, [&](std::string_view piece) {
    if (text.size() + piece.size() > kMaxTocBytes) {
      return absl::DataLossError("the index is longer than any index is");
    }
    text += piece;
    return absl::OkStatus();
  }));
  absl::StatusOr<Toc> toc = ParseToc(text);
  if (!toc.ok()) return crypto::PrefixError(toc_path, toc.status());
  toc_ = *std::move(toc);
  return absl::OkStatus();
}

absl::Status BackupFile::CheckToc(const std::string& toc_path, const std::string& backup_id) const {
  bool is_of_this_file = toc_->codec == codec_->name && toc_->stream_bytes == stream_->size();
  if (seal_ == SealKind::kSealed) {
    const crypto::Context& context = stream_->sealed()->message().context();
    const auto id = context.find(std::string(crypto::kContextBackupId));
    is_of_this_file = is_of_this_file && id != context.end() && id->second == backup_id &&
                      toc_->backup_id == backup_id;
  }
  if (is_of_this_file) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrFormat("%s is not the index of %s: one of them is truncated, or of another backup",
                      toc_path, path()));
}

absl::StatusOr<std::vector<FrameExtent>> BackupFile::ContainerFrames() {
  if (!stream_) return absl::NotFoundError("this kind of file has no index of frames");
  ASSIGN_OR_RETURN(const std::unique_ptr<StreamReader> reader, stream_->NewReader());
  auto frames = codec_->read_frame_index(*reader);
  if (frames.ok() || absl::IsNotFound(frames.status())) return frames;
  if (crypto::GetDamagedFrame(frames.status())) {
    return WithReadExitCode(NameTables(frames.status()));
  }
  return WithReadExitCode(crypto::PrefixError(path(), frames.status()));
}

absl::StatusOr<std::vector<FrameExtent>> BackupFile::Frames() {
  std::vector<FrameExtent> frames;
  if (toc_) {
    uint64_t offset = toc_->prologue_bytes;
    for (const TocFrame& frame : toc_->frames) {
      frames.push_back({offset, frame.compressed_bytes, frame.plain_bytes});
      offset += frame.compressed_bytes;
    }
    return frames;
  }
  if (stream_ && codec_->name == "none") {
    for (uint64_t at = 0; at < stream_->size(); at += kPlainFrameBytes) {
      const uint64_t bytes = std::min(kPlainFrameBytes, stream_->size() - at);
      frames.push_back({at, bytes, bytes});
    }
    return frames;
  }
  return ContainerFrames();
}

absl::Status BackupFile::ReadAll(const TextSink& sink) {
  absl::StatusOr<std::vector<FrameExtent>> frames = Frames();
  const bool in_parallel =
      frames.ok() && std::all_of(frames->begin(), frames->end(), [](const FrameExtent& frame) {
        return std::max(frame.plain_size, frame.compressed_size) <= kMaxParallelFrameBytes;
      });
  // A container whose own index is damaged is read as a stream too: what is good comes out, and the
  // damage is found where it is.
  if (!in_parallel) return WithReadExitCode(ReadAsStream(sink));
  std::vector<FrameWish> wishes;
  for (size_t i = 0; i < frames->size(); ++i) {
    wishes.push_back({i, (*frames)[i], 0, (*frames)[i].plain_size});
  }
  std::optional<size_t> failed;
  const absl::Status status = ReadFrames(*stream_, *codec_, wishes, threads_, sink, &failed);
  if (failed) {
    uint64_t at = 0;
    for (size_t i = 0; i < *failed; ++i) at += (*frames)[i].plain_size;
    return WithReadExitCode(NameTables(status, at, (*frames)[*failed].plain_size));
  }
  if (!status.ok()) return WithReadExitCode(status);
  // What is outside of the frames tells truncation, too.
  return WithReadExitCode(ReadOutsideFrames(*frames));
}

absl::Status BackupFile::ReadRanges(std::span<const TextRange> ranges, const TextSink& sink) {
  if (!toc_) return absl::FailedPreconditionError("there is no index");
  ASSIGN_OR_RETURN(const std::vector<FrameExtent> frames, Frames());
  std::vector<uint64_t> begins;  // of each frame in the plain text
  uint64_t at = 0;
  for (const FrameExtent& frame : frames) {
    begins.push_back(at);
    at += frame.plain_size;
    if (std::max(frame.plain_size, frame.compressed_size) > kMaxParallelFrameBytes) {
      return WithReadExitCode(
          absl::DataLossError(path() + ": the index lists a frame longer than any is made"));
    }
  }
  std::vector<FrameWish> wishes;
  for (const TextRange& range : ranges) {
    size_t i = static_cast<size_t>(std::upper_bound(begins.begin(), begins.end(), range.at) -
                                   begins.begin() - 1);
    for (const uint64_t end = range.at + range.bytes; i < frames.size() && begins[i] < end; ++i) {
      const uint64_t from = std::max(range.at, begins[i]) - begins[i];
      const uint64_t to = std::min(end - begins[i], frames[i].plain_size);
      if (from < to) wishes.push_back({i, frames[i], from, to});
    }
  }
  std::optional<size_t> failed;
  const absl::Status status = ReadFrames(*stream_, *codec_, wishes, threads_, sink, &failed);
  if (!failed) return WithReadExitCode(status);
  return WithReadExitCode(NameTables(status, begins[*failed], frames[*failed].plain_size));
}

absl::Status BackupFile::ReadAsStream(const TextSink& sink) {
  SequentialView raw(source_.get());
  if (seal_ == SealKind::kNone) return Decompress(raw, *codec_, sink);
  ASSIGN_OR_RETURN(const std::unique_ptr<crypto::OpenStream> opened,
                   crypto::OpenSealedStream(&raw, identities_));
  return Decompress(*opened, *codec_, sink);
}

absl::Status BackupFile::ReadOutsideFrames(std::span<const FrameExtent> frames) {
  ASSIGN_OR_RETURN(const std::unique_ptr<StreamReader> reader, stream_->NewReader());
  std::string bytes;
  const auto read = [&](uint64_t from, uint64_t to) -> absl::Status {
    for (; from < to; from += bytes.size()) {
      bytes.resize(std::min<uint64_t>(to - from, kReadBytes));
      RETURN_IF_ERROR(reader->ReadAt(from, bytes));
    }
    return absl::OkStatus();
  };
  if (frames.empty()) return read(0, stream_->size());
  RETURN_IF_ERROR(read(0, frames.front().offset));
  return read(frames.back().offset + frames.back().compressed_size, stream_->size());
}

absl::Status BackupFile::NameTables(const absl::Status& status) const {
  const auto damaged = crypto::GetDamagedFrame(status);
  if (!toc_ || !damaged) return status;
  uint64_t begin = 0;  // of the text of the frames that the sealed frame holds a part of
  uint64_t end = 0;
  uint64_t text = 0;
  uint64_t stream = toc_->prologue_bytes;
  for (const TocFrame& frame : toc_->frames) {
    if (stream < damaged->plain_end && stream + frame.compressed_bytes > damaged->plain_begin) {
      if (end == 0) begin = text;
      end = text + frame.plain_bytes;
    }
    text += frame.plain_bytes;
    stream += frame.compressed_bytes;
  }
  return NameTables(status, begin, end - begin);
}

absl::Status BackupFile::NameTables(const absl::Status& status, uint64_t at, uint64_t bytes) const {
  if (!toc_ || !absl::IsDataLoss(status)) return status;
  std::vector<std::string> names;
  for (const TocSection& section : toc_->sections) {
    if (section.at + section.bytes <= at || section.at >= at + bytes) continue;
    std::string name = section.database.empty() ? std::string(TocKindName(section.kind))
                       : section.table.empty()
                           ? absl::StrCat("database `", section.database, "`")
                           : absl::StrCat("table `", section.database, "`.`", section.table, "`");
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
    if (names.size() > 4) break;
  }
  if (names.empty()) return status;
  std::string text = absl::StrCat(std::string(status.message()), "; it holds ", names.front());
  for (size_t i = 1; i < std::min<size_t>(names.size(), 4); ++i) text += ", " + names[i];
  if (names.size() > 4) text += ", ...";
  absl::Status named(status.code(), text);
  status.ForEachPayload(
      [&](auto type, const absl::Cord& payload) { named.SetPayload(type, payload); });
  return named;
}

}  // namespace sfdb::engine
