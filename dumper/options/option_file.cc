#include "dumper/options/option_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_format.h"
#include "dumper/options/option_line.h"

namespace sfdb::dumper {
namespace {

// Files that include one another stop here instead of looping for ever.
constexpr int kMaxIncludeDepth = 10;
// The clients read lines through a small buffer: a longer line is several lines to them.
constexpr size_t kMaxLineBytes = 4094;

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
    return lower(x) == lower(y);
  });
}

class Reader {
 public:
  Reader(std::string_view program_name, std::vector<std::string> groups, std::string home,
         bool follow_includes)
      : program_name_(program_name),
        groups_(std::move(groups)),
        home_(std::move(home)),
        follow_includes_(follow_includes) {}

  // What became of one file. A file that anybody may write is skipped with a warning: it could
  // hold anybody's options.
  enum class FileState { kRead, kSkipped, kMissing, kBroken };
  FileState ReadFile(const std::string& path, int depth) {
    struct stat info;
    const std::string expanded = ExpandHome(path);
    if (::stat(expanded.c_str(), &info) != 0) return FileState::kMissing;
    if ((info.st_mode & S_IWOTH) != 0 && S_ISREG(info.st_mode)) {
      result_.messages +=
          absl::StrFormat("Warning: World-writable config file '%s' is ignored\n", path);
      return FileState::kSkipped;
    }
    const std::optional<std::string> text = Contents(expanded);
    if (!text) return FileState::kMissing;
    return ReadText(*text, path, depth) ? FileState::kRead : FileState::kBroken;
  }

  // False: an error ended the file early; it has been reported. In a file that another one
  // includes it ends only that file.
  bool ReadText(std::string_view text, const std::string& path, int depth) {
    bool group_seen = false;
    bool wanted = false;
    int number = 0;
    while (!text.empty()) {
      size_t length = std::min(text.find('\n'), text.size() - 1) + 1;
      length = std::min(length, kMaxLineBytes);
      const std::string_view raw = text.substr(0, length);
      text.remove_prefix(length);
      ++number;
      // To the clients a line ends at a zero byte.
      std::string_view line = TrimLeft(raw.substr(0, raw.find('\0')));
      if (line.empty() || line[0] == '#' || line[0] == ';') continue;
      if (line[0] == '!') {
        if (!ReadDirective(line, path, number, depth)) return false;
      } else if (line[0] == '[') {
        const size_t end = line.find(']');
        if (end == std::string_view::npos) {
          result_.messages += absl::StrFormat(
              "error: Wrong group definition in config file: %s at line %d\n", path, number);
          return false;
        }
        group_seen = true;
        wanted = IsWanted(TrimRight(line.substr(1, end - 1)));
      } else if (!group_seen) {
        result_.messages += absl::StrFormat(
            "error: Found option without preceding group in config file: %s at line: %d\n", path,
            number);
        return false;
      } else if (wanted) {
        result_.args.push_back(OptionLineToArgument(line));
      }
    }
    return true;
  }

  void AddMessage(const std::string& text) { result_.messages += text; }
  void Abort() {
    result_.ok = false;
    result_.messages += "Fatal error in defaults handling. Program aborted\n";
  }
  OptionFileResult Take() { return std::move(result_); }

 private:
  // Nothing: it cannot be opened. What cannot be read (a directory) is empty, as to the clients.
  static std::optional<std::string> Contents(const std::string& path) {
    const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) return std::nullopt;
    std::string text;
    char buffer[4096];
    for (ssize_t got; (got = ::read(fd, buffer, sizeof(buffer))) != 0;) {
      if (got > 0) {
        text.append(buffer, static_cast<size_t>(got));
      } else if (errno != EINTR) {
        break;
      }
    }
    ::close(fd);
    return text;
  }

  std::string ExpandHome(const std::string& path) const {
    return path.starts_with("~/") && !home_.empty() ? home_ + path.substr(1) : path;
  }

  bool IsWanted(std::string_view group) const {
    return std::any_of(groups_.begin(), groups_.end(),
                       [&](const std::string& name) { return EqualsIgnoringCase(name, group); });
  }

  // `line` starts with '!'. What is no directive is skipped without a word. False: an error.
  bool ReadDirective(std::string_view line, const std::string& path, int number, int depth) {
    if (depth >= kMaxIncludeDepth) {
      result_.messages += absl::StrFormat(
          "Warning: skipping '%s' directive as maximum includerecursion level was reached in file "
          "%s at line %d\n",
          std::string(TrimRight(line)), path, number);
      return true;
    }
    const std::string_view rest = TrimLeft(line.substr(1));
    for (const std::string_view word : {"includedir", "include"}) {
      if (!rest.starts_with(word) || rest.size() == word.size() ||
          !IsOptionFileSpace(rest[word.size()])) {
        continue;
      }
      const std::string argument(TrimRight(TrimLeft(rest.substr(word.size()))));
      if (argument.empty()) {
        result_.messages +=
            absl::StrFormat("error: Wrong '!%s' directive in config file: %s at line %d\n",
                            std::string(word), path, number);
        return false;
      }
      if (!follow_includes_) return true;
      if (word == "includedir") return ReadDirectory(argument, depth);
      ReadFile(argument, depth + 1);
      return true;
    }
    return true;
  }

  // All *.cnf of a directory in byte order of their names. False: it cannot be listed.
  bool ReadDirectory(const std::string& directory, int depth) {
    std::error_code error;
    std::vector<std::string> names;
    for (auto it = std::filesystem::directory_iterator(directory, error);
         !error && it != std::filesystem::directory_iterator(); it.increment(error)) {
      std::string name = it->path().filename().string();
      if (std::string_view(name).ends_with(".cnf")) names.push_back(std::move(name));
    }
    if (error) {
      // The bell is the clients' own: it marks errors of their file layer.
      result_.messages +=
          absl::StrFormat("\a%s: Can't read dir of '%s' (Errcode: %d \"%s\")\n", program_name_,
                          directory, error.value(), std::strerror(error.value()));
      return false;
    }
    std::sort(names.begin(), names.end());
    for (const std::string& name : names) {
      ReadFile(directory + (directory.ends_with('/') ? "" : "/") + name, depth + 1);
    }
    return true;
  }

  std::string program_name_;
  std::vector<std::string> groups_;
  std::string home_;
  bool follow_includes_;
  OptionFileResult result_;
};

// --defaults-file and --defaults-extra-file are taken from the working directory.
std::string AbsolutePath(const std::string& path) {
  if (path.starts_with('/') || path.starts_with('~')) return path;
  std::error_code error;
  const std::filesystem::path here = std::filesystem::current_path(error);
  const std::string_view relative =
      path.starts_with("./") ? std::string_view(path).substr(2) : std::string_view(path);
  const std::string base = error ? std::string(".") : here.string();
  return base + (base.ends_with('/') ? "" : "/") + std::string(relative);
}

std::optional<std::string> Get(const OptionEnvironment& environment, const char* name) {
  return environment.get ? environment.get(name) : std::nullopt;
}

}  // namespace

OptionEnvironment ProcessEnvironment() {
  OptionEnvironment environment;
  environment.get = [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
  return environment;
}

DefaultsArguments TakeDefaultsArguments(const std::vector<std::string>& args) {
  DefaultsArguments taken;
  const auto value_of = [&](std::string_view prefix, std::optional<std::string>* to) {
    if (*to || !args[taken.consumed].starts_with(prefix)) return false;
    *to = args[taken.consumed].substr(prefix.size());
    ++taken.consumed;
    return true;
  };
  if (!args.empty() && args[0] == "--no-defaults") {
    taken.no_defaults = true;
    taken.consumed = 1;
  } else {
    while (taken.consumed < args.size() &&
           (value_of("--defaults-file=", &taken.file) ||
            value_of("--defaults-extra-file=", &taken.extra_file) ||
            value_of("--defaults-group-suffix=", &taken.group_suffix))) {
    }
  }
  if (taken.consumed < args.size() && args[taken.consumed] == "--print-defaults") {
    taken.print_defaults = true;
    ++taken.consumed;
  }
  return taken;
}

std::vector<std::string> GroupsWithSuffix(const std::vector<std::string>& groups,
                                          const DefaultsArguments& defaults,
                                          const OptionEnvironment& environment) {
  std::optional<std::string> suffix = defaults.group_suffix;
  if (!suffix) suffix = Get(environment, "MARIADB_GROUP_SUFFIX");
  if (!suffix) suffix = Get(environment, "MYSQL_GROUP_SUFFIX");
  std::vector<std::string> all = groups;
  if (suffix && !suffix->empty()) {
    for (const std::string& group : groups) all.push_back(group + *suffix);
  }
  return all;
}

std::vector<std::string> OptionFilePaths(const DefaultsArguments& defaults,
                                         const OptionEnvironment& environment) {
  if (defaults.no_defaults) return {};
  if (defaults.file) {
    if (defaults.file->empty()) return {};
    return {AbsolutePath(*defaults.file)};
  }
  std::vector<std::string> paths = environment.system_files;
  std::optional<std::string> home = Get(environment, "MARIADB_HOME");
  if (!home) home = Get(environment, "MYSQL_HOME");
  if (home && !home->empty()) {
    std::string path = *home + (home->ends_with('/') ? "" : "/") + "my.cnf";
    if (std::find(paths.begin(), paths.end(), path) == paths.end()) paths.push_back(path);
  }
  if (defaults.extra_file && !defaults.extra_file->empty()) {
    paths.push_back(AbsolutePath(*defaults.extra_file));
  }
  paths.push_back(Get(environment, "HOME").value_or("~") + "/.my.cnf");
  return paths;
}

OptionFileResult ReadOptionFiles(std::string_view program_name,
                                 const std::vector<std::string>& groups,
                                 const DefaultsArguments& defaults,
                                 const OptionEnvironment& environment) {
  Reader reader(program_name, GroupsWithSuffix(groups, defaults, environment),
                Get(environment, "HOME").value_or(""), true);
  const std::string required = defaults.file         ? AbsolutePath(*defaults.file)
                               : defaults.extra_file ? AbsolutePath(*defaults.extra_file)
                                                     : std::string();
  for (const std::string& path : OptionFilePaths(defaults, environment)) {
    const Reader::FileState state = reader.ReadFile(path, 0);
    const bool missing = state == Reader::FileState::kMissing && path == required;
    if (missing) {
      reader.AddMessage(absl::StrFormat("Could not open required defaults file: %s\n", path));
    }
    if (missing || state == Reader::FileState::kBroken) {
      reader.Abort();
      break;
    }
  }
  return reader.Take();
}

OptionFileResult ReadOptionText(std::string_view program_name, std::string_view text,
                                const std::string& name, const std::vector<std::string>& groups,
                                bool follow_includes) {
  Reader reader(program_name, groups, std::string(), follow_includes);
  if (!reader.ReadText(text, name, 0)) reader.Abort();
  return reader.Take();
}

}  // namespace sfdb::dumper
