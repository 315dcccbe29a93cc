#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "crypto/seal.h"
#include "crypto/sealed_file_reader.h"
#include "crypto/sealed_stream.h"
#include "tests/unit/crypto/crypto_testing.h"

namespace sfdb::crypto {
namespace {

constexpr uint32_t kLength = 64;

std::string Sealed(size_t size) {
  auto sealed = SealBytes(TestData(size), {}, ToKey('a'), kLength);
  EXPECT_THAT(sealed, IsOk());
  return *std::move(sealed);
}

// Counts what is read, and can hand out bytes in small pieces.
class Counting : public MemorySource {
 public:
  using MemorySource::MemorySource;
  absl::StatusOr<size_t> Read(char* out, size_t size) override {
    return MemorySource::Read(out, std::min(size, piece));
  }
  absl::Status ReadAt(uint64_t offset, size_t size, char* out) const override {
    bytes_read += size;
    return MemorySource::ReadAt(offset, size, out);
  }
  size_t piece = SIZE_MAX;
  mutable std::atomic<uint64_t> bytes_read{0};
};

TEST(SealedFileReader, EveryRangeReadsAsThePlainData) {
  const std::string data = TestData(3 * kLength + 17);
  const std::string sealed = Sealed(data.size());
  const MemorySource source(sealed);
  auto reader = SealedFileReader::Open(&source, WithKey('a'));
  ASSERT_THAT(reader, IsOk());
  ASSERT_EQ(reader->size(), data.size());
  for (size_t begin = 0; begin <= data.size(); begin += 13) {
    for (size_t size = 0; begin + size <= data.size(); size += 29) {
      std::string out(size, '\0');
      ASSERT_THAT(reader->ReadAt(begin, size, out.data()), IsOk());
      ASSERT_EQ(out, data.substr(begin, size));
    }
  }
  char byte;
  EXPECT_THAT(reader->ReadAt(data.size(), 1, &byte),
              Fails(absl::StatusCode::kOutOfRange, "cannot read 1 at"));
  EXPECT_THAT(reader->ReadAt(~uint64_t{0}, 2, &byte), Fails(absl::StatusCode::kOutOfRange, ""));
}

TEST(SealedFileReader, AFullLastFrameIsReadAsWell) {
  // Another writer may end exact multiples with a full frame instead of an empty one.
  const auto message = SealedMessage::Create({}, ToKey('a'), kLength);
  auto sealer = message->NewSealer();
  const std::string data = TestData(2 * kLength);
  std::string file = message->header();
  for (const uint32_t i : {1u, 2u}) {
    const std::string_view piece[] = {std::string_view(data).substr((i - 1) * kLength, kLength)};
    std::string frame(200, '\0');
    const auto size = sealer->Seal(i, i == 2 ? FrameKind::kFinal : FrameKind::kRegular, piece,
                                   {frame.data(), frame.size()});
    file.append(frame, 0, *size);
  }
  const MemorySource source(file);
  auto reader = SealedFileReader::Open(&source, WithKey('a'));
  ASSERT_THAT(reader, IsOk());
  std::string out(data.size(), '\0');
  ASSERT_THAT(reader->ReadAt(0, out.size(), out.data()), IsOk());
  EXPECT_EQ(out, data);
}

TEST(SealedFileReader, OneByteCostsTheHeaderTheLastFrameAndItsOwnFrame) {
  const std::string sealed = Sealed(1000 * kLength + 5);
  const Counting source(sealed);
  auto reader = SealedFileReader::Open(&source, WithKey('a'));
  ASSERT_THAT(reader, IsOk());
  const uint64_t opened = source.bytes_read;
  EXPECT_LE(opened, 4096 + 24 + 45u);
  char byte;
  ASSERT_THAT(reader->ReadAt(500 * kLength, 1, &byte), IsOk());
  ASSERT_THAT(reader->ReadAt(500 * kLength + 63, 1, &byte), IsOk());
  EXPECT_EQ(source.bytes_read - opened, kLength + 32);
}

TEST(SealedFileReader, ThreadsWithTheirOwnOpenersReadInParallel) {
  const std::string data = TestData(400 * kLength + 9);
  const std::string sealed = Sealed(data.size());
  const MemorySource source(sealed);
  auto reader = SealedFileReader::Open(&source, WithKey('a'));
  ASSERT_THAT(reader, IsOk());
  std::string out(data.size(), '\0');
  std::atomic<uint64_t> next{1};
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      auto opener = reader->message().NewOpener();
      std::string scratch;
      const FrameLayout& layout = reader->layout();
      for (uint64_t frame; (frame = next++) <= layout.frames;) {
        const auto size =
            reader->ReadFrame(frame, *opener, &scratch,
                              {out.data() + layout.PlainOffset(frame), layout.PlainSizeOf(frame)});
        if (!size.ok()) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failures, 0);
  EXPECT_EQ(out, data);
}

TEST(SealedStreamReader, ReadsFromASourceThatGivesOneByteAtATime) {
  for (const size_t size : {size_t{0}, size_t{64}, size_t{333}}) {
    const std::string sealed = Sealed(size);
    Counting source(sealed);
    source.piece = 1;
    auto reader = SealedStreamReader::Open(&source, WithKey('a'));
    ASSERT_THAT(reader, IsOk());
    std::string out(size + 10, '\0');
    const auto got = ReadFully(**reader, out.data(), out.size());
    ASSERT_THAT(got, IsOk());
    EXPECT_EQ(out.substr(0, *got), TestData(size));
  }
}

TEST(SealedStreamReader, AnErrorStays) {
  std::string sealed = Sealed(100);
  sealed.pop_back();
  MemorySource source(sealed);
  auto reader = SealedStreamReader::Open(&source, WithKey('a'));
  char out[200];
  EXPECT_THAT(ReadFully(**reader, out, sizeof out), Fails(kDataLoss, "truncated"));
  EXPECT_THAT((*reader)->Read(out, sizeof out), Fails(kDataLoss, "truncated"));
}

TEST(ReadMessageHeader, LeavesTheSourceAtTheFirstFrame) {
  const std::string sealed = Sealed(10);
  MemorySource source(sealed);
  const auto header = ReadMessageHeader(static_cast<SequentialSource&>(source));
  ASSERT_THAT(header, IsOk());
  char mark[4];
  ASSERT_THAT(ReadFully(source, mark, 4), IsOk());
  EXPECT_EQ(std::string_view(mark, 4), "\xff\xff\xff\xff");
}

TEST(SealWriter, FramesDoNotDependOnHowTheBytesArrive) {
  const std::string data = TestData(5 * kLength + 3);
  for (const size_t piece : {1u, 7u, 64u, 65u, 200u, 1000u}) {
    std::string sealed;
    StringSink sink(&sealed);
    auto writer = SealWriter::Create({}, ToKey('a'), &sink, kLength);
    ASSERT_THAT(writer, IsOk());
    for (size_t at = 0; at < data.size(); at += piece) {
      ASSERT_THAT(writer->Append(std::string_view(data).substr(at, piece)), IsOk());
    }
    ASSERT_THAT(writer->Finish(), IsOk());
    EXPECT_THAT(writer->Append("x"), Fails(absl::StatusCode::kFailedPrecondition, "finished"));
    const MemorySource source(sealed);
    auto reader = SealedFileReader::Open(&source, WithKey('a'));
    ASSERT_THAT(reader, IsOk());
    EXPECT_EQ(reader->layout().frames, 6u);
    std::string out(data.size(), '\0');
    ASSERT_THAT(reader->ReadAt(0, out.size(), out.data()), IsOk());
    EXPECT_EQ(out, data);
  }
}

TEST(SealWriter, AFailingSinkIsReportedByEveryLaterCall) {
  class Full : public ByteSink {
   public:
    absl::Status Write(std::string_view) override {
      return ++writes > 2 ? absl::ResourceExhaustedError("no space") : absl::OkStatus();
    }
    int writes = 0;
  };
  Full sink;
  auto writer = SealWriter::Create({}, ToKey('a'), &sink, kLength);
  ASSERT_THAT(writer, IsOk());
  EXPECT_THAT(writer->Append(TestData(3 * kLength)),
              Fails(absl::StatusCode::kResourceExhausted, "no space"));
  EXPECT_THAT(writer->Finish(), Fails(absl::StatusCode::kResourceExhausted, "no space"));
  EXPECT_EQ(sink.writes, 3);
}

TEST(FdSourceAndSink, MoveBytesThroughAPipeAndNameWhatFailed) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  FdSink sink(ends[1], "a pipe");
  ASSERT_THAT(sink.Write("hello"), IsOk());
  ::close(ends[1]);
  FdSource source(ends[0], "a pipe");
  char out[10];
  EXPECT_EQ(*ReadFully(source, out, sizeof out), 5u);
  EXPECT_EQ(std::string_view(out, 5), "hello");
  ::close(ends[0]);
  EXPECT_THAT(source.Read(out, 1).status(), Fails(absl::StatusCode::kFailedPrecondition, "a pipe"));
  EXPECT_THAT(FileSource::Open("/nonexistent/x"),
              Fails(absl::StatusCode::kNotFound, "/nonexistent/x"));
  EXPECT_THAT(FileSource::Open("/dev/null"), Fails(kInvalidArgument, "not a regular file"));
}

}  // namespace
}  // namespace sfdb::crypto
