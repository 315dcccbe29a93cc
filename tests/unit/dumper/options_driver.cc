// Parses its arguments as `sfdbtools dump` does and behaves as far as mariadb-dump would without a
// server: options_differential.py runs both over the same command lines. Options that lead to a
// dump end with exit code 0 and one line, so that they can be told from help.
#include <cstdio>
#include <string>
#include <vector>

#include "dumper/options/dump_option_parser.h"

int main(int argc, char** argv) {
  using sfdb::dumper::ParseOutcome;
  sfdb::dumper::PosixDumpFiles files;
  const ParseOutcome outcome = sfdb::dumper::ParseDumpCommandLine(
      "mariadb-dump", std::vector<std::string>(argv + 1, argv + argc),
      sfdb::dumper::ProcessEnvironment(), &files);
  std::fputs(outcome.err.c_str(), stderr);
  std::fputs(outcome.out.c_str(), stdout);
  if (outcome.kind == ParseOutcome::Kind::kRun) std::puts("would connect");
  return outcome.exit_code;
}
