#include "engine/backup/publisher.h"

#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "engine/backup/file_names.h"
#include "engine/backup/small_file.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {
namespace {

// Each waiting file keeps its index in memory and an open descriptor.
constexpr size_t kMostWaiting = 4;

std::string FileName(const std::string& path) { return path.substr(path.rfind('/') + 1); }

}  // namespace

Publisher::Publisher(Sink* sink, std::string users, std::stop_token stop)
    : sink_(sink), users_(std::move(users)), stop_(std::move(stop)), thread_([this] { Loop(); }) {}

Publisher::~Publisher() { Finish(); }

void Publisher::Put(WrittenFile file) {
  std::unique_lock<std::mutex> lock(mutex_);
  changed_.wait(lock, [&] { return queue_.size() < kMostWaiting; });
  queue_.push_back(std::move(file));
  changed_.notify_all();
}

void Publisher::Finish() {
  {
    std::lock_guard<std::mutex> lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Publisher::Loop() {
  std::unique_lock<std::mutex> lock(mutex_);
  while (true) {
    changed_.wait(lock, [&] { return ended_ || !queue_.empty(); });
    if (queue_.empty()) return;
    WrittenFile file = std::move(queue_.front());
    queue_.pop_front();
    changed_.notify_all();
    lock.unlock();
    FileOutcome& outcome = *file.outcome;
    outcome.status = Publish(file);
    if (!outcome.published()) {
      for (std::string* path :
           {&outcome.toc_path, &outcome.metadata_path, &outcome.gtid_path, &outcome.users_path}) {
        path->clear();
      }
    }
    lock.lock();
  }
}

absl::Status Publisher::Publish(WrittenFile& file) {
  FileOutcome& outcome = *file.outcome;
  BackupMetadata& metadata = outcome.metadata;
  std::vector<std::unique_ptr<SinkFile>> files;
  if (stop_.stop_requested()) return absl::CancelledError("stopped");
  RETURN_IF_ERROR(file.dump->Close());
  metadata.file_size_bytes = file.dump->bytes();
  files.push_back(std::move(file.dump));
  // All bytes are durable under a temporary name.

  auto add = [&](std::string_view extension, std::string_view text,
                 std::string* path) -> absl::Status {
    ASSIGN_OR_RETURN(std::unique_ptr<SinkFile> sidecar,
                     WriteSinkFile(*sink_, file.base + std::string(extension), text));
    *path = sidecar->final_path();
    files.push_back(std::move(sidecar));
    return absl::OkStatus();
  };
  RETURN_IF_ERROR(add(kTocExtension, file.toc, &outcome.toc_path));
  metadata.toc_file = FileName(outcome.toc_path);
  if (!file.gtid_info.empty()) {
    RETURN_IF_ERROR(add(kGtidExtension, file.gtid_info, &outcome.gtid_path));
    metadata.gtid_file = FileName(outcome.gtid_path);
  }
  if (!users_.empty()) {
    RETURN_IF_ERROR(add(kUsersExtension, users_, &outcome.users_path));
    metadata.users_file = FileName(outcome.users_path);
  }
  metadata.end = absl::Now();
  RETURN_IF_ERROR(add(kMetadataExtension, MetadataText(metadata, absl::LocalTimeZone()),
                      &outcome.metadata_path));
  if (stop_.stop_requested()) return absl::CancelledError("stopped");
  RETURN_IF_ERROR(sink_->Publish(files));
  // The metadata has its name last: the backup exists.
  if (!users_.empty()) users_.clear();
  return absl::OkStatus();
}

}  // namespace sfdb::engine
