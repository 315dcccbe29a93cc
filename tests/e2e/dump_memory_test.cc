// Law 5: peak memory is --memory-limit, and per connection the largest row it has met, whatever the
// size of the table, the number of sessions and the speed of whoever reads the dump. And a reader
// that stands still costs no connection, whatever time-outs the server has.
//
// The dump of the large table is 58 MB, the limit 32 MiB. $SFDB_MEMORY_ROWS: rows of that table;
// the case labelled slow has 10 million. Peaks are VmHWM, since a child's ru_maxrss begins with
// ours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/e2e/dump_pair.h"
#include "tests/e2e/stalled_dump.h"
#include "tests/support/dump_diff.h"

namespace sfdb::e2e {
namespace {

using test_support::MariadbServer;

constexpr long kLimitKib = 32 << 10;
constexpr long kBlobKib = 30 << 10;
// What a large buffer may take up more than was asked for.
constexpr long kHugePageKib = 2 << 10;

std::string LargeRows() {
  const char* rows = std::getenv("SFDB_MEMORY_ROWS");
  return rows != nullptr ? rows : "1200000";
}

// All its time-outs run out within a second or two.
const MariadbServer& Server() {
  static const std::unique_ptr<MariadbServer> server = [] {
    auto started =
        StartWithSchemas({}, {"--net-write-timeout=1", "--net-read-timeout=1", "--wait-timeout=1",
                              "--idle-transaction-timeout=0", "--max-allowed-packet=64M",
                              "--innodb-log-file-size=256M"});
    ExecOrExit(*started,
               "CREATE DATABASE large; USE large; CREATE TABLE t (id INT PRIMARY KEY, v CHAR(32));"
               "INSERT INTO t SELECT seq, MD5(seq) FROM seq_1_to_" +
                   LargeRows() + "; ANALYZE TABLE t; CREATE DATABASE blobs");
    for (const char* table : {"a", "b", "c"}) {
      ExecOrExit(*started,
                 absl::StrCat("USE blobs; CREATE TABLE ", table,
                              " (id INT PRIMARY KEY, v LONGBLOB); INSERT INTO ", table,
                              " SELECT seq, REPEAT(CHAR(seq), 30 << 20) FROM seq_1_to_2"));
    }
    return started;
  }();
  return *server;
}

const DumpPair& Pair() {
  static const DumpPair pair = MakePair(Server());
  return pair;
}

std::vector<std::string> Args(std::vector<std::string> more) {
  more.insert(more.begin(), {"--single-transaction", "--skip-dump-date", "--threads=16",
                             "--memory-limit=32M", "--max-allowed-packet=64M"});
  return more;
}

// Largest resident set so far of a process that runs.
long PeakKib(pid_t pid) {
  const auto status = test_support::ReadFile(absl::StrCat("/proc/", pid, "/status"));
  const std::vector<std::string> lines = absl::StrSplit(status.value_or(""), '\n');
  for (const std::string& line : lines) {
    if (line.rfind("VmHWM:", 0) != 0) continue;
    const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    long kib = 0;
    if (words.size() > 1 && absl::SimpleAtoi(words[words.size() - 2], &kib)) {
      std::cout << "peak " << kib << " KiB\n";
      return kib;
    }
  }
  ADD_FAILURE() << "no VmHWM of process " << pid;
  return 0;
}

void ExpectSameText(const DumpRun& expected, const std::string& text) {
  if (const auto difference = test_support::DescribeDumpDifference(expected.stdout_text, text)) {
    ADD_FAILURE() << *difference;
  }
}

TEST(DumpMemory, OfALargeTableIsTheLimitWithSixteenSessions) {
  const DumpRun expected = Pair().Run(
      Side::kExpected, WithServer(Server(), {"--single-transaction", "--skip-dump-date", "large"}));
  StalledDump dump(Pair(), &Server(), Args({"large"}));
  dump.Read(expected.stdout_text.size() - (256 << 10));
  EXPECT_LE(PeakKib(dump.pid()), kLimitKib);
  const DumpRun run = dump.Finish();
  EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
  ExpectSameText(expected, dump.text());
}

TEST(DumpMemory, OfBlobsIsTheLimitAndARowForEachConnectionThatReadOne) {
  StalledDump dump(Pair(), &Server(), Args({"blobs"}));
  dump.Read(size_t{6 * kBlobKib} << 10);
  // Three tables of few rows are read by three connections at the most.
  EXPECT_LE(PeakKib(dump.pid()), kLimitKib + 3 * (kBlobKib + kHugePageKib));
  const DumpRun run = dump.Finish();
  EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
}

TEST(DumpMemory, OfASlowReaderIsTheLimit) {
  StalledDump dump(Pair(), &Server(), Args({"large"}));
  // A megabyte a second.
  for (int tenths = 0; tenths < 30; ++tenths) {
    dump.Read(100 << 10);
    absl::SleepFor(absl::Milliseconds(100));
  }
  const long peak_kib = PeakKib(dump.pid());
  EXPECT_LE(peak_kib, kLimitKib);
  // Else there was no back-pressure to speak of.
  EXPECT_GE(peak_kib, kLimitKib / 2);
}

TEST(DumpMemory, AReaderThatStandsStillCostsNoConnection) {
  const DumpRun expected = Pair().Run(
      Side::kExpected, WithServer(Server(), {"--single-transaction", "--skip-dump-date", "large"}));
  StalledDump dump(Pair(), &Server(), Args({"large"}));
  dump.Read(1 << 20);
  // Several times what the server allows by itself.
  absl::SleepFor(absl::Seconds(5));
  dump.Read(expected.stdout_text.size() / 2);
  EXPECT_LE(PeakKib(dump.pid()), kLimitKib);
  const DumpRun run = dump.Finish();
  EXPECT_EQ(run.exit_code, 0) << run.stderr_text;
  EXPECT_EQ(run.stderr_text, "");
  ExpectSameText(expected, dump.text());
}

}  // namespace
}  // namespace sfdb::e2e
