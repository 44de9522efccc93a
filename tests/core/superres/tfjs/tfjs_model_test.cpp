#include "core/superres/tfjs/tfjs_model.h"

#include "tests/core/superres/tfjs/small_tfjs.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <fstream>
#include <limits>

namespace vitrine::superres
{
namespace
{

using testing::HasSubstr;
using tests::SmallTfjs;

std::string refusalOf(const SmallTfjs& small)
{
    const auto model = small.read();
    if (model)
        return "it was read";
    EXPECT_EQ(model.error().kind, ErrorKind::input);
    EXPECT_THAT(model.error().message, HasSubstr("cannot read model.json"));
    return model.error().message;
}

std::string refusalWith(const char* layer, const char* key, const Json& value)
{
    SmallTfjs small;
    small.setting(layer, key) = value;
    return refusalOf(small);
}

TEST(TfjsModel, KnowsWhatItsNetworkIs)
{
    const auto model = SmallTfjs().read();

    ASSERT_TRUE(model) << model.error().message;
    const TfjsTopology& topology = model->topology;
    EXPECT_EQ(topology.scale(), 3);
    // Halves of 3, 3, 1 and 5 at the size of the input, and of 3 at three times that.
    EXPECT_EQ(topology.reach(), 1 + 1 + 0 + 2 + 1);
    EXPECT_EQ(topology.macsPerPixel(), 9 * 3 * 6 + 9 * 6 * 4 + 10 * 6 + 25 * 6 * 5 + 9 * 9 * 5 * 3);
    EXPECT_EQ(model->parameters(),
              9 * 3 * 6 + 6 + 9 * 6 * 4 + 4 + 10 * 6 + 6 + 25 * 6 * 5 + 5 + 9 * 5 * 3 + 3);
    // The enlarged map of 5 channels beside the output of 3.
    EXPECT_EQ(topology.peakNumbers(), (5 + 3) * 9);
}

TEST(TfjsModel, KernelsHaveTheirOutputsFirst)
{
    SmallTfjs small;
    const auto model = small.read().value();
    const auto at = [&](const std::string& bytes, std::size_t number) {
        float value = 0;
        std::memcpy(&value, bytes.data() + number * sizeof value, sizeof value);
        return value;
    };

    // "F_0/kernel" [3, 3, 3, 6] stands first in the file: row 1, column 2, input 1, output 4.
    EXPECT_EQ(model.kernels[1].weights[((4 * 3 + 1) * 3 + 1) * 3 + 2],
              at(small.shards["a.bin"], ((1 * 3 + 2) * 3 + 1) * 6 + 4));
}

TEST(TfjsModel, OtherKindsOfLayersAreRefusedByName)
{
    SmallTfjs small;
    small.layerOf("LRL")["class_name"] = "MultiplyBeta";
    EXPECT_THAT(refusalOf(small),
                HasSubstr("layer \"LRL\": layers of the kind MultiplyBeta are not supported"));
}

TEST(TfjsModel, SettingsThatComputeSomethingElseAreRefused)
{
    EXPECT_THAT(refusalWith("F_1", "strides", {2, 2}),
                HasSubstr("layer \"F_1\": \"strides\" is [2,2], [1,1] is expected"));
    EXPECT_THAT(refusalWith("F_1", "dilation_rate", {2, 2}), HasSubstr("\"dilation_rate\""));
    EXPECT_THAT(refusalWith("F_1", "groups", 2), HasSubstr("\"groups\" is 2"));
    EXPECT_THAT(refusalWith("F_1", "activation", "tanh"), HasSubstr("\"activation\" is \"tanh\""));
    EXPECT_THAT(refusalWith("F_1", "padding", "valid"), HasSubstr("\"padding\" is not \"same\""));
    EXPECT_THAT(refusalWith("F_1", "kernel_size", {4, 4}), HasSubstr("even size"));
    EXPECT_THAT(refusalWith("F_1", "data_format", "channels_first"), HasSubstr("channels_last"));
    EXPECT_THAT(refusalWith("F_1", "dtype", "float16"), HasSubstr("float32"));
    EXPECT_THAT(refusalWith("F_1", "output_gain", 2), HasSubstr("\"output_gain\" is not known"));
    EXPECT_THAT(refusalWith("F_1_Relu", "activation", "softmax"), HasSubstr("\"softmax\""));
    EXPECT_THAT(refusalWith("Concat", "axis", 1), HasSubstr("channels"));
    EXPECT_THAT(refusalWith("UPsample", "interpolation", "bilinear"), HasSubstr("\"nearest\""));
    EXPECT_THAT(refusalWith("UPsample", "size", {3, 2}), HasSubstr("3 x 2"));
    EXPECT_THAT(refusalWith("LR", "batch_input_shape", {nullptr, 8, 8, 3}), HasSubstr("[null,8"));
}

TEST(TfjsModel, LayersHaveToFitTogether)
{
    SmallTfjs unread;
    unread.layerOf("LRL")["inbound_nodes"][0][0][0] = "F_0";
    EXPECT_THAT(refusalOf(unread), HasSubstr("nobody reads its layer \"LFF\""));
    SmallTfjs later;
    later.layerOf("F_1")["inbound_nodes"][0][0][0] = "SR";
    EXPECT_THAT(refusalOf(later), HasSubstr("\"SR\", which does not stand before it"));
    SmallTfjs unequal;
    unequal.layerOf("LRL")["inbound_nodes"][0][1][0] = "F_1";
    EXPECT_THAT(refusalOf(unequal), HasSubstr("different numbers of channels"));
    SmallTfjs sizes;
    sizes.layerOf("SR")["class_name"] = "Add";
    sizes.layerOf("SR")["inbound_nodes"][0].push_back(Json::array({"F_0", 0, 0, Json::object()}));
    EXPECT_THAT(refusalOf(sizes), HasSubstr("different sizes"));
}

TEST(TfjsModel, MissingSurplusAndMisshapenWeightsAreRefusedByName)
{
    SmallTfjs missing;
    missing.weight("LFF/bias")["name"] = "LFF/other";
    EXPECT_THAT(refusalOf(missing), HasSubstr("the weight \"LFF/bias\" is missing"));
    SmallTfjs surplus;
    surplus.setting("LFF", "use_bias") = false;
    EXPECT_THAT(refusalOf(surplus), HasSubstr("no layer has the weight \"LFF/bias\""));
    SmallTfjs misshapen;
    misshapen.weight("LFF/kernel")["shape"] = {1, 1, 6, 10};
    EXPECT_THAT(refusalOf(misshapen),
                HasSubstr("\"LFF/kernel\" has the shape [1, 1, 6, 10], [1, 1, 10, 6] is expected"));
    SmallTfjs twice;
    twice.weight("LFF/bias")["name"] = "LRL/bias";
    twice.weight("F_0/bias")["name"] = "LRL/bias";
    EXPECT_THAT(refusalOf(twice), HasSubstr("\"LRL/bias\" occurs twice"));
}

TEST(TfjsModel, ShardsHoldExactlyWhatTheWeightsNeed)
{
    SmallTfjs shorter;
    shorter.shards["b.bin"].pop_back();
    EXPECT_THAT(refusalOf(shorter), HasSubstr("its weights need 5"));
    SmallTfjs longer;
    longer.shards["b.bin"] += '\0';
    EXPECT_FALSE(longer.read());
    // More than any file holds, and more than 64 bits do.
    SmallTfjs huge;
    huge.weight("F_0/bias")["shape"] = {1 << 30, 1 << 30, 1 << 30};
    EXPECT_THAT(refusalOf(huge), HasSubstr("\"F_0/bias\": it is too large"));
    SmallTfjs outside;
    outside.paths[0] = "../a.bin";
    EXPECT_THAT(refusalOf(outside), HasSubstr("the name of a file beside it"));
}

TEST(TfjsModel, OtherNumbersAreRefused)
{
    SmallTfjs half;
    half.weight("F_0/bias")["dtype"] = "float16";
    EXPECT_THAT(refusalOf(half), HasSubstr("the type float16 is not supported"));
    SmallTfjs quantized;
    quantized.weight("F_0/bias")["quantization"] = {{"dtype", "uint8"}, {"scale", 1}, {"min", 0}};
    EXPECT_THAT(refusalOf(quantized), HasSubstr("\"F_0/bias\": quantized weights"));
    SmallTfjs infinite;
    const float infinity = std::numeric_limits<float>::infinity();
    infinite.shards["a.bin"].replace(0, sizeof infinity, reinterpret_cast<const char*>(&infinity),
                                     sizeof infinity);
    EXPECT_THAT(refusalOf(infinite), HasSubstr("\"F_0/kernel\" holds what is not a finite number"));
}

TEST(TfjsModel, OfAFolderNamesItsFiles)
{
    const tests::TemporaryFolder folder;
    const SmallTfjs small;
    EXPECT_THAT(readTfjsModel(folder.path).error().message, HasSubstr("model.json"));
    std::ofstream(folder.path / "model.json") << small.json().dump();
    std::ofstream(folder.path / "a.bin") << small.shards.at("a.bin");
    EXPECT_THAT(readTfjsModel(folder.path).error().message, HasSubstr("b.bin"));
    std::ofstream(folder.path / "b.bin") << small.shards.at("b.bin");

    const auto model = readTfjsModel(folder.path);

    ASSERT_TRUE(model) << model.error().message;
    EXPECT_EQ(model->files,
              (std::vector<std::filesystem::path>{folder.path / "model.json", folder.path / "a.bin",
                                                  folder.path / "b.bin"}));
}

} // namespace
} // namespace vitrine::superres
