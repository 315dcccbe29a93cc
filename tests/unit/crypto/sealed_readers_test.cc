#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "crypto/encoding.h"
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

// Written by the AWS Encryption SDK for JavaScript 5.0.2 (raw AES keyring, frame length 16, context
// a=1, b=2) to the key file 00 01 .. 1f. The whole exchange with it is tests/interop.
constexpr char kWrittenByTheSdk[] =
    "020478eeb532c26bc0f26ac9787d70e07a92095ae2032520ce6bbba788cfd081451cc1000e0002000161"
    "0001310001620001320001000c736664622f6b657966696c65002b7368613235363a3934626265343238"
    "6638633837343039000000800000000cf7c38fbf01118523d8e3769e0030d8c3d2ec930d216fc8ec9fa7"
    "1866000bd322a8f85971fc36b90834d34840aa247cc76d26062944d6b5859fe551d045460200000010a0"
    "a5e0c58c1d1acac941f4ba583a886ab51fa1bcdf153767372cd5228a4528d22da5571f1a0dedf603a356"
    "74a64be8d500000001000000000000000000000001497cc2be7aae8b49c73e59cac92d6f39329273426d"
    "94cb6c24e2625e4fe2546f00000002000000000000000000000002e7bc947274eebc87c2a3d9ca00616c"
    "a046d21960ccfabc8f75268485e1fb3d5bffffffff00000003000000000000000000000003000000008c"
    "dd2e12b4ee1d7587c5cdde0a945142";

TEST(SealedFileReader, OpensWhatTheStockSdkWrote) {
  const std::string file(HexDecode(kWrittenByTheSdk)->view());
  SecretBytes key(kKeyFileKeyBytes);
  for (size_t i = 0; i < key.size(); ++i) key.data()[i] = static_cast<char>(i);
  const MemorySource source(file);
  auto reader = SealedFileReader::Open(&source, List(KeyFileIdentity(key)));
  ASSERT_THAT(reader, IsOk());
  EXPECT_EQ(reader->message().context(), (Context{{"a", "1"}, {"b", "2"}}));
  std::string out(reader->size(), '\0');
  ASSERT_THAT(reader->ReadAt(0, out.size(), out.data()), IsOk());
  EXPECT_EQ(out, "twice sixteen bytes, and four mo");
}

TEST(FrameSealer, ThreadsWithTheirOwnSealersMakeOneFile) {
  const std::string data = TestData(400 * kLength + 9);
  const auto message = SealedMessage::Create({}, ToKey('a'), kLength);
  ASSERT_THAT(message, IsOk());
  const FrameLayout layout =
      FrameLayout::ForPlainSize(message->header().size(), kLength, data.size());
  std::string file = message->header();
  file.resize(layout.file_size());
  std::atomic<uint64_t> next{1};
  std::atomic<int> failures{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      auto sealer = message->NewSealer();
      for (uint64_t frame; (frame = next++) <= layout.frames;) {
        const std::string_view plain =
            std::string_view(data).substr(layout.PlainOffset(frame), layout.PlainSizeOf(frame));
        const std::string_view pieces[] = {plain.substr(0, 5), plain.substr(5)};
        const auto size =
            sealer->Seal(static_cast<uint32_t>(frame), layout.KindOf(frame), pieces,
                         {file.data() + layout.FrameOffset(frame), layout.SealedSizeOf(frame)});
        if (!size.ok()) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ASSERT_EQ(failures, 0);
  const MemorySource source(file);
  auto reader = SealedFileReader::Open(&source, WithKey('a'));
  ASSERT_THAT(reader, IsOk());
  std::string out(data.size(), '\0');
  ASSERT_THAT(reader->ReadAt(0, out.size(), out.data()), IsOk());
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
