// Where sealed bytes come from and go to: files, pipes, memory. The engine may implement these for
// what else it has (an object store, a sink of its own).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace sfdb::crypto {

// Bytes in order. Not thread-safe.
class SequentialSource {
 public:
  virtual ~SequentialSource() = default;
  // Reads up to `size` bytes; 0 means the end, fewer than asked for means nothing.
  virtual absl::StatusOr<size_t> Read(char* out, size_t size) = 0;
  // For messages: the path, or "standard input".
  virtual const std::string& name() const = 0;
};

// Bytes by offset, with a size that does not change. Thread-safe.
class RandomAccessSource {
 public:
  virtual ~RandomAccessSource() = default;
  // Reads exactly `size` bytes. OutOfRange when they are not all there.
  virtual absl::Status ReadAt(uint64_t offset, size_t size, char* out) const = 0;
  virtual uint64_t size() const = 0;
  virtual const std::string& name() const = 0;
};

// Not thread-safe.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  // Takes all of `bytes` or fails.
  virtual absl::Status Write(std::string_view bytes) = 0;
};

// A descriptor that stays the caller's.
class FdSource : public SequentialSource {
 public:
  FdSource(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  absl::StatusOr<size_t> Read(char* out, size_t size) override;
  const std::string& name() const override { return name_; }

 private:
  int fd_;
  std::string name_;
};

class FdSink : public ByteSink {
 public:
  FdSink(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  absl::Status Write(std::string_view bytes) override;

 private:
  int fd_;
  std::string name_;
};

class FileSource : public RandomAccessSource {
 public:
  static absl::StatusOr<std::unique_ptr<FileSource>> Open(const std::string& path);
  ~FileSource() override;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  absl::Status ReadAt(uint64_t offset, size_t size, char* out) const override;
  uint64_t size() const override { return size_; }
  const std::string& name() const override { return name_; }

 private:
  FileSource(int fd, uint64_t size, std::string name)
      : fd_(fd), size_(size), name_(std::move(name)) {}

  int fd_;
  uint64_t size_;
  std::string name_;
};

// Memory that stays the caller's, as both kinds of source; the sequential side has a position.
class MemorySource : public SequentialSource, public RandomAccessSource {
 public:
  explicit MemorySource(std::string_view bytes, std::string name = "memory")
      : bytes_(bytes), name_(std::move(name)) {}
  absl::StatusOr<size_t> Read(char* out, size_t size) override;
  absl::Status ReadAt(uint64_t offset, size_t size, char* out) const override;
  uint64_t size() const override { return bytes_.size(); }
  const std::string& name() const override { return name_; }

 private:
  std::string_view bytes_;
  std::string name_;
  size_t position_ = 0;
};

class StringSink : public ByteSink {
 public:
  explicit StringSink(std::string* out) : out_(out) {}
  absl::Status Write(std::string_view bytes) override {
    out_->append(bytes);
    return absl::OkStatus();
  }

 private:
  std::string* out_;
};

// Reads until `size` bytes are there or the source ends; returns how many.
absl::StatusOr<size_t> ReadFully(SequentialSource& source, char* out, size_t size);

}  // namespace sfdb::crypto
