#include "engine/backup/gtid_info.h"

#include "absl/strings/str_format.h"

namespace sfdb::engine {

std::string GtidInfoText(const SnapshotFacts& snapshot, absl::Time now, absl::TimeZone zone) {
  if (snapshot.binlog_file.empty()) return "";
  return absl::StrFormat(
      "# GTID Information\n"
      "# Generated at: %s\n"
      "\n"
      "MASTER_LOG_FILE = %s\n"
      "MASTER_LOG_POS = %d\n"
      "gtid_binlog = %s\n",
      absl::FormatTime("%Y-%m-%d %H:%M:%S", now, zone), snapshot.binlog_file,
      snapshot.binlog_position, snapshot.gtid.empty() ? "(not available)" : snapshot.gtid);
}

}  // namespace sfdb::engine
