#include "core/base/parallel.h"
#include "core/model/network/vit_network.h"
#include "core/model/vision/vision_model.h"
#include "core/quant/vision/integer_vision.h"
#include "core/quant/vision/simulated_vision.h"
#include "core/quant/vision/vision_method.h"
#include "tests/core/model/vision/random_vision.h"
#include "tests/support/temporary_folder.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quant
{
namespace
{

using model::LayerKind;
using tests::RandomVision;
using tests::TemporaryFolder;

// Heads of 16: 1 / sqrt(16) is a power of two.
const model::VitSizes kSmall{.width = 32,
                             .depth = 2,
                             .heads = 2,
                             .mlp = 64,
                             .patch = 4,
                             .side = 16,
                             .channels = 1,
                             .classes = 5};

// A random ViT on disk, and training pictures.
class RandomVit
{
public:
    explicit RandomVit(model::VitSizes sizes = kSmall) : sizes_(sizes)
    {
        const RandomVision random(model::vitNetwork(sizes));
        random.write(folder_.path, R"({"architecture": "vit", "num_heads": )" +
                                       std::to_string(sizes.heads) +
                                       R"(, "mean": [0.5], "std": [0.25]})");
        checkpoint_ = model::openVisionCheckpoint(folder_.path).value();
        for (std::uint64_t seed = 1; seed <= 8; ++seed)
            pictures_.push_back(tests::randomPicture(sizes.side, sizes.channels, seed));
    }
    VisionQuantTask task(VisionQuantSettings settings) const
    {
        return {checkpoint_, pictures_, std::move(settings)};
    }
    Result<CodedVision> coded(const char* method, VisionQuantSettings settings) const
    {
        const VisionMethod found = findVisionMethod(method).value();
        if (settings.tricks.empty())
            for (const VisionTrick& trick : found.tricks)
                if (!trick.isOptional)
                    settings.tricks.insert(trick.name);
        settings.tricks.erase("none");
        return found.quantize(task(std::move(settings)));
    }
    // One that it was not calibrated on.
    std::vector<float> unseen(std::uint64_t seed) const
    {
        return tests::randomPicture(sizes_.side, sizes_.channels, 100 + seed);
    }
    std::vector<float> original(const std::vector<float>& picture) const
    {
        return model::VisionModel::open(checkpoint_).value().run(picture).value();
    }

private:
    model::VitSizes sizes_;
    TemporaryFolder folder_;
    std::shared_ptr<const model::VisionCheckpoint> checkpoint_;
    std::vector<std::vector<float>> pictures_;
};

std::shared_ptr<const CodedVision> shared(Result<CodedVision> coded)
{
    EXPECT_TRUE(coded) << (coded ? "" : coded.error().message);
    return std::make_shared<const CodedVision>(std::move(coded).value());
}

double distance(const std::vector<float>& a, const std::vector<float>& b)
{
    double lost = 0, all = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        lost += std::pow(static_cast<double>(a[i]) - static_cast<double>(b[i]), 2);
        all += std::pow(static_cast<double>(a[i]), 2);
    }
    return lost / all;
}

// What a simulated network loses of the original's logits, over some pictures.
double lossOf(const RandomVit& vit, std::shared_ptr<const CodedVision> coded)
{
    const auto simulated = SimulatedVision::make(coded).value();
    double sum = 0;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        const auto picture = vit.unseen(seed);
        sum +=
            distance(vit.original(picture), logitsOf(*coded, simulated.run(picture).value())) / 8;
    }
    return sum;
}

void expectEqualPasses(const RandomVit& vit, std::shared_ptr<const CodedVision> coded)
{
    const auto simulated = SimulatedVision::make(coded).value();
    const auto whole = IntegerVision::make(coded);
    ASSERT_TRUE(whole) << whole.error().message;
    for (std::uint64_t seed = 0; seed < 12; ++seed) {
        const auto picture = vit.unseen(seed);
        ASSERT_EQ(whole->run(picture).value(), simulated.run(picture).value()) << seed;
    }
}

TEST(VitInCodes, WholeNumbersGiveWhatTheSimulationSays)
{
    const RandomVit vit;
    for (const auto& [weights, activations] :
         {std::pair{8, 8}, std::pair{4, 8}, std::pair{8, 6}, std::pair{3, 5}})
        expectEqualPasses(vit, shared(vit.coded("p2vit", {.weightBits = weights,
                                                          .activationBits = activations})));
}

// 1 / sqrt(8) is none: scores have a multiplier.
TEST(VitInCodes, WholeNumbersKnowHeadsOfAnyWidth)
{
    model::VitSizes sizes = kSmall;
    sizes.heads = 4;
    const RandomVit vit(sizes);
    expectEqualPasses(vit, shared(vit.coded("p2vit", {})));
}

TEST(VitInCodes, WholeNumbersKnowTwoHeadsOfTheNetworkAndRegisters)
{
    model::VitSizes sizes = kSmall;
    sizes.distillationToken = sizes.distillationHead = true;
    sizes.placedTokens = 2;
    const RandomVit vit(sizes);
    const auto coded = shared(vit.coded("p2vit", {}));
    expectEqualPasses(vit, coded);
    EXPECT_LT(lossOf(vit, coded), 0.2);
}

TEST(VitInCodes, ThreadsChangeNothing)
{
    const RandomVit vit;
    const auto whole = IntegerVision::make(shared(vit.coded("p2vit", {}))).value();
    const auto picture = vit.unseen(1);
    const auto once = whole.run(picture).value();
    for (const int threads : {1, 2, 4}) {
        setThreadCount(threads);
        EXPECT_EQ(whole.run(picture).value(), once) << threads;
    }
    setThreadCount(0);
}

// Invariant 1 of the specification.
TEST(P2Vit, EveryScaleIsAPowerOfTwo)
{
    const RandomVit vit;
    const auto coded = shared(vit.coded("p2vit", {.weightBits = 4}));
    EXPECT_TRUE(isPowerOfTwo(coded->input.scale));
    for (const CodedLayer& layer : coded->layers) {
        EXPECT_TRUE(isPowerOfTwo(layer.output.scale));
        if (const auto* product = std::get_if<CodedProduct>(&layer.work)) {
            EXPECT_EQ(product->weightScales.size(), product->bias.size()) << "one for each output";
            for (const double scale : product->weightScales)
                EXPECT_TRUE(isPowerOfTwo(scale));
            for (const Rescale& by : product->rescales)
                EXPECT_TRUE(by.whole && by.whole->isShift());
        }
        if (const auto* norm = std::get_if<CodedNorm>(&layer.work)) {
            for (const double factor : norm->factors)
                EXPECT_TRUE(isPowerOfTwo(factor));
        }
    }
}

TEST(P2Vit, EightBitsLoseLittleAndFewerLoseMore)
{
    const RandomVit vit;
    const double w8 = lossOf(vit, shared(vit.coded("p2vit", {}))),
                 w4 = lossOf(vit, shared(vit.coded("p2vit", {.weightBits = 4}))),
                 w2 = lossOf(vit, shared(vit.coded("p2vit", {.weightBits = 2})));
    EXPECT_LT(w8, 0.4); // random attention is flat: weights of 4 bits cost it most
    EXPECT_GT(w4, w8);
    EXPECT_GT(w2, w4);
}

TEST(P2Vit, AWeightOf8BitsHasOneScale)
{
    const RandomVit vit;
    const auto coded = shared(vit.coded("p2vit", {}));
    for (const CodedLayer& layer : coded->layers)
        if (const auto* product = std::get_if<CodedProduct>(&layer.work)) {
            EXPECT_EQ(product->weightScales.size(), 1u);
        }
}

TEST(P2Vit, SingleLayersMayHaveTheirOwnBits)
{
    const RandomVit vit;
    const auto coded = shared(vit.coded("p2vit", {.layerBits = {{"blocks.1.mlp.fc1", 4}}}));
    for (std::size_t i = 0; i < coded->layers.size(); ++i)
        if (const auto* product = std::get_if<CodedProduct>(&coded->layers[i].work)) {
            EXPECT_EQ(product->bits,
                      coded->network().layers[i].shape.name == "blocks.1.mlp.fc1" ? 4 : 8);
        }
}

TEST(VitMethods, WhatStaysInFloatingPointIsSaid)
{
    const RandomVit vit;
    EXPECT_TRUE(floatParts(*shared(vit.coded("p2vit", {}))).empty());
    const auto fq = shared(vit.coded("fq-vit", {}));
    EXPECT_EQ(floatParts(*fq), (std::vector<std::string>{"GELU", "LayerNorm", "requantization",
                                                         "residual additions", "softmax"}));
    const auto whole = IntegerVision::make(fq);
    ASSERT_FALSE(whole);
    EXPECT_NE(whole.error().message.find("GELU, LayerNorm"), std::string::npos);
}

// Scales of floating point are closer than powers of two.
TEST(VitMethods, TheTwinWithFloatScalesIsCloseToo)
{
    const RandomVit vit;
    EXPECT_LT(lossOf(vit, shared(vit.coded("fq-vit", {}))), 0.1);
    EXPECT_LT(lossOf(vit, shared(vit.coded("minmax", {}))), 0.1);
}

TEST(VitMethods, TellTheOriginalsValuesOfWhatIsSmoothed)
{
    const RandomVit vit;
    const auto coded = shared(vit.coded("fq-vit", {.tricks = {"ptf", "smoothing"}}));
    const auto picture = vit.unseen(3);
    std::map<std::size_t, std::vector<float>> original;
    const auto model = model::VisionModel::open(coded->checkpoint).value();
    ASSERT_TRUE(model.run(picture, {.observe = [&](const model::LayerOutput& output) {
                              original[output.layer].assign(output.values.begin(),
                                                            output.values.end());
                          }}));
    std::size_t compared = 0;
    ASSERT_TRUE(SimulatedVision::make(coded)->run(
        picture, {.observe = [&](const CodedOutput& output) {
            if (coded->network().layers[output.layer].shape.kind != LayerKind::norm)
                return;
            const std::vector<float> values(output.values.begin(), output.values.end());
            EXPECT_LT(distance(original[output.layer], values), 0.1);
            ++compared;
        }}));
    EXPECT_EQ(compared, 5u);
}

TEST(VitMethods, RefuseWhatTheyDoNotKnow)
{
    const RandomVit vit;
    const VisionMethod method = findVisionMethod("p2vit").value();
    const model::Network network = model::vitNetwork(kSmall);
    EXPECT_FALSE(checkSettings(method, network, {.weightBits = 9}));
    EXPECT_FALSE(checkSettings(method, network, {.layerBits = {{"blocks.9.mlp.fc1", 4}}}));
    const auto trick = checkSettings(method, network, {.tricks = {"magic"}});
    ASSERT_FALSE(trick);
    EXPECT_NE(trick.error().message.find("adaptive, ptf"), std::string::npos);
    EXPECT_FALSE(findVisionMethod("nothing"));
}

} // namespace
} // namespace vitrine::quant
