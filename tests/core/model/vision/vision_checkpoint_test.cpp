#include "core/model/vision/vision_checkpoint.h"

#include "core/model/network/named_networks.h"
#include "tests/core/model/vision/empty_vision.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

namespace vitrine::model
{
namespace
{

using testing::Contains;
using testing::HasSubstr;

// The layers that a simulator counts, as text.
std::vector<std::string> tableOf(const Network& network)
{
    std::vector<std::string> rows;
    for (const LayerShape& s : layerTable(network))
        rows.push_back(fmt::format("{} {} {} {} {} {} {} {}", s.name, s.module, kindName(s.kind),
                                   static_cast<int>(s.part), s.batch, s.m, s.n, s.k));
    return rows;
}

// A file of tensors says which network it holds: the one its name is known by.
TEST(VisionCheckpoint, DescribesThePublishedNetworksFromTheirShapesAlone)
{
    const vitrine::tests::TemporaryFolder folder;
    struct Published {
        const char* name;
        std::int64_t macs;
    };
    for (const auto& [name, macs] : {Published{"deit-tiny", 1253683200},
                                     {"deit-small", 4598882304},
                                     {"deit-base", 17563828224},
                                     {"deit-tiny-distilled", 0},
                                     {"vit-base", 17563828224},
                                     {"vit-large", 61554712576},
                                     {"swin-tiny", 0},
                                     {"swin-small", 0},
                                     {"swin-base", 0},
                                     {"efficientvit-b0", 100233216},
                                     {"efficientvit-b1", 519214592},
                                     {"efficientvit-b2", 1584937984},
                                     {"efficientvit-b3", 3953822208},
                                     {"pvtv2-b0", 566065664}}) {
        const Network known = *namedNetwork(name);
        const auto path = folder.path / (std::string(name) + ".safetensors");
        vitrine::tests::writeEmptyCheckpoint(known, path);

        const auto opened = openVisionCheckpoint(path);

        ASSERT_TRUE(opened) << opened.error().message;
        EXPECT_EQ((*opened)->network().macs(), macs > 0 ? macs : known.macs()) << name;
        EXPECT_EQ((*opened)->network().name, name);
        EXPECT_EQ(tableOf((*opened)->network()), tableOf(known)) << name;
    }
}

TEST(VisionCheckpoint, SaysWhichSideOfPicturesIsAssumed)
{
    const vitrine::tests::TemporaryFolder folder;
    for (const char* name : {"swin-tiny", "efficientvit-b0", "pvtv2-b0"}) {
        const auto path = folder.path / "model.safetensors";
        vitrine::tests::writeEmptyCheckpoint(*namedNetwork(name), path);
        const auto opened = openVisionCheckpoint(path);
        ASSERT_TRUE(opened) << opened.error().message;
        EXPECT_THAT((*opened)->notes(), Contains("Pictures of 224 x 224 are assumed.")) << name;
    }
}

TEST(VisionCheckpoint, LooksAtNamesToTellWhatAFileIs)
{
    const vitrine::tests::TemporaryFolder folder;
    Network network = *namedNetwork("deit-tiny");
    network.layers.back().tensors.pop_back(); // one tensor less: a damaged one is still one
    vitrine::tests::writeEmptyCheckpoint(network, folder.path / "vision.safetensors");
    EXPECT_TRUE(looksLikeVision(folder.path / "vision.safetensors"));
    EXPECT_FALSE(openVisionCheckpoint(folder.path / "vision.safetensors"));

    Network other;
    other.layers.emplace_back().tensors = {{"model.embed_tokens.weight", {4, 4}}};
    vitrine::tests::writeEmptyCheckpoint(other, folder.path / "other.safetensors");
    EXPECT_FALSE(looksLikeVision(folder.path / "other.safetensors"));
    EXPECT_FALSE(looksLikeVision(folder.path / "nothing.safetensors"));
}

} // namespace
} // namespace vitrine::model
