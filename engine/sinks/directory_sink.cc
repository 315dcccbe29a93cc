#include "engine/sinks/directory_sink.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {
namespace {

class DirectoryFile final : public SinkFile {
 public:
  DirectoryFile(std::string final_path, std::string temporary_path,
                std::unique_ptr<WritableFile> file, FileSystem* files)
      : SinkFile(std::move(final_path)),
        temporary_path_(std::move(temporary_path)),
        file_(std::move(file)),
        files_(files) {}
  ~DirectoryFile() override {
    file_.reset();
    if (!published_) (void)files_->Remove(temporary_path_);
  }

  absl::Status Append(std::span<const std::string_view> pieces) override {
    RETURN_IF_ERROR(file_->Append(pieces));
    for (const std::string_view piece : pieces) bytes_ += piece.size();
    return absl::OkStatus();
  }
  absl::Status Close() override {
    RETURN_IF_ERROR(file_->Close());
    closed_ = true;
    return absl::OkStatus();
  }

  absl::Status Publish() {
    if (!closed_) return absl::FailedPreconditionError(final_path_ + " is not closed");
    RETURN_IF_ERROR(files_->RenameNoReplace(temporary_path_, final_path_));
    published_ = true;
    return absl::OkStatus();
  }
  void Withdraw() {
    if (published_) (void)files_->Remove(final_path_);
  }

 private:
  const std::string temporary_path_;
  std::unique_ptr<WritableFile> file_;
  FileSystem* const files_;
  bool closed_ = false;
  bool published_ = false;
};

}  // namespace

DirectorySink::DirectorySink(std::string directory, FileSystem* files,
                             std::string_view temporary_suffix)
    : directory_(std::move(directory)), files_(files), suffix_(temporary_suffix) {}

absl::StatusOr<std::unique_ptr<SinkFile>> DirectorySink::Begin(const std::string& name) {
  std::string final_path = absl::StrCat(directory_, "/", name);
  if (files_->Exists(final_path)) {
    return absl::AlreadyExistsError(
        absl::StrFormat("%s is already there and is never overwritten", final_path));
  }
  std::string temporary_path = final_path + suffix_;
  ASSIGN_OR_RETURN(std::unique_ptr<WritableFile> file, files_->Create(temporary_path));
  return std::make_unique<DirectoryFile>(std::move(final_path), std::move(temporary_path),
                                         std::move(file), files_);
}

absl::Status DirectorySink::Publish(std::span<const std::unique_ptr<SinkFile>> files) {
  absl::Status status;
  for (size_t i = 0; i < files.size() && status.ok(); ++i) {
    // What comes last must not become visible before the rest is sure to stay.
    if (i + 1 == files.size() && i > 0) status = files_->SyncDirectory(directory_);
    if (status.ok()) status = static_cast<DirectoryFile&>(*files[i]).Publish();
  }
  if (status.ok()) status = files_->SyncDirectory(directory_);
  if (status.ok()) return status;
  for (const auto& file : files) static_cast<DirectoryFile&>(*file).Withdraw();
  (void)files_->SyncDirectory(directory_);
  return status;
}

absl::StatusOr<std::vector<std::string>> DirectorySink::RemoveLeftovers() {
  ASSIGN_OR_RETURN(std::vector<std::string> names, files_->List(directory_));
  std::erase_if(names, [&](const std::string& name) { return !name.ends_with(suffix_); });
  for (const std::string& name : names) {
    RETURN_IF_ERROR(files_->Remove(absl::StrCat(directory_, "/", name)));
  }
  return names;
}

}  // namespace sfdb::engine
