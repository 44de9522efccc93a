#include "core/learning/tasks/whole_file.h"

#include "tests/core/learning/picture_fixtures.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace vitrine::learning
{
namespace
{

TEST(WholeFile, IsThereOnceItIsFinishedAndNotBefore)
{
    const std::filesystem::path folder =
        std::filesystem::path(testing::TempDir()) / ("whole-" + std::to_string(getpid()));
    std::filesystem::create_directories(folder);
    const std::string path = folder / "a";
    {
        WholeFile file(path);
        file.write("never finished");
    }
    EXPECT_TRUE(std::filesystem::is_empty(folder));

    WholeFile file(path);
    file.write("one");
    file.write("two");
    EXPECT_EQ(file.size(), 6u);
    EXPECT_FALSE(std::filesystem::exists(path));
    file.finish();

    EXPECT_EQ(fileBytes(path), "onetwo");
    EXPECT_THROW(WholeFile("/nonexistent/a"), std::runtime_error);
    std::filesystem::remove_all(folder);
}

} // namespace
} // namespace vitrine::learning
