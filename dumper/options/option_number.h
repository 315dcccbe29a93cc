// Numbers as MariaDB clients read them from options.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sfdb::dumper {

// "16M" -> 16777216. On failure `*error` is the message (one line, no program prefix) and
// `*bad_suffix` says whether it was the suffix. Overflow by the suffix wraps, as in the clients.
std::optional<uint64_t> ParseOptionNumber(std::string_view name, const std::string& text,
                                          std::string* error, bool* bad_suffix);

// "1.5", "1e3"; the empty text is 0. Nothing else than a finite decimal number is taken.
std::optional<double> ParseOptionDecimal(const std::string& text);

}  // namespace sfdb::dumper
