// Walks a command line the way every MariaDB client does, over any table of options: long names
// with `-` or `_`, unique abbreviations, bundled letters, the prefixes skip-, disable-, enable-,
// loose- and maximum-, K/M/G/T/P/E suffixes, clamping with a warning.
//
// It knows no option by name. Each use of an option is handed to the caller, who stores it. The
// walk goes on after an error, as in the real clients: every error is reported, the last one gives
// the exit code.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace sfdb::dumper {

// Exit codes of the option parser, as scripts know them from mariadb-dump 10.11.
enum OptionExit : int {
  kOptionFailed = 1,       // an option's own check failed: nothing after it is looked at
  kUnknownOption = 2,      // also: an option that sfdbtools refuses
  kAmbiguousOption = 3,    // an abbreviation of several names
  kNoArgumentAllowed = 4,  // --opt=1
  kArgumentRequired = 5,   // --host without a value
  kAmbiguousPrefix = 6,    // --skip-a=1
  kUnknownVariable = 7,    // --zzz=1
  kUnknownSuffix = 9,      // --port=5x
  kOptionDisabled = 12,    // --debug
  kArgumentInvalid = 13,   // --system=foo, --port=-1
};

enum class Arity { kNone, kOptional, kRequired };

enum class ValueType {
  kAction,   // no value at all: --opt, --help
  kBool,     // with Arity::kNone: --x, --x=0|1|on|off|true|false; with kOptional: the stricter form
  kText,     // any bytes
  kNumber,   // unsigned, with suffix, clamped to [min, max], rounded down to a multiple of block
  kDecimal,  // a number with fraction, clamped to >= 0
  kDisabled,  // known, but reports that it is disabled (--debug)
};

struct OptionSpec {
  std::string_view name = {};  // as messages print it
  char letter = 0;
  Arity arity = Arity::kNone;
  ValueType type = ValueType::kAction;
  uint64_t min = 0;
  uint64_t max = UINT64_MAX;
  uint64_t block = 1;
  bool exact_name_only = false;  // takes no part in abbreviation, makes nothing ambiguous
};

// One use of an option. Exactly the member of its ValueType is meaningful.
struct OptionUse {
  size_t index = 0;  // into the table
  // The argument. With skip- or disable- it is "0" and `disabled` is set, with enable- it is "1"
  // and `enabled` is set. Empty: no argument was given (only with Arity::kOptional).
  std::optional<std::string> text;
  bool disabled = false;
  bool enabled = false;
  bool from_file = false;  // an option file, not the command line
  bool loose = false;      // with loose-: a bad value is reported but is no error
  // The text was no number (already reported): what is stored is 0, and nothing else happens.
  bool invalid = false;
  bool flag = false;
  uint64_t number = 0;
  double decimal = 0;
};

// What the caller thought of a use. kReject counts as an error and goes on; kStop ends the walk at
// once (help, version, or a fatal error) with the given exit code.
struct OptionVerdict {
  enum Action { kAccept, kReject, kStop } action = kAccept;
  int exit_code = 0;
};
using OptionHandler = std::function<OptionVerdict(const OptionUse& use)>;

struct ScanResult {
  bool stopped = false;  // the handler ended the walk
  int exit_code = 0;     // of the last error, or of the handler's kStop; 0: no error
  std::vector<std::string> positional;
};

// Walks `file_args` (from option files: an argument must be attached with `=`), then
// `command_line`. Messages are appended to `*messages`, whole lines, prefixed where the real
// clients prefix them.
ScanResult ScanOptions(std::string_view program_name, std::span<const OptionSpec> table,
                       const std::vector<std::string>& file_args,
                       const std::vector<std::string>& command_line, const OptionHandler& handler,
                       std::string* messages);

}  // namespace sfdb::dumper
