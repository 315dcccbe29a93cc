#include "engine/config/list_file.h"

#include <sys/stat.h>

#include <fstream>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "engine/base/exit_code.h"

namespace sfdb::engine {

absl::StatusOr<std::vector<std::string>> ReadListFile(const std::string& path) {
  auto wrong = [&](const char* what) {
    return base::WithExitCode(
        absl::InvalidArgumentError(absl::StrFormat("list of databases %s: %s", path, what)),
        base::kExitUsage);
  };
  std::ifstream stream(path, std::ios::binary);
  struct stat facts {};
  if (!stream || stat(path.c_str(), &facts) != 0 || S_ISDIR(facts.st_mode)) {
    return wrong("cannot be read");
  }
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  std::vector<std::string> names;
  std::string line;
  for (bool first = true; std::getline(stream, line); first = false) {
    if (first && line.starts_with(kByteOrderMark)) line.erase(0, kByteOrderMark.size());
    absl::StripAsciiWhitespace(&line);
    if (line.find('\0') != line.npos) return wrong("is no text");
    if (!line.empty()) names.push_back(line);
  }
  if (stream.bad()) return wrong("cannot be read");
  return names;
}

}  // namespace sfdb::engine
