// The floor that no dump tool passes: N connections that read all rows of a database and throw them
// away. Integer-keyed tables are cut into ranges, so that all connections have work to the end.
//
//   raw_drain SOCKET USER DATABASE CONNECTIONS      prints "rows R, wall W, client cpu C"
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dumper/session/session.h"
#include "engine/base/status_macros.h"
#include "engine/base/thread_cpu.h"

namespace sfdb::dumper {
namespace {

constexpr int kRangesPerTable = 16;

std::string Quoted(const std::string& name) { return "`" + name + "`"; }

// One SELECT per piece of work.
absl::StatusOr<std::vector<std::string>> Plan(Session& session, const std::string& database) {
  ASSIGN_OR_RETURN(
      const Result tables,
      session.Query(absl::StrFormat(
          "SELECT t.table_name, (SELECT column_name FROM information_schema.columns c WHERE "
          "c.table_schema = t.table_schema AND c.table_name = t.table_name AND ordinal_position = "
          "1 "
          "AND column_key = 'PRI' AND data_type IN ('int', 'bigint')) FROM "
          "information_schema.tables "
          "t WHERE t.table_schema = '%s' AND t.table_type = 'BASE TABLE' ORDER BY t.data_length "
          "DESC",
          Session::EscapeLiteral(database))));
  std::vector<std::string> selects;
  for (size_t i = 0; i < tables.rows(); ++i) {
    const std::string all = "SELECT * FROM " + Quoted(tables.text(i, 0));
    if (tables.is_null(i, 1)) {
      selects.push_back(all);
      continue;
    }
    const std::string key = Quoted(tables.text(i, 1));
    ASSIGN_OR_RETURN(const Result ends,
                     session.Query(absl::StrFormat("SELECT MIN(%s), MAX(%s) FROM %s", key, key,
                                                   Quoted(tables.text(i, 0)))));
    int64_t low = 0, high = 0;
    if (!absl::SimpleAtoi(ends.text(0, 0), &low) || !absl::SimpleAtoi(ends.text(0, 1), &high) ||
        high - low < 100 * kRangesPerTable) {
      selects.push_back(all);
      continue;
    }
    const int64_t step = (high - low) / kRangesPerTable + 1;
    for (int64_t at = low; at <= high; at += step) {
      selects.push_back(
          absl::StrFormat("%s WHERE %s >= %d AND %s < %d", all, key, at, key, at + step));
    }
  }
  return selects;
}

absl::Status Drain(Session& session, const std::vector<std::string>& selects,
                   std::atomic<size_t>& next, std::atomic<uint64_t>& rows) {
  for (;;) {
    const size_t mine = next.fetch_add(1);
    if (mine >= selects.size()) return absl::OkStatus();
    RETURN_IF_ERROR(session.BeginStream(selects[mine]));
    const char* const* values = nullptr;
    const unsigned long* lengths = nullptr;
    uint64_t count = 0;
    for (;;) {
      ASSIGN_OR_RETURN(const bool more, session.NextRow(&values, &lengths));
      if (!more) break;
      ++count;
    }
    session.EndStream();
    rows += count;
  }
}

absl::Status Run(const ConnectionOptions& options, const std::string& database, int connections) {
  std::vector<std::unique_ptr<Session>> sessions;
  for (int i = 0; i < connections; ++i) {
    ASSIGN_OR_RETURN(std::unique_ptr<Session> session, Session::Connect(options));
    RETURN_IF_ERROR(session->UseDatabase(database));
    sessions.push_back(std::move(session));
  }
  ASSIGN_OR_RETURN(const std::vector<std::string> selects, Plan(*sessions[0], database));
  std::atomic<size_t> next{0};
  std::atomic<uint64_t> rows{0};
  std::mutex mutex;
  absl::Status status;
  const auto begin = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> threads;
    for (auto& session : sessions) {
      threads.emplace_back([&, session = session.get()] {
        const absl::Status one = Drain(*session, selects, next, rows);
        std::lock_guard<std::mutex> lock(mutex);
        if (status.ok()) status = one;
      });
    }
  }
  RETURN_IF_ERROR(status);
  std::printf("rows %llu, wall %.3f, client cpu %.3f\n",
              static_cast<unsigned long long>(rows.load()),
              std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count(),
              static_cast<double>(base::ProcessCpuNanos()) / 1e9);
  return absl::OkStatus();
}

}  // namespace
}  // namespace sfdb::dumper

int main(int argc, char** argv) {
  if (argc != 5) {
    std::fprintf(stderr, "usage: raw_drain SOCKET USER DATABASE CONNECTIONS\n");
    return 2;
  }
  sfdb::dumper::ConnectionOptions options;
  options.socket = argv[1];
  options.user = argv[2];
  const absl::Status status = sfdb::dumper::Run(options, argv[3], std::atoi(argv[4]));
  if (!status.ok()) {
    std::fprintf(stderr, "raw_drain: %s\n", std::string(status.message()).c_str());
    return 1;
  }
  return 0;
}
