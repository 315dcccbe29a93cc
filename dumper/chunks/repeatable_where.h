// Whether a user's --where may be asked again and again, once per chunk, with the same answer as if
// asked once; and whether it means the same in parentheses.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace sfdb::dumper {

// Why not ("it calls rand()"), or nullopt when it may. Strict: an unknown function, a comment, a
// subquery, a clock or a user variable is a reason. `charset` is the connection's: where
// characters of several bytes may contain quotes, only ASCII is understood.
std::optional<std::string> WhyNotRepeatable(std::string_view where, std::string_view charset);

}  // namespace sfdb::dumper
