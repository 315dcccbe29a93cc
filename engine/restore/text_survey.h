// What is in a dump without an index: the whole text is read through, nothing is executed.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "engine/read/backup_file.h"

namespace sfdb::engine {

struct TextSurvey {
  std::vector<std::string> databases;  // of USE and CREATE DATABASE, in order
  uint64_t tables = 0;
  uint64_t statements = 0;
  uint64_t bytes = 0;
};

// DataLoss, exit 13: the file is damaged, or its text cut short: inside of a statement, or, if it
// begins as mariadb-dump's and mysqldump's does ("-- MariaDB dump"), without "-- Dump completed".
absl::StatusOr<TextSurvey> SurveyText(BackupFile& file, std::stop_token stop);

}  // namespace sfdb::engine
