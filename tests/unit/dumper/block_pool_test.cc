// Memory of rows on their way, and the tree they travel in, under many threads (also under TSan).
#include "dumper/stream/block_pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "dumper/rows/stitcher.h"
#include "dumper/stream/output_queue.h"

namespace sfdb::dumper {
namespace {

constexpr size_t kBlock = 4096;

TEST(BlockPool, KeepsItsReserveForTheHead) {
  BlockPool pool(kBlock, /*blocks=*/5, /*reserve=*/2);
  OutputQueue head, later;
  pool.SetHead(&head);
  std::vector<BlockPtr> blocks;
  for (int i = 0; i < 3; ++i) blocks.push_back(*pool.Acquire(&later));
  std::atomic<bool> got = false;
  std::thread waits([&] {
    EXPECT_TRUE(pool.Acquire(&later).ok());
    got = true;
  });
  blocks.push_back(*pool.Acquire(&head));
  blocks.push_back(*pool.Acquire(&head));
  EXPECT_FALSE(got);
  EXPECT_EQ(pool.peak_in_use(), 5u);
  // What waited becomes the head itself, and still has to wait: nothing is left.
  pool.SetHead(&later);
  EXPECT_FALSE(got);
  blocks.pop_back();
  waits.join();
  EXPECT_TRUE(got);
  EXPECT_EQ(pool.peak_in_use(), 5u);
}

TEST(BlockPool, WhoWaitsGivesWayWhenAskedTo) {
  BlockPool pool(kBlock, 4, 2);
  OutputQueue head, later;
  pool.SetHead(&head);
  const BlockPtr first = *pool.Acquire(&later);
  const BlockPtr second = *pool.Acquire(&later);
  int asked = 0;
  const auto block = pool.Acquire(&later, [&] { return ++asked == 2; });
  EXPECT_TRUE(GaveWay(block.status()));
  EXPECT_EQ(asked, 2);
}

TEST(BlockPool, WhoNeedsNotWaitIsNotAsked) {
  BlockPool pool(kBlock, 4, 2);
  OutputQueue later;
  const auto block = pool.Acquire(&later, [] { return true; });
  EXPECT_TRUE(block.ok());
}

TEST(BlockPool, StopEndsEveryWaitWithAnotherError) {
  BlockPool pool(kBlock, 3, 2);
  OutputQueue later;
  const BlockPtr held = *pool.Acquire(&later);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&, i] {
      const std::function<bool()> never = [] { return false; };
      const auto block = pool.Acquire(&later, i % 2 == 0 ? never : nullptr);
      EXPECT_TRUE(absl::IsCancelled(block.status()));
      EXPECT_FALSE(GaveWay(block.status()));
    });
  }
  pool.Stop();
  for (auto& thread : threads) thread.join();
}

TEST(OutputQueue, DiscardDropsWhatIsQueuedInChildrenToo) {
  BlockPool pool(kBlock, 4, 2);
  OutputQueue root;
  auto child = std::make_shared<OutputQueue>();
  child->Push(RowsItem{*pool.Acquire(child.get())});
  root.Push(ChildItem{child});
  root.Push(TextItem{"after"});
  root.Discard();
  child->Push(TextItem{"too late"});
  child->Close();
  root.Close();
  root.Close();
  EXPECT_FALSE(child->Pop());
  EXPECT_FALSE(root.Pop());
  EXPECT_EQ(pool.peak_in_use(), 1u);
  const auto again = pool.Acquire(child.get());
  EXPECT_EQ(pool.peak_in_use(), 1u) << "the block came back";
}

// A row of one column, as readers write it.
void AppendRow(Block* block, const std::string& value) {
  const std::string text = ",\n(" + value + ")";
  block->MarkRow();
  text.copy(block->tail(), text.size());
  block->Advance(text.size());
}

// The tree drained in order, rows stitched.
std::string Drain(BlockPool* pool, OutputQueue* queue, Stitcher* stitcher) {
  std::string text;
  pool->SetHead(queue);
  while (auto item = queue->Pop()) {
    std::vector<std::string_view> pieces;
    if (auto* begin = std::get_if<BeginRowsItem>(&*item)) {
      stitcher->BeginTable(begin->style.get());
    } else if (auto* rows = std::get_if<RowsItem>(&*item)) {
      stitcher->Add(rows->block.get(), &pieces);
      for (const std::string_view piece : pieces) text.append(piece);
    } else if (std::get_if<EndRowsItem>(&*item)) {
      stitcher->EndTable(&pieces);
      for (const std::string_view piece : pieces) text.append(piece);
    } else if (auto* child = std::get_if<ChildItem>(&*item)) {
      text += Drain(pool, child->queue.get(), stitcher);
      pool->SetHead(queue);
    }
  }
  return text;
}

TEST(OutputTree, ManyProducersWithLittleMemoryMakeOneOrder) {
  constexpr int kPieces = 60;
  constexpr int kRows = 200;
  constexpr int kThreads = 6;
  BlockPool pool(kBlock, 9, 2);
  OutputQueue root;
  auto style = std::make_shared<InsertStyle>();
  style->pattern = "INSERT INTO `t` VALUES\n";
  style->net_buffer_length = 1 << 20;
  root.Push(BeginRowsItem{style});
  std::vector<std::shared_ptr<OutputQueue>> pieces;
  for (int i = 0; i < kPieces; ++i) {
    pieces.push_back(std::make_shared<OutputQueue>());
    root.Push(ChildItem{pieces.back()});
  }
  root.Push(EndRowsItem{kPieces * kRows});
  root.Close();

  // Taken in order, as sessions do: so the head always has a producer.
  std::atomic<int> next = 0;
  std::vector<std::thread> producers;
  for (int i = 0; i < kThreads; ++i) {
    producers.emplace_back([&] {
      for (int piece = next++; piece < kPieces; piece = next++) {
        OutputQueue* queue = pieces[piece].get();
        for (int row = 0; row < kRows;) {
          BlockPtr block = *pool.Acquire(queue);
          for (int n = 0; n < 25 && row < kRows; ++n) {
            AppendRow(block.get(), std::to_string(piece * kRows + row++));
          }
          queue->Push(RowsItem{std::move(block)});
        }
        queue->Close();
      }
    });
  }
  Stitcher stitcher;
  const std::string text = Drain(&pool, &root, &stitcher);
  for (auto& producer : producers) producer.join();

  std::string expected = style->pattern;
  for (int row = 0; row < kPieces * kRows; ++row) {
    expected += (row == 0 ? "(" : ",\n(") + std::to_string(row) + ")";
  }
  EXPECT_EQ(text, expected + ";\n");
  EXPECT_LE(pool.peak_in_use(), 9u);
}

TEST(OutputTree, GivenUpInTheMiddleEverythingComesToAnEnd) {
  for (int round = 0; round < 20; ++round) {
    BlockPool pool(kBlock, 6, 2);
    auto root = std::make_shared<OutputQueue>();
    std::vector<std::shared_ptr<OutputQueue>> pieces;
    for (int i = 0; i < 4; ++i) {
      pieces.push_back(std::make_shared<OutputQueue>());
      root->Push(ChildItem{pieces.back()});
    }
    std::vector<std::thread> producers;
    for (const auto& piece : pieces) {
      producers.emplace_back([&pool, piece] {
        for (int i = 0; i < 50; ++i) {
          auto block = pool.Acquire(piece.get());
          if (!block.ok()) break;
          AppendRow(block->get(), "1");
          piece->Push(RowsItem{*std::move(block)});
        }
        piece->Close();
      });
    }
    pool.SetHead(pieces[0].get());
    for (int i = 0; i < 3; ++i) (void)pieces[0]->Pop();
    pool.Stop();
    root->Discard();
    for (auto& producer : producers) producer.join();
    root->Close();
  }
}

}  // namespace
}  // namespace sfdb::dumper
