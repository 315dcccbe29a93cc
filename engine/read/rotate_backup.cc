#include "engine/read/rotate_backup.h"

#include <filesystem>
#include <memory>
#include <utility>
#include <vector>

#include "crypto/rotate.h"
#include "crypto/sha256.h"
#include "engine/backup/file_names.h"
#include "engine/backup/metadata.h"
#include "engine/backup/small_file.h"
#include "engine/base/exit_code.h"
#include "engine/base/status_macros.h"
#include "engine/read/backup_file.h"
#include "engine/read/backup_info.h"
#include "engine/read/stream_view.h"
#include "engine/sinks/directory_lock.h"
#include "engine/sinks/directory_sink.h"

namespace sfdb::engine {
namespace {

namespace fs = std::filesystem;

class HashingSink : public crypto::ByteSink {
 public:
  explicit HashingSink(SinkFile* file) : file_(file) {}
  absl::Status Write(std::string_view bytes) override {
    sha256_.Update(bytes);
    return file_->Append({&bytes, 1});
  }
  std::string Digest() { return sha256_.FinishHex(); }

 private:
  SinkFile* file_;
  crypto::Sha256 sha256_;
};

}  // namespace

absl::Status RotateBackup(const RotateRequest& request,
                          std::span<const crypto::IdentityPtr> identities,
                          std::span<const crypto::RecipientPtr> recipients) {
  fs::path out = request.out;
  if (fs::is_directory(out)) out /= fs::path(request.in).filename();
  const std::string directory = out.has_parent_path() ? out.parent_path().string() : ".";
  absl::StatusOr<DirectoryLock> lock = DirectoryLock::Acquire(directory, "crypto rotate");
  if (absl::IsAborted(lock.status())) return base::WithExitCode(lock.status(), base::kExitLocked);
  RETURN_IF_ERROR(lock.status());
  DirectorySink sink(directory, &PosixFileSystem());
  RETURN_IF_ERROR(sink.RemoveLeftovers().status());
  std::vector<std::unique_ptr<SinkFile>> files;
  std::string sha256;

  const auto copy = [&](const std::string& from, const std::string& name) -> absl::Status {
    ASSIGN_OR_RETURN(const auto source, CountedSource::Open(from));
    SequentialView in(source.get());
    ASSIGN_OR_RETURN(std::unique_ptr<SinkFile> file, sink.Begin(name));
    HashingSink hashing(file.get());
    const auto rotate = request.reseal ? crypto::Reseal : crypto::RotateKeys;
    absl::Status status = rotate(&in, identities, recipients, &hashing);
    if (!status.ok()) return WithReadExitCode(std::move(status));
    RETURN_IF_ERROR(file->Close());
    sha256 = hashing.Digest();
    files.push_back(std::move(file));
    return absl::OkStatus();
  };

  const std::string in_base = BasePathOf(request.in);
  const std::string out_base = BasePathOf(out.filename().string());
  RETURN_IF_ERROR(copy(request.in, out.filename().string()));
  const std::string dump_sha256 = sha256;
  const uint64_t dump_bytes = files.front()->bytes();
  const std::string in_toc = in_base + std::string(kTocExtension);
  if (in_toc != request.in && PosixFileSystem().Exists(in_toc)) {
    RETURN_IF_ERROR(copy(in_toc, out_base + std::string(kTocExtension)));
  }
  // What is never sealed goes along as it is.
  for (const std::string_view extension : {kGtidExtension, kUsersExtension}) {
    const std::string from = in_base + std::string(extension);
    if (!PosixFileSystem().Exists(from)) continue;
    ASSIGN_OR_RETURN(const auto source, CountedSource::Open(from));
    std::string text(source->size(), '\0');
    RETURN_IF_ERROR(source->ReadAt(0, text.size(), text.data()));
    ASSIGN_OR_RETURN(auto file, WriteSinkFile(sink, out_base + std::string(extension), text));
    files.push_back(std::move(file));
  }
  const auto metadata = ReadMetadataText(request.in);
  if (metadata.ok()) {
    ASSIGN_OR_RETURN(const std::string text,
                     MetadataForCopy(*metadata, out.string(), dump_bytes, dump_sha256));
    ASSIGN_OR_RETURN(auto file,
                     WriteSinkFile(sink, out_base + std::string(kMetadataExtension), text));
    files.push_back(std::move(file));
  } else if (!absl::IsNotFound(metadata.status())) {
    return metadata.status();
  }
  return sink.Publish(files);
}

}  // namespace sfdb::engine
