#include "core/model/network/named_networks.h"

#include "core/model/network/efficient_vit_network.h"
#include "core/model/network/vit_network.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace vitrine::model
{
namespace
{

using Tensors = std::map<std::string, std::vector<std::int64_t>>;

Network named(const char* name)
{
    const auto net = namedNetwork(name);
    EXPECT_TRUE(net) << name;
    return net.value_or(Network{});
}

Tensors neededBy(const Network& network)
{
    Tensors tensors;
    for (const NetworkTensor& tensor : tensorsOf(network))
        tensors[tensor.name] = tensor.shape;
    return tensors;
}

void expectAsListed(const char* ours, const char* file)
{
    const auto folder = tests::goldenData("vit/shape-lists");
    if (!folder)
        GTEST_SKIP() << "neither VITRINE_TEST_DATA nor VITRINE_GOLDEN is set";
    const auto text = readFile(*folder / file, 1 << 20);
    ASSERT_TRUE(text) << text.error().message;
    const Json json = parseJson(*text, file).value();

    Tensors listed;
    for (const auto& [name, shape] : json["tensors"].items())
        listed[name] = shape.get<std::vector<std::int64_t>>();
    const Network net = named(ours);
    EXPECT_EQ(neededBy(net), listed);
    EXPECT_EQ(net.parameters(), json["parameter_count"].get<std::int64_t>());
}

TEST(VitNetworks, TensorsOfDeitTinyAreTimms)
{
    expectAsListed("deit-tiny", "deit_tiny_patch16_224.json");
}
TEST(VitNetworks, TensorsOfDeitSmallAreTimms)
{
    expectAsListed("deit-small", "deit_small_patch16_224.json");
}
TEST(VitNetworks, TensorsOfVitBaseAreTimms)
{
    expectAsListed("vit-base", "vit_base_patch16_224.json");
}
TEST(VitNetworks, TensorsOfDistilledDeitAreTimms)
{
    expectAsListed("deit-tiny-distilled", "deit_tiny_distilled_patch16_224.json");
}
TEST(VitNetworks, TensorsOfEfficientVitB0AreTimms)
{
    expectAsListed("efficientvit-b0", "efficientvit_b0.json");
}
TEST(VitNetworks, TensorsOfEfficientVitB1AreTimms)
{
    expectAsListed("efficientvit-b1", "efficientvit_b1.json");
}

// Checkpoints of small networks, with all that timm stores.
void expectAsStored(const char* folder, const Network& network)
{
    const auto path = tests::goldenData(std::filesystem::path("vit") / folder);
    if (!path)
        GTEST_SKIP() << "VITRINE_TEST_DATA is not set";
    const auto checkpoint = openCheckpoint(*path);
    ASSERT_TRUE(checkpoint) << checkpoint.error().message;

    Tensors stored;
    for (const std::string& name : (*checkpoint)->tensorNames())
        stored[name] = (*checkpoint)->tensor(name)->shape;
    EXPECT_EQ(neededBy(network), stored);
    const auto checked = checkTensors(network, **checkpoint, folder);
    ASSERT_TRUE(checked) << checked.error().message;
    EXPECT_TRUE(checked->unexpected.empty());
}

TEST(VitNetworks, TensorsOfASmallVitAreThoseOfItsCheckpoint)
{
    expectAsStored("vit-tiny-p8", vitNetwork({.width = 48,
                                              .depth = 3,
                                              .heads = 3,
                                              .mlp = 192,
                                              .patch = 8,
                                              .side = 48,
                                              .classes = 10}));
}
TEST(VitNetworks, TensorsOfASmallDistilledDeitAreThoseOfItsCheckpoint)
{
    expectAsStored("deit-distilled-tiny-p8", vitNetwork({.width = 36,
                                                         .depth = 3,
                                                         .heads = 3,
                                                         .mlp = 144,
                                                         .patch = 8,
                                                         .side = 40,
                                                         .classes = 7,
                                                         .distillationToken = true,
                                                         .distillationHead = true,
                                                         .placedTokens = 2}));
}
TEST(VitNetworks, TensorsOfASmallEfficientVitAreThoseOfItsCheckpoint)
{
    expectAsStored("efficientvit-timm-tiny", efficientVitNetwork({.widths = {8, 12, 16, 24, 32},
                                                                  .depths = {1, 2, 2, 2, 2},
                                                                  .headWidth = 64,
                                                                  .classifierWidth = 80,
                                                                  .dim = 8,
                                                                  .side = 96,
                                                                  .classes = 9}));
}

// By the names of the first release; no stored file of it is at hand to compare with.
TEST(VitNetworks, SwinHasTheTensorsOfItsRelease)
{
    const Tensors tensors = neededBy(named("swin-tiny"));
    for (const auto& [name, shape] :
         Tensors{{"patch_embed.proj.weight", {96, 3, 4, 4}},
                 {"patch_embed.norm.bias", {96}},
                 {"layers.0.blocks.0.attn.relative_position_bias_table", {169, 3}},
                 {"layers.0.blocks.0.attn.relative_position_index", {49, 49}},
                 {"layers.0.blocks.1.attn_mask", {64, 49, 49}},
                 {"layers.0.downsample.norm.weight", {384}},
                 {"layers.0.downsample.reduction.weight", {192, 384}},
                 {"layers.3.blocks.1.mlp.fc2.weight", {768, 3072}},
                 {"norm.weight", {768}},
                 {"head.bias", {1000}}}) {
        ASSERT_TRUE(tensors.contains(name)) << name;
        EXPECT_EQ(tensors.at(name), shape) << name;
    }
    EXPECT_FALSE(tensors.contains("layers.0.downsample.reduction.bias"));
    EXPECT_FALSE(tensors.contains("layers.3.blocks.1.attn_mask")) << "one window is the whole map";
}

// Linear attention: keys and values of both scales give the context, its queries look it up.
TEST(VitNetworks, EfficientVitReadsBothScalesInItsAttention)
{
    const Network net = named("efficientvit-b1");
    const auto reads = [&](const std::string& part) {
        const std::string name = "stages.2.blocks.1.context_module.main" + part;
        const auto layer = std::ranges::find(
            net.layers, name, [](const NetworkLayer& one) { return one.shape.name; });
        std::vector<std::string> inputs;
        for (const std::size_t input : layer->inputs)
            inputs.push_back(net.layers[input].shape.name.substr(
                std::string("stages.2.blocks.1.context_module.main").size()));
        return inputs;
    };
    using Names = std::vector<std::string>;
    EXPECT_EQ(reads(".concat"), (Names{".qkv.conv", ".aggreg.0.1"}));
    EXPECT_EQ(reads(".lookup"), (Names{".concat", ".context"}));
    EXPECT_EQ(reads(".divide"), (Names{".lookup", ".divisors"}));
    EXPECT_EQ(reads(".proj.conv"), (Names{".divide"}));
}

// Tables show layers by their names.
TEST(VitNetworks, EveryLayerHasANameOfItsOwn)
{
    for (const char* of : {"efficientvit-b1", "deit-tiny"}) {
        std::set<std::string> names;
        for (const NetworkLayer& layer : named(of).layers)
            EXPECT_TRUE(names.insert(layer.shape.name).second) << of << " " << layer.shape.name;
    }
}

TEST(VitNetworks, SwinRollsEverySecondBlockUnlessOneWindowIsTheMap)
{
    std::vector<std::int64_t> offsets;
    for (const NetworkLayer& layer : named("swin-tiny").layers)
        if (layer.shape.kind == LayerKind::windows)
            offsets.push_back(layer.offset);
    EXPECT_EQ(offsets, (std::vector<std::int64_t>{0, 3, 0, 3, 0, 3, 0, 3, 0, 3, 0, 0}));
}

TEST(VitNetworks, HeadsOfDistilledDeitReadOneTokenEach)
{
    std::vector<std::int64_t> rows;
    for (const NetworkLayer& layer : named("deit-tiny-distilled").layers)
        if (layer.shape.kind == LayerKind::select)
            rows.push_back(layer.offset);
    EXPECT_EQ(rows, (std::vector<std::int64_t>{0, 1}));
}

struct Counts {
    const char* name;
    std::int64_t parameters, macs;
};

TEST(VitNetworks, CountsOfColumnarModelsAreThePapers)
{
    for (const Counts& row : {Counts{"deit-tiny", 5717416, 1253683200},
                              {"deit-small", 22050664, 4598882304},
                              {"deit-base", 86567656, 17563828224},
                              {"vit-large", 304326632, 61554712576}}) {
        EXPECT_EQ(named(row.name).parameters(), row.parameters) << row.name;
        EXPECT_EQ(named(row.name).macs(), row.macs) << row.name;
    }
}

TEST(VitNetworks, CountsOfEfficientVitAreThePapers)
{
    for (const Counts& row : {Counts{"efficientvit-b0", 3410008, 100233216},
                              {"efficientvit-b1", 9102024, 519214592},
                              {"efficientvit-b1@256", 9102024, 676915712},
                              {"efficientvit-b1@288", 9102024, 855643648},
                              {"efficientvit-b2", 24330712, 1584937984},
                              {"efficientvit-b2@256", 24330712, 2067533824},
                              {"efficientvit-b2@288", 24330712, 2614475776},
                              {"efficientvit-b3", 48646056, 3953822208}}) {
        EXPECT_EQ(named(row.name).parameters(), row.parameters) << row.name;
        EXPECT_EQ(named(row.name).macs(), row.macs) << row.name;
    }
}

// The table prints Swin's operations with five digits.
TEST(VitNetworks, CountsOfSwinAreThePapers)
{
    for (const Counts& row : {Counts{"swin-tiny", 28288354, 4490600000},
                              {"swin-small", 49606258, 8740900000},
                              {"swin-base", 87768224, 15430900000}}) {
        EXPECT_EQ(named(row.name).parameters(), row.parameters) << row.name;
        EXPECT_NEAR(static_cast<double>(named(row.name).macs()), static_cast<double>(row.macs), 5e4)
            << row.name;
    }
}

// Blocks only: patch embeddings, norms and head left out; full precision of the printed digits.
TEST(VitNetworks, CountsOfPvtBlocksAreAsWorkedOut)
{
    double mlp = 0, depthwise = 0, projections = 0, reduction = 0, attention = 0;
    for (const LayerShape& layer : layerTable(named("pvtv2-b0"))) {
        const double macs = static_cast<double>(layer.macs()) / 1e6;
        if (layer.name.find(".mlp.fc") != std::string::npos)
            mlp += macs;
        else if (layer.kind == LayerKind::depthwise)
            depthwise += macs;
        else if (layer.name.ends_with(".attn.sr"))
            reduction += macs;
        else if (layer.kind == LayerKind::scores || layer.kind == LayerKind::values)
            attention += macs;
        else if (layer.name.find(".attn.") != std::string::npos)
            projections += macs;
    }
    EXPECT_NEAR(mlp, 337.18, 5e-3);
    EXPECT_NEAR(depthwise, 24.84, 5e-3);
    EXPECT_NEAR(projections, 77.47, 5e-3);
    EXPECT_NEAR(reduction, 22.88, 5e-3);
    EXPECT_NEAR(attention, 38.11, 5e-3);
}

// The whole, with embeddings and head.
TEST(VitNetworks, CountsOfPvtAreThePapers)
{
    EXPECT_EQ(named("pvtv2-b0").parameters(), 3666760);
    EXPECT_EQ(named("pvtv2-b0").macs(), 566065664);
}

TEST(VitNetworks, UnknownNamesAndSidesAreNone)
{
    for (const char* name :
         {"", "deit", "deit-tiny@", "deit-tiny@225", "deit-tiny@-16", "deit-tiny@99999999999",
          "swin-tiny@256", "efficientvit-b4", "deit-tiny@224@224"})
        EXPECT_FALSE(namedNetwork(name)) << name;
}

} // namespace
} // namespace vitrine::model
