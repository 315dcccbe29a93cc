// The stages of the pipeline as plain objects, without TBB.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "codecs/codec.h"
#include "codecs/gather.h"
#include "crypto/key_file.h"
#include "crypto/sealed_file_reader.h"
#include "engine/pipeline/compress_stage.h"
#include "engine/pipeline/in_flight.h"
#include "engine/pipeline/memory_plan.h"
#include "engine/pipeline/output_cutter.h"
#include "engine/pipeline/reorder.h"
#include "engine/pipeline/seal_stage.h"
#include "engine/pipeline/sections.h"

namespace sfdb::engine {
namespace {

std::string Joined(const Gathered& data) {
  std::string text;
  for (const std::string_view piece : data.pieces) text += piece;
  return text;
}

FramePtr MakeFrame(const std::vector<std::string>& pieces) {
  auto frame = std::make_shared<Frame>();
  for (size_t i = 0; i < pieces.size(); ++i) {
    const auto hold = std::make_shared<const std::string>(pieces[i]);
    frame->data.pieces.emplace_back(*hold);
    frame->data.holds.push_back(hold);
    frame->spans.push_back({.section = static_cast<uint32_t>(i), .bytes = hold->size()});
    frame->plain_bytes += hold->size();
  }
  return frame;
}

TEST(CompressStage, MakesAFrameThatDecompresses) {
  const codecs::Codec& zstd = **codecs::FindCodec("zstd");
  CompressStage stage(&zstd, 3);
  const FramePtr frame = MakeFrame({"abc", std::string(5000, 'x'), "def"});
  ASSERT_TRUE(stage.Process(*frame).ok());
  EXPECT_EQ(frame->record.plain_size, 5006u);
  const std::string compressed = Joined(frame->data);
  EXPECT_EQ(compressed.size(), frame->record.compressed_size);
  std::string plain(5006, '\0');
  ASSERT_TRUE(zstd.new_frame_decoder()->DecompressFrame(compressed, plain).ok());
  EXPECT_EQ(plain, "abc" + std::string(5000, 'x') + "def");
}

TEST(CompressStage, LeavesPiecesInTheirPlaceWithoutACodec) {
  CompressStage stage(*codecs::FindCodec("none"), 0);
  const FramePtr frame = MakeFrame({"abc", "def"});
  const char* const where = frame->data.pieces[1].data();
  ASSERT_TRUE(stage.Process(*frame).ok());
  EXPECT_EQ(frame->data.pieces[1].data(), where);
  EXPECT_EQ(frame->record.compressed_size, 6u);
}

TEST(CompressStage, ComputesTheChecksumOfEverySection) {
  CompressStage stage(*codecs::FindCodec("none"), 0);
  const FramePtr frame = MakeFrame({"structure", "rows"});
  // Sections need not end where pieces end.
  frame->spans = {{.section = 0, .bytes = 4}, {.section = 1, .bytes = 9}};
  ASSERT_TRUE(stage.Process(*frame).ok());
  EXPECT_EQ(frame->spans[0].crc, codecs::Crc64(0, "stru"));
  EXPECT_EQ(frame->spans[1].crc, codecs::Crc64(0, "cturerows"));
}

TEST(SectionSums, JoinASectionAcrossFrames) {
  CompressStage stage(*codecs::FindCodec("none"), 0);
  SectionSums sums;
  for (const char* text : {"one ", "two ", "three"}) {
    const FramePtr frame = MakeFrame({text});
    ASSERT_TRUE(stage.Process(*frame).ok());
    sums.Add(*frame);
  }
  ASSERT_EQ(sums.sums().size(), 1u);
  EXPECT_EQ(sums.sums()[0].bytes, 13u);
  EXPECT_EQ(sums.sums()[0].crc, codecs::Crc64(0, "one two three"));
}

TEST(Reorder, EmitsInOrderWhateverCameFirst) {
  Reorder<int> reorder;
  std::vector<int> out;
  auto emit = [&](int value) { out.push_back(value); };
  for (const int n : {2, 0, 3, 1, 5}) reorder.Add(static_cast<uint64_t>(n), n * 10, emit);
  EXPECT_EQ(out, (std::vector<int>{0, 10, 20, 30}));
  EXPECT_EQ(reorder.waiting(), 1u);
  reorder.Add(4, 40, emit);
  EXPECT_EQ(out, (std::vector<int>{0, 10, 20, 30, 40, 50}));
}

TEST(OutputCutter, CutsSealFramesOfExactlyTheirSizeAndALastOneThatMayBeEmpty) {
  for (const size_t total : {size_t{0}, size_t{1}, size_t{99}, size_t{100}, size_t{250}}) {
    std::vector<OutputChunkPtr> chunks;
    OutputCutter cutter(100, [&](OutputChunkPtr chunk) { chunks.push_back(std::move(chunk)); });
    cutter.AddRaw("header");
    std::string text(total, 'x');
    for (size_t at = 0; at < total; at += 33) {
      ASSERT_TRUE(cutter.Add(text.substr(at, 33)).ok());
    }
    ASSERT_TRUE(cutter.Finish().ok());
    ASSERT_EQ(chunks.size(), 2 + total / 100);
    EXPECT_FALSE(chunks[0]->to_seal);
    EXPECT_EQ(cutter.stream_bytes(), total);
    size_t sum = 0;
    for (size_t i = 1; i < chunks.size(); ++i) {
      const bool last = i + 1 == chunks.size();
      EXPECT_EQ(chunks[i]->number, i);
      EXPECT_EQ(chunks[i]->seal_frame, i);
      EXPECT_EQ(chunks[i]->kind, last ? crypto::FrameKind::kFinal : crypto::FrameKind::kRegular);
      const size_t size = codecs::TotalSize(chunks[i]->data.pieces);
      EXPECT_EQ(size, last ? total % 100 : 100u);
      EXPECT_EQ(chunks[i]->charged_bytes, size);
      sum += size;
    }
    EXPECT_EQ(sum, total);
  }
}

TEST(OutputCutter, PassesFramesOnWhenNothingIsSealed) {
  std::vector<OutputChunkPtr> chunks;
  OutputCutter cutter(0, [&](OutputChunkPtr chunk) { chunks.push_back(std::move(chunk)); });
  ASSERT_TRUE(cutter.Add("").ok());
  ASSERT_TRUE(cutter.Add("abc").ok());
  ASSERT_TRUE(cutter.Finish().ok());
  ASSERT_EQ(chunks.size(), 1u);
  EXPECT_EQ(Joined(chunks[0]->data), "abc");
}

TEST(SealStage, MakesTheFramesOfASealedFile) {
  const crypto::SecretBytes key = *crypto::GenerateKeyFileKey();
  std::vector<crypto::RecipientPtr> recipients;
  recipients.push_back(crypto::KeyFileRecipient(key));
  const auto message = crypto::SealedMessage::Create({}, recipients);
  ASSERT_TRUE(message.ok());
  SealStage stage(&*message);
  std::string file;
  OutputCutter cutter(message->frame_length(), [&](OutputChunkPtr chunk) {
    ASSERT_TRUE(stage.Process(*chunk).ok());
    file += Joined(chunk->data);
  });
  const std::string text((size_t{1} << 20) + 17, 'q');
  cutter.AddRaw(message->header());
  ASSERT_TRUE(cutter.Add(text).ok());
  ASSERT_TRUE(cutter.Finish().ok());

  std::vector<crypto::IdentityPtr> identities;
  identities.push_back(crypto::KeyFileIdentity(key));
  const crypto::MemorySource source(file);
  auto reader = crypto::SealedFileReader::Open(&source, identities);
  ASSERT_TRUE(reader.ok()) << reader.status();
  std::string opened(reader->size(), '\0');
  ASSERT_TRUE(reader->ReadAt(0, opened.size(), opened.data()).ok());
  EXPECT_EQ(opened, text);
}

TEST(InFlight, LetsNobodyInWhileTooMuchOutputWaits) {
  InFlight in_flight(2, 100);
  EXPECT_TRUE(in_flight.Enter());
  in_flight.AddOutput(100);
  in_flight.Leave();
  std::thread waiter([&] { EXPECT_TRUE(in_flight.Enter()); });
  in_flight.RemoveOutput(1);
  waiter.join();
  in_flight.Stop();
  EXPECT_FALSE(in_flight.Enter());
}

// Law 5: whatever is asked for, the sum stays within the limit or the request is refused.
TEST(MemoryPlan, EveryPlanStaysWithinItsLimit) {
  for (const codecs::Codec& codec : codecs::AllCodecs()) {
    if (!codec.can_write) continue;
    for (int level = codec.min_level; level <= codec.max_level; ++level) {
      for (const size_t threads : {1, 2, 8, 32, 128}) {
        for (const uint64_t mib : {16, 64, 128, 512, 4096}) {
          const auto plan = PlanMemory(
              {.limit_bytes = mib << 20, .threads = threads, .sealed = true}, codec, level);
          if (!plan.ok()) {
            EXPECT_TRUE(absl::IsInvalidArgument(plan.status()));
            EXPECT_LT(mib, 512u) << codec.name << " " << level << " " << threads;
            continue;
          }
          EXPECT_LE(plan->total_bytes, mib << 20);
          EXPECT_LE(plan->blocks * plan->block_bytes, mib << 20);
          EXPECT_GE(plan->workers, 1u);
          EXPECT_LE(plan->workers, threads);
          EXPECT_GT(plan->blocks, plan->reserve_blocks);
        }
      }
    }
  }
}

TEST(MemoryPlan, TheDefaultLimitKeepsAllWorkersForOrdinaryLevels) {
  for (const auto& [name, level] : {std::pair{"gzip", 6}, {"zstd", 3}, {"none", 0}}) {
    const codecs::Codec& codec = **codecs::FindCodec(name);
    const auto plan = PlanMemory({.threads = 32, .sealed = true}, codec, level);
    ASSERT_TRUE(plan.ok()) << plan.status();
    EXPECT_EQ(plan->workers, 32u) << name;
    EXPECT_EQ(plan->frame_bytes, codec.ideal_frame_bytes(level)) << name;
  }
}

TEST(MemoryPlan, AHeavyEncoderCostsFrameLengthThenWorkers) {
  const codecs::Codec& xz = **codecs::FindCodec("xz");
  const auto plan = PlanMemory({.threads = 16, .sealed = true}, xz, 6);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_LT(plan->workers, 16u);
  EXPECT_GE(plan->frame_bytes, xz.ideal_frame_bytes(6) / 3);
  const auto more = PlanMemory({.limit_bytes = 8ull << 30, .threads = 16, .sealed = true}, xz, 6);
  ASSERT_TRUE(more.ok());
  EXPECT_EQ(more->workers, 16u);
  EXPECT_EQ(more->frame_bytes, xz.ideal_frame_bytes(6));
}

TEST(MemoryPlan, SaysWhatWouldDo) {
  const auto plan =
      PlanMemory({.limit_bytes = 8 << 20, .threads = 2}, **codecs::FindCodec("zstd"), 3);
  ASSERT_FALSE(plan.ok());
  EXPECT_NE(plan.status().message().find("it takes"), std::string::npos) << plan.status();
}

}  // namespace
}  // namespace sfdb::engine
