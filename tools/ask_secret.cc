#include "tools/ask_secret.h"

#include <termios.h>
#include <unistd.h>

#include <cstdio>

namespace sfdb::tools {

std::optional<std::string> AskSecret(const std::string& prompt) {
  std::FILE* terminal = std::fopen("/dev/tty", "r+");
  if (terminal == nullptr) return std::nullopt;
  const int fd = fileno(terminal);
  termios before{};
  const bool has_echo = tcgetattr(fd, &before) == 0;
  if (has_echo) {
    termios silent = before;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    tcsetattr(fd, TCSAFLUSH, &silent);
  }
  (void)!write(fd, prompt.data(), prompt.size());
  std::string secret;
  for (int c = std::fgetc(terminal); c != EOF && c != '\n'; c = std::fgetc(terminal)) {
    secret.push_back(static_cast<char>(c));
  }
  if (has_echo) tcsetattr(fd, TCSAFLUSH, &before);
  (void)!write(fd, "\n", 1);
  std::fclose(terminal);
  return secret;
}

bool StdinIsTerminal() { return isatty(STDIN_FILENO) == 1; }

bool AskYesNo(const std::string& question) {
  std::fprintf(stderr, "%s [y/N] ", question.c_str());
  std::string answer;
  for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) {
    answer.push_back(static_cast<char>(c));
  }
  return answer == "y" || answer == "Y" || answer == "yes" || answer == "ya";
}

}  // namespace sfdb::tools
