// The closed sets of names that option values are chosen from.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "dumper/options/dump_options.h"

namespace sfdb::dumper {

// --compatible: comma separated names or their unique abbreviations. Nothing if a name is unknown;
// `*bad` is then that name.
std::optional<unsigned> ParseCompatibleModes(std::string_view list, std::string* bad);
// "NO_TABLE_OPTIONS,ANSI": upper case, in the order in which the server is told.
std::string CompatibleModeNames(unsigned modes);

// --system: names, comma separated, the last of which may be a unique abbreviation (so it is with
// mariadb-dump); or one number. Bit 0 is "all".
std::optional<uint64_t> ParseSystemSet(std::string_view list);
std::string SystemSetText(uint64_t set);

// --protocol: an abbreviation of tcp, socket or pipe gives the full name.
std::optional<std::string> ParseProtocol(std::string_view name);

std::optional<Consistency> ParseConsistency(std::string_view name);
std::string_view ConsistencyName(Consistency consistency);

// Whether MariaDB 10.11 clients know the character set ("auto" included).
bool IsKnownCharacterSet(std::string_view name);

}  // namespace sfdb::dumper
