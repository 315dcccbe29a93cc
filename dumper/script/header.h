// The lines before the first object and after the last.
#pragma once

#include <string>
#include <string_view>

#include "dumper/options/dump_options.h"

namespace sfdb::dumper {

// The first line of every dump, whatever the options: clients newer than it refuse shell escapes.
inline constexpr std::string_view kSandboxLine = "/*M!999999\\- enable the sandbox mode */ \n";

// The header. `server_version` as the handshake says it, "5.5.5-" taken off.
std::string HeaderText(const DumpOptions& options, std::string_view server_version);
// The footer; the date is the local time of the call.
std::string FooterText(const DumpOptions& options);

}  // namespace sfdb::dumper
