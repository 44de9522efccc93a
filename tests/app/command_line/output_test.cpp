// Where the command line's words go when they cannot arrive, and what it says of files and limits.
#include "app/command_line/output.h"

#include "core/base/json.h"
#include "core/base/random.h"
#include "core/store/store.h"
#include "tests/support/rounds.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sys/wait.h>

namespace vitrine
{
namespace
{

using testing::HasSubstr;
namespace fs = std::filesystem;

struct Shell : testing::Test {
    tests::TemporaryFolder folder;

    Shell()
    {
        ::setenv("VITRINE_PLUGIN_PATH", VITRINE_TEST_PLUGINS, 1);
        ::setenv("VITRINE_WORKSPACE", (folder.path / "test.vitrine").c_str(), 1);
        ::setenv("VITRINE", VITRINE_PROGRAM, 1);
        ::setenv("HERE", folder.path.c_str(), 1);
    }

    // The exit code of a line for bash, in which $VITRINE is the program; 128 + signal where it was
    // killed.
    int sh(const std::string& line)
    {
        const std::string command =
            "bash -c 'set -o pipefail; " + line + "' 2> " + (folder.path / "errors").string();
        const int status = std::system(command.c_str());
        std::ifstream file(folder.path / "errors");
        errors = {std::istreambuf_iterator<char>(file), {}};
        return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }

    std::string output(const char* name = "output") const
    {
        std::ifstream file(folder.path / name);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    std::string errors;
};

TEST_F(Shell, OutputThatDoesNotArriveIsOneLineAndAFailure)
{
    ASSERT_EQ(sh("$VITRINE run test.echo > /dev/null"), 0) << errors;
    for (const std::string words :
         {"run test.echo --json", "run test.echo", "runs list", "runs list --json", "runs show 1",
          "runs show 1 --json", "runs rerun 1", "runs verify 1", "list", "list --json", "--help",
          "--version", "report --help", "report 1 --to $HERE/a.md"}) {
        EXPECT_EQ(sh("$VITRINE " + words + " > /dev/full"), 1) << words;
        EXPECT_THAT(errors, HasSubstr("cannot write the output: No space left on device")) << words;
        EXPECT_EQ(std::ranges::count(errors, '\n'), 1) << words << ": " << errors;
        EXPECT_EQ(sh("$VITRINE " + words + " >&-"), 1) << words;
        EXPECT_THAT(errors, HasSubstr("cannot write the output")) << words;
    }
    EXPECT_EQ(sh("$VITRINE runs verify 1 > /dev/null"), 0) << "what was kept is whole: " << errors;
}

TEST_F(Shell, AReaderThatHasSeenEnoughIsNoFailure)
{
    for (const std::string words : {"--help", "list --json", "run test.echo --json"}) {
        EXPECT_EQ(sh("$VITRINE " + words + " | true"), 0) << words;
        EXPECT_EQ(errors, "") << words;
        EXPECT_EQ(sh("$VITRINE " + words + " | head -c 1 > /dev/null"), 0) << words;
        EXPECT_EQ(errors, "") << words;
    }
}

TEST_F(Shell, ErrorsThatNobodyReadsEndNothing)
{
    EXPECT_EQ(sh("$VITRINE run test.echo 2> /dev/full > $HERE/output"), 0);
    EXPECT_THAT(output(), HasSubstr("length"));
    EXPECT_EQ(sh("$VITRINE run test.fail 2>&- > /dev/null"), 1);
    EXPECT_EQ(sh("$VITRINE dance 2> /dev/full"), 2);
}

TEST_F(Shell, ARunBeyondItsMemoryIsAFailedRunThatSaysSo)
{
    // The program that the tests are built with under sanitizers needs terabytes of addresses, and
    // is not asked.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
    for (const std::string way : {"memory", "swallow"}) {
        EXPECT_EQ(
            sh("$VITRINE run test.crash --set way=" + way + " --memory-limit 200 > /dev/null"), 1)
            << way;
        EXPECT_THAT(errors, HasSubstr("the memory limit of 200.0 MiB was reached")) << way;
    }
#endif
    EXPECT_EQ(sh("$VITRINE run test.echo --set seed=7 --set factor=2 --memory-limit 1 > /dev/null"),
              1);
    EXPECT_THAT(errors, HasSubstr("the memory limit of 1.0 MiB is too small"));
    EXPECT_EQ(sh("$VITRINE run test.echo --memory-limit 1e-9 > /dev/null"), 1);
    for (const std::string size : {"1e300", "nan", "inf", "-1", "much"})
        EXPECT_EQ(sh("$VITRINE run test.echo --memory-limit=" + size), 2) << size << errors;
}

TEST_F(Shell, ARunThatNeverBeganShowsItsParametersInTheirTypes)
{
    ASSERT_EQ(sh("$VITRINE run test.echo --set seed=7 --set factor=2 --memory-limit 1 --json "
                 "> $HERE/output"),
              1);
    const Json parameters = parseJson(output(), "the output").value()["parameters"];
    EXPECT_TRUE(parameters["seed"].is_number_integer());
    EXPECT_TRUE(parameters["factor"].is_number_float());

    EXPECT_EQ(sh("$VITRINE runs show 1 --json > $HERE/again"), 0) << errors;
    EXPECT_EQ(output("again"), output());
    for (const std::string ending : {"md", "html", "tex", "csv", "pdf"})
        EXPECT_EQ(sh("$VITRINE report 1 --to $HERE/a." + ending + " > /dev/null"), 0) << errors;
    EXPECT_EQ(sh("$VITRINE runs rerun 1 > /dev/null"), 1) << "the first had no values";
}

std::string damaged(std::string text, Random& random)
{
    constexpr std::string_view kLiked = "{}[]\",:0e\n\xff";
    const auto at = random.below(text.size());
    switch (random.below(3)) {
    case 0:
        return text.substr(0, at);
    case 1:
        return text.erase(at, 1 + random.below(8));
    default:
        text[at] = kLiked[random.below(kLiked.size())];
        return text;
    }
}

// Study files and report documents through the program; the readers alone:
// tests/fuzz/named_file_test.cpp.
TEST_F(Shell, WhatIsWrongWithAFileIsSaidWithItsName)
{
    const std::map<std::string, std::pair<std::string, std::string>> files = {
        {"study.json",
         {R"({"format":1,"name":"s","experiment":"test.fail","set":{"kind":"failed"},"vary":{"seed":[1,2]}})",
          "sweep $HERE/study.json"}},
        {"paper.vitrine-report",
         {R"({"format":"vitrine-report","version":1,"title":"T","sections":[{"title":"One","items":[{"kind":"table","source":"metrics","runs":["1"]}]}]})",
          "report $HERE/paper.vitrine-report --to $HERE/a.md"}}};
    for (const auto& [name, file] : files) {
        Random random(11);
        for (int i = 0; i < tests::rounds(100); ++i) {
            std::ofstream(folder.path / name, std::ios::binary | std::ios::trunc)
                << damaged(file.first, random);
            const int code = sh("$VITRINE " + file.second + " > /dev/null");
            EXPECT_TRUE(code == 0 || code == 1 || code == 2 || code == 3) << name << ", " << i;
            if (code >= 2) {
                EXPECT_THAT(errors, HasSubstr(name)) << i;
                EXPECT_EQ(std::ranges::count(errors, '\n'), 1) << i << errors;
            }
        }
    }
}

} // namespace
} // namespace vitrine
