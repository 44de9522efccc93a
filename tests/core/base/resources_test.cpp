#include "core/base/resources.h"

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

TEST(Resources, AreFoundByRelativePathAndMissedInOneLine)
{
    EXPECT_TRUE(findResource("models"));
    const auto missing = findResource("models/no-such-model");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().kind, ErrorKind::input);
    EXPECT_NE(missing.error().message.find("models/no-such-model"), std::string::npos);
}

TEST(FindModel, TakesAShippedNameOrAPath)
{
    EXPECT_TRUE(findModel("vitrine-lm"));
    EXPECT_EQ(*findModel("/tmp"), "/tmp");
    const auto missing = findModel("no-such-model");
    ASSERT_FALSE(missing);
    EXPECT_NE(missing.error().message.find("vitrine-lm"), std::string::npos)
        << "names what there is";
}

} // namespace
} // namespace vitrine
