#include "dumper/options/option_scanner.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_format.h"
#include "dumper/options/option_number.h"

namespace sfdb::dumper {
namespace {

char Fold(char c) {
  if (c == '_') return '-';
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Fold(x) == Fold(y); });
}

bool StartsWithName(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() && SameName(text.substr(0, prefix.size()), prefix);
}

struct Argument {
  std::string text;
  bool from_file = false;
};

enum class Prefix { kSkip, kDisable, kEnable, kMaximum, kLoose };
struct NamedPrefix {
  std::string_view name;
  Prefix prefix;
};
constexpr std::array kPrefixes = {
    NamedPrefix{"skip", Prefix::kSkip},     NamedPrefix{"disable", Prefix::kDisable},
    NamedPrefix{"enable", Prefix::kEnable}, NamedPrefix{"maximum", Prefix::kMaximum},
    NamedPrefix{"loose", Prefix::kLoose},
};

// The value of `--x=...` for an option that otherwise takes none.
std::optional<bool> ParseSwitch(std::string_view text) {
  if (text.starts_with('1') || SameName(text, "true") || SameName(text, "on")) return true;
  if (text.starts_with('0') || SameName(text, "false") || SameName(text, "off")) return false;
  return std::nullopt;
}

class Scanner {
 public:
  Scanner(std::string_view program_name, std::span<const OptionSpec> table,
          const OptionHandler& handler, std::string* messages)
      : program_(program_name), table_(table), handler_(handler), messages_(messages) {}

  ScanResult Run(std::vector<Argument> args) {
    args_ = std::move(args);
    bool options_ended = false;
    for (next_ = 0; next_ < args_.size() && !result_.stopped;) {
      const Argument arg = args_[next_++];
      if (options_ended || arg.text.size() < 2 || arg.text[0] != '-') {
        result_.positional.push_back(arg.text);
      } else if (arg.text == "--") {
        options_ended = true;
      } else if (arg.text[1] == '-') {
        LongOption(arg);
      } else {
        Letters(arg);
      }
    }
    return std::move(result_);
  }

 private:
  void Say(const std::string& text) { *messages_ += text + "\n"; }
  void SayPrefixed(const std::string& text) { Say(program_ + ": " + text); }
  void Error(int exit_code, const std::string& text) {
    SayPrefixed(text);
    result_.exit_code = exit_code;
  }

  // How many options a name may mean: an exact name means one, else every option it abbreviates.
  struct Match {
    size_t count = 0;
    size_t first = 0, last = 0;
    bool exact = false;
  };
  Match Find(std::string_view name) const {
    Match match;
    for (size_t i = 0; i < table_.size(); ++i) {
      if (SameName(table_[i].name, name)) return {1, i, i, true};
      if (table_[i].exact_name_only || !StartsWithName(table_[i].name, name)) continue;
      if (match.count++ == 0) match.first = i;
      match.last = i;
    }
    return match;
  }

  void LongOption(const Argument& arg) {
    const std::string_view whole = std::string_view(arg.text).substr(2);
    const size_t equals = whole.find('=');
    std::string_view name = whole.substr(0, equals);
    std::optional<std::string> value;
    if (equals != std::string_view::npos) value = std::string(whole.substr(equals + 1));

    OptionUse use;
    use.from_file = arg.from_file;
    Match match = Find(name);
    std::string_view rest = whole;  // what is left of the argument after the prefixes
    if (match.count == 0) match = FindBehindPrefixes(&name, &rest, &value, &use);

    if (match.count == 0) {
      const bool variable = equals != std::string_view::npos;
      const std::string text = variable ? "unknown variable '" + std::string(whole) + "'"
                                        : "unknown option '--" + std::string(whole) + "'";
      if (use.loose) {
        Say("Warning: " + program_ + ": " + text);
      } else {
        Error(variable ? kUnknownVariable : kUnknownOption, text);
      }
      return;
    }
    if (match.count > 1) {
      if (rest.size() != whole.size() && equals != std::string_view::npos) {
        Error(kAmbiguousPrefix, "variable prefix '" + std::string(rest) + "' is not unique");
      } else {
        Error(kAmbiguousOption,
              absl::StrFormat("ambiguous option '--%s' (%s, %s)", std::string(rest),
                              std::string(table_[match.first].name),
                              std::string(table_[match.last].name)));
      }
      return;
    }
    const OptionSpec& spec = table_[match.first];
    if (!match.exact) {
      Say(
          absl::StrFormat("Info: Using unique option prefix '%s' is error-prone and can break in "
                          "the future. Please "
                          "use the full name '%s' instead.",
                          std::string(name), std::string(spec.name)));
    }
    use.index = match.first;
    use.text = std::move(value);
    UseLong(spec, std::move(use), arg, rest);
  }

  // Takes skip-, loose- and the like off the front of the name until an option is found. The
  // innermost skip, disable or enable decides; `=0` behind it turns it round.
  Match FindBehindPrefixes(std::string_view* name, std::string_view* rest,
                           std::optional<std::string>* value, OptionUse* use) {
    for (;;) {
      const auto prefix =
          std::find_if(kPrefixes.begin(), kPrefixes.end(), [&](const NamedPrefix& candidate) {
            const size_t length = candidate.name.size();
            return name->size() > length && Fold((*name)[length]) == '-' &&
                   StartsWithName(*name, candidate.name);
          });
      if (prefix == kPrefixes.end()) return {};
      name->remove_prefix(prefix->name.size() + 1);
      rest->remove_prefix(prefix->name.size() + 1);
      if (prefix->prefix == Prefix::kLoose) use->loose = true;
      const Match match = Find(*name);
      if (match.count == 0) continue;
      if (match.count > 1) {
        Error(kAmbiguousOption,
              absl::StrFormat("ambiguous option '--%s-%s' (--%s-%s)", std::string(prefix->name),
                              std::string(*rest), std::string(prefix->name),
                              std::string(table_[match.first].name)));
        return match;
      }
      const bool zero = *value && **value == "0";
      switch (prefix->prefix) {
        case Prefix::kSkip:
        case Prefix::kDisable:
          (zero ? use->enabled : use->disabled) = true;
          break;
        case Prefix::kEnable:
          (zero ? use->disabled : use->enabled) = true;
          break;
        case Prefix::kMaximum:
        case Prefix::kLoose:
          break;
      }
      if (use->disabled) *value = "0";
      if (use->enabled) *value = "1";
      return match;
    }
  }

  void UseLong(const OptionSpec& spec, OptionUse use, const Argument& arg, std::string_view rest) {
    if (spec.type == ValueType::kDisabled) {
      const std::string text = absl::StrFormat("%s: Option '%s' used, but is disabled",
                                               use.loose ? "WARNING" : "ERROR", std::string(rest));
      if (use.loose) {
        SayPrefixed(text);
      } else {
        Error(kOptionDisabled, text);
      }
      return;
    }
    if (spec.arity == Arity::kNone) {
      if (spec.type != ValueType::kBool) {
        if (use.text) {
          Error(kNoArgumentAllowed,
                absl::StrFormat("option '--%s' cannot take an argument", std::string(spec.name)));
        } else {
          Deliver(std::move(use));
        }
        return;
      }
      use.flag = true;
      if (use.text) {
        const std::optional<bool> flag = ParseSwitch(*use.text);
        if (!flag) {
          Say(absl::StrFormat("Warning: %s: ignoring option '--%s' due to invalid value '%s'",
                              program_, std::string(spec.name), *use.text));
          return;
        }
        use.flag = *flag;
      }
      Deliver(std::move(use));
      return;
    }
    if (!use.text && spec.arity == Arity::kRequired) {
      if (arg.from_file || next_ == args_.size()) {
        Error(kArgumentRequired,
              absl::StrFormat("option '--%s' requires an argument", std::string(spec.name)));
        return;
      }
      use.text = args_[next_++].text;
    }
    SetAndDeliver(spec, std::move(use));
  }

  void Letters(const Argument& arg) {
    for (size_t i = 1; i < arg.text.size() && !result_.stopped; ++i) {
      const char letter = arg.text[i];
      const auto spec = std::find_if(table_.begin(), table_.end(),
                                     [&](const OptionSpec& s) { return s.letter == letter; });
      if (spec == table_.end() || letter == 0) {
        Error(kUnknownOption, absl::StrFormat("unknown option '-%c'", letter));
        continue;
      }
      if (spec->type == ValueType::kDisabled) {
        Error(kOptionDisabled,
              absl::StrFormat("ERROR: Option '-%c' used, but is disabled", letter));
        continue;
      }
      OptionUse use;
      use.from_file = arg.from_file;
      use.index = static_cast<size_t>(spec - table_.begin());
      if (spec->arity == Arity::kNone) {
        use.flag = true;
        Deliver(std::move(use));
        continue;
      }
      if (i + 1 < arg.text.size()) {
        use.text = arg.text.substr(i + 1);
      } else if (spec->arity == Arity::kRequired) {
        if (next_ == args_.size()) {
          Error(kArgumentRequired, absl::StrFormat("option '-%c' requires an argument", letter));
          return;
        }
        use.text = args_[next_++].text;
      }
      SetAndDeliver(*spec, std::move(use));
      return;
    }
  }

  void BadValue(int exit_code, const std::string& name, OptionUse* use) {
    const std::string text =
        absl::StrFormat("Error while setting value '%s' to '%s'", *use->text, name);
    use->invalid = true;
    if (use->loose) {
      SayPrefixed(text);
    } else {
      Error(exit_code, text);
    }
  }

  // Converts the text for the option's type, complains about it, hands it over.
  void SetAndDeliver(const OptionSpec& spec, OptionUse use) {
    const std::string name(spec.name);
    switch (spec.type) {
      case ValueType::kBool:
        use.flag = !use.text || *use.text == "1" || SameName(*use.text, "true") ||
                   SameName(*use.text, "on");
        if (!use.flag && *use.text != "0" && !SameName(*use.text, "false") &&
            !SameName(*use.text, "off")) {
          Say(absl::StrFormat(
              "Warning: option '%s': boolean value '%s' wasn't recognized. Set to OFF.", name,
              *use.text));
        }
        break;
      case ValueType::kNumber: {
        if (!use.text) break;
        std::string error;
        bool bad_suffix = false;
        const std::optional<uint64_t> number =
            ParseOptionNumber(spec.name, *use.text, &error, &bad_suffix);
        if (!number) {
          Say(error);
          BadValue(bad_suffix ? kUnknownSuffix : kArgumentInvalid, name, &use);
          break;
        }
        use.number = std::min(*number, spec.max) / spec.block * spec.block;
        use.number = std::max(use.number, spec.min);
        if (*number > spec.max || *number < spec.min) {
          Say(absl::StrFormat("Warning: option '%s': unsigned value %u adjusted to %u", name,
                              *number, use.number));
        }
        break;
      }
      case ValueType::kDecimal: {
        const std::optional<double> number = ParseOptionDecimal(use.text.value_or(""));
        if (!number) {
          Say("Invalid decimal value for option '" + name + "'\n");
          BadValue(kArgumentInvalid, name, &use);
          break;
        }
        use.decimal = *number;
        if (*number < 0) {
          use.decimal = 0;
          Say(absl::StrFormat("Warning: option '%s': value %g adjusted to 0", name, *number));
        }
        break;
      }
      case ValueType::kAction:
      case ValueType::kText:
      case ValueType::kDisabled:
        break;
    }
    Deliver(std::move(use));
  }

  void Deliver(OptionUse use) {
    const OptionVerdict verdict = handler_(use);
    if (verdict.action == OptionVerdict::kAccept) return;
    result_.exit_code = verdict.exit_code;
    result_.stopped = verdict.action == OptionVerdict::kStop;
  }

  std::string program_;
  std::span<const OptionSpec> table_;
  const OptionHandler& handler_;
  std::string* messages_;
  std::vector<Argument> args_;
  size_t next_ = 0;
  ScanResult result_;
};

}  // namespace

ScanResult ScanOptions(std::string_view program_name, std::span<const OptionSpec> table,
                       const std::vector<std::string>& file_args,
                       const std::vector<std::string>& command_line, const OptionHandler& handler,
                       std::string* messages) {
  std::vector<Argument> args;
  args.reserve(file_args.size() + command_line.size());
  for (const std::string& arg : file_args) args.push_back({arg, true});
  for (const std::string& arg : command_line) args.push_back({arg, false});
  return Scanner(program_name, table, handler, messages).Run(std::move(args));
}

}  // namespace sfdb::dumper
