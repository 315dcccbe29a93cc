// What a dump says about replication, and what it does to it: --master-data, --dump-slave, --gtid,
// --apply-slave-statements, log flushes and purges (reference 2.2, 14.1 to 14.3).
#include <gtest/gtest.h>

#include <cstdlib>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "tests/e2e/dump_pair.h"
#include "tests/support/dump_diff.h"

namespace sfdb::e2e {
namespace {

using test_support::MariadbServer;

struct ReplicationCase {
  std::string name;
  std::vector<std::string> args;
};
void PrintTo(const ReplicationCase& one, std::ostream* out) { *out << one.name; }
std::string CaseName(const testing::TestParamInfo<ReplicationCase>& param) {
  return param.param.name;
}

constexpr char kSample[] =
    "CREATE DATABASE d; CREATE TABLE d.t (a INT PRIMARY KEY); INSERT INTO d.t VALUES (1), (2);"
    "CREATE TABLE d.m (a INT) ENGINE=MyISAM; INSERT INTO d.m VALUES (1);"
    "CREATE VIEW d.v AS SELECT a FROM d.t; CREATE DATABASE e";

std::vector<ReplicationCase> Cross(const std::string& option, const std::string& label) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> ways = {
      {"plain", {}},
      {"gtid", {"--gtid"}},
      {"single", {"--single-transaction"}},
      {"single_gtid", {"--single-transaction", "--gtid"}},
      {"skip_comments", {"--skip-comments"}},
      {"gtid_skip_comments", {"--gtid", "--skip-comments"}},
      {"compact", {"--compact"}},
      {"single_compact", {"--compact", "--single-transaction"}},
      {"apply", {"--apply-slave-statements"}},
      {"apply_gtid", {"--apply-slave-statements", "--gtid", "--include-master-host-port"}},
      {"host_port", {"--include-master-host-port"}},
      {"apply_compact", {"--apply-slave-statements", "--compact"}},
      {"skip_opt", {"--skip-opt"}},
      {"no_data", {"-d", "--single-transaction"}},
      {"lock_all", {"-x"}},
      {"flush_logs", {"--flush-logs"}},
      {"flush_logs_single", {"--flush-logs", "--single-transaction"}}};
  std::vector<ReplicationCase> cases;
  for (const auto& [value, value_label] :
       {std::pair<std::string, std::string>{"", "1"}, {"=2", "2"}, {"=0", "0"}}) {
    for (const auto& [way, args] : ways) {
      ReplicationCase one{absl::StrCat(label, value_label, "_", way), {option + value}};
      one.args.insert(one.args.end(), args.begin(), args.end());
      one.args.insert(one.args.end(), {"-B", "d", "e"});
      cases.push_back(one);
    }
  }
  cases.push_back({label + "_all", {option, "-A"}});
  cases.push_back({label + "_selected", {option, "d", "t"}});
  cases.push_back({label + "_force_missing", {option, "--force", "-B", "missing", "d"}});
  cases.push_back({label + "_verbose", {option, "-v", "d"}});
  return cases;
}

// ---------------------------------------------------------------------------------------------

class DumpPrimary : public testing::TestWithParam<ReplicationCase> {
 protected:
  static void SetUpTestSuite() {
    server_ =
        StartWithSchemas({}, {"--log-bin=bin", "--server-id=7", "--gtid-domain-id=3"}).release();
    ExecOrExit(*server_, kSample);
    Reset();
    pair_ = new DumpPair(MakePair(*server_));
  }
  static void TearDownTestSuite() {
    delete pair_;
    delete server_;
  }
  // Log flushes move the position: each side starts with an empty log and the same GTID state.
  static void Reset() {
    ExecOrExit(*server_,
               "RESET MASTER; SET sql_log_bin=0; DROP TABLE IF EXISTS d.x; SET sql_log_bin=1;"
               "SET SESSION gtid_seq_no=100; CREATE TABLE d.x (a INT); INSERT INTO d.x VALUES (1)");
  }
  // Names only: the server adds a checkpoint event to a new log whenever it gets to it.
  static std::string LogNames() {
    const std::string logs = server_->Query("SHOW BINARY LOGS").value_or("failed");
    std::string names;
    for (const std::string& line : std::vector<std::string>(absl::StrSplit(logs, '\n'))) {
      names += absl::StrCat(line.substr(0, line.find('\t')), " ");
    }
    return names;
  }
  // After a log has been begun the server adds an event (binlog checkpoint) to it when it likes;
  // then the position moves no more by itself. Ends when the last such event names the current log.
  static void WaitForCheckpoint() {
    for (int tries = 0; tries < 1000; ++tries) {
      const std::string status = server_->Query("SHOW MASTER STATUS").value_or("");
      const std::string log = status.substr(0, status.find('\t'));
      std::string last;
      for (const std::string& line : std::vector<std::string>(absl::StrSplit(
               server_->Query(absl::StrCat("SHOW BINLOG EVENTS IN '", log, "'")).value_or(""),
               '\n'))) {
        if (line.find("\tBinlog_checkpoint\t") != line.npos)
          last = line.substr(line.rfind('\t') + 1);
      }
      if (last == log) return;
      absl::SleepFor(absl::Milliseconds(30));
    }
    ADD_FAILURE() << "the server has not written its checkpoint event";
  }
  static void RunBothSides(bool moves_logs, DumpRun* runs, std::string* logs) {
    for (const Side side : {Side::kExpected, Side::kActual}) {
      const size_t i = side == Side::kActual ? 1 : 0;
      if (moves_logs) Reset();
      runs[i] = pair_->Run(side, WithServer(*server_, GetParam().args));
      logs[i] = LogNames();
    }
  }
  static MariadbServer* server_;
  static DumpPair* pair_;
};
MariadbServer* DumpPrimary::server_ = nullptr;
DumpPair* DumpPrimary::pair_ = nullptr;

TEST_P(DumpPrimary, EqualsMariadbDumpAndLeavesTheSameLogs) {
  // RESET MASTER waits a second for a checkpoint; only those that need it pay for it.
  bool moves_logs = false;
  for (const std::string& arg : GetParam().args) {
    moves_logs |= arg == "--flush-logs" || arg == "--delete-master-logs";
  }
  DumpRun runs[2];
  std::string logs[2];
  if (!moves_logs) WaitForCheckpoint();
  // Where the dump itself begins a log, the server's event may come before or after the position is
  // read, on either side: only what differs every time differs.
  for (int tries = moves_logs ? 5 : 1; tries > 0; --tries) {
    RunBothSides(moves_logs, runs, logs);
    if (runs[0].stdout_text == runs[1].stdout_text) break;
    if (!test_support::DescribeDumpDifference(runs[0].stdout_text, runs[1].stdout_text)) break;
  }
  pair_->ExpectSame(runs[0], runs[1]);
  EXPECT_EQ(logs[0], logs[1]);
}

std::vector<ReplicationCase> PrimaryCases() {
  std::vector<ReplicationCase> cases = Cross("--master-data", "master_data");
  const std::vector<ReplicationCase> more = {
      {"flush_logs", {"--flush-logs", "-B", "d", "e"}},
      {"flush_logs_lock_all", {"--flush-logs", "-x", "-B", "d", "e"}},
      {"flush_logs_single", {"--flush-logs", "--single-transaction", "-B", "d", "e"}},
      {"flush_logs_selected", {"--flush-logs", "d", "t"}},
      {"delete_master_logs", {"--delete-master-logs", "d"}},
      {"delete_master_logs_flush", {"--delete-master-logs", "--flush-logs", "d"}},
      {"delete_master_logs_master_data", {"--delete-master-logs", "--master-data", "d"}},
      {"delete_master_logs_single", {"--delete-master-logs", "--single-transaction", "d"}},
      {"gtid_alone", {"--gtid", "d"}},
      {"apply_alone", {"--apply-slave-statements", "d"}},
      {"both", {"--master-data", "--dump-slave", "d"}},
      {"both_other_order", {"--dump-slave=2", "--master-data", "d"}},
      {"dump_slave_on_primary", {"--dump-slave", "--gtid", "d"}},
      {"system_users", {"--master-data=2", "--system=users", "d"}},
      {"master_data_3", {"--master-data=3", "d"}}};
  cases.insert(cases.end(), more.begin(), more.end());
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Law1, DumpPrimary, testing::ValuesIn(PrimaryCases()), CaseName);

// ---------------------------------------------------------------------------------------------
// A replica with the default connection and a named one, both of the same primary.

class DumpReplica : public testing::TestWithParam<ReplicationCase> {
 protected:
  static void SetUpTestSuite() {
    auto primary = MariadbServer::Start(
        {.args = {"--log-bin=primary-bin", "--server-id=1", "--gtid-domain-id=1"}, .tcp = true});
    if (!primary.ok()) ADD_FAILURE() << primary.status();
    primary_ = primary->release();
    ExecOrExit(
        *primary_,
        "CREATE USER repl@'%' IDENTIFIED BY 'x'; GRANT REPLICATION SLAVE ON *.* TO repl@'%'");
    server_ = StartWithSchemas({}, {"--log-bin=replica-bin", "--server-id=2", "--log-slave-updates",
                                    "--relay-log=relay"})
                  .release();
    ExecOrExit(
        *server_,
        absl::StrFormat("SET GLOBAL gtid_slave_pos='';"
                        "CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=%d, "
                        "MASTER_USER='repl', MASTER_PASSWORD='x', MASTER_USE_GTID=no;"
                        "CHANGE MASTER 'idle''name' TO MASTER_HOST='127.0.0.1', MASTER_PORT=1, "
                        "MASTER_USER='repl', MASTER_PASSWORD='x';"
                        "START SLAVE",
                        primary_->port()));
    ExecOrExit(*primary_, kSample);
    CatchUp();
    pair_ = new DumpPair(MakePair(*server_));
  }
  static void TearDownTestSuite() {
    delete pair_;
    delete server_;
    delete primary_;
  }
  static void CatchUp() {
    const std::string query = "SELECT @@gtid_binlog_pos";
    for (int i = 0; i < 1000; ++i) {
      const std::string there = primary_->Query(query).value_or("?");
      if (server_->Query("SELECT @@gtid_slave_pos").value_or("") == there) return;
      absl::SleepFor(absl::Milliseconds(20));
    }
    ADD_FAILURE() << "the replica does not follow: "
                  << server_->Query("SHOW ALL SLAVES STATUS").value_or("");
  }
  // Whether the SQL thread of each connection runs.
  static std::string SlaveState() {
    std::string state;
    for (const std::string name : {"", "idle''name"}) {
      const std::string one =
          server_->Query(absl::StrCat("SHOW SLAVE '", name, "' STATUS")).value_or("failed");
      // The columns Slave_IO_Running and Slave_SQL_Running are the 11th and 12th.
      std::vector<std::string> columns = absl::StrSplit(one, '\t');
      state += absl::StrCat(name, ":", columns.size() > 11 ? columns[11] : one, ";");
    }
    return state;
  }
  static MariadbServer* primary_;
  static MariadbServer* server_;
  static DumpPair* pair_;
};
MariadbServer* DumpReplica::primary_ = nullptr;
MariadbServer* DumpReplica::server_ = nullptr;
DumpPair* DumpReplica::pair_ = nullptr;

TEST_P(DumpReplica, EqualsMariadbDumpAndLeavesTheSlaveRunning) {
  const std::string before = SlaveState();
  EXPECT_TRUE(absl::StrContains(before, ":Yes;")) << before;
  DumpRun runs[2];
  for (const Side side : {Side::kExpected, Side::kActual}) {
    runs[side == Side::kActual] = pair_->Run(side, WithServer(*server_, GetParam().args));
    EXPECT_EQ(SlaveState(), before) << (side == Side::kActual ? "ours" : "mariadb-dump");
  }
  pair_->ExpectSame(runs[0], runs[1]);
}

std::vector<ReplicationCase> ReplicaCases() {
  std::vector<ReplicationCase> cases;
  for (ReplicationCase& one : Cross("--dump-slave", "dump_slave")) {
    // A log flush changes what the second side would print.
    if (!absl::StrContains(one.name, "flush_logs")) cases.push_back(std::move(one));
  }
  cases.push_back({"failing", {"--dump-slave", "missing_database"}});
  cases.push_back({"failing_force", {"--dump-slave", "--force", "missing_database"}});
  cases.push_back({"master_data", {"--master-data", "d"}});
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Law1, DumpReplica, testing::ValuesIn(ReplicaCases()), CaseName);

}  // namespace
}  // namespace sfdb::e2e
