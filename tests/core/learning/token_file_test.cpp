#include "core/learning/tasks/token_file.h"

#include "tests/support/temporary_folder.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

namespace vitrine::learning
{
namespace
{

TEST(TokenFile, ReadsBackWhatWasWritten)
{
    const auto folder = std::filesystem::temp_directory_path() /
                        ("vitrine-token-file-test-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    const std::vector<TokenisedSource> sources = {{"one", 0.25, {{1, 5, 4095, 2}, {1, 2}}},
                                                  {"two", 0.75, {{1, 300, 2}}}};

    writeTokens(sources, folder.string(), "text");
    const auto read = readTokens(folder.string(), "text");

    ASSERT_EQ(read.size(), 2u);
    EXPECT_EQ(read[0].name, "one");
    EXPECT_EQ(read[0].tokenCount(), 6u);
    EXPECT_EQ(read[0].documents, sources[0].documents);
    EXPECT_EQ(read[1].share, 0.75);
    EXPECT_EQ(read[1].documents, sources[1].documents);
    std::filesystem::remove_all(folder);
}

TEST(TokenFile, RefusesByItsLineWhatDoesNotFitTheTokens)
{
    const tests::TemporaryFolder folder;
    const std::string base = (folder.path / "text").string();
    writeTokens({{"one", 1.0, {{1, 5, 2}}}}, folder.path.string(), "text");
    for (const std::string line :
         {"document 0 1 3", "document 1 0 3", "document 0 0", "document 0 0 3 9", "paragraph 0 0 3",
          "source two 0.5 0 3 9", "document 0 9223372036854775808 9223372036854775808"}) {
        std::ofstream(base + ".documents") << "source one 1 0 3\n" << line << "\n";
        try {
            readTokens(folder.path.string(), "text");
            ADD_FAILURE() << line;
        } catch (const std::runtime_error& error) {
            EXPECT_EQ(error.what(),
                      base + ".documents:2: \"" + line + "\" does not fit the tokens");
        }
    }
}

} // namespace
} // namespace vitrine::learning
