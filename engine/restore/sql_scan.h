// The two searches that meet every byte of a dump: 16 bytes a step.
#pragma once

#include <string_view>

namespace sfdb::engine {

// First byte at or after `at` that may end or change plain SQL text: a quote, '#', '-', '/' or
// `delimiter`; text.size() if there is none.
size_t FindSqlMark(std::string_view text, size_t at, char delimiter);

// First byte at or after `at` that is `quote` or, if `backslash`, a backslash; text.size() if none.
size_t FindStringMark(std::string_view text, size_t at, char quote, bool backslash);

}  // namespace sfdb::engine
