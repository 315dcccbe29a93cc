// Asking a person on the terminal.
#pragma once

#include <optional>
#include <string>

namespace sfdb::tools {

// Reads a line from the controlling terminal without echo. nullopt: there is no terminal.
std::optional<std::string> AskSecret(const std::string& prompt);

// Whether somebody sits at the terminal and says yes to `question`.
bool StdinIsTerminal();
bool AskYesNo(const std::string& question);

}  // namespace sfdb::tools
