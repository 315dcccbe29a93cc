#include "tools/command_line.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <iostream>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "engine/base/exit_code.h"
#include "tools/screen/display_text.h"

namespace sfdb::tools {

int ParseAndRun(CLI::App& app, const std::vector<std::string>& args,
                const std::function<int()>& run) {
  try {
    // CLI11 takes them last first.
    app.parse(std::vector<std::string>(args.rbegin(), args.rend()));
    return run();
  } catch (const CLI::CallForHelp&) {
    std::cout << app.help();
    return base::kExitOk;
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "%s: %s\n%s --help explains the options.\n", app.get_name().c_str(),
                 error.what(), app.get_name().c_str());
    return base::kExitUsage;
  }
}

absl::StatusOr<uint64_t> ParseSize(const std::string& text) {
  uint64_t number = 0;
  const char* const end = text.data() + text.size();
  auto [rest, error] = std::from_chars(text.data(), end, number);
  std::string unit(rest, end);
  absl::AsciiStrToUpper(&unit);
  int shift = -1;
  if (unit.empty() || unit == "B") shift = 0;
  const std::string_view letters = "KMGT";
  if (const size_t at = unit.empty() ? letters.npos : letters.find(unit[0]);
      at != letters.npos && (unit.size() == 1 || unit.substr(1) == "B" || unit.substr(1) == "IB")) {
    shift = 10 * static_cast<int>(at + 1);
  }
  if (error != std::errc() || shift < 0 ||
      number > (std::numeric_limits<uint64_t>::max() >> shift)) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", text, "' is not a size: write 512M, 2G or a number of bytes"));
  }
  return number << shift;
}

int ReportFailure(const std::string& program, const absl::Status& status) {
  std::fprintf(stderr, "%s: %s\n", program.c_str(),
               CleanLines(std::string(status.message())).c_str());
  return base::ExitCodeOf(status);
}

}  // namespace sfdb::tools
