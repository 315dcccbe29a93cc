// The engine as a library, without the command line: the user's document calls this "programmatic
// usage". BackupRequest in, BackupOutcome out, progress through counters, an end through a
// stop_token.
//
//   example_backup SOCKET USER OUTPUT_DIR [DATABASE...]
//
// Backs up the databases (default: all) into one zstd file, prints what it did, and gives up after
// an hour.
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>

#include "codecs/codec.h"
#include "engine/backup/backup_run.h"
#include "engine/base/exit_code.h"

namespace {

// Prints a line a second until it is stopped.
void Watch(std::stop_token stop, const sfdb::engine::ProgressCounters& counters) {
  std::mutex mutex;
  std::condition_variable_any wake;
  std::unique_lock<std::mutex> lock(mutex);
  while (
      !wake.wait_for(lock, stop, std::chrono::seconds(1), [&] { return stop.stop_requested(); })) {
    std::fprintf(stderr, "%llu tables, %llu rows\n",
                 static_cast<unsigned long long>(counters.tables.load()),
                 static_cast<unsigned long long>(counters.rows.load()));
  }
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::fprintf(stderr, "usage: %s SOCKET USER OUTPUT_DIR [DATABASE...]\n", argv[0]);
    return sfdb::base::kExitUsage;
  }
  // The engine reports a reader that went away as an error; the process must not die of it.
  std::signal(SIGPIPE, SIG_IGN);

  sfdb::engine::BackupRequest request;
  request.mode = sfdb::engine::BackupMode::kCombined;
  request.connection.socket = argv[1];
  request.connection.user = argv[2];
  if (const char* const password = std::getenv("MYSQL_PWD")) request.connection.password = password;
  request.output_dir = argv[3];
  request.filter.include.assign(argv + 4, argv + argc);
  request.filter.exclude_empty = true;
  request.threads = 2;
  const auto codec = sfdb::codecs::FindCodec("zstd");
  if (!codec.ok()) return sfdb::base::kExitFailed;
  request.codec = *codec;
  request.level = 3;
  request.tool_version = "example";
  sfdb::engine::ProgressCounters counters;
  request.progress = &counters;

  // Whoever holds the source may end the run; here it is a time limit.
  std::stop_source stop;
  std::jthread limit([&stop](std::stop_token done) {
    std::mutex mutex;
    std::condition_variable_any wake;
    std::unique_lock<std::mutex> lock(mutex);
    wake.wait_for(lock, done, std::chrono::hours(1), [&] { return done.stop_requested(); });
    if (!done.stop_requested()) stop.request_stop();
  });
  std::jthread watch(Watch, std::cref(counters));

  const sfdb::engine::BackupOutcome outcome = sfdb::engine::RunBackup(
      request, stop.get_token(),
      [](std::string_view warning) { std::fprintf(stderr, "%s\n", std::string(warning).c_str()); });
  for (const sfdb::engine::FileOutcome& file : outcome.files) {
    std::printf("%s: %s\n", file.path.c_str(),
                file.published() ? file.metadata.sha256.c_str()
                                 : std::string(file.status.message()).c_str());
  }
  if (!outcome.status.ok()) {
    std::fprintf(stderr, "%s\n", std::string(outcome.status.message()).c_str());
  }
  return sfdb::base::ExitCodeOf(outcome.status);
}
