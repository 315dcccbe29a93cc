#include "engine/dump/gather_writer.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <string>

namespace sfdb::engine {
namespace {

class CountingHome : public dumper::BlockHome {
 public:
  void Return(dumper::Block* block) override {
    ++returned;
    delete block;
  }
  int returned = 0;
};

class GatherWriterTest : public testing::Test {
 protected:
  std::string Content() {
    std::string text(1 << 22, '\0');
    const ssize_t got = pread(fileno(file_), text.data(), text.size(), 0);
    text.resize(static_cast<size_t>(got));
    return text;
  }
  ~GatherWriterTest() override { std::fclose(file_); }

  std::FILE* file_ = std::tmpfile();
  FileOutput output_{fileno(file_)};
  GatherWriter writer_{&output_};
};

TEST_F(GatherWriterTest, PiecesOfAllKindsComeOutInOrder) {
  CountingHome home;
  dumper::BlockPtr block(new dumper::Block(4096, &home));
  block->data()[0] = 'b';
  writer_.AddOwned("owned ");
  writer_.Add({block->data(), 1});
  writer_.Keep(std::move(block));
  writer_.Add("");
  writer_.Add(" literal");
  EXPECT_EQ(Content(), "");
  EXPECT_EQ(home.returned, 0);
  ASSERT_TRUE(writer_.Flush().ok());
  EXPECT_EQ(Content(), "owned b literal");
  EXPECT_EQ(home.returned, 1) << "blocks go back with the flush";
  EXPECT_TRUE(writer_.empty());
}

TEST_F(GatherWriterTest, MorePiecesThanOneCallTakesAreAllWritten) {
  std::string expected;
  for (int i = 0; i < 5000; ++i) {
    writer_.AddOwned(std::to_string(i) + "\n");
    expected += std::to_string(i) + "\n";
  }
  ASSERT_TRUE(writer_.Flush().ok());
  EXPECT_EQ(Content(), expected);
}

TEST_F(GatherWriterTest, OnlyMuchIsFlushedEarly) {
  writer_.AddOwned("a little");
  ASSERT_TRUE(writer_.FlushIfLarge().ok());
  EXPECT_FALSE(writer_.empty());
  writer_.AddOwned(std::string(1 << 20, 'x'));
  ASSERT_TRUE(writer_.FlushIfLarge().ok());
  EXPECT_TRUE(writer_.empty());
  EXPECT_EQ(Content(), "a little" + std::string(1 << 20, 'x'));
}

TEST_F(GatherWriterTest, BlocksGoBackAlsoWhenWritingFails) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  FileOutput output(full);
  GatherWriter writer(&output);
  CountingHome home;
  dumper::BlockPtr block(new dumper::Block(4096, &home));
  writer.Add({block->data(), 10});
  writer.Keep(std::move(block));
  EXPECT_FALSE(writer.Flush().ok());
  EXPECT_EQ(home.returned, 1);
  close(full);
}

}  // namespace
}  // namespace sfdb::engine
