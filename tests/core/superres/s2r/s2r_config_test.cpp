#include "core/superres/s2r/s2r_config.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/resources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace vitrine::superres
{
namespace
{

using testing::HasSubstr;

Json shippedConfig(const std::string& name)
{
    const auto text =
        readFile(findResource("models/" + name + "/config.json").value_or(""), 1 << 20);
    EXPECT_TRUE(text);
    return Json::parse(text.value_or("{}"));
}

TEST(S2rConfig, ReadsWhatTheTrainerWrites)
{
    const auto config = parseS2rConfig(shippedConfig("s2r-live-x4").dump(), "config.json");
    ASSERT_TRUE(config) << config.error().message;
    EXPECT_EQ(config->name, "s2r-live");
    EXPECT_EQ(config->sizes.scale, 4);
    EXPECT_EQ(config->sizes.channels, 30);
    EXPECT_EQ(config->sizes.blocks, 3);
    EXPECT_EQ(config->sizes.windows, (std::array<std::int64_t, 3>{4, 8, 8}));
    EXPECT_FALSE(config->sizes.head);
    EXPECT_FALSE(config->sizes.deformable);
    EXPECT_FLOAT_EQ(config->mean[1], 0.4371f);
}

TEST(S2rConfig, RefusesByName)
{
    const struct {
        const char *key, *value, *says;
    } kRows[] = {
        {"model_type", "\"swin2sr\"", "swin2sr"},
        {"scale", "5", "\"scale\" is 5"},
        {"scale", "null", "\"scale\" is missing"},
        {"channels", "40", "a multiple of 15"},
        {"blocks", "0", "\"blocks\" is 0"},
        {"windows", "[4, 8]", "\"windows\" is to be"},
        {"windows", "[4, 8, 12]", "\"windows\" is to be"},
        {"padding", "8", "\"padding\""},
        {"head", "1", "true or false"},
        {"deformable", "null", "\"deformable\" is missing"},
        {"mean", "[0.4, 0.4, 1.5]", "\"mean\" is to be"},
        {"batch_norm_epsilon", "0", "\"batch_norm_epsilon\""},
        {"residual_scale", "0.1", "\"residual_scale\" is not a key"},
    };
    for (const auto& row : kRows) {
        Json json = shippedConfig("s2r-x2");
        json[row.key] = Json::parse(row.value);
        const auto config = parseS2rConfig(json.dump(), "config.json");
        ASSERT_FALSE(config) << row.key;
        EXPECT_THAT(config.error().message, HasSubstr(row.says));
    }
}

} // namespace
} // namespace vitrine::superres
