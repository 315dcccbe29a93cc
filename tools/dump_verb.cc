#include <unistd.h>

#include <atomic>
#include <csignal>

#include "dumper/options/dump_option_parser.h"
#include "engine/dump/dump_run.h"
#include "tools/ask_secret.h"
#include "tools/verbs.h"

namespace sfdb::tools {
namespace {

void WriteAll(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = write(fd, text.data(), text.size());
    if (wrote <= 0) return;
    text.remove_prefix(static_cast<size_t>(wrote));
  }
}

// Answered by the progress printer.
std::atomic<bool> progress_wanted{false};

}  // namespace

int DumpVerb(std::string_view invoked_name, const std::vector<std::string>& args) {
  dumper::PosixDumpFiles files;
  dumper::ParseOutcome parsed =
      dumper::ParseDumpCommandLine(invoked_name, args, dumper::ProcessEnvironment(), &files);
  WriteAll(STDERR_FILENO, parsed.err);
  WriteAll(STDOUT_FILENO, parsed.out);
  if (parsed.kind != dumper::ParseOutcome::Kind::kRun) return parsed.exit_code;

  engine::DumpRequest request;
  request.options = std::move(parsed.options);
  request.program_name = std::string(invoked_name.substr(invoked_name.rfind('/') + 1));
  if (request.options.connection.ask_password) {
    // Without a terminal: an empty password, as mariadb-dump takes it.
    request.options.connection.password = AskSecret("Enter password: ").value_or("");
  }
  const int result_file = files.TakeResultFile();
  const int log_error = files.TakeLogError();
  request.output_fd = result_file >= 0 ? result_file : STDOUT_FILENO;
  const int message_fd = log_error >= 0 ? log_error : STDERR_FILENO;
  request.terminal = isatty(message_fd) != 0;
  request.progress_wanted = &progress_wanted;
  std::signal(SIGUSR1, [](int) { progress_wanted = true; });
  const int exit_code =
      engine::RunDump(request, [&](std::string_view line) { WriteAll(message_fd, line); });
  if (log_error >= 0) close(log_error);
  // A full quota may show only now.
  if (result_file >= 0 && close(result_file) != 0 && exit_code == 0) {
    WriteAll(STDERR_FILENO, request.program_name + ": closing the result file failed\n");
    return 5;
  }
  return exit_code;
}

}  // namespace sfdb::tools
