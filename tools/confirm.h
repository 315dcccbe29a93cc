// A yes at the terminal.
#pragma once

#include <string>
#include <string_view>

namespace sfdb::tools {

// Asks on standard error and reads standard input: one of `yes_words` or an empty line is yes, one
// of `no_words` or the end of input is no, anything else is asked again. Words are separated by
// blanks.
bool Confirm(std::string_view question, std::string_view yes_words, std::string_view no_words);

}  // namespace sfdb::tools
