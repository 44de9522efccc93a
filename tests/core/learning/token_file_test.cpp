#include "core/learning/tasks/token_file.h"

#include <unistd.h>

#include <gtest/gtest.h>

#include <filesystem>

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

} // namespace
} // namespace vitrine::learning
