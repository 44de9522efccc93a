#include "core/base/resources.h"

#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

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

TEST(ShippedLanguageModels, AreThoseWithATokenizer)
{
    const tests::TemporaryFolder resources;
    for (const char* file : {"lm-a/config.json", "lm-a/tokenizer.model", "lm-b/config.json",
                             "lm-b/tokenizer.json", "vision/config.json", "codec/weights.vnw"}) {
        const auto path = resources.path / "models" / file;
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << "x";
    }
    std::ofstream(resources.path / "models/vision/config.json") << R"({"img_size": 28})";
    ASSERT_EQ(::setenv("VITRINE_RESOURCES", resources.path.c_str(), 1), 0);
    const auto names = shippedLanguageModels(), vision = shippedVisionModels();
    ::unsetenv("VITRINE_RESOURCES");
    EXPECT_EQ(names, (std::vector<std::string>{"lm-a", "lm-b"}));
    EXPECT_EQ(vision, (std::vector<std::string>{"vision"}));
}

} // namespace
} // namespace vitrine
