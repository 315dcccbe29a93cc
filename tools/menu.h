// Choosing one of several things at a terminal.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace sfdb::tools {

struct Menu {
  std::string title;               // "Choose a profile"
  std::vector<std::string> items;  // shown clean: names of files and databases may hold anything
};

// Whether somebody can be asked: standard input and standard error are terminals.
bool CanAsk();

// Shows the numbered items on standard error and reads the choice from standard input: a number, a
// whole item, or a part that only one item contains; a wrong answer is asked again. Returns the
// item's index; nullopt: cancelled (an empty line, the end of input), nothing to choose from,
// or nobody to ask, and then it returns at once. A verb that was told --non-interactive must not
// call it.
std::optional<size_t> AskMenu(const Menu& menu);

// Which item `answer` means: what AskMenu understands, as a pure function. InvalidArgument: none or
// several; the message says so.
absl::StatusOr<size_t> FindMenuItem(const Menu& menu, std::string_view answer);

// Asks for a line; an empty one means `suggestion`. nullopt: the end of input, or nobody to ask.
std::optional<std::string> AskLine(const std::string& question, const std::string& suggestion);

}  // namespace sfdb::tools
