// ShiftAddViT from files: what its tensors and its config.json say, its tables of layers, and what
// its layers compute. That it answers as in training is tested beside the trainer.
#include "core/model/network/shift_add_network.h"
#include "core/model/vision/token_experts.h"
#include "core/tensor/kernels/mat_shift.h"
#include "tests/core/model/vision/random_vision.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fmt/format.h>

namespace vitrine::model
{
namespace
{

using testing::Contains;
using testing::HasSubstr;

ShiftAddSizes smallSizes()
{
    return {.vit = {.width = 24,
                    .depth = 2,
                    .heads = 2,
                    .mlp = 48,
                    .patch = 4,
                    .side = 12,
                    .channels = 1,
                    .classes = 3},
            .binaryBlocks = 1};
}

constexpr const char* kSaid =
    R"({"family": "shiftaddvit", "attention": "binary", "code_threshold": "picture mean",
        "softmax_blocks": 1, "attention_linears": "multiply", "mlp_linears": "mixture",
        "lowest_exponent": -15, "expert_latencies": [6, 4], "num_heads": 2, "img_size": 12,
        "norm_eps": 1e-6, "mean": [0.3], "std": [0.4]})";

struct OpenedShiftAdd {
    vitrine::tests::TemporaryFolder folder;
    Result<std::shared_ptr<const VisionCheckpoint>> checkpoint = failure("not opened");

    OpenedShiftAdd(const vitrine::tests::RandomVision& weights, const std::string& config)
    {
        weights.write(folder.path, config);
        checkpoint = openVisionCheckpoint(folder.path);
    }
    VisionModel model() const
    {
        EXPECT_TRUE(checkpoint) << (checkpoint ? "" : checkpoint.error().message);
        return *VisionModel::open(*checkpoint);
    }
};

std::string refusalOf(const std::string& from, const std::string& to)
{
    std::string config = kSaid;
    config.replace(config.find(from), from.size(), to);
    const OpenedShiftAdd opened(vitrine::tests::RandomVision(shiftAddNetwork(smallSizes())),
                                config);
    return opened.checkpoint ? std::string() : opened.checkpoint.error().message;
}

TEST(ShiftAddNetwork, CountsMultipliesShiftsAndAdditionsApart)
{
    std::vector<std::string> rows;
    for (const LayerShape& s : layerTable(shiftAddNetwork(smallSizes()))) {
        if (s.module != "blocks.0" || s.k == 0)
            continue;
        static constexpr const char* kArithmetic[] = {"multiply", "shift", "mask"};
        rows.push_back(fmt::format("{} {} x ({} x {}) ({} x {})",
                                   kArithmetic[static_cast<int>(s.arithmetic)], s.batch, s.m, s.k,
                                   s.k, s.n) +
                       s.name.substr(8));
    }
    // 10 tokens, of which a mixture sends 4 to the multiplying expert.
    EXPECT_EQ(rows, (std::vector<std::string>{
                        "multiply 1 x (10 x 24) (24 x 72).attn.qkv",
                        "mask 2 x (12 x 10) (10 x 12).attn.context",
                        "mask 2 x (10 x 12) (12 x 12).attn.lookup",
                        "multiply 2 x (120 x 9) (9 x 1).attn.dconv",
                        "multiply 1 x (10 x 24) (24 x 24).attn.proj",
                        "multiply 1 x (10 x 24) (24 x 2).mlp.fc1.router",
                        "multiply 1 x (4 x 24) (24 x 48).mlp.fc1.mult",
                        "shift 1 x (6 x 24) (24 x 48).mlp.fc1.shift",
                        "multiply 1 x (10 x 48) (48 x 2).mlp.fc2.router",
                        "multiply 1 x (4 x 48) (48 x 24).mlp.fc2.mult",
                        "shift 1 x (6 x 48) (48 x 24).mlp.fc2.shift",
                    }));
}

// 16 bits of each head for queries and keys alike, one projection less.
TEST(ShiftAddNetwork, HashedAttentionAddsAsManyTokensAsThereAreBits)
{
    ShiftAddSizes sizes = smallSizes();
    sizes.hashing = ShiftAddSizes::Hashing{};
    const Network network = shiftAddNetwork(sizes);
    std::vector<std::string> rows;
    for (const LayerShape& s : layerTable(network))
        if (s.module == "blocks.0" && s.name.find(".attn.") != std::string::npos)
            rows.push_back(
                fmt::format("{} x ({} x {} x {}) {}", s.batch, s.m, s.k, s.n, s.name.substr(14)));
    EXPECT_EQ(rows, (std::vector<std::string>{
                        "1 x (10 x 24 x 48) qk_v",
                        "1 x (10 x 0 x 32) codes",
                        "2 x (16 x 10 x 12) context",
                        "2 x (10 x 16 x 12) lookup",
                        "2 x (120 x 9 x 1) dconv",
                        "1 x (10 x 0 x 24) unit",
                        "1 x (10 x 24 x 24) proj",
                    }));
    EXPECT_EQ(std::ranges::count_if(network.layers, isHashed), 1);
}

TEST(ShiftAddModel, IsKnownByItsTensorsAndSaysWhatIsConverted)
{
    const vitrine::tests::RandomVision weights(shiftAddNetwork(smallSizes()));
    const OpenedShiftAdd opened(weights, kSaid), silent(weights, R"({"img_size": 12})");

    ASSERT_TRUE(opened.checkpoint) << opened.checkpoint.error().message;
    EXPECT_EQ((*opened.checkpoint)->family(), "ShiftAddViT");
    EXPECT_THAT((*opened.checkpoint)->notes(), Contains(HasSubstr("binary in blocks 0 to 0")));
    EXPECT_THAT((*opened.checkpoint)->notes(), Contains(HasSubstr("count 40 % of the tokens")));
    ASSERT_TRUE(silent.checkpoint) << silent.checkpoint.error().message;
    EXPECT_THAT((*silent.checkpoint)->notes(), Contains(HasSubstr("-15 is assumed")));
    EXPECT_THAT((*silent.checkpoint)->notes(), Contains(HasSubstr("(assumed, as in the released")));
}

TEST(ShiftAddModel, LatenciesOfTheFileSplitTheTokensOfItsTables)
{
    std::string config = kSaid;
    config.replace(config.find("[6, 4]"), 6, "[1, 4]");
    const OpenedShiftAdd opened(vitrine::tests::RandomVision(shiftAddNetwork(smallSizes())),
                                config);
    ASSERT_TRUE(opened.checkpoint) << opened.checkpoint.error().message;
    const auto table = layerTable((*opened.checkpoint)->network());
    const auto mult = std::ranges::find(table, "blocks.1.mlp.fc2.mult", &LayerShape::name);
    ASSERT_NE(mult, table.end());
    EXPECT_EQ(mult->m, 8);
}

TEST(ShiftAddModel, RefusesByNameWhatItDoesNotKnowOrWhatTheTensorsContradict)
{
    EXPECT_EQ(refusalOf("\"binary\"", "\"binary\""), "");
    EXPECT_THAT(refusalOf("\"binary\"", "\"hashed\""), HasSubstr("\"attention\" is \"hashed\""));
    EXPECT_THAT(refusalOf("\"picture mean\"", "\"batch mean\""), HasSubstr("\"batch mean\""));
    EXPECT_THAT(refusalOf("\"mixture\"", "\"three\""), HasSubstr("\"mlp_linears\" is \"three\""));
    EXPECT_THAT(refusalOf("\"multiply\"", "\"shift\""),
                HasSubstr("\"attention_linears\": \"shift\", the tensors have \"multiply\""));
    EXPECT_THAT(refusalOf("\"softmax_blocks\": 1", "\"softmax_blocks\": 0"),
                HasSubstr("0 blocks keep softmax attention, the tensors that 1 of 2 do"));
    EXPECT_THAT(refusalOf("[6, 4]", "[6]"), HasSubstr("two positive numbers"));
    EXPECT_THAT(refusalOf("\"shiftaddvit\"", "\"deit\""), HasSubstr("\"attention\" is \"binary\""));
    EXPECT_THAT(refusalOf("\"num_heads\": 2", "\"num_heads\": 3"), HasSubstr("heads"));
}

TEST(ShiftAddModel, APlainVitIsNotTakenForOne)
{
    const OpenedShiftAdd opened(vitrine::tests::RandomVision(vitNetwork(smallSizes().vit)), kSaid);
    ASSERT_FALSE(opened.checkpoint);
    EXPECT_THAT(opened.checkpoint.error().message, HasSubstr("plain ViT"));
}

// "blocks.0.mlp.fc1.shift.weight" to the name in a network that multiplies.
std::string withoutExpert(std::string name)
{
    for (const std::string expert : {".mult.", ".shift."})
        if (const auto at = name.find(expert); at != std::string::npos)
            name.replace(at, expert.size(), ".");
    return name;
}

// Weights that are powers of two already: all forms compute the same, but for the fixed point of
// inputs.
TEST(ShiftAddModel, EveryFormOfALinearLayerComputesTheSameOnPowersOfTwo)
{
    ShiftAddSizes sizes = smallSizes();
    sizes.mlpLinears = LinearForm::multiply;
    vitrine::tests::RandomVision plain(shiftAddNetwork(sizes));
    for (auto& [name, tensor] : plain.tensors)
        if (name.starts_with("blocks.") && tensor.shape.size() == 2)
            for (float& weight : tensor.values)
                weight = kernels::nearestShift(weight, -15).value();
    const auto picture = vitrine::tests::randomPicture(12, 1);
    const std::string config = R"({"family": "shiftaddvit", "num_heads": 2, "img_size": 12})";
    const auto expected = OpenedShiftAdd(plain, config).model().run(picture);
    ASSERT_TRUE(expected);

    for (const LinearForm form : {LinearForm::shift, LinearForm::mixture}) {
        sizes.attentionLinears = sizes.mlpLinears = form;
        vitrine::tests::RandomVision other(shiftAddNetwork(sizes));
        for (auto& [name, tensor] : other.tensors)
            if (name.find(".router.") == std::string::npos)
                tensor.values = plain[withoutExpert(name)];
        const auto logits = OpenedShiftAdd(other, config).model().run(picture);
        ASSERT_TRUE(logits);
        for (std::size_t i = 0; i < logits->size(); ++i)
            EXPECT_NEAR((*logits)[i], (*expected)[i], 2e-3);
    }
}

TEST(ShiftAddModel, TellsWhichExpertEachTokenTook)
{
    vitrine::tests::RandomVision weights(shiftAddNetwork(smallSizes()));
    const auto setAll = [&](const std::string& name, float value) {
        std::ranges::fill(weights.tensors.at(name).values, value);
    };
    for (const char* layer : {"blocks.0.mlp.fc1", "blocks.0.mlp.fc2"})
        setAll(std::string(layer) + ".router.weight", 0);
    weights.tensors.at("blocks.0.mlp.fc1.router.bias").values = {0, 1};
    setAll("blocks.0.mlp.fc2.router.bias", 0.5f); // undecided
    const OpenedShiftAdd opened(weights, kSaid);

    const auto taken = tokenExperts(opened.model(), vitrine::tests::randomPicture(12, 1));

    ASSERT_TRUE(taken) << taken.error().message;
    ASSERT_EQ(taken->size(), 4u);
    EXPECT_EQ((*taken)[0].layer, "blocks.0.mlp.fc1");
    EXPECT_EQ((*taken)[0].expert, std::vector<std::uint8_t>(10, 1));
    EXPECT_EQ((*taken)[0].margin, std::vector<float>(10, 1));
    EXPECT_EQ((*taken)[1].expert, std::vector<std::uint8_t>(10, 0));
    EXPECT_EQ((*taken)[3].layer, "blocks.1.mlp.fc2");
}

} // namespace
} // namespace vitrine::model
