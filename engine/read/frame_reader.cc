#include "engine/read/frame_reader.h"

#include <algorithm>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_format.h"
#include "codecs/gather.h"
#include "crypto/damage.h"
#include "engine/base/status_macros.h"

namespace sfdb::engine {
namespace {

// Neighbouring frames are read and decompressed at one go: a sealed frame at the edge of two groups
// is opened twice, so groups are several of them long. Of a 250 MB file (zstd, ratio 5) groups of
// 4 MiB read 1.6 times the bytes, of 16 MiB 1.15 times.
constexpr uint64_t kMaxGroupBytes = 16 << 20;
// All groups together, being read or waiting for their turn.
constexpr uint64_t kAllGroupsBytes = 256 << 20;

uint64_t GroupBytes(size_t threads) {
  return std::min(kMaxGroupBytes, kAllGroupsBytes / (2 * threads + 1));
}

struct Group {
  size_t begin = 0;  // wishes [begin, end)
  size_t end = 0;
  uint64_t text_bytes = 0;
};

std::vector<Group> MakeGroups(std::span<const FrameWish> wishes, uint64_t group_bytes) {
  std::vector<Group> groups;
  for (size_t i = 0; i < wishes.size(); ++i) {
    const uint64_t bytes = wishes[i].extent.plain_size;
    const bool joins = !groups.empty() && groups.back().text_bytes + bytes <= group_bytes &&
                       wishes[i].extent.offset == wishes[i - 1].extent.offset +
                                                      wishes[i - 1].extent.compressed_size;
    if (!joins) groups.push_back({i, i, 0});
    groups.back().end = i + 1;
    groups.back().text_bytes += bytes;
  }
  return groups;
}

struct Failure {
  absl::Status status;
  size_t frame = 0;
};

struct Text {
  codecs::Scratch memory;
  std::vector<std::string_view> pieces;  // what was wished for
  Failure failure;
};

class ParallelRead {
 public:
  ParallelRead(const StreamView& stream, const codecs::Codec& codec,
               std::span<const FrameWish> wishes, size_t threads)
      : stream_(stream),
        codec_(codec),
        wishes_(wishes),
        groups_(MakeGroups(wishes, GroupBytes(threads))),
        ahead_(threads + 1) {
    const size_t count = std::min(threads, groups_.size());
    for (size_t i = 0; i < count; ++i) threads_.emplace_back([this] { Work(); });
  }

  ~ParallelRead() {
    {
      std::lock_guard<std::mutex> lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }

  absl::Status Deliver(const TextSink& sink, std::optional<size_t>* failed) {
    for (size_t i = 0; i < groups_.size(); ++i) {
      std::unique_ptr<Text> text = Await(i);
      // Frames before the damaged one are good, and delivered.
      for (const std::string_view piece : text->pieces) RETURN_IF_ERROR(sink(piece));
      if (!text->failure.status.ok()) {
        *failed = text->failure.frame;
        return text->failure.status;
      }
    }
    return absl::OkStatus();
  }

 private:
  std::unique_ptr<Text> Await(size_t group) {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return ready_.contains(group); });
    std::unique_ptr<Text> text = std::move(ready_[group]);
    ready_.erase(group);
    delivered_ = group + 1;
    changed_.notify_all();
    return text;
  }

  void Work() {
    absl::StatusOr<std::unique_ptr<StreamReader>> reader = stream_.NewReader();
    const std::unique_ptr<codecs::FrameDecoder> decoder = codec_.new_frame_decoder();
    std::string compressed;
    while (true) {
      size_t group = 0;
      {
        std::unique_lock<std::mutex> lock(mutex_);
        changed_.wait(lock, [&] {
          return stopped_ || next_ == groups_.size() || next_ < delivered_ + ahead_;
        });
        if (stopped_ || next_ == groups_.size()) return;
        group = next_++;
      }
      auto text = std::make_unique<Text>();
      if (reader.ok()) {
        ReadGroup(groups_[group], **reader, *decoder, &compressed, text.get());
      } else {
        text->failure = {reader.status(), wishes_[groups_[group].begin].index};
      }
      std::lock_guard<std::mutex> lock(mutex_);
      ready_[group] = std::move(text);
      changed_.notify_all();
    }
  }

  void ReadGroup(const Group& group, StreamReader& reader, codecs::FrameDecoder& decoder,
                 std::string* compressed, Text* text) {
    char* plain = text->memory.Reserve(group.text_bytes);
    for (size_t i = group.begin; i < group.end; ++i) {
      const FrameWish& wish = wishes_[i];
      const size_t size = wish.extent.plain_size;
      const absl::Status status = ReadFrame(wish, reader, decoder, compressed, {plain, size});
      if (!status.ok()) {
        text->failure = {status, wish.index};
        return;
      }
      text->pieces.emplace_back(plain + wish.from, wish.to - wish.from);
      plain += size;
    }
  }

  absl::Status ReadFrame(const FrameWish& wish, StreamReader& reader,
                         codecs::FrameDecoder& decoder, std::string* compressed,
                         std::span<char> plain) {
    compressed->resize(wish.extent.compressed_size);
    RETURN_IF_ERROR(reader.ReadAt(wish.extent.offset, *compressed));
    const absl::Status status = decoder.DecompressFrame(*compressed, plain, wish.extent.encoding);
    if (status.ok()) return status;
    return crypto::PrefixError(absl::StrFormat("%s: frame %d (from byte %d of the stream)",
                                               stream_.name(), wish.index + 1, wish.extent.offset),
                               status);
  }

  const StreamView& stream_;
  const codecs::Codec& codec_;
  const std::span<const FrameWish> wishes_;
  const std::vector<Group> groups_;
  const size_t ahead_;

  std::mutex mutex_;
  std::condition_variable changed_;
  size_t next_ = 0;
  size_t delivered_ = 0;
  std::map<size_t, std::unique_ptr<Text>> ready_;
  bool stopped_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace

absl::Status ReadFrames(const StreamView& stream, const codecs::Codec& codec,
                        std::span<const FrameWish> wishes, size_t threads, const TextSink& sink,
                        std::optional<size_t>* failed) {
  return ParallelRead(stream, codec, wishes, std::max<size_t>(1, threads)).Deliver(sink, failed);
}

}  // namespace sfdb::engine
