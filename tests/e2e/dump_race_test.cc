// The parts that many threads share, together and in one process, without TBB: sessions of one
// snapshot, planner, table jobs, pool, queues, stitcher. Small enough for TSan, which is what it is
// for:
//   cmake --preset tsan && cmake --build build/tsan --target tsan_tests &&
//   ctest --test-dir build/tsan -L tsan --output-on-failure
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "dumper/rows/stitcher.h"
#include "dumper/run/dump_script.h"
#include "tests/e2e/snapshot_fixture.h"

namespace sfdb::e2e {
namespace {

using dumper::BlockPool;
using dumper::DumpScript;
using dumper::OutputItem;
using dumper::OutputQueue;
using test_support::MariadbServer;

constexpr size_t kBlock = 16 << 10;

const MariadbServer& Server() {
  static const std::unique_ptr<MariadbServer> server = [] {
    auto started = MariadbServer::Start({.args = {"--log-bin", "--server-id=1"}});
    if (!started.ok()) {
      ADD_FAILURE() << started.status();
      std::abort();
    }
    const absl::Status filled = (*started)->Exec(
        "CREATE DATABASE d; USE d;"
        "CREATE TABLE big (id INT PRIMARY KEY, v VARCHAR(200));"
        "INSERT INTO big SELECT seq, REPEAT(MD5(seq), 5) FROM seq_1_to_60000;"
        "CREATE TABLE heads (h INT, id INT, v CHAR(32), PRIMARY KEY (h, id));"
        "INSERT INTO heads SELECT 1, seq, MD5(seq) FROM seq_1_to_90000;"
        "CREATE TABLE nokey (v VARCHAR(200)); INSERT INTO nokey SELECT v FROM big LIMIT 20000;"
        "CREATE TABLE aria (v INT) ENGINE=Aria; INSERT INTO aria SELECT seq FROM seq_1_to_500;"
        "CREATE VIEW w AS SELECT id FROM big; CREATE TRIGGER tr BEFORE INSERT ON nokey FOR EACH "
        "ROW "
        "SET NEW.v = 'x'; ANALYZE TABLE big, heads, nokey");
    EXPECT_TRUE(filled.ok()) << filled;
    for (int i = 0; i < 60; ++i) {
      EXPECT_TRUE(
          (*started)
              ->Exec(absl::StrCat("CREATE TABLE s", i, " (a INT PRIMARY KEY) SELECT ", i, " AS a"),
                     "d")
              .ok());
    }
    return *std::move(started);
  }();
  return *server;
}

dumper::DumpOptions Options(unsigned threads) {
  dumper::DumpOptions options;
  options.connection.socket = Server().socket_path();
  options.connection.user = "root";
  options.databases = {"d"};
  options.header_database = "d";
  options.dump_date = false;
  options.single_transaction = true;
  options.lock_tables = false;
  options.threads = threads;
  options.memory_limit_bytes = 2 << 20;
  return options;
}

// Drains a script's tree into one text; calls `look` now and then with how much there is.
class Drain {
 public:
  Drain(BlockPool* pool, std::function<bool(size_t)> look) : pool_(pool), look_(std::move(look)) {}

  bool Run(OutputQueue* queue) {
    pool_->SetHead(queue);
    while (auto item = queue->Pop()) {
      if (!Handle(queue, *item)) return false;
    }
    return true;
  }
  const std::string& text() const { return text_; }
  const std::string& faults() const { return faults_; }

 private:
  bool Handle(OutputQueue* queue, OutputItem& item) {
    std::vector<std::string_view> pieces;
    if (auto* text = std::get_if<dumper::TextItem>(&item)) {
      text_ += text->text;
    } else if (auto* rows = std::get_if<dumper::RowsItem>(&item)) {
      stitcher_.Add(rows->block.get(), &pieces);
    } else if (auto* begin = std::get_if<dumper::BeginRowsItem>(&item)) {
      style_ = begin->style;
      stitcher_.BeginTable(style_.get());
    } else if (std::get_if<dumper::EndRowsItem>(&item) != nullptr) {
      stitcher_.EndTable(&pieces);
    } else if (auto* child = std::get_if<dumper::ChildItem>(&item)) {
      if (!Run(child->queue.get())) return false;
      pool_->SetHead(queue);
    } else if (auto* fault = std::get_if<dumper::FaultItem>(&item)) {
      faults_ += fault->fault.text + "\n";
      return false;
    }
    for (const std::string_view piece : pieces) text_.append(piece);
    return look_ == nullptr || look_(text_.size());
  }

  BlockPool* pool_;
  std::function<bool(size_t)> look_;
  dumper::Stitcher stitcher_;
  std::shared_ptr<const dumper::InsertStyle> style_;
  std::string text_;
  std::string faults_;
};

struct Outcome {
  bool whole = false;
  std::string text;
  std::string faults;
};

Outcome Dump(const dumper::DumpOptions& options,
             const std::function<bool(size_t)>& look = nullptr) {
  BlockPool pool(kBlock, options.memory_limit_bytes / kBlock * 3 / 4, 8);
  DumpScript script(&options, &pool);
  script.Start();
  Drain drain(&pool, look);
  const bool whole = drain.Run(script.output());
  if (!whole) script.GiveUp();
  const auto fault = script.Finish(whole);
  return {whole && !fault, drain.text(), drain.faults()};
}

const std::string& Expected() {
  static const std::string text = Dump(Options(1)).text;
  return text;
}

std::vector<std::string> Ids() {
  const auto ids = Server().Query(
      "SELECT id FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND user = 'root' "
      "ORDER BY id");
  return absl::StrSplit(ids.value_or(""), '\n', absl::SkipEmpty());
}

TEST(DumpRaces, ManySessionsGiveOneText) {
  ASSERT_GT(Expected().size(), 10u << 20);
  for (const unsigned threads : {2u, 5u}) {
    const Outcome outcome = Dump(Options(threads));
    EXPECT_TRUE(outcome.whole) << outcome.faults;
    EXPECT_TRUE(outcome.text == Expected()) << threads << " threads";
  }
}

TEST(DumpRaces, UnderTableLocksToo) {
  dumper::DumpOptions options = Options(4);
  options.single_transaction = false;
  options.lock_tables = true;
  const Outcome outcome = Dump(options);
  EXPECT_TRUE(outcome.whole) << outcome.faults;
  EXPECT_TRUE(outcome.text == Expected());
}

TEST(DumpRaces, WhileConnectionsAreLostAndTablesAltered) {
  const std::string& expected = Expected();
  std::vector<std::thread> users;
  std::vector<std::string> ids;
  size_t next = 1 << 20;
  const Outcome outcome = Dump(Options(4), [&](size_t bytes) {
    if (bytes < next || users.size() == 3) return true;
    next += 3 << 20;
    if (ids.empty()) ids = Ids();
    // Three of four.
    EXPECT_TRUE(Server().Exec("KILL " + ids.back()).ok());
    ids.pop_back();
    users.emplace_back([] {
      // Only of the table that is being read: DDL before a table's first read is error 1412.
      EXPECT_TRUE(Server().Exec("ALTER TABLE big COMMENT 'x'", "d").ok());
    });
    return true;
  });
  for (std::thread& user : users) user.join();
  if (absl::StrContains(outcome.faults, "(1684)")) {
    // The DDL ran between the rows and the view of the table, which the server then does not show:
    // an error by name, as with mariadb-dump.
    EXPECT_FALSE(outcome.whole);
  } else {
    EXPECT_TRUE(outcome.whole) << outcome.faults;
    EXPECT_TRUE(outcome.text == expected);
  }
  EXPECT_TRUE(Server().Exec("ALTER TABLE big COMMENT ''", "d").ok());
}

TEST(DumpRaces, GivenUpAnywhereItEnds) {
  for (const size_t bytes : {size_t{1}, size_t{100'000}, size_t{5} << 20, size_t{12} << 20}) {
    const Outcome outcome = Dump(Options(4), [&](size_t have) { return have < bytes; });
    EXPECT_FALSE(outcome.whole);
    EXPECT_EQ(outcome.text, Expected().substr(0, outcome.text.size()));
  }
}

}  // namespace
}  // namespace sfdb::e2e
