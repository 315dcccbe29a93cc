#include "engine/sinks/file_output.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <thread>
#include <vector>

namespace sfdb::engine {
namespace {

constexpr size_t kMiB = 1 << 20;

// Bytes that tell where they belong.
std::string Pattern(size_t bytes, unsigned seed = 1) {
  std::string text(bytes, '\0');
  std::minstd_rand random(seed);
  for (char& c : text) c = static_cast<char>(random() >> 8);
  return text;
}

// Gives `text` to `output` in pieces of random sizes, a random number of them a time.
absl::Status WriteInPieces(FileOutput* output, std::string text, unsigned seed) {
  std::minstd_rand random(seed);
  size_t at = 0;
  while (at < text.size()) {
    std::vector<iovec> pieces;
    const size_t count = 1 + random() % 50;
    for (size_t i = 0; i < count && at < text.size(); ++i) {
      // Mostly small, some empty, a few larger than the staging buffer.
      const size_t most = random() % 20 == 0 ? 3 * kMiB : random() % 8 == 0 ? 1 : 40'000;
      const size_t bytes = std::min<size_t>(random() % (most + 1), text.size() - at);
      pieces.push_back({text.data() + at, bytes});
      at += bytes;
    }
    const absl::Status status = output->Write(pieces);
    if (!status.ok()) return status;
  }
  return output->Finish();
}

absl::Status WriteWhole(FileOutput* output, std::string text) {
  iovec piece{text.data(), text.size()};
  return output->Write({&piece, 1});
}

class FileOutputTest : public testing::Test {
 protected:
  // In the build tree: /tmp may be a tmpfs, where nothing is direct.
  FileOutputTest() {
    std::string name = (std::filesystem::current_path() / "file_output_XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    directory_ = name;
    path_ = name + "/out";
  }
  ~FileOutputTest() override {
    if (fd_ >= 0) close(fd_);
    std::filesystem::remove_all(directory_);
  }

  int Open(int flags) {
    fd_ = open(path_.c_str(), O_CLOEXEC | flags, 0600);
    EXPECT_GE(fd_, 0);
    return fd_;
  }
  std::string Content() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  off_t Offset() const { return lseek(fd_, 0, SEEK_CUR); }
  bool OnLocalDisk() const {
    struct statfs facts {};
    statfs(directory_.c_str(), &facts);
    return facts.f_type == EXT4_SUPER_MAGIC || facts.f_type == XFS_SUPER_MAGIC;
  }

  std::string directory_;
  std::string path_;
  int fd_ = -1;
};

TEST_F(FileOutputTest, FileEqualsWhatWasGivenWhateverThePieces) {
  for (unsigned seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    std::minstd_rand random(seed);
    const std::string text = Pattern(random() % (12 * kMiB), seed);
    Open(O_WRONLY | O_CREAT | O_TRUNC);
    FileOutput output(fd_);
    ASSERT_TRUE(WriteInPieces(&output, text, seed).ok());
    EXPECT_TRUE(Content() == text);
    EXPECT_EQ(Offset(), static_cast<off_t>(text.size()));
    EXPECT_EQ(output.bytes_written(), text.size());
    close(fd_);
  }
}

TEST_F(FileOutputTest, SizesAroundBlocksAndBuffersComeOutExact) {
  for (const size_t around : {size_t{4096}, kMiB, 4 * kMiB, 5 * kMiB, 8 * kMiB}) {
    for (const int off : {-4097, -4096, -1, 0, 1, 511, 512, 4095, 4096}) {
      const size_t bytes = static_cast<size_t>(std::max<long>(0, static_cast<long>(around) + off));
      SCOPED_TRACE(bytes);
      const std::string text = Pattern(bytes);
      Open(O_WRONLY | O_CREAT | O_TRUNC);
      FileOutput output(fd_);
      ASSERT_TRUE(WriteInPieces(&output, text, 7).ok());
      EXPECT_TRUE(Content() == text);
      close(fd_);
    }
  }
}

TEST_F(FileOutputTest, LargeFileOnALocalDiskGoesAroundThePageCache) {
  if (!OnLocalDisk()) GTEST_SKIP() << "the build tree is not on ext4 or xfs";
  Open(O_WRONLY | O_CREAT | O_TRUNC);
  FileOutput output(fd_);
  ASSERT_TRUE(WriteInPieces(&output, Pattern(20 * kMiB + 5), 3).ok());
  EXPECT_GE(output.bytes_direct(), 12 * kMiB);
  EXPECT_EQ(fcntl(fd_, F_GETFL) & O_DIRECT, 0) << "the descriptor we were given is not ours";
}

TEST_F(FileOutputTest, SmallFileStaysInThePageCache) {
  Open(O_WRONLY | O_CREAT | O_TRUNC);
  FileOutput output(fd_);
  ASSERT_TRUE(WriteInPieces(&output, Pattern(kMiB), 3).ok());
  EXPECT_EQ(output.bytes_direct(), 0u);
}

TEST_F(FileOutputTest, WritingBeginsAtTheOffsetItWasGivenAndKeepsWhatIsAround) {
  for (const off_t start : {off_t{1}, off_t{4095}, off_t{4096}, off_t{12'345'678}}) {
    SCOPED_TRACE(start);
    const std::string old = Pattern(40 * kMiB, 9);
    std::ofstream(path_, std::ios::binary) << old;
    Open(O_RDWR);  // as "1<> file" does
    lseek(fd_, start, SEEK_SET);
    const std::string text = Pattern(15 * kMiB + 77, 2);
    FileOutput output(fd_);
    ASSERT_TRUE(WriteInPieces(&output, text, 5).ok());
    std::string expected = old;
    expected.replace(static_cast<size_t>(start), text.size(), text);
    EXPECT_TRUE(Content() == expected);
    EXPECT_EQ(Offset(), start + static_cast<off_t>(text.size()));
    if (OnLocalDisk()) {
      EXPECT_GT(output.bytes_direct(), 0u);
    }
    close(fd_);
  }
}

TEST_F(FileOutputTest, AppendingDescriptorAppends) {
  std::ofstream(path_, std::ios::binary) << "before";
  Open(O_WRONLY | O_APPEND);
  FileOutput output(fd_);
  const std::string text = Pattern(9 * kMiB + 1);
  ASSERT_TRUE(WriteInPieces(&output, text, 5).ok());
  EXPECT_TRUE(Content() == "before" + text);
  EXPECT_EQ(output.bytes_direct(), 0u);
}

// "> file 2>&1": messages of the same process land between ours and nothing is lost.
TEST_F(FileOutputTest, BytesOthersWriteThroughTheSameDescriptionSurvive) {
  Open(O_WRONLY | O_CREAT | O_TRUNC);
  const int shared = dup(fd_);
  FileOutput output(fd_);
  const std::string text = Pattern(30 * kMiB + 3);
  const std::string message = "<<< a message in the middle >>>";
  constexpr size_t kParts = 6;
  for (size_t i = 0; i < kParts; ++i) {
    const size_t from = text.size() * i / kParts;
    const size_t to = text.size() * (i + 1) / kParts;
    ASSERT_TRUE(WriteWhole(&output, text.substr(from, to - from)).ok());
    if (i + 1 < kParts) {
      ASSERT_EQ(write(shared, message.data(), message.size()),
                static_cast<ssize_t>(message.size()));
    }
  }
  ASSERT_TRUE(output.Finish().ok());
  close(shared);
  std::string content = Content();
  size_t found = 0;
  for (size_t at; (at = content.find(message)) != std::string::npos; ++found) {
    content.erase(at, message.size());
  }
  EXPECT_EQ(found, kParts - 1);
  EXPECT_TRUE(content == text);
  if (OnLocalDisk()) {
    EXPECT_GT(output.bytes_direct(), 10 * kMiB);
  }
}

TEST_F(FileOutputTest, MoreMayBeWrittenAfterFinish) {
  Open(O_WRONLY | O_CREAT | O_TRUNC);
  FileOutput output(fd_);
  const std::string text = Pattern(9 * kMiB + 1);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(WriteInPieces(&output, text, 5).ok());
  EXPECT_TRUE(Content() == text + text + text);
}

TEST_F(FileOutputTest, DeletedFileIsStillWritten) {
  Open(O_RDWR | O_CREAT | O_TRUNC);
  std::filesystem::remove(path_);
  FileOutput output(fd_);
  const std::string text = Pattern(9 * kMiB + 1);
  ASSERT_TRUE(WriteInPieces(&output, text, 5).ok());
  std::string content(text.size(), '\0');
  ASSERT_EQ(pread(fd_, content.data(), content.size(), 0), static_cast<ssize_t>(text.size()));
  EXPECT_TRUE(content == text);
}

// A file-size limit stands for a disk that fills up: a write in the middle is cut short.
TEST_F(FileOutputTest, FileThatMayNotGrowHoldsAPrefixWithoutHoles) {
  for (const size_t room : {5 * kMiB, 7 * kMiB + 4096, 7 * kMiB + 123}) {
    SCOPED_TRACE(room);
    Open(O_WRONLY | O_CREAT | O_TRUNC);
    const std::string text = Pattern(20 * kMiB);
    rlimit before;
    getrlimit(RLIMIT_FSIZE, &before);
    auto* const handler = signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{room, before.rlim_max};
    ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
    FileOutput output(fd_);
    const absl::Status status = WriteInPieces(&output, text, 11);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, handler);
    EXPECT_EQ(status.message(), "Got errno 27 on write");
    EXPECT_EQ(output.last_errno(), EFBIG);
    EXPECT_EQ(output.Finish(), status) << "an error is final";
    EXPECT_TRUE(Content() == text.substr(0, room));
    EXPECT_EQ(Offset(), static_cast<off_t>(room));
    close(fd_);
  }
}

TEST_F(FileOutputTest, FullDeviceIsResourceExhausted) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  FileOutput output(full);
  const absl::Status status = WriteInPieces(&output, "text", 1);
  close(full);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(status.message(), "Got errno 28 on write");
}

TEST_F(FileOutputTest, PipeGetsEverythingInShortWrites) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const std::string text = Pattern(9 * kMiB + 1);
  std::string received;
  std::thread reader([&] {
    std::vector<char> buffer(10'007);
    ssize_t got;
    while ((got = read(ends[0], buffer.data(), buffer.size())) > 0) {
      received.append(buffer.data(), static_cast<size_t>(got));
    }
  });
  absl::Status status;
  {
    FileOutput output(ends[1]);
    status = WriteInPieces(&output, text, 4);
  }
  close(ends[1]);
  reader.join();
  close(ends[0]);
  EXPECT_TRUE(status.ok());
  EXPECT_TRUE(received == text);
}

TEST_F(FileOutputTest, PipeWithoutReaderIsUnavailable) {
  int ends[2];
  ASSERT_EQ(pipe2(ends, O_CLOEXEC), 0);
  close(ends[0]);
  auto* const handler = signal(SIGPIPE, SIG_IGN);
  FileOutput output(ends[1]);
  const absl::Status status = WriteInPieces(&output, "text", 1);
  signal(SIGPIPE, handler);
  close(ends[1]);
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(output.last_errno(), EPIPE);
}

}  // namespace
}  // namespace sfdb::engine
