// --help, the manual page and the README say the same, and the completion script completes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <regex>
#include <set>
#include <string>
#include <vector>

#include "tests/support/run_process.h"

namespace sfdb::tools {
namespace {

using test_support::ProcessResult;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

ProcessResult RunProgram(std::vector<std::string> argv) {
  test_support::ProcessOptions options;
  options.argv = std::move(argv);
  const auto result = test_support::RunProcess(options);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : ProcessResult{};
}

std::string Help(std::vector<std::string> words) {
  words.insert(words.begin(), SFDB_PROGRAM);
  words.push_back("--help");
  const ProcessResult run = RunProgram(words);
  EXPECT_EQ(run.exit_code, 0) << words[1];
  return run.stdout_text;
}

std::vector<std::string> Matches(const std::string& text, const std::string& pattern) {
  const std::regex regex(pattern, std::regex::multiline);
  std::vector<std::string> found;
  for (std::sregex_iterator i(text.begin(), text.end(), regex), end; i != end; ++i) {
    found.push_back((*i)[1]);
  }
  return found;
}

// Names of verbs or modes in a help that lists them.
std::vector<std::string> NamesIn(const std::string& help) {
  return Matches(help, "^  ([a-z][a-z-]*) ");
}

std::set<std::string> FlagsIn(const std::string& text) {
  const std::vector<std::string> flags = Matches(text, "(--[a-z][a-z0-9-]*[a-z0-9])");
  return {flags.begin(), flags.end()};
}

// Of all verbs and modes but `dump`, whose options are mariadb-dump's.
std::set<std::string> AllFlags() {
  std::set<std::string> all;
  auto add = [&](const std::string& help) {
    // Only what the lines of options begin with: the words may name other programs' options.
    for (const std::string& line : Matches(help, "^  (-[^ ]+)")) {
      for (const std::string& flag : FlagsIn(line)) all.insert(flag);
    }
  };
  for (const std::string& verb : NamesIn(Help({}))) {
    if (verb == "dump" || verb == "version") continue;
    const std::string help = Help({verb});
    add(help);
    if (help.find("[OPTIONS]") != help.npos) continue;
    for (const std::string& mode : NamesIn(help)) {
      const ProcessResult run = RunProgram({SFDB_PROGRAM, verb, mode, "--help"});
      if (run.exit_code == 0) add(run.stdout_text);
    }
  }
  return all;
}

std::string SourceFile(const std::string& name) {
  return test_support::ReadFile(std::string(SFDB_SOURCE_DIR) + "/" + name).value_or("");
}

std::vector<std::string> Missing(const std::set<std::string>& wanted,
                                 const std::set<std::string>& there) {
  std::vector<std::string> missing;
  std::set_difference(wanted.begin(), wanted.end(), there.begin(), there.end(),
                      std::back_inserter(missing));
  return missing;
}

TEST(Manual, HasEveryOptionOfTheHelpAndNoOther) {
  std::string page = SourceFile("docs/sfdbtools.1");
  ASSERT_NE(page, "");
  page = std::regex_replace(page, std::regex("\\\\-"), "-");
  const std::set<std::string> all = AllFlags();
  ASSERT_GT(all.size(), 80u);
  EXPECT_THAT(Missing(all, FlagsIn(page)), IsEmpty()) << "run tools/manual";
  std::set<std::string> known = FlagsIn(RunProgram({SFDB_PROGRAM, "dump", "--help"}).stdout_text);
  known.insert(all.begin(), all.end());
  EXPECT_THAT(Missing(FlagsIn(page), known), IsEmpty()) << "run tools/manual";
}

TEST(Manual, TheReadmeNamesNoOptionThatThereIsNot) {
  std::set<std::string> known = FlagsIn(RunProgram({SFDB_PROGRAM, "dump", "--help"}).stdout_text);
  const std::set<std::string> all = AllFlags();
  known.insert(all.begin(), all.end());
  // Of tools/test and of cmake, and what the README says is refused.
  for (const char* other : {"--long", "--quick", "--preset", "--build", "--target", "--xml",
                            "--tab", "--install", "--prefix"}) {
    known.insert(other);
  }
  EXPECT_THAT(Missing(FlagsIn(SourceFile("README.md")), known), IsEmpty());
}

TEST(Manual, ThePageIsGoodTroff) {
  const ProcessResult groff =
      RunProgram({"sh", "-c",
                  std::string("command -v groff >/dev/null || exit 0; groff -man -ww -z ") +
                      SFDB_SOURCE_DIR + "/docs/sfdbtools.1 2>&1"});
  EXPECT_EQ(groff.stdout_text, "");
}

TEST(UserDocument, EveryTestAndFileItNamesExists) {
  const std::string page = SourceFile("docs/user-document.md");
  const std::vector<std::string> tests = Matches(page, "`([A-Z][A-Za-z0-9]{24,})`");
  ASSERT_GT(tests.size(), 15u);
  for (const std::string& test : tests) {
    const ProcessResult grep = RunProgram(
        {"grep", "-rqE", "TEST(_F)?\\([A-Za-z]+, *" + test + "\\)", SFDB_SOURCE_DIR "/tests"});
    EXPECT_EQ(grep.exit_code, 0) << test;
  }
  for (const std::string& file : Matches(page, "`((tools|engine|docs|crypto|tests)/[a-z_/.-]+)`")) {
    EXPECT_EQ(RunProgram({"test", "-e", std::string(SFDB_SOURCE_DIR) + "/" + file}).exit_code, 0)
        << file;
  }
}

// Runs the script as bash does at a Tab.
std::string Completed(const std::string& words, int cursor) {
  const std::string script = std::string("source <(") + SFDB_PROGRAM +
                             " completion bash); COMP_WORDS=(" + SFDB_PROGRAM + " " + words +
                             "); COMP_CWORD=" + std::to_string(cursor) +
                             "; _sfdbtools; printf '%s\\n' \"${COMPREPLY[@]}\"";
  const ProcessResult run = RunProgram({"bash", "-c", script});
  EXPECT_EQ(run.stderr_text, "");
  return run.stdout_text;
}

TEST(Completion, BashCompletesVerbsModesAndOptions) {
  EXPECT_EQ(Completed("bac", 1), "backup\n");
  EXPECT_EQ(Completed("backup sep", 2), "separated\n");
  EXPECT_EQ(Completed("backup single --comp", 3),
            "--compress\n--compress-level\n--compress-type\n--compression\n--compression-level\n"
            "--compression-type\n");
  EXPECT_THAT(Completed("backup single --d", 3), HasSubstr("--database\n"));
  EXPECT_THAT(Completed("dump --single-t", 2), HasSubstr("--single-transaction"));
}

TEST(Completion, EveryShellHasAScriptAndAnotherNameIsAUsageError) {
  for (const char* shell : {"bash", "zsh", "fish"}) {
    const ProcessResult script = RunProgram({SFDB_PROGRAM, "completion", shell});
    EXPECT_EQ(script.exit_code, 0);
    EXPECT_THAT(script.stdout_text, AllOf(HasSubstr("sfdbtools"), HasSubstr("--help")));
    // Where the shell is there, it must be able to read its script.
    const std::string check = std::string("command -v ") + shell + " >/dev/null || exit 0; " +
                              SFDB_PROGRAM + " completion " + shell + " | " + shell + " -n";
    EXPECT_EQ(RunProgram({"sh", "-c", check}).exit_code, 0) << shell;
  }
  EXPECT_EQ(RunProgram({SFDB_PROGRAM, "completion", "csh"}).exit_code, 2);
  EXPECT_EQ(RunProgram({SFDB_PROGRAM, "completion"}).exit_code, 2);
}

TEST(Packaging, UnitsAreGoodAndNameOnlyVerbsThatThereAre) {
  const std::string help = Help({});
  for (const char* unit : {"sfdbtools-backup.service", "sfdbtools-cleanup.service"}) {
    const std::string text = SourceFile(std::string("tools/packaging/") + unit);
    for (const std::string& verb : Matches(text, "^ExecStart=/usr/bin/sfdbtools ([a-z]+)")) {
      EXPECT_THAT(help, HasSubstr("\n  " + verb + " ")) << unit;
    }
    EXPECT_THAT(text, Not(HasSubstr("password")));
  }
}

}  // namespace
}  // namespace sfdb::tools
