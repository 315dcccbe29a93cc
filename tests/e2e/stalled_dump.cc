#include "tests/e2e/stalled_dump.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_split.h"
#include "absl/time/clock.h"

namespace sfdb::e2e {
namespace {

constexpr int kSilenceMs = 30'000;

}  // namespace

StalledDump::StalledDump(const DumpPair& pair, const test_support::MariadbServer* server,
                         const std::vector<std::string>& args)
    : server_(server) {
  if (pipe2(pipe_, O_CLOEXEC) != 0) {
    ADD_FAILURE() << "no pipe";
    return;
  }
  auto options = pair.Options(Side::kActual, WithServer(*server, args));
  options.stdout_fd = pipe_[1];
  auto child = test_support::Subprocess::Start(options);
  close(pipe_[1]);
  if (!child.ok()) {
    ADD_FAILURE() << child.status();
    return;
  }
  child_.emplace(*std::move(child));
}

StalledDump::~StalledDump() {
  if (pipe_[0] >= 0) close(pipe_[0]);
}

void StalledDump::Read(size_t bytes) {
  char buffer[1 << 16];
  while (bytes > 0 && child_) {
    pollfd waited{.fd = pipe_[0], .events = POLLIN, .revents = 0};
    if (poll(&waited, 1, kSilenceMs) == 0) {
      ADD_FAILURE() << "the dump hangs after " << text_.size() << " bytes";
      child_->Signal(SIGKILL);
      return;
    }
    const ssize_t got = read(pipe_[0], buffer, std::min(bytes, sizeof buffer));
    if (got <= 0) return;
    text_.append(buffer, static_cast<size_t>(got));
    bytes -= static_cast<size_t>(got);
  }
}

DumpRun StalledDump::Finish() {
  Read(SIZE_MAX);
  close(std::exchange(pipe_[0], -1));
  if (!child_) return {};
  auto run = child_->Wait();
  EXPECT_TRUE(run.ok()) << run.status();
  return run.ok() ? *std::move(run) : DumpRun{};
}

std::vector<StalledDump::Reader> StalledDump::Readers(const std::string& what) const {
  const auto rows = server_->Query(
      "SELECT id, REPLACE(info, '\\n', ' ') FROM information_schema.processlist WHERE info LIKE "
      "'SELECT /*!40001%' ORDER BY id");
  EXPECT_TRUE(rows.ok()) << rows.status();
  std::vector<Reader> readers;
  const std::vector<std::string> lines = absl::StrSplit(rows.value_or(""), '\n', absl::SkipEmpty());
  for (const std::string& row : lines) {
    const std::vector<std::string> columns = absl::StrSplit(row, absl::MaxSplits('\t', 1));
    if (columns[1].find(what) == std::string::npos) continue;
    readers.push_back({columns[0], columns[1]});
  }
  return readers;
}

std::vector<StalledDump::Reader> StalledDump::StandingReaders() const {
  std::string before;
  std::vector<Reader> readers;
  int same = 0;
  for (int tries = 0; same < 4 && tries < 200; ++tries) {
    absl::SleepFor(absl::Milliseconds(80));
    readers = Readers();
    std::string now;
    for (const Reader& reader : readers) now += reader.id + reader.sql;
    same = !now.empty() && now == before ? same + 1 : 0;
    before = std::move(now);
  }
  return readers;
}

}  // namespace sfdb::e2e
