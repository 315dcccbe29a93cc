#include "dumper/options/dump_option_effects.h"

#include <cstring>

#include "absl/strings/str_format.h"
#include "dumper/options/option_names.h"

namespace sfdb::dumper {
namespace {

using Line = DumpCommandLine;
using Use = OptionUse;

constexpr OptionVerdict kAccepted = {};
constexpr OptionVerdict kFatal = {OptionVerdict::kStop, kOptionFailed};

std::string Text(const Use& use) { return use.text.value_or(""); }

void Say(Line& line, const std::string& text) { *line.messages += text + "\n"; }

OptionVerdict Reject(Line& line, int exit_code, const std::string& text) {
  Say(line, line.invoked_name + ": " + text);
  return {OptionVerdict::kReject, exit_code};
}

void SetOpt(Line& line, bool on) {
  DumpOptions& o = line.options;
  o.extended_insert = o.add_drop_table = o.add_locks = o.quick = on;
  o.create_options = o.disable_keys = o.lock_tables = o.set_charset = on;
}

// A value that is none of the option's. With loose- that is no error.
OptionVerdict BadValue(Line& line, const Use& use, const DumpOption& self, std::string_view hint) {
  const OptionVerdict verdict =
      Reject(line, kArgumentInvalid,
             absl::StrFormat("Error while setting value '%s' to '%s'%s", Text(use),
                             std::string(self.spec.name), std::string(hint)));
  return use.loose ? kAccepted : verdict;
}

}  // namespace

namespace effects {

OptionVerdict Stop(Line&, const Use&, const DumpOption&) { return {OptionVerdict::kStop, 0}; }

// Options of mariadb-dump that write something else than SQL, or that only its debug build has.
OptionVerdict Refuse(Line& line, const Use& use, const DumpOption& self) {
  if (self.spec.type == ValueType::kBool && !use.flag) return kAccepted;
  return Reject(line, kUnknownOption,
                absl::StrFormat("option '--%s' is not supported by sfdbtools: %s",
                                std::string(self.spec.name), std::string(self.help)));
}

OptionVerdict Opt(Line& line, const Use&, const DumpOption&) {
  SetOpt(line, true);
  return kAccepted;
}

OptionVerdict SkipOpt(Line& line, const Use&, const DumpOption&) {
  SetOpt(line, false);
  return kAccepted;
}

OptionVerdict Compact(Line& line, const Use& use, const DumpOption&) {
  DumpOptions& o = line.options;
  if (use.flag) {
    o.comments = o.add_drop_table = o.disable_keys = o.add_locks = o.set_charset = false;
  }
  return kAccepted;
}

OptionVerdict Tables(Line& line, const Use&, const DumpOption&) {
  line.databases = false;
  return kAccepted;
}

OptionVerdict NoSetNames(Line& line, const Use&, const DumpOption&) {
  line.options.set_charset = false;
  return kAccepted;
}

OptionVerdict Compatible(Line& line, const Use& use, const DumpOption&) {
  std::string bad;
  const std::optional<unsigned> modes = ParseCompatibleModes(Text(use), &bad);
  if (!modes) {
    Say(line, "Invalid mode to --compatible: " + bad);
    return kFatal;
  }
  DumpOptions& o = line.options;
  if (*modes != 0) o.compatible = *modes;  // the last list counts, an empty one changes nothing
  o.quote_names = true;
  o.set_charset = false;
  // What old servers cannot store is lost: the price mariadb-dump puts on this option.
  if (!line.charset_given) o.connection.character_set = "latin1";
  return kAccepted;
}

OptionVerdict CharacterSet(Line& line, const Use& use, const DumpOption&) {
  std::string& charset = line.options.connection.character_set;
  if (use.disabled) charset = ConnectionOptions().character_set;
  if (use.enabled) charset.clear();
  line.charset_given = !use.disabled;
  return kAccepted;
}

OptionVerdict MasterData(Line& line, const Use& use, const DumpOption&) {
  if (!use.text) line.options.master_data = 1;
  return kAccepted;
}

OptionVerdict DumpSlave(Line& line, const Use& use, const DumpOption&) {
  if (!use.text) line.options.dump_slave = 1;
  return kAccepted;
}

OptionVerdict IgnoreDatabase(Line& line, const Use& use, const DumpOption&) {
  line.options.ignore_database.push_back(Text(use));
  return kAccepted;
}

OptionVerdict IgnoreTable(Line& line, const Use& use, const DumpOption& self) {
  if (Text(use).find('.') == std::string::npos) {
    Say(line, absl::StrFormat("Illegal use of option --%s=<database>.<table>",
                              std::string(self.spec.name)));
    return kFatal;
  }
  const bool data_only = self.spec.name == "ignore-table-data";
  (data_only ? line.options.ignore_table_data : line.options.ignore_table).push_back(Text(use));
  return kAccepted;
}

OptionVerdict Password(Line& line, const Use& use, const DumpOption&) {
  ConnectionOptions& c = line.options.connection;
  c.ask_password = !use.text;
  c.password = use.text;
  if (use.disabled || use.enabled) c.password = "";
  return kAccepted;
}

OptionVerdict PortGiven(Line& line, const Use& use, const DumpOption&) {
  if (!use.from_file) line.options.connection.protocol = "TCP";
  return kAccepted;
}

OptionVerdict SocketGiven(Line& line, const Use& use, const DumpOption&) {
  if (!use.from_file) line.options.connection.protocol = "SOCKET";
  return kAccepted;
}

OptionVerdict Protocol(Line& line, const Use& use, const DumpOption&) {
  const std::optional<std::string> protocol = ParseProtocol(Text(use));
  if (!protocol) {
    Say(line, Text(use).empty() ? "No option given to protocol"
                                : "Unknown option to protocol: " + Text(use));
    Say(line, "Alternatives are: 'TCP','SOCKET','PIPE'");
    return kFatal;
  }
  line.options.connection.protocol = protocol;
  return kAccepted;
}

OptionVerdict SslGiven(Line& line, const Use&, const DumpOption&) {
  line.options.connection.ssl_given = true;
  return kAccepted;
}

OptionVerdict ImpliesSsl(Line& line, const Use&, const DumpOption&) {
  line.options.connection.ssl = line.options.connection.ssl_given = true;
  return kAccepted;
}

OptionVerdict ResultFile(Line& line, const Use& use, const DumpOption&) {
  line.options.result_file = Text(use);
  const int error = line.files == nullptr ? 0 : line.files->OpenResultFile(Text(use));
  if (error == 0) return kAccepted;
  Say(line, absl::StrFormat("\a%s: Can't create/write to file '%s' (Errcode: %d \"%s\")",
                            line.invoked_name, Text(use), error, std::strerror(error)));
  return kFatal;
}

OptionVerdict System(Line& line, const Use& use, const DumpOption& self) {
  const std::optional<uint64_t> set = ParseSystemSet(Text(use));
  line.system_set = set.value_or(0);
  return set ? kAccepted : BadValue(line, use, self, "");
}

OptionVerdict ConsistencyChoice(Line& line, const Use& use, const DumpOption& self) {
  const std::optional<Consistency> choice = ParseConsistency(Text(use));
  if (!choice) {
    return BadValue(line, use, self, ": use one of auto, backup-stage, lock, binlog, single, none");
  }
  line.options.consistency = *choice;
  return kAccepted;
}

OptionVerdict ProgressChoice(Line& line, const Use& use, const DumpOption& self) {
  for (const std::string_view choice : {"auto", "bar", "plain", "json", "none"}) {
    if (Text(use) != choice) continue;
    line.options.progress = Text(use);
    return kAccepted;
  }
  return BadValue(line, use, self, ": use one of auto, bar, plain, json, none");
}

}  // namespace effects
}  // namespace sfdb::dumper
