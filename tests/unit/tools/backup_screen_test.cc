#include "tools/backup_screen.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tools/backup_report.h"
#include "tools/backup_settings.h"

namespace sfdb::tools {
namespace {

using testing::HasSubstr;
using testing::Not;

engine::Settings Merged(const std::map<size_t, std::vector<std::string>>& flags) {
  const auto settings = engine::MergeSettings(
      BackupSettingSpecs(), flags, [](const std::string&) { return std::nullopt; }, nullptr);
  EXPECT_TRUE(settings.ok());
  return *settings;
}

engine::BackupRequest Request() {
  engine::BackupRequest request;
  request.mode = engine::BackupMode::kSingle;
  request.codec = *codecs::FindCodec("zstd");
  request.level = 3;
  request.output_dir = "/backup/20250101";
  request.connection.host = "db1";
  request.connection.port = 3307;
  request.connection.user = "admin";
  request.connection.password = "rahasia";
  request.companions.dmart = true;
  request.companions.temp = true;
  return request;
}

engine::BackupPlan Plan() {
  engine::BackupPlan plan;
  plan.server.version = "10.11";
  plan.server.hostname = "server1";
  plan.choice.databases = {"mydb", "mydb_dmart"};
  plan.choice.statistics = {.found = 9,
                            .dropped = {{"mysql", engine::DropReason::kSystem},
                                        {"other", engine::DropReason::kNotChosen}},
                            .missing = {},
                            .absent_companions = {"mydb_temp"}};
  plan.base_names = {"mydb_single_server1_20250101_120000"};
  return plan;
}

std::string Row(const std::string& name, const std::string& value) {
  return "| " + name + " *\\| " + value + " *\\|";
}

TEST(OptionsScreen, HasTheSevenSectionsOfTheDocumentInItsOrder) {
  const auto request = Request();
  const auto plan = Plan();
  const auto settings = Merged({});
  const std::string screen =
      OptionsScreen({.request = &request, .plan = &plan, .settings = &settings, .profile = ""},
                    Language::kIndonesian, {});
  size_t at = 0;
  for (const char* title :
       {"Statistik Filtering Database", "Informasi Umum", "Pengaturan Mode", "Informasi Profile",
        "Opsi Filter", "Pengaturan Kompresi", "Pengaturan Enkripsi", "Pengaturan Cleanup"}) {
    const size_t found = screen.find("=== " + std::string(title) + " ===", at);
    ASSERT_NE(found, screen.npos) << title;
    at = found;
  }
}

TEST(OptionsScreen, EveryRowShowsWhatTheRunWillDo) {
  const auto request = Request();
  const auto plan = Plan();
  const auto settings = Merged({{kCleanup, {"true"}}, {kCleanupDays, {"14"}}, {kTimeout, {"90"}}});
  const std::string screen =
      OptionsScreen({.request = &request, .plan = &plan, .settings = &settings, .profile = ""},
                    Language::kIndonesian, {});
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, const char*>>{
           {"Total Ditemukan", "9"},
           {"Akan di-backup", "2"},
           {"Total Dikecualikan", "2"},
           {"- database sistem", "1"},
           {"Mode Backup", "single"},
           {"Output Directory", "/backup/20250101"},
           {"Filename Pattern", "[{]db[}]_[{]mode[}]_[{]host[}]_[{]time[}].sql.zst"},
           {"Filename Example", "mydb_single_server1_20250101_120000.sql.zst"},
           {"Capture GTID", "ya"},
           {"Export User Grants", "ya"},
           {"Batas Waktu", "90 s"},
           {"Database", "mydb, mydb_dmart"},
           {"Database Pendamping",
            "_dmart: ya, _temp: ya, _archive: tidak; tidak ditemukan: mydb_temp"},
           {"HostName", "server1"},
           {"Host", "db1:3307"},
           {"User", "admin"},
           {"Exclude System", "ya"},
           {"Exclude Empty", "tidak"},
           {"Include List", "tidak ada"},
           {"Kompresi", "Enabled [(]zstd[)]"},
           {"Level Kompresi", "3"},
           {"Enkripsi", "Disabled"},
           {"Cleanup Backup Lama", "Enabled"},
           {"Retensi [(]hari[)]", "14"}}) {
    EXPECT_THAT(screen, testing::ContainsRegex(Row(name, value))) << screen;
  }
  EXPECT_THAT(screen, Not(HasSubstr("rahasia")));
}

engine::BackupOutcome Outcome() {
  engine::BackupOutcome outcome;
  engine::FileOutcome good;
  good.databases = {"mydb"};
  good.path = "/backup/mydb_single_server1_20250101_120000.sql.gz";
  good.metadata.file_size_bytes = 1535400000;
  good.metadata.compression_type = "gzip";
  good.metadata.encrypted = true;
  good.metadata.start = absl::FromUnixSeconds(1000);
  good.metadata.end = absl::FromUnixSeconds(1045);
  engine::FileOutcome bad;
  bad.databases = {"failed_db"};
  bad.path = "/backup/failed_db.sql.gz";
  bad.status = absl::UnavailableError("connection timeout");
  outcome.files = {good, bad};
  outcome.start = absl::FromUnixSeconds(1000);
  outcome.end = absl::FromUnixSeconds(1150);
  outcome.status = absl::UnknownError("1 of 2 databases failed");
  return outcome;
}

// The example of the user's document, row by row.
TEST(ResultScreen, HasTheDocumentsThreeSectionsAndRows) {
  const std::string screen = ResultScreen(Outcome(), Language::kIndonesian, {});
  EXPECT_THAT(screen, HasSubstr("=== Hasil Backup Database ==="));
  EXPECT_THAT(screen, HasSubstr("=== Detail Backup yang Berhasil ==="));
  EXPECT_THAT(screen, HasSubstr("=== Daftar Database Gagal Dibackup ===\n\n"
                                "1. failed_db\n   Error: connection timeout\n"));
  for (const auto& [name, value] : std::initializer_list<std::pair<const char*, const char*>>{
           {"Kategori", "Jumlah"},
           {"Total Database", "2"},
           {"Total Berhasil", "1"},
           {"Total Gagal", "1"},
           {"Total Waktu Proses", "2m 30s"},
           {"Parameter", "Nilai"},
           {"Database", "mydb"},
           {"Status", "success"},
           {"File Output", "/backup/mydb_single_server1_20250101_120000.sql.gz"},
           {"Ukuran File", "1.5 GB"},
           {"Durasi Backup", "45s"},
           {"Throughput", "34.12 MB/s"},
           {"Kompresi", "Enabled [(]gzip[)]"},
           {"Enkripsi", "Enabled"}}) {
    EXPECT_THAT(screen, testing::ContainsRegex(Row(name, value))) << screen;
  }
}

TEST(ResultScreen, NothingFailedAndNothingPublishedShowNoEmptySections) {
  engine::BackupOutcome outcome = Outcome();
  outcome.files.pop_back();
  EXPECT_THAT(ResultScreen(outcome, Language::kEnglish, {}), Not(HasSubstr("failed ===")));
  outcome = Outcome();
  outcome.files.erase(outcome.files.begin());
  EXPECT_THAT(ResultScreen(outcome, Language::kEnglish, {}), Not(HasSubstr("written ===")));
}

TEST(ResultScreen, ANameCannotActOnTheTerminal) {
  engine::BackupOutcome outcome = Outcome();
  outcome.files[0].databases = {"\x1b[2Jevil"};
  outcome.files[1].databases = {"a\rb"};
  const std::string screen = ResultScreen(outcome, Language::kEnglish, {});
  EXPECT_EQ(screen.find('\x1b'), screen.npos);
  EXPECT_EQ(screen.find('\r'), screen.npos);
}

TEST(ReportJson, SaysTheSameAsTheTables) {
  const auto json = nlohmann::json::parse(ReportJson(Outcome(), 3));
  EXPECT_EQ(json["backup_status"], "partial");
  EXPECT_EQ(json["exit_code"], 3);
  EXPECT_EQ(json["summary"]["total_databases"], 2);
  EXPECT_EQ(json["summary"]["failed"], 1);
  EXPECT_EQ(json["summary"]["duration"], "2m 30s");
  EXPECT_EQ(json["files"][1]["error"], "connection timeout");
  EXPECT_EQ(json["files"][0]["file_size_bytes"], 1535400000);
}

}  // namespace
}  // namespace sfdb::tools
