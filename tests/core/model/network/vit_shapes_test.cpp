#include "core/model/network/vit_shapes.h"

#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/support/golden.h"

#include <gtest/gtest.h>

#include <map>

namespace vitrine::model
{
namespace
{

using Tensors = std::map<std::string, std::vector<std::int64_t>>;

NetworkShape named(const char* name)
{
    const auto net = namedShapes(name);
    EXPECT_TRUE(net) << name;
    return net.value_or(NetworkShape{});
}

// Every trainable tensor that the layers speak of.
Tensors tensorsOf(const NetworkShape& net)
{
    Tensors tensors(net.embeddings.begin(), net.embeddings.end());
    for (const LayerShape& layer : net.layers) {
        if (layer.weightShape().empty())
            continue;
        const std::int64_t outputs = layer.weightShape()[0];
        tensors[layer.name + ".weight"] = layer.weightShape();
        if (layer.bias || layer.kind == LayerKind::norm)
            tensors[layer.name + ".bias"] = {outputs};
        if (!layer.normName.empty())
            tensors[layer.normName + ".weight"] = tensors[layer.normName + ".bias"] = {outputs};
    }
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
        if (name.find("running_") == std::string::npos &&
            name.find("num_batches") == std::string::npos)
            listed[name] = shape.get<std::vector<std::int64_t>>();
    const NetworkShape net = named(ours);
    EXPECT_EQ(tensorsOf(net), listed);
    EXPECT_EQ(net.parameters(), json["parameter_count"].get<std::int64_t>());
}

TEST(VitShapes, TensorsOfDeitTinyAreTimms)
{
    expectAsListed("deit-tiny", "deit_tiny_patch16_224.json");
}
TEST(VitShapes, TensorsOfDeitSmallAreTimms)
{
    expectAsListed("deit-small", "deit_small_patch16_224.json");
}
TEST(VitShapes, TensorsOfVitBaseAreTimms)
{
    expectAsListed("vit-base", "vit_base_patch16_224.json");
}
TEST(VitShapes, TensorsOfDistilledDeitAreTimms)
{
    expectAsListed("deit-tiny-distilled", "deit_tiny_distilled_patch16_224.json");
}
TEST(VitShapes, TensorsOfEfficientVitB0AreTimms)
{
    expectAsListed("efficientvit-b0", "efficientvit_b0.json");
}
TEST(VitShapes, TensorsOfEfficientVitB1AreTimms)
{
    expectAsListed("efficientvit-b1", "efficientvit_b1.json");
}

struct Counts {
    const char* name;
    std::int64_t parameters, macs;
};

TEST(VitShapes, CountsOfColumnarModelsAreThePapers)
{
    for (const Counts& row : {Counts{"deit-tiny", 5717416, 1253683200},
                              {"deit-small", 22050664, 4598882304},
                              {"deit-base", 86567656, 17563828224},
                              {"vit-large", 304326632, 61554712576}}) {
        EXPECT_EQ(named(row.name).parameters(), row.parameters) << row.name;
        EXPECT_EQ(named(row.name).macs(), row.macs) << row.name;
    }
}

TEST(VitShapes, CountsOfEfficientVitAreThePapers)
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
TEST(VitShapes, CountsOfSwinAreThePapers)
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
TEST(VitShapes, CountsOfPvtBlocksAreAsWorkedOut)
{
    double mlp = 0, depthwise = 0, projections = 0, reduction = 0, attention = 0;
    for (const LayerShape& layer : named("pvtv2-b0").layers) {
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

TEST(VitShapes, UnknownNamesAndSidesAreNone)
{
    for (const char* name :
         {"", "deit", "deit-tiny@", "deit-tiny@225", "deit-tiny@-16", "deit-tiny@99999999999",
          "swin-tiny@256", "efficientvit-b4", "deit-tiny@224@224"})
        EXPECT_FALSE(namedShapes(name)) << name;
}

} // namespace
} // namespace vitrine::model
