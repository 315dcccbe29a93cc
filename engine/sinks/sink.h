// Where finished files go. A file is invisible under its final name until it is whole, durable and
// published; what is not published leaves nothing behind.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sfdb::engine {

// One file that is being made. Used by one thread at a time. Destroyed unpublished: nothing of it
// remains.
class SinkFile {
 public:
  virtual ~SinkFile() = default;
  SinkFile(const SinkFile&) = delete;
  SinkFile& operator=(const SinkFile&) = delete;

  // Appends all pieces; blocks. ResourceExhausted, with "no space" in its message: the disk is full.
  virtual absl::Status Append(std::span<const std::string_view> pieces) = 0;
  // No more will come: everything is made durable, and its size checked, under the temporary name.
  virtual absl::Status Close() = 0;

  // The name it will have, for messages and metadata.
  const std::string& final_path() const { return final_path_; }
  uint64_t bytes() const { return bytes_; }

 protected:
  explicit SinkFile(std::string final_path) : final_path_(std::move(final_path)) {}
  std::string final_path_;
  uint64_t bytes_ = 0;
};

class Sink {
 public:
  virtual ~Sink() = default;
  // Begins a file. AlreadyExists: there is one of that name, which stays as it is.
  virtual absl::StatusOr<std::unique_ptr<SinkFile>> Begin(const std::string& name) = 0;
  // Gives closed files of this sink their final names, in this order: what proves a set to be whole
  // comes last. All or none: after an error none of the names is left.
  virtual absl::Status Publish(std::span<const std::unique_ptr<SinkFile>> files) = 0;
};

}  // namespace sfdb::engine
