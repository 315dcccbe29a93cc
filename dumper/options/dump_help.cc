#include "dumper/options/dump_help.h"

#include "absl/strings/str_format.h"
#include "dumper/options/option_names.h"

namespace sfdb::dumper {
namespace {

constexpr size_t kColumn = 32;  // where descriptions start
constexpr size_t kWidth = 79;

#if defined(__x86_64__)
constexpr const char* kMachine = "x86_64";
#elif defined(__aarch64__)
constexpr const char* kMachine = "aarch64";
#else
constexpr const char* kMachine = "unknown";
#endif

std::string Dashed(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (c == '_') c = '-';
  }
  return out;
}

// Puts `text` into lines that start at kColumn; `*out` ends with the option's name.
void AppendWrapped(std::string_view text, size_t column, std::string* out) {
  const std::string indent(kColumn, ' ');
  if (column + 1 > kColumn) {
    *out += "\n" + indent;
  } else {
    out->append(kColumn - column, ' ');
  }
  size_t used = kColumn;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    if (used != kColumn && used + 1 + word.size() > kWidth) {
      *out += "\n" + indent;
      used = kColumn;
    }
    if (used != kColumn) {
      *out += ' ';
      ++used;
    }
    *out += word;
    used += word.size();
  }
  *out += '\n';
}

std::string Synopsis(const OptionSpec& spec) {
  std::string text = spec.letter == 0 ? "  " : absl::StrFormat("  -%c, ", spec.letter);
  text += "--" + Dashed(spec.name);
  const std::string_view value = spec.type == ValueType::kText     ? "name"
                                 : spec.type == ValueType::kAction ? ""
                                                                   : "#";
  if (spec.arity == Arity::kRequired) text += "=" + std::string(value);
  if (spec.arity == Arity::kOptional && spec.type != ValueType::kBool) {
    text += "[=" + std::string(value) + "]";
  }
  return text;
}

struct Print {
  DumpCommandLine& line;
  std::string operator()(std::monostate) const { return SystemSetText(line.system_set); }
  std::string operator()(bool& (*at)(DumpCommandLine&)) const {
    return at(line) ? "TRUE" : "FALSE";
  }
  std::string operator()(uint64_t& (*at)(DumpCommandLine&)) const {
    return std::to_string(at(line));
  }
  std::string operator()(unsigned& (*at)(DumpCommandLine&)) const {
    return std::to_string(at(line));
  }
  std::string operator()(double& (*at)(DumpCommandLine&)) const {
    return absl::StrFormat("%g", at(line));
  }
  std::string operator()(std::optional<std::string>& (*at)(DumpCommandLine&)) const {
    return at(line).value_or("(No default value)");
  }
  std::string operator()(std::string& (*at)(DumpCommandLine&)) const { return at(line); }
};

std::string ValueText(DumpCommandLine& line, const DumpOption& option) {
  if (option.spec.name == "consistency")
    return std::string(ConsistencyName(line.options.consistency));
  if (option.spec.name == "progress") return line.options.progress;
  if (!option.fixed_value.empty()) return std::string(option.fixed_value);
  return std::visit(Print{line}, option.target);
}

bool DefaultsToOn(const DumpOption& option) {
  const auto* at = std::get_if<bool& (*)(DumpCommandLine&)>(&option.target);
  DumpCommandLine fresh;
  return at != nullptr && (*at)(fresh);
}

}  // namespace

std::string DumpVersionLine(std::string_view program_name) {
  return absl::StrFormat("%s  Ver %s Distrib %s, for Linux (%s), by sfdbtools %s\n",
                         std::string(program_name), std::string(kDumpToolVersion),
                         std::string(kDumpDistribution), kMachine, SFDB_VERSION);
}

std::string DumpUsage(std::string_view program_name) {
  const std::string name(program_name);
  return absl::StrFormat(
      "Usage: %s [OPTIONS] database [tables]\n"
      "OR     %s [OPTIONS] --databases DB1 [DB2 DB3...]\n"
      "OR     %s [OPTIONS] --all-databases\n"
      "OR     %s [OPTIONS] --system=[SYSTEMOPTIONS]]\n",
      name, name, name, name);
}

std::string DumpHelp(const DumpCommandLine& line, const std::vector<std::string>& option_files,
                     const std::vector<std::string>& groups) {
  std::string out = DumpVersionLine(line.program_name);
  out += "\nWrites structure and contents of MariaDB databases as SQL, as mariadb-dump does.\n";
  out += DumpUsage(line.program_name);
  out += "\nDefault options are read from the following files in the given order:\n";
  for (const std::string& file : option_files) out += file + " ";
  out += "\nThe following groups are read:";
  for (const std::string& group : groups) out += " " + group;
  out +=
      "\nThe following options may be given as the first argument:\n"
      "--print-defaults          Print the program argument list and exit.\n"
      "--no-defaults             Don't read default options from any option file.\n"
      "The following specify which files/extra groups are read (specified before remaining "
      "options):\n"
      "--defaults-file=#         Only read default options from the given file #.\n"
      "--defaults-extra-file=#   Read this file after the global files are read.\n"
      "--defaults-group-suffix=# Additionally read default groups with # appended as a suffix.\n";

  DumpCommandLine values = line;
  for (const bool ours : {false, true}) {
    out += ours ? "\nOptions of sfdbtools, which mariadb-dump does not have:\n" : "\n";
    for (const DumpOption& option : DumpOptionTable()) {
      if ((option.section == OptionSection::kOurs) != ours) continue;
      const std::string synopsis = Synopsis(option.spec);
      out += synopsis;
      std::string help(option.help);
      if (option.fixed_value == "(No default value)" || option.fixed_value == "FALSE" ||
          option.spec.name == "xml") {
        help = "Not supported: " + help + ".";
      }
      if (DefaultsToOn(option)) {
        help += " (Defaults to on; use --skip-" + Dashed(option.spec.name) + " to disable.)";
      }
      AppendWrapped(help, synopsis.size(), &out);
    }
  }

  out +=
      "\nVariables (--variable-name=value)\n"
      "and boolean options {FALSE|TRUE}  Value (after reading options)\n"
      "--------------------------------- ----------------------------------------\n";
  for (const DumpOption& option : DumpOptionTable()) {
    const std::string value = ValueText(values, option);
    if (value == "-" && option.fixed_value == "-" && option.spec.name != "consistency" &&
        option.spec.name != "progress") {
      continue;
    }
    out += absl::StrFormat("%-33s %s\n", Dashed(option.spec.name), value);
  }
  return out;
}

}  // namespace sfdb::dumper
