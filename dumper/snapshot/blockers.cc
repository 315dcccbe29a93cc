#include "dumper/snapshot/blockers.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "dumper/session/io_deadline.h"

namespace sfdb::dumper {
namespace {

// More would hide the one that matters.
constexpr int kNamed = 5;
// Longer statements are cut by the server's LEFT().
constexpr int kShownStatement = 200;
constexpr absl::Duration kAnswerBound = absl::Seconds(10);

std::string Columns(std::string_view held) {
  return absl::StrFormat(
      "SELECT p.id, p.user, p.host, p.command, p.time, LEFT(p.info, %d), %s "
      "FROM information_schema.processlist p ",
      kShownStatement, held);
}

std::string Describe(const Result& rows, size_t row) {
  std::string text =
      absl::StrFormat("connection %s of %s@%s", rows.at(row, 0), rows.at(row, 1), rows.at(row, 2));
  if (rows.at(row, 3) == "Sleep") {
    absl::StrAppendFormat(&text, ", idle for %s s (in a transaction, or holding locks)",
                          rows.at(row, 4));
  } else {
    absl::StrAppendFormat(&text, ", for %s s: %s", rows.at(row, 4),
                          rows.is_null(row, 5) ? rows.at(row, 3) : rows.at(row, 5));
  }
  if (!rows.at(row, 6).empty()) absl::StrAppendFormat(&text, " [%s]", rows.at(row, 6));
  return text;
}

}  // namespace

std::string DescribeBlockers(Session& watcher, std::string_view database,
                             std::span<const unsigned long> own) {
  const IoDeadline bound(absl::Now() + kAnswerBound);
  const std::string others =
      absl::StrFormat("p.id NOT IN (%s)", own.empty() ? "0" : absl::StrJoin(own, ","));
  const std::string longest = absl::StrFormat("p.time_ms DESC LIMIT %d", kNamed);
  // Readers do not stand in the way of READ locks.
  const std::string contended =
      database.empty() ? std::string("lock_type = 'Backup lock'")
                       : absl::StrFormat(
                             "lock_type = 'Table metadata lock' AND table_schema = '%s' "
                             "AND lock_mode NOT IN ('MDL_SHARED', 'MDL_SHARED_READ', "
                             "'MDL_SHARED_HIGH_PRIO', 'MDL_SHARED_READ_ONLY')",
                             Session::EscapeLiteral(database));
  auto rows = watcher.Query(absl::StrCat(
      Columns("l.held"), "JOIN (SELECT thread_id, GROUP_CONCAT(DISTINCT lock_mode) AS held ",
      "FROM information_schema.metadata_lock_info WHERE ", contended,
      " GROUP BY thread_id) l ON l.thread_id = p.id WHERE ", others, " ORDER BY ", longest));
  std::string note;
  if (!rows.ok()) {
    // Those that wait are victims, not blockers.
    rows = watcher.Query(absl::StrCat(
        Columns("''"), "WHERE ", others,
        " AND p.command NOT IN ('Daemon', 'Binlog Dump', 'Slave_IO', 'Connect') AND p.state NOT "
        "LIKE 'Waiting for%lock' ORDER BY p.command = 'Sleep', ",
        longest));
    note = " (a guess from the process list: INSTALL SONAME 'metadata_lock_info' makes it exact)";
  }
  if (!rows.ok()) return absl::StrFormat("unknown, %s", std::string(rows.status().message()));
  if (rows->rows() == 0) {
    return "nobody that can be seen (without the PROCESS privilege only our own connections are)";
  }
  std::vector<std::string> named;
  for (size_t row = 0; row < rows->rows(); ++row) named.push_back(Describe(*rows, row));
  return absl::StrCat(absl::StrJoin(named, "; "), note);
}

}  // namespace sfdb::dumper
