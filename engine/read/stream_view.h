// The compressed stream of a backup file, whether the file is sealed or not: bytes by offset, from
// many threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "codecs/decompressor.h"
#include "crypto/sealed_file_reader.h"
#include "crypto/source.h"

namespace sfdb::engine {

// A file that counts what is read from it. Thread-safe.
class CountedSource : public crypto::RandomAccessSource {
 public:
  static absl::StatusOr<std::unique_ptr<CountedSource>> Open(const std::string& path);

  absl::Status ReadAt(uint64_t offset, size_t size, char* out) const override;
  uint64_t size() const override { return file_->size(); }
  const std::string& name() const override { return file_->name(); }
  uint64_t bytes_read() const { return bytes_read_.load(std::memory_order_relaxed); }

 private:
  explicit CountedSource(std::unique_ptr<crypto::FileSource> file) : file_(std::move(file)) {}
  std::unique_ptr<crypto::FileSource> file_;
  mutable std::atomic<uint64_t> bytes_read_{0};
};

// A source read from its beginning to its end. Not thread-safe; `source` outlives it.
class SequentialView : public crypto::SequentialSource {
 public:
  explicit SequentialView(const crypto::RandomAccessSource* source) : source_(source) {}
  absl::StatusOr<size_t> Read(char* out, size_t size) override;
  const std::string& name() const override { return source_->name(); }

 private:
  const crypto::RandomAccessSource* source_;
  uint64_t position_ = 0;
};

class StreamView;

// One thread's way to the stream. Keeps the sealed frame it opened last, so reads in order open each
// frame once.
class StreamReader : public codecs::ByteSource {
 public:
  uint64_t size() const override;
  // Fills `out`. DataLoss: the file ends before, or what is there is damaged.
  absl::Status ReadAt(uint64_t offset, std::span<char> out) override;

 private:
  friend class StreamView;
  explicit StreamReader(const StreamView* view) : view_(view) {}
  absl::Status LoadFrame(uint64_t frame);

  const StreamView* view_;
  std::optional<crypto::FrameOpener> opener_;
  std::string scratch_;
  std::string frame_;
  size_t frame_size_ = 0;
  uint64_t frame_number_ = 0;  // 0: none
};

// Thread-safe. `source` outlives it.
class StreamView {
 public:
  // `identities` are asked only if the file is sealed. Errors as in crypto/open.h.
  static absl::StatusOr<StreamView> Open(const crypto::RandomAccessSource* source, bool sealed,
                                         std::span<const crypto::IdentityPtr> identities);

  uint64_t size() const { return sealed_ ? sealed_->size() : source_->size(); }
  // Null: not sealed.
  const crypto::SealedFileReader* sealed() const { return sealed_ ? &*sealed_ : nullptr; }
  const std::string& name() const { return source_->name(); }
  // Must not outlive the view.
  absl::StatusOr<std::unique_ptr<StreamReader>> NewReader() const;

 private:
  friend class StreamReader;
  explicit StreamView(const crypto::RandomAccessSource* source) : source_(source) {}
  const crypto::RandomAccessSource* source_;
  std::optional<crypto::SealedFileReader> sealed_;
};

}  // namespace sfdb::engine
