// The flow graph: text in, file out; errors; memory that returns.
#include "engine/pipeline/backup_pipeline.h"

#include <gtest/gtest.h>

#include <memory>
#include <ostream>
#include <string>
#include <thread>

#include "crypto/key_file.h"
#include "crypto/sealed_stream.h"
#include "crypto/sha256.h"
#include "engine/pipeline/frame_cutter.h"
#include "tests/unit/engine/memory_sink.h"

namespace sfdb::engine {
namespace {

std::string SomeText(size_t size) {
  std::string text;
  for (uint64_t i = 0; text.size() < size; ++i) {
    text += "(" + std::to_string(i * 2654435761 % 1000003) + ",'some words " + std::to_string(i) +
            "'),\n";
  }
  text.resize(size);
  return text;
}

std::string Decompress(const codecs::Codec& codec, std::string_view in) {
  const auto decompressor = codec.new_decompressor();
  std::string out;
  std::string buffer(64 << 10, '\0');
  for (bool full = true; full || !in.empty();) {
    const auto progress = decompressor->Decompress(in, buffer);
    EXPECT_TRUE(progress.ok()) << progress.status();
    if (!progress.ok()) return out;
    in.remove_prefix(progress->consumed);
    out.append(buffer, 0, progress->produced);
    full = progress->produced == buffer.size();
  }
  EXPECT_TRUE(decompressor->Finish().ok());
  return out;
}

// Puts `text` through a pipeline.
struct PipelineRun {
  const codecs::Codec* codec;
  int level;
  const crypto::SealedMessage* seal = nullptr;
  size_t threads = 4;

  absl::StatusOr<PipelineResult> Write(std::string_view text, MemoryFile* file,
                                       size_t frame_bytes = 64 << 10) const {
    MemoryPlan plan = *PlanMemory(
        {.limit_bytes = 1ull << 30, .threads = threads, .sealed = seal != nullptr}, *codec, level);
    plan.frame_bytes = frame_bytes;
    BackupPipeline pipeline(
        {.codec = codec, .level = level, .seal = seal, .memory = plan, .file = file});
    FrameCutter cutter(plan.frame_bytes,
                       [&](FramePtr frame) { return pipeline.Submit(std::move(frame)); });
    for (size_t at = 0; at < text.size(); at += 10'007) {
      if (const auto added = cutter.AddCopy(text.substr(at, 10'007)); !added.ok()) return added;
    }
    if (const auto finished = cutter.Finish(); !finished.ok()) return finished;
    return pipeline.Finish();
  }
};

struct CodecCase {
  const char* name;
  int level;
};
void PrintTo(const CodecCase& one, std::ostream* out) { *out << one.name << one.level; }

class EveryCodec : public testing::TestWithParam<CodecCase> {};

TEST_P(EveryCodec, WritesAFileThatReadsBackSealedOrNot) {
  const PipelineRun run{.codec = *codecs::FindCodec(GetParam().name), .level = GetParam().level};
  const crypto::SecretBytes key = *crypto::GenerateKeyFileKey();
  std::vector<crypto::RecipientPtr> recipients;
  recipients.push_back(crypto::KeyFileRecipient(key));
  std::vector<crypto::IdentityPtr> identities;
  identities.push_back(crypto::KeyFileIdentity(key));
  for (const size_t size : {size_t{0}, size_t{1}, size_t{64} << 10, size_t{3'000'001}}) {
    const std::string text = SomeText(size);
    MemoryFile plain;
    const auto result = run.Write(text, &plain);
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_EQ(Decompress(*run.codec, plain.content), text);
    EXPECT_EQ(result->stream_bytes, plain.content.size());
    EXPECT_EQ(result->sha256, crypto::Sha256Hex(plain.content));

    const auto message = crypto::SealedMessage::Create({}, recipients);
    ASSERT_TRUE(message.ok());
    PipelineRun sealed = run;
    sealed.seal = &*message;
    MemoryFile file;
    ASSERT_TRUE(sealed.Write(text, &file).ok());
    crypto::MemorySource source(file.content);
    const auto opened = crypto::OpenSealedStream(&source, identities);
    ASSERT_TRUE(opened.ok());
    std::string stream(plain.content.size() + 1, '\0');
    const auto read = crypto::ReadFully(**opened, stream.data(), stream.size());
    ASSERT_TRUE(read.ok()) << read.status();
    // The same frames, whoever made them when.
    EXPECT_EQ(stream.substr(0, *read), plain.content);
  }
}

INSTANTIATE_TEST_SUITE_P(Codecs, EveryCodec,
                         testing::Values(CodecCase{"gzip", 1}, CodecCase{"gzip", 6},
                                         CodecCase{"zstd", 1}, CodecCase{"zstd", 3},
                                         CodecCase{"xz", 0}, CodecCase{"none", 0}),
                         testing::PrintToStringParamName());

TEST(BackupPipeline, TheFileDoesNotDependOnTheNumberOfThreads) {
  const std::string text = SomeText(2'000'000);
  std::string first;
  for (const size_t threads : {1, 2, 7}) {
    MemoryFile file;
    ASSERT_TRUE(PipelineRun({.codec = *codecs::FindCodec("zstd"), .level = 3, .threads = threads})
                    .Write(text, &file)
                    .ok());
    if (first.empty()) first = file.content;
    EXPECT_EQ(file.content, first);
  }
}

TEST(BackupPipeline, AWriteThatFailsAnywhereEndsTheRunWithItsError) {
  const std::string text = SomeText(1'000'000);
  const PipelineRun run{.codec = *codecs::FindCodec("none"), .level = 0};
  for (uint64_t room = 0; room < text.size(); room += 150'000) {
    MemoryFile file(room);
    const auto result = run.Write(text, &file);
    ASSERT_FALSE(result.ok()) << room;
    EXPECT_TRUE(absl::IsResourceExhausted(result.status())) << result.status();
    EXPECT_LE(file.content.size(), room);
  }
}

TEST(BackupPipeline, AllMemoryIsBackAfterAnErrorFromOutside) {
  const codecs::Codec& codec = **codecs::FindCodec("none");
  MemoryFile file;
  std::weak_ptr<const std::string> block;
  {
    BackupPipeline pipeline({.codec = &codec,
                             .level = 0,
                             .memory = *PlanMemory({.threads = 2}, codec, 0),
                             .file = &file});
    pipeline.Fail(absl::CancelledError("signal"));
    const auto owned = std::make_shared<const std::string>("text");
    block = owned;
    auto frame = std::make_shared<Frame>();
    frame->plain_bytes = owned->size();
    frame->spans = {{.section = 0, .bytes = owned->size()}};
    frame->data.pieces.emplace_back(*owned);
    frame->data.holds.push_back(owned);
    EXPECT_TRUE(absl::IsCancelled(pipeline.Submit(std::move(frame))));
    EXPECT_TRUE(absl::IsCancelled(pipeline.Finish().status()));
  }
  EXPECT_TRUE(block.expired());
  EXPECT_EQ(file.content, "");
}

// A file that takes nothing until it is let go: everything piles up behind it.
class StuckFile : public MemoryFile {
 public:
  absl::Status Append(std::span<const std::string_view> pieces) override {
    std::unique_lock<std::mutex> lock(mutex_);
    changed_.wait(lock, [&] { return open_; });
    return MemoryFile::Append(pieces);
  }
  void Open() {
    std::lock_guard<std::mutex> lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

TEST(BackupPipeline, TakesNoMoreThanItsPlanWhenTheDiskStandsStill) {
  const codecs::Codec& codec = **codecs::FindCodec("none");
  StuckFile file;
  MemoryPlan plan = *PlanMemory({.threads = 2}, codec, 0);
  plan.frame_bytes = 1000;
  plan.output_bytes = 10'000;
  std::atomic<int> submitted = 0;
  BackupPipeline pipeline({.codec = &codec, .level = 0, .memory = plan, .file = &file});
  std::thread producer([&] {
    FrameCutter cutter(plan.frame_bytes, [&](FramePtr frame) {
      ++submitted;
      return pipeline.Submit(std::move(frame));
    });
    EXPECT_TRUE(cutter.AddOwned(std::string(1'000'000, 'x')).ok());
    EXPECT_TRUE(cutter.Finish().ok());
  });
  // 10 frames of output, those in flight, and the one that waits.
  const int most = 10 + static_cast<int>(plan.frames_in_flight) + 1;
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  EXPECT_LE(submitted.load(), most);
  EXPECT_GT(submitted.load(), 5);
  file.Open();
  producer.join();
  ASSERT_TRUE(pipeline.Finish().ok());
  EXPECT_EQ(file.content.size(), 1'000'000u);
}

TEST(BackupPipeline, AbandonedItLeavesNoThreadBehind) {
  const codecs::Codec& codec = **codecs::FindCodec("zstd");
  MemoryFile file;
  BackupPipeline pipeline({.codec = &codec,
                           .level = 3,
                           .memory = *PlanMemory({.threads = 2}, codec, 3),
                           .file = &file});
  FrameCutter cutter(1000, [&](FramePtr frame) { return pipeline.Submit(std::move(frame)); });
  ASSERT_TRUE(cutter.AddOwned(SomeText(100'000)).ok());
}

}  // namespace
}  // namespace sfdb::engine
