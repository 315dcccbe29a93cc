#include "engine/backup/metadata.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "engine/backup/file_names.h"
#include "engine/backup/gtid_info.h"

namespace sfdb::engine {
namespace {

BackupMetadata Example() {
  BackupMetadata m;
  m.backup_file = "/backup/combined_db1_20251208_101500.sql.zst.enc";
  m.backup_type = "combined";
  m.mode = "combined";
  m.database_names = {"app", "shop \"eu\""};
  m.hostname = "db1";
  m.start = absl::FromUnixSeconds(1765163700);
  m.end = m.start + absl::Seconds(150);
  m.file_size_bytes = 82'854'982;
  m.compression_type = "zstd";
  m.encrypted = true;
  m.server_version = "10.11.6-MariaDB-log";
  m.status = "success_with_warnings";
  m.warnings = {"database 'gone' does not exist"};
  m.left_out = {"view `app`.`broken`: its definer is gone (1449)"};
  m.ticket = "T-42";
  m.gtid_file = "combined_db1_20251208_101500_gtid.info";
  m.users_file = "combined_db1_20251208_101500_users.cnf";
  m.toc_file = "combined_db1_20251208_101500.toc";
  m.backup_id = "00112233445566778899aabbccddeeff";
  m.sha256 = std::string(64, 'a');
  m.snapshot = {.method = "backup-stage",
                .proof = "BACKUP STAGE BLOCK_COMMIT held",
                .lock_ms = 4.5,
                .binlog_file = "bin.000011",
                .binlog_position = 336,
                .gtid = "0-7-54"};
  m.databases = {{"app", 12, 3'400'000, 900'000'000}, {"shop \"eu\"", 1, 0, 1234}};
  m.tool_version = "0.1.0";
  return m;
}

TEST(Metadata, IsTheGoldenText) {
  std::ifstream in(SFDB_GOLDEN_DIR "/metadata.json");
  std::stringstream golden;
  golden << in.rdbuf();
  EXPECT_EQ(MetadataText(Example(), absl::FixedTimeZone(7 * 3600)), golden.str());
}

TEST(Metadata, ReadsBackWhatWasWritten) {
  const absl::TimeZone zone = absl::FixedTimeZone(7 * 3600);
  const std::string text = MetadataText(Example(), zone);
  const auto parsed = ParseMetadata(text, zone);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(MetadataText(*parsed, zone), text);
}

TEST(Metadata, TheGroupedLayoutOfGoSfdbtoolsReadsAsTheFlatOne) {
  const auto parsed = ParseMetadata(R"({
    "backup": {"file": "/b/app_20260105_020000_db1.sql.zst", "type": "single",
               "status": "success", "databases": ["app", "app_dmart"]},
    "time": {"start_time": "2026-01-05 02:00:00", "end_time": "2026-01-05T02:01:30+07:00"},
    "file": {"size_bytes": 4711, "size_human": "4.7 kB"},
    "compression": {"enabled": true, "type": "zstd"}, "encryption": {"enabled": false},
    "source": {"hostname": "db1"}, "generator": {"generated_by": "sfdbtools"}})",
                                    absl::FixedTimeZone(7 * 3600));
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->backup_file, "/b/app_20260105_020000_db1.sql.zst");
  EXPECT_EQ(parsed->backup_type, "single");
  EXPECT_EQ(parsed->status, "success");
  EXPECT_EQ(parsed->database_names, (std::vector<std::string>{"app", "app_dmart"}));
  EXPECT_EQ(parsed->end - parsed->start, absl::Seconds(90)) << "both forms of a time";
  EXPECT_EQ(parsed->file_size_bytes, 4711u);
  EXPECT_EQ(parsed->compression_type, "zstd");
  EXPECT_EQ(parsed->hostname, "db1");
  EXPECT_EQ(parsed->generated_by, "sfdbtools");
}

TEST(Metadata, ASelectionOfDatabasesReadsBack) {
  BackupMetadata m = Example();
  m.selection = "app,shop*";
  EXPECT_EQ(ParseMetadata(MetadataText(m, absl::UTCTimeZone()), absl::UTCTimeZone())->selection,
            "app,shop*");
}

TEST(Metadata, WhatIsMissingIsLeftEmpty) {
  const auto parsed =
      ParseMetadata(R"({"backup_file":"x.sql","file_size_bytes":"many"})", absl::UTCTimeZone());
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed->backup_file, "x.sql");
  EXPECT_EQ(parsed->file_size_bytes, 0u);
}

TEST(Metadata, WhatIsNoMetadataIsDamage) {
  for (const char* text : {"", "[]", "{", "{}", R"({"backup_file":7})", "nonsense"}) {
    EXPECT_TRUE(absl::IsDataLoss(ParseMetadata(text, absl::UTCTimeZone()).status())) << text;
  }
}

TEST(Metadata, ACopyKeepsWhatItDoesNotKnow) {
  const auto copy =
      MetadataForCopy(R"({"backup_file":"a","ticket":"T-1","sha256":"0"})", "/new/a", 77, "1");
  ASSERT_TRUE(copy.ok());
  EXPECT_NE(copy->find("\"ticket\": \"T-1\""), std::string::npos);
  EXPECT_NE(copy->find("\"backup_file\": \"/new/a\""), std::string::npos);
  EXPECT_NE(copy->find("\"file_size_bytes\": 77"), std::string::npos);
}

TEST(Metadata, ACopyNamesWhatLiesBesideIt) {
  const auto copy = MetadataForCopy(
      R"({"backup_file":"/b/x.sql.gz","additional_files":{"toc":"x.toc","gtid_info":"x_gtid.info"}})",
      "/c/y.sql.gz.enc", 1, "0");
  ASSERT_TRUE(copy.ok());
  EXPECT_NE(copy->find("\"toc\": \"y.toc\""), std::string::npos) << *copy;
  EXPECT_NE(copy->find("\"gtid_info\": \"y_gtid.info\""), std::string::npos) << *copy;
}

TEST(Metadata, NamesThatAreNotUtf8DoNotCostTheBackup) {
  BackupMetadata m = Example();
  m.database_names = {"\xff\xfe"};
  EXPECT_TRUE(ParseMetadata(MetadataText(m, absl::UTCTimeZone()), absl::UTCTimeZone()).ok());
}

TEST(ShortDuration, IsShortAndTheSameInEveryLanguage) {
  EXPECT_EQ(ShortDuration(absl::ZeroDuration()), "0s");
  EXPECT_EQ(ShortDuration(absl::Milliseconds(1600)), "2s");
  EXPECT_EQ(ShortDuration(absl::Seconds(45)), "45s");
  EXPECT_EQ(ShortDuration(absl::Seconds(150)), "2m 30s");
  EXPECT_EQ(ShortDuration(absl::Seconds(3605)), "1h 0m 5s");
}

TEST(HumanSize, CountsInPowersOfAThousandAsGoDoes) {
  EXPECT_EQ(HumanSize(0), "0 B");
  EXPECT_EQ(HumanSize(9), "9 B");
  EXPECT_EQ(HumanSize(999), "999 B");
  EXPECT_EQ(HumanSize(1000), "1.0 kB");
  EXPECT_EQ(HumanSize(82'854'982), "83 MB");
  EXPECT_EQ(HumanSize(1'234'567'890), "1.2 GB");
}

TEST(FileNames, AreThoseOfTheDesign) {
  const absl::Time time = absl::FromUnixSeconds(1765163700);
  const absl::TimeZone zone = absl::FixedTimeZone(7 * 3600);
  EXPECT_EQ(BackupBaseName("combined", "", "db1", time, zone), "combined_db1_20251208_101500");
  const std::string base = BackupBaseName("single", "app", "db1", time, zone);
  EXPECT_EQ(base, "app_single_db1_20251208_101500");
  EXPECT_EQ(DumpFileName(base, ".zst", true), "app_single_db1_20251208_101500.sql.zst.enc");
  EXPECT_EQ(DumpFileName(base, "", false), "app_single_db1_20251208_101500.sql");
}

TEST(FileNames, StayInTheirDirectoryWhateverADatabaseIsCalled) {
  const std::string base =
      BackupBaseName("single", "../../etc/x\n", "h/o", absl::UnixEpoch(), absl::UTCTimeZone());
  EXPECT_EQ(base, ".._.._etc_x__single_h_o_19700101_000000");
}

TEST(FileNames, AreDifferentForDifferentDatabases) {
  const std::vector<std::string> names = BackupBaseNames(
      "separated", {"a/b", "a_b", "a\nb", "c"}, "h", absl::UnixEpoch(), absl::UTCTimeZone());
  EXPECT_EQ(names, (std::vector<std::string>{
                       "a_b_separated_h_19700101_000000", "a_b-2_separated_h_19700101_000000",
                       "a_b-3_separated_h_19700101_000000", "c_separated_h_19700101_000000"}));
}

TEST(FileNames, FitIntoAFileSystemWithAllThatIsAdded) {
  std::string database;
  for (int i = 0; i < 64; ++i) database += "\xE6\x95\xB0\xF0";  // not even UTF-8
  const std::string base = BackupBaseName("secondary", database, std::string(64, 'h'),
                                          absl::UnixEpoch(), absl::UTCTimeZone());
  EXPECT_LE(DumpFileName(base, ".zst", true).size() + std::string(".sfdb.tmp").size(), 255u);
  EXPECT_TRUE(base.ends_with("_secondary_" + std::string(64, 'h') + "_19700101_000000"));
  std::string utf8;
  for (int i = 0; i < 80; ++i) utf8 += "\xE6\x95\xB0";
  const std::string cut =
      BackupBaseName("single", utf8, "h", absl::UnixEpoch(), absl::UTCTimeZone());
  EXPECT_EQ(cut.find("_single") % 3, 0u) << "cut inside of a character";
}

TEST(GtidInfo, IsTheDocumentsForm) {
  SnapshotFacts snapshot = Example().snapshot;
  const absl::TimeZone zone = absl::FixedTimeZone(7 * 3600);
  const absl::Time time = absl::FromUnixSeconds(1765163700);
  EXPECT_EQ(GtidInfoText(snapshot, time, zone),
            "# GTID Information\n# Generated at: 2025-12-08 10:15:00\n\n"
            "MASTER_LOG_FILE = bin.000011\nMASTER_LOG_POS = 336\ngtid_binlog = 0-7-54\n");
  snapshot.gtid.clear();
  EXPECT_NE(GtidInfoText(snapshot, time, zone).find("gtid_binlog = (not available)\n"),
            std::string::npos);
  EXPECT_EQ(GtidInfoText({}, time, zone), "");
}

TEST(FileNames, TheBaseIsTheNameUpToSql) {
  EXPECT_EQ(BasePathOf("/b/x.sql.zst.enc"), "/b/x");
  EXPECT_EQ(BasePathOf("x.sql"), "x");
  EXPECT_EQ(BasePathOf("/b.sql/x.gz"), "/b.sql/x.gz");
  EXPECT_EQ(BasePathOf("/b/.sql"), "/b/.sql");
  EXPECT_EQ(BasePathOf("my.sqlfiles_single_h.sql.gz"), "my.sqlfiles_single_h");
  EXPECT_EQ(BasePathOf("x.dump"), "x.dump");
}

}  // namespace
}  // namespace sfdb::engine
