// `sfdbtools completion bash|zsh|fish`: scripts that ask the program itself what there is, so they
// never know less than the program and never more.
#include <cstdio>

#include "engine/base/exit_code.h"
#include "tools/verbs.h"

namespace sfdb::tools {
namespace {

constexpr char kUsage[] =
    "Usage: sfdbtools completion bash|zsh|fish\n"
    "\n"
    "Prints a script that completes verbs, modes and options:\n"
    "  bash  source <(sfdbtools completion bash)\n"
    "  zsh   source <(sfdbtools completion zsh)\n"
    "  fish  sfdbtools completion fish | source\n";

// Words before the cursor that are no options: the verb and, if it has such, its mode. Help lists
// verbs and modes as lines "  name   text", options as "--name".
constexpr char kBash[] = R"sh(# bash completion of sfdbtools
_sfdbtools() {
  local current=${COMP_WORDS[COMP_CWORD]} word words=()
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ $word == -* ]] && break
    words+=("$word")
    ((${#words[@]} == 2)) && break
  done
  local help
  help=$("${COMP_WORDS[0]}" "${words[@]}" --help 2>/dev/null) ||
    help=$("${COMP_WORDS[0]}" "${words[0]}" --help 2>/dev/null)
  if [[ $current == -* ]]; then
    COMPREPLY=($(compgen -W "$(grep -oE -- '--[a-z][a-z0-9-]+' <<<"$help" | sort -u)" -- "$current"))
  elif ((COMP_CWORD <= 2)) && [[ $help != *OPTIONS* ]]; then
    COMPREPLY=($(compgen -W "$(grep -oE '^  [a-z][a-z-]*' <<<"$help")" -- "$current"))
  else
    COMPREPLY=($(compgen -f -- "$current"))
  fi
}
complete -o filenames -F _sfdbtools sfdbtools
)sh";

constexpr char kZsh[] = R"sh(#compdef sfdbtools
# zsh completion of sfdbtools
_sfdbtools() {
  local -a before
  local word help
  for word in "${(@)words[2,CURRENT-1]}"; do
    [[ $word == -* ]] && break
    before+=("$word")
    (( ${#before} == 2 )) && break
  done
  help=$("${words[1]}" "${before[@]}" --help 2>/dev/null) ||
    help=$("${words[1]}" "${before[1]}" --help 2>/dev/null)
  if [[ ${words[CURRENT]} == -* ]]; then
    compadd -- ${(fu)"$(print -r -- "$help" | grep -oE -- '--[a-z][a-z0-9-]+')"}
  elif (( CURRENT <= 3 )) && [[ $help != *OPTIONS* ]]; then
    compadd -- ${(fu)"$(print -r -- "$help" | grep -oE '^  [a-z][a-z-]*' | tr -d ' ')"}
  else
    _files
  fi
}
compdef _sfdbtools sfdbtools
)sh";

constexpr char kFish[] = R"sh(# fish completion of sfdbtools
function __sfdbtools_help
  set -l words (commandline -opc)
  set -l before
  for word in $words[2..-1]
    string match -q -- '-*' $word; and break
    set -a before $word
    test (count $before) -eq 2; and break
  end
  $words[1] $before --help 2>/dev/null; or $words[1] $before[1] --help 2>/dev/null
end
function __sfdbtools_words
  set -l help (__sfdbtools_help)
  string match -q '*OPTIONS*' -- "$help"; and return
  string replace -rf '^  ([a-z][a-z-]*) .*' '$1' -- $help
end
function __sfdbtools_options
  __sfdbtools_help | string match -ra -- '--[a-z][a-z0-9-]+' | sort -u
end
complete -c sfdbtools -n 'test (count (commandline -opc)) -le 2' -a '(__sfdbtools_words)'
complete -c sfdbtools -n 'string match -q -- "-*" (commandline -ct)' -a '(__sfdbtools_options)'
)sh";

}  // namespace

int CompletionVerb(const std::vector<std::string>& args) {
  const std::string shell = args.size() == 1 ? args.front() : "";
  const char* const script = shell == "bash"   ? kBash
                             : shell == "zsh"  ? kZsh
                             : shell == "fish" ? kFish
                                               : nullptr;
  if (script != nullptr) {
    std::fputs(script, stdout);
    return base::kExitOk;
  }
  const bool help = shell == "--help" || shell == "-h";
  std::fputs(kUsage, help ? stdout : stderr);
  return help ? base::kExitOk : base::kExitUsage;
}

}  // namespace sfdb::tools
