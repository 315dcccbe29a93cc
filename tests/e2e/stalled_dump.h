// A dump whose output goes into a pipe that the test empties when it likes: so readers can be made
// to stand in the middle of tables, waiting for memory.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/e2e/dump_pair.h"
#include "tests/support/mariadb_server.h"
#include "tests/support/run_process.h"

namespace sfdb::e2e {

// Used by one thread. A dump that gives nothing for half a minute is killed and fails the test.
class StalledDump {
 public:
  // Starts the program under test.
  StalledDump(const DumpPair& pair, const test_support::MariadbServer* server,
              const std::vector<std::string>& args);
  ~StalledDump();
  StalledDump(const StalledDump&) = delete;
  StalledDump& operator=(const StalledDump&) = delete;

  // Reads `bytes` of the dump, or all that is left.
  void Read(size_t bytes);
  // Reads what is left and waits for the end.
  DumpRun Finish();
  const std::string& text() const { return text_; }
  pid_t pid() const { return child_ ? child_->pid() : -1; }

  // Connections that read rows now, with what they read: the oldest connection first. Only of
  // statements that contain `what`.
  struct Reader {
    std::string id;
    std::string sql;
  };
  std::vector<Reader> Readers(const std::string& what = "") const;
  // Waits until the readers are the same for a third of a second: nobody moves any more.
  std::vector<Reader> StandingReaders() const;

 private:
  const test_support::MariadbServer* server_;
  std::optional<test_support::Subprocess> child_;
  std::string text_;
  int pipe_[2] = {-1, -1};
};

}  // namespace sfdb::e2e
