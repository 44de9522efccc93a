#include "core/model/network/vision_config.h"

#include "core/model/network/named_networks.h"

#include <gmock/gmock.h>

namespace vitrine::model
{
namespace
{

using testing::HasSubstr;

TEST(VisionConfig, DescribesAFolderOfTheHub)
{
    const char* tiny = R"({"model_type": "deit", "hidden_size": 192, "num_hidden_layers": 12,
        "num_attention_heads": 3, "patch_size": 16, "image_size": 224, "intermediate_size": 768})";
    EXPECT_TRUE(isVisionConfig(tiny));
    EXPECT_FALSE(isVisionConfig(R"({"model_type": "llama"})"));
    EXPECT_FALSE(isVisionConfig("["));

    const auto network = visionNetwork(tiny, "folder");

    ASSERT_TRUE(network) << network.error().message;
    EXPECT_EQ(network->title, "folder, 224 x 224");
    EXPECT_EQ(network->macs(), namedNetwork("deit-tiny")->macs());
    EXPECT_EQ(tensorsOf(*network), tensorsOf(*namedNetwork("deit-tiny")));
}

TEST(VisionConfig, NamesTheSizeThatCannotBeRead)
{
    const auto odd = visionNetwork(R"({"model_type": "vit", "hidden_size": -5})", "folder");
    ASSERT_FALSE(odd);
    EXPECT_THAT(odd.error().message, HasSubstr("\"hidden_size\""));
}

} // namespace
} // namespace vitrine::model
