// The outside judges: what we write, the stock tools read, and what they write, we read.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/str_format.h"
#include "tests/unit/codecs/codec_fixture.h"
#include "tests/unit/codecs/sql_text.h"

namespace sfdb::codecs {
namespace {

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = testing::TempDir() + "/codecs_XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() { std::filesystem::remove_all(path_); }
  std::string Write(const std::string& name, std::string_view bytes) const {
    std::ofstream(path_ + "/" + name, std::ios::binary)
        .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    return path_ + "/" + name;
  }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Outcome {
  int status = -1;  // exit status
  std::string output;
};

// Runs a shell command and collects its standard output.
Outcome Shell(const std::string& command) {
  Outcome outcome;
  FILE* const pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return outcome;
  char buffer[1 << 16];
  for (size_t n; (n = fread(buffer, 1, sizeof buffer, pipe)) > 0;) outcome.output.append(buffer, n);
  const int status = pclose(pipe);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

std::vector<std::string> ReadersOf(std::string_view codec) {
  if (codec == "gzip") {
    return {"gzip -dc", "pigz -dc", "igzip -d -c", "bgzip -@2 -dc", "zcat"};
  }
  if (codec == "zstd") return {"zstd -q -dc", "pzstd -q -p 2 -d -c"};
  if (codec == "xz") return {"xz -T0 -dc", "xz -T1 -dc"};
  return {"cat"};
}

std::vector<std::string> TestersOf(std::string_view codec) {
  if (codec == "gzip") return {"gzip -t", "pigz -t"};
  if (codec == "zstd") return {"zstd -q -t"};
  if (codec == "xz") return {"xz -t"};
  return {};
}

class StockReaders : public testing::TestWithParam<Variant> {};

TEST_P(StockReaders, ReadWhatWeWrite) {
  const Codec& codec = Row(GetParam().codec);
  const TemporaryDirectory dir;
  const std::pair<std::string, std::string> inputs[] = {{"nothing", ""},
                                                        {"one", "x"},
                                                        {"sql", MakeSqlText(5'000'000, 1)},
                                                        {"zeros", std::string(3'000'000, '\0')},
                                                        {"random", MakeRandomBytes(2'500'000, 1)}};
  for (const auto& [name, plain] : inputs) {
    for (const size_t frame : {size_t{0}, size_t{400'000}}) {
      const std::string path =
          dir.Write(name + std::string(codec.extension), Compress(GetParam(), plain, frame).bytes);
      for (const std::string& tool : TestersOf(codec.name)) {
        const Outcome tested = Shell(tool + " " + path);
        EXPECT_EQ(tested.status, 0) << tool << " " << name << ": " << tested.output;
      }
      for (const std::string& tool : ReadersOf(codec.name)) {
        const Outcome read = Shell(tool + " " + path);
        EXPECT_EQ(read.status, 0) << tool << " " << name;
        EXPECT_TRUE(read.output == plain)
            << tool << " " << name << " frame " << frame << ": " << read.output.size() << " bytes "
            << read.output.substr(0, 200);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(AllCodecs, StockReaders, testing::ValuesIn(AllVariants()),
                         [](const auto& param) { return VariantName(param.param); });

TEST(StockTools, XzSeesOneStreamOfBlocksWithSizesInTheirHeaders) {
  const TemporaryDirectory dir;
  const std::string plain = MakeSqlText(3'000'000, 1);
  const std::string path = dir.Write("a.sql.xz", Compress({"xz", 0}, plain, 1 << 20).bytes);
  const Outcome listed = Shell("xz -lvv --robot " + path + " | grep ^block");
  // Columns: ... header size, flags ("cu": both sizes are there), ...
  size_t blocks = 0;
  for (size_t at = 0; (at = listed.output.find("\tcu\t", at)) != std::string::npos; ++at) ++blocks;
  EXPECT_EQ(blocks, 3u) << listed.output;
  EXPECT_EQ(Shell("xz --robot -l " + path + " | grep ^file | cut -f2").output, "1\n") << "streams";
}

TEST(StockTools, PzstdFindsTheFramesItself) {
  // pzstd splits the work only along its own headers; an edge it does not know ends the parallel
  // part, and it says how many frames there were only in its output size. So: a file whose second
  // header is wrong must fail, which proves that the headers are read.
  const TemporaryDirectory dir;
  const std::string plain = MakeSqlText(3'000'000, 1);
  CompressedFile file = Compress({"zstd", 3}, plain);
  ASSERT_EQ(file.frames.size(), 3u);
  EXPECT_EQ(Shell("pzstd -q -p 2 -d -c " + dir.Write("a.zst", file.bytes)).output, plain);
  file.bytes[file.frames[1].offset + 8] ^= 0x10;
  EXPECT_NE(Shell("pzstd -q -p 2 -d -c " + dir.Write("b.zst", file.bytes)).status, 0);
}

struct Writer {
  std::string_view codec;
  std::string command;
  bool has_index = false;
};

class StockWriters : public testing::TestWithParam<Writer> {};

TEST_P(StockWriters, AreReadByUs) {
  const auto& [codec_name, command, has_index] = GetParam();
  const TemporaryDirectory dir;
  const Codec& codec = Row(codec_name);
  for (const std::string& plain :
       {std::string(), std::string("x"), MakeSqlText(3'000'000, 1), MakeRandomBytes(300'000, 1)}) {
    const std::string path = dir.Write("input.sql", plain);
    const Outcome written = Shell("cd " + dir.path() + " && " + command);
    ASSERT_EQ(written.status, 0) << command;
    for (const size_t step : {size_t{1}, size_t{1} << 16}) {
      const auto back = Decompress(codec, written.output, step, step);
      ASSERT_TRUE(back.ok()) << command << ": " << back.status();
      EXPECT_TRUE(*back == plain) << command;
    }
    if (plain.empty()) continue;  // pigz -z and xz may then write nothing to detect or to index
    EXPECT_EQ(DetectCodec(written.output).name, codec_name);
    const auto frames = ReadIndex(codec, written.output);
    if (!has_index) {
      EXPECT_EQ(frames.status().code(), absl::StatusCode::kNotFound) << frames.status();
      continue;
    }
    ASSERT_TRUE(frames.ok()) << command << ": " << frames.status();
    const auto back = DecompressFrames(codec, written.output, *frames);
    ASSERT_TRUE(back.ok()) << command << ": " << back.status();
    EXPECT_TRUE(*back == plain) << command;
  }
}

INSTANTIATE_TEST_SUITE_P(
    AllTools, StockWriters,
    testing::Values(
        Writer{"gzip", "gzip -c input.sql"}, Writer{"gzip", "gzip -1 -n -c input.sql"},
        Writer{"gzip", "pigz -p2 -c input.sql"}, Writer{"gzip", "pigz -p2 -i -11 -c input.sql"},
        Writer{"gzip", "igzip -3 -c input.sql"}, Writer{"gzip", "bgzip -c input.sql", true},
        Writer{"gzip", "head -c 1000000 input.sql | gzip; tail -c +1000001 input.sql | gzip"},
        Writer{"gzip", "bgzip -@2 -l 9 -c input.sql", true}, Writer{"zlib", "pigz -z -c input.sql"},
        Writer{"zlib", "pigz -z -1 -c input.sql"}, Writer{"zstd", "zstd -q -c input.sql"},
        Writer{"zstd", "zstd -q --long=27 --no-check -c input.sql"},
        Writer{"zstd", "pzstd -q -p 2 -c input.sql"},
        Writer{"zstd", "head -c 1000000 input.sql | zstd; tail -c +1000001 input.sql | zstd"},
        Writer{"xz", "xz -c input.sql", true},
        Writer{"xz", "xz -T2 --block-size=500000 -1 -c input.sql", true},
        Writer{"xz", "xz -0 --check=crc32 -c input.sql", true},
        Writer{"xz", "xz -0 --check=sha256 -c input.sql", true},
        Writer{"xz", "xz -0 --check=none -c input.sql", true},
        Writer{"xz", "xz -0 --delta=dist=2 --lzma2=preset=0 -c input.sql", true},
        Writer{"xz",
               "head -c 1000000 input.sql | xz -0; head -c 8 /dev/zero; "
               "tail -c +1000001 input.sql | xz -0",
               true}));

}  // namespace
}  // namespace sfdb::codecs
