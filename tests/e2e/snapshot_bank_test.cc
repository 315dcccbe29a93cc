// One moment under load: money moves between eight tables all the time, so any two of them read at
// different moments betray it by their sum.
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "dumper/options/option_names.h"
#include "dumper/snapshot/transactions.h"
#include "tests/e2e/snapshot_fixture.h"

namespace sfdb::e2e {
namespace {

using dumper::Consistency;
using dumper::OpenSnapshot;
using dumper::OpenSnapshotUnder;
using dumper::Session;
using dumper::Snapshot;
using test_support::MariadbServer;

constexpr int kTables = 8;
constexpr int kRows = 20;
constexpr int kBalance = 1000;
constexpr int kTotal = kTables * kRows * kBalance;
constexpr int kWriters = 4;
constexpr int kSnapshots = 50;

// Transfers between random tables until destruction.
class Bank {
 public:
  explicit Bank(const MariadbServer& server) {
    std::string sql = "CREATE OR REPLACE DATABASE bank; USE bank;";
    for (int t = 0; t < kTables; ++t) {
      absl::StrAppendFormat(&sql,
                            "CREATE TABLE a%d (id INT PRIMARY KEY, balance INT) ENGINE=InnoDB;"
                            "INSERT INTO a%d SELECT seq, %d FROM seq_1_to_%d;",
                            t, t, kBalance, kRows);
    }
    EXPECT_TRUE(server.Exec(sql).ok());
    for (int w = 0; w < kWriters; ++w) {
      writers_.emplace_back([this, &server, w] { Transfer(server, static_cast<unsigned>(w)); });
    }
  }
  ~Bank() {
    stop_ = true;
    for (std::thread& writer : writers_) writer.join();
  }
  uint64_t transfers() const { return transfers_; }

 private:
  void Transfer(const MariadbServer& server, unsigned seed) {
    auto session = ConnectTo(server);
    std::mt19937 random(seed);
    const auto pick = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
    while (!stop_) {
      const int amount = 1 + pick(50);
      // A deadlock rolls the transfer back; the next one begins a new transaction.
      if (session->Execute("BEGIN").ok() &&
          session
              ->Execute(absl::StrFormat("UPDATE bank.a%d SET balance=balance-%d WHERE id=%d",
                                        pick(kTables), amount, 1 + pick(kRows)))
              .ok() &&
          session
              ->Execute(absl::StrFormat("UPDATE bank.a%d SET balance=balance+%d WHERE id=%d",
                                        pick(kTables), amount, 1 + pick(kRows)))
              .ok() &&
          session->Execute("COMMIT").ok()) {
        ++transfers_;
      } else {
        (void)session->Execute("ROLLBACK");
      }
    }
  }

  std::atomic<bool> stop_ = false;
  std::atomic<uint64_t> transfers_ = 0;
  std::vector<std::thread> writers_;
};

// Each table's sum as each session sees it.
std::vector<std::vector<int>> SumsOf(const Snapshot& snapshot) {
  std::string sql = "SELECT ";
  for (int t = 0; t < kTables; ++t) {
    absl::StrAppendFormat(&sql, "%s(SELECT SUM(balance) FROM bank.a%d)", t > 0 ? "," : "", t);
  }
  const auto sessions = PointersTo(snapshot);
  const auto results = dumper::QueryAll(sessions, sql);
  std::vector<std::vector<int>> sums;
  if (!results.ok()) {
    ADD_FAILURE() << results.status();
    return sums;
  }
  for (const dumper::Result& result : *results) {
    std::vector<int> of_session(kTables);
    for (size_t t = 0; t < kTables; ++t) {
      EXPECT_TRUE(absl::SimpleAtoi(result.text(0, t), &of_session[t]));
    }
    sums.push_back(std::move(of_session));
  }
  return sums;
}

// Whether all sessions see the same, and the whole money is there when each table is read through
// another session.
bool IsOneMoment(const Snapshot& snapshot) {
  const auto sums = SumsOf(snapshot);
  int total = 0;
  for (size_t t = 0; t < kTables; ++t) total += sums[t % sums.size()][t];
  return total == kTotal &&
         std::adjacent_find(sums.begin(), sums.end(), std::not_equal_to<>()) == sums.end();
}

class SnapshotUnderTransfers : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    std::vector<std::string> args;
    if (logged()) args = {"--log-bin=bin", "--server-id=1"};
    auto started = MariadbServer::Start({.args = args});
    ASSERT_TRUE(started.ok()) << started.status();
    server_ = *std::move(started);
    bank_.emplace(*server_);
  }

  bool logged() const { return GetParam(); }

  void ExpectOneMoment(Consistency method, size_t sessions) {
    double longest_held = 0;
    const uint64_t before = bank_->transfers();
    for (int i = 0; i < kSnapshots; ++i) {
      const auto snapshot = OpenSnapshot(RequestFor(*server_, 8, method));
      ASSERT_TRUE(snapshot.ok()) << snapshot.status();
      EXPECT_EQ(snapshot->sessions.size(), sessions);
      EXPECT_EQ(snapshot->moment.method, method);
      EXPECT_EQ(snapshot->moment.coordinates.empty(), !logged());
      EXPECT_TRUE(IsOneMoment(*snapshot)) << snapshot->moment.proof;
      longest_held = std::max(longest_held, snapshot->moment.lock_held_ms);
    }
    EXPECT_GT(bank_->transfers(), before) << "nobody moved money: the test shows nothing";
    std::printf("%s, log %s: lock held at most %.1f ms, %llu transfers\n",
                std::string(dumper::ConsistencyName(method)).c_str(), logged() ? "on" : "off",
                longest_held, static_cast<unsigned long long>(bank_->transfers() - before));
  }

  std::unique_ptr<MariadbServer> server_;
  std::optional<Bank> bank_;
};

TEST_P(SnapshotUnderTransfers, BackupStageIsOneMoment) {
  ExpectOneMoment(Consistency::kBackupStage, 8);
}

TEST_P(SnapshotUnderTransfers, ReadLockIsOneMoment) { ExpectOneMoment(Consistency::kLock, 8); }

TEST_P(SnapshotUnderTransfers, SingleIsOneMoment) { ExpectOneMoment(Consistency::kSingle, 1); }

TEST_P(SnapshotUnderTransfers, BinlogRefusesOrIsOneMoment) {
  int proved = 0;
  for (int i = 0; i < kSnapshots; ++i) {
    const absl::Time begin = absl::Now();
    // Few sessions agree even under this load, so that both outcomes are met.
    const auto snapshot =
        OpenSnapshot(RequestFor(*server_, i % 2 == 0 ? 4 : 16, Consistency::kBinlog));
    EXPECT_LT(absl::Now() - begin, absl::Seconds(30));
    if (!snapshot.ok()) {
      EXPECT_TRUE(absl::IsFailedPrecondition(snapshot.status())) << snapshot.status();
      continue;
    }
    ++proved;
    EXPECT_TRUE(IsOneMoment(*snapshot)) << snapshot->moment.proof;
  }
  EXPECT_EQ(proved > 0, logged());
  std::printf("binlog, log %s: %d of %d proved\n", logged() ? "on" : "off", proved, kSnapshots);
}

// The same suite's assertion without the lock: it has to fail, or it could not fail at all.
TEST_P(SnapshotUnderTransfers, WithTheLockStepTakenOutTheMomentTearsOrIsRefused) {
  const dumper::GlobalLock no_lock{"nothing at all", {"DO 0"}, "DO 0"};
  int torn = 0, refused = 0;
  const absl::Time end = absl::Now() + absl::Seconds(30);
  while (torn + refused == 0 && absl::Now() < end) {
    const auto snapshot = OpenSnapshotUnder(RequestFor(*server_, 16), no_lock, Consistency::kLock);
    if (snapshot.ok()) {
      torn += IsOneMoment(*snapshot) ? 0 : 1;
    } else {
      EXPECT_TRUE(absl::IsAborted(snapshot.status())) << snapshot.status();
      ++refused;
    }
  }
  if (logged()) {
    // The second proof holds where the first is missing.
    EXPECT_EQ(torn, 0);
    EXPECT_GT(refused, 0);
  } else {
    EXPECT_GT(torn, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(BinaryLog, SnapshotUnderTransfers, testing::Bool(),
                         [](const auto& log) { return log.param ? "On" : "Off"; });

}  // namespace
}  // namespace sfdb::e2e
