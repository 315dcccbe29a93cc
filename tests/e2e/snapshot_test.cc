// Which method is chosen on which server for which account, and what the sessions are then like.
#include "dumper/snapshot/snapshot.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "dumper/options/option_names.h"
#include "dumper/snapshot/transactions.h"
#include "tests/e2e/snapshot_fixture.h"

namespace sfdb::e2e {
namespace {

using dumper::Consistency;
using dumper::OpenSnapshot;
using dumper::Session;
using dumper::SnapshotRequest;
using test_support::MariadbServer;
using test_support::ServerOptions;
using testing::HasSubstr;

std::unique_ptr<MariadbServer> StartServer(std::vector<std::string> args, bool tcp = false) {
  auto server = MariadbServer::Start(ServerOptions{.args = std::move(args), .tcp = tcp});
  EXPECT_TRUE(server.ok()) << server.status();
  return server.ok() ? *std::move(server) : nullptr;
}

// Account `user` may do what a dump needs, plus `more`.
SnapshotRequest RequestAs(const MariadbServer& server, std::string user, std::string_view more) {
  EXPECT_TRUE(server
                  .Exec(absl::StrFormat("CREATE OR REPLACE USER %s@localhost; "
                                        "GRANT SELECT, LOCK TABLES%s ON *.* TO %s@localhost",
                                        user, more, user))
                  .ok());
  SnapshotRequest request = RequestFor(server, 4);
  request.open = [&server, user]() -> absl::StatusOr<std::unique_ptr<Session>> {
    return ConnectAs(user, server.socket_path());
  };
  return request;
}

class SnapshotMethods : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    logged_ = StartServer({"--log-bin=bin", "--server-id=1"}).release();
    unlogged_ = StartServer({}).release();
    for (MariadbServer* server : {logged_, unlogged_}) {
      ASSERT_NE(server, nullptr);
      ASSERT_TRUE(server
                      ->Exec("CREATE DATABASE d; CREATE TABLE d.t (a INT PRIMARY KEY);"
                             "CREATE TABLE d.m (a INT) ENGINE=MyISAM; INSERT INTO d.t VALUES (1)")
                      .ok());
    }
  }
  static void TearDownTestSuite() {
    delete logged_;
    delete unlogged_;
  }
  void TearDown() override {
    // Whatever a test did, nothing may be left locked.
    for (MariadbServer* server : {logged_, unlogged_}) {
      EXPECT_TRUE(server
                      ->Exec("SET lock_wait_timeout=20; REPLACE INTO d.t VALUES (1);"
                             "CREATE TABLE d.x (a INT); DROP TABLE d.x;"
                             "BACKUP STAGE START; BACKUP STAGE END")
                      .ok());
    }
  }

  static MariadbServer* logged_;
  static MariadbServer* unlogged_;
};

MariadbServer* SnapshotMethods::logged_ = nullptr;
MariadbServer* SnapshotMethods::unlogged_ = nullptr;

TEST_F(SnapshotMethods, AutoTakesBackupStageForSeveralSessionsAndNoLockForOne) {
  const auto several = OpenSnapshot(RequestFor(*logged_, 4));
  ASSERT_TRUE(several.ok()) << several.status();
  EXPECT_EQ(several->moment.method, Consistency::kBackupStage);
  EXPECT_EQ(several->sessions.size(), 4u);
  EXPECT_GT(several->moment.lock_held_ms, 0);
  EXPECT_THAT(several->moment.proof, HasSubstr("BACKUP STAGE BLOCK_COMMIT held for"));
  EXPECT_TRUE(several->moment.warnings.empty());
  EXPECT_EQ(several->control, nullptr);

  const auto one = OpenSnapshot(RequestFor(*logged_, 1));
  ASSERT_TRUE(one.ok()) << one.status();
  EXPECT_EQ(one->moment.method, Consistency::kSingle);
  EXPECT_EQ(one->moment.lock_held_ms, 0);
  EXPECT_TRUE(one->moment.warnings.empty());
}

TEST_F(SnapshotMethods, SessionsAreInTransactionsThatSeeNothingLaterAndHaveTheirSavepoint) {
  for (const Consistency method :
       {Consistency::kBackupStage, Consistency::kLock, Consistency::kBinlog, Consistency::kSingle,
        Consistency::kNone}) {
    SCOPED_TRACE(dumper::ConsistencyName(method));
    ASSERT_TRUE(logged_->Exec("DELETE FROM d.t").ok());
    const auto snapshot = OpenSnapshot(RequestFor(*logged_, 3, method));
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    EXPECT_EQ(snapshot->moment.method, method);
    ASSERT_TRUE(logged_->Exec("INSERT INTO d.t VALUES (1)").ok());
    for (const auto& session : snapshot->sessions) {
      EXPECT_EQ(ValueOf(*session, "SELECT COUNT(*) FROM d.t"), "0");
      EXPECT_TRUE(session->Execute("ROLLBACK TO SAVEPOINT sp").ok());
      EXPECT_EQ(ValueOf(*session, "SELECT COUNT(*) FROM d.t"), "0");
      EXPECT_EQ(ValueOf(*session, "SELECT @@tx_isolation"), "REPEATABLE-READ");
      EXPECT_EQ(ValueOf(*session, "SELECT @@in_transaction"), "1");
      EXPECT_EQ(ValueOf(*session, "SELECT @@lock_wait_timeout"),
                method == Consistency::kSingle ? "86400" : "1");
    }
  }
}

TEST_F(SnapshotMethods, CoordinatesAreTheSnapshotsAndNotThoseOfLater) {
  for (const Consistency method :
       {Consistency::kBackupStage, Consistency::kLock, Consistency::kBinlog, Consistency::kSingle,
        Consistency::kNone}) {
    SCOPED_TRACE(dumper::ConsistencyName(method));
    ASSERT_TRUE(logged_->Exec("REPLACE INTO d.t VALUES (1)").ok());
    auto root = ConnectTo(*logged_);
    const auto master = root->Query("SHOW MASTER STATUS");
    ASSERT_TRUE(master.ok());
    const std::string gtid = ValueOf(*root, "SELECT @@gtid_binlog_pos");
    const auto snapshot = OpenSnapshot(RequestFor(*logged_, 3, method));
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    EXPECT_EQ(snapshot->moment.coordinates.binlog_file, master->at(0, 0));
    EXPECT_EQ(absl::StrFormat("%d", snapshot->moment.coordinates.binlog_position),
              master->at(0, 1));
    EXPECT_EQ(snapshot->moment.coordinates.gtid, gtid);
  }
  const auto unlogged = OpenSnapshot(RequestFor(*unlogged_, 3));
  ASSERT_TRUE(unlogged.ok()) << unlogged.status();
  EXPECT_TRUE(unlogged->moment.coordinates.empty());
  EXPECT_EQ(unlogged->moment.coordinates.gtid, "");
}

TEST_F(SnapshotMethods, SingleOpensOneSessionAndSaysSoWhenMoreWereAskedFor) {
  SnapshotRequest request = RequestFor(*logged_, 4, Consistency::kSingle);
  std::vector<std::string> heard;
  request.warn = [&](std::string text) { heard.push_back(std::move(text)); };
  const auto snapshot = OpenSnapshot(request);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_EQ(snapshot->sessions.size(), 1u);
  ASSERT_EQ(heard.size(), 1u);
  EXPECT_THAT(heard[0], HasSubstr("one connection reads instead of 4"));
  EXPECT_EQ(snapshot->moment.warnings, heard);
}

TEST_F(SnapshotMethods, AutoWithoutReloadComparesCoordinatesAndWarns) {
  const SnapshotRequest request = RequestAs(*logged_, "watcher", ", BINLOG MONITOR, SLAVE MONITOR");
  const auto snapshot = OpenSnapshot(request);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_EQ(snapshot->moment.method, Consistency::kBinlog);
  EXPECT_EQ(snapshot->sessions.size(), 4u);
  ASSERT_EQ(snapshot->moment.warnings.size(), 1u);
  EXPECT_THAT(snapshot->moment.warnings[0], HasSubstr("RELOAD"));
}

TEST_F(SnapshotMethods, AutoWithoutAnyProofReadsThroughOneConnectionAndWarns) {
  for (MariadbServer* server : {logged_, unlogged_}) {
    // On the first it is not allowed to see whether there are filters, on the second there is no
    // log.
    const auto snapshot = OpenSnapshot(RequestAs(*server, "reader", ""));
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    EXPECT_EQ(snapshot->moment.method, Consistency::kSingle);
    EXPECT_EQ(snapshot->sessions.size(), 1u);
    ASSERT_EQ(snapshot->moment.warnings.size(), 2u);
    EXPECT_THAT(snapshot->moment.warnings[1], HasSubstr("one connection reads instead of 4"));
    EXPECT_THAT(snapshot->moment.warnings[1], HasSubstr("GRANT RELOAD"));
  }
}

TEST_F(SnapshotMethods, AMethodThatWasAskedForIsNeverReplaced) {
  for (const Consistency method : {Consistency::kBackupStage, Consistency::kLock}) {
    SnapshotRequest request = RequestAs(*logged_, "reader", "");
    request.consistency = method;
    const auto snapshot = OpenSnapshot(request);
    EXPECT_TRUE(absl::IsPermissionDenied(snapshot.status())) << snapshot.status();
    EXPECT_THAT(std::string(snapshot.status().message()), HasSubstr("RELOAD"));
  }
  SnapshotRequest request = RequestAs(*logged_, "reader", "");
  request.consistency = Consistency::kBinlog;
  const auto snapshot = OpenSnapshot(request);
  EXPECT_TRUE(absl::IsFailedPrecondition(snapshot.status())) << snapshot.status();
  EXPECT_THAT(std::string(snapshot.status().message()), HasSubstr("GRANT BINLOG MONITOR"));
}

TEST_F(SnapshotMethods, FlushLogsBeginsANewLogAtTheSnapshot) {
  for (const size_t sessions : {size_t{1}, size_t{4}}) {
    for (const Consistency method :
         {Consistency::kAuto, Consistency::kLock, Consistency::kSingle}) {
      SCOPED_TRACE(dumper::ConsistencyName(method));
      ASSERT_TRUE(logged_->Exec("REPLACE INTO d.t VALUES (1)").ok());
      auto root = ConnectTo(*logged_);
      const std::string before = ValueOf(*root, "SHOW MASTER STATUS");
      SnapshotRequest request = RequestFor(*logged_, sessions, method);
      request.flush_logs = true;
      const auto snapshot = OpenSnapshot(request);
      ASSERT_TRUE(snapshot.ok()) << snapshot.status();
      EXPECT_GT(snapshot->moment.lock_held_ms, 0);
      EXPECT_GT(snapshot->moment.coordinates.binlog_file, before);
      EXPECT_EQ(snapshot->moment.coordinates.binlog_file, ValueOf(*root, "SHOW MASTER STATUS"));
    }
  }
}

TEST_F(SnapshotMethods, BlockDdlKeepsDdlOutUntilTheControlSessionIsClosed) {
  for (const size_t sessions : {size_t{1}, size_t{4}}) {
    SnapshotRequest request = RequestFor(*logged_, sessions);
    request.block_ddl = true;
    auto snapshot = OpenSnapshot(request);
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    EXPECT_EQ(snapshot->moment.method, sessions == 1 ? Consistency::kSingle : Consistency::kLock);
    ASSERT_NE(snapshot->control, nullptr);
    auto user = ConnectTo(*logged_);
    ASSERT_TRUE(user->Execute("SET lock_wait_timeout=1").ok());
    EXPECT_TRUE(user->Execute("REPLACE INTO d.t VALUES (1)").ok());
    const absl::Status blocked = user->Execute("CREATE TABLE d.y (a INT)");
    EXPECT_TRUE(absl::IsDeadlineExceeded(blocked)) << blocked;
    snapshot->control.reset();
    ASSERT_TRUE(user->Execute("SET lock_wait_timeout=20").ok());
    EXPECT_TRUE(user->Execute("CREATE TABLE d.y (a INT)").ok());
    EXPECT_TRUE(user->Execute("DROP TABLE d.y").ok());
  }
}

TEST_F(SnapshotMethods, BlockDdlWithoutReloadIsAnErrorNotAWeakerRun) {
  SnapshotRequest request = RequestAs(*logged_, "reader", "");
  request.block_ddl = true;
  const auto snapshot = OpenSnapshot(request);
  EXPECT_TRUE(absl::IsPermissionDenied(snapshot.status())) << snapshot.status();
}

TEST_F(SnapshotMethods, NoneSaysThatItProvesNothing) {
  const auto snapshot = OpenSnapshot(RequestFor(*logged_, 4, Consistency::kNone));
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_EQ(snapshot->sessions.size(), 4u);
  EXPECT_THAT(snapshot->moment.proof, testing::StartsWith("none"));
  EXPECT_EQ(snapshot->moment.warnings.size(), 1u);
}

void ExpectBinlogRefuses(const MariadbServer& server, std::string_view why) {
  const auto snapshot = OpenSnapshot(RequestFor(server, 4, Consistency::kBinlog));
  EXPECT_TRUE(absl::IsFailedPrecondition(snapshot.status())) << snapshot.status();
  EXPECT_THAT(std::string(snapshot.status().message()), HasSubstr(std::string(why)));
}

TEST_F(SnapshotMethods, BinlogRefusesWithoutBinaryLog) {
  ExpectBinlogRefuses(*unlogged_, "binary log is off");
}

TEST(BinlogMethod, RefusesWithFilters) {
  for (const char* filter : {"binlog-do-db=d", "binlog-ignore-db=d"}) {
    const auto server =
        StartServer({"--log-bin=bin", "--server-id=1", absl::StrFormat("--%s", filter)});
    ASSERT_NE(server, nullptr);
    ExpectBinlogRefuses(*server, "keeps writes out of it");
  }
}

TEST(BinlogMethod, RefusesOnARunningReplicaThatDoesNotLogWhatItApplies) {
  const auto master = StartServer({"--log-bin=bin", "--server-id=1"}, /*tcp=*/true);
  const auto replica = StartServer({"--log-bin=bin", "--server-id=2", "--skip-log-slave-updates"});
  ASSERT_NE(master, nullptr);
  ASSERT_NE(replica, nullptr);
  ASSERT_TRUE(master
                  ->Exec("CREATE USER r@'%' IDENTIFIED BY 'r'; "
                         "GRANT REPLICATION SLAVE ON *.* TO r@'%'; CREATE DATABASE d")
                  .ok());
  ASSERT_TRUE(replica
                  ->Exec(absl::StrFormat("CHANGE MASTER TO MASTER_HOST='127.0.0.1', MASTER_PORT=%d,"
                                         "MASTER_USER='r', MASTER_PASSWORD='r', "
                                         "MASTER_USE_GTID=slave_pos; START SLAVE; "
                                         "DO MASTER_GTID_WAIT('0-1-1', 20)",
                                         master->port()))
                  .ok());
  ExpectBinlogRefuses(*replica, "running replica without log_slave_updates");
  // What makes it dangerous is the applying thread alone.
  ASSERT_TRUE(replica->Exec("STOP SLAVE IO_THREAD").ok());
  ExpectBinlogRefuses(*replica, "running replica without log_slave_updates");
  ASSERT_TRUE(replica->Exec("STOP SLAVE").ok());
  EXPECT_TRUE(OpenSnapshot(RequestFor(*replica, 4, Consistency::kBinlog)).ok());
  // And one that logs it is as good as any server.
  ASSERT_TRUE(replica->Restart({"--log-bin=bin", "--server-id=2", "--log-slave-updates"}).ok());
  ASSERT_TRUE(replica->Exec("START SLAVE").ok());
  EXPECT_TRUE(OpenSnapshot(RequestFor(*replica, 4, Consistency::kBinlog)).ok());
}

}  // namespace
}  // namespace sfdb::e2e
