#include "core/quant/vision/mixed_precision.h"

#include "tests/core/quant/vision/small_vit.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quant
{
namespace
{

// Few draws of each trace: what is looked at is the search.
MixedSettings quickSettings(double budget)
{
    return {.budget = budget, .traces = {.batches = 2, .estimate = {.mostDraws = 4}}};
}

std::vector<BitConfig> allBitsWithin(const MixedNetwork& network, std::int64_t budget)
{
    std::vector<BitConfig> all;
    for (unsigned choice = 0; choice < 1u << network.layers.size(); ++choice) {
        BitConfig bits;
        for (std::size_t i = 0; i < network.layers.size(); ++i)
            bits.push_back(choice >> i & 1 ? 8 : 4);
        if (network.isValid(bits) && network.cost(bits) <= budget)
            all.push_back(bits);
    }
    return all;
}

void expectEqualCodes(const CodedVision& a, const CodedVision& b)
{
    EXPECT_EQ(a.input, b.input);
    ASSERT_EQ(a.layers.size(), b.layers.size());
    for (std::size_t i = 0; i < a.layers.size(); ++i) {
        EXPECT_EQ(a.layers[i].output, b.layers[i].output) << i;
        const auto *one = std::get_if<CodedProduct>(&a.layers[i].work),
                   *other = std::get_if<CodedProduct>(&b.layers[i].work);
        ASSERT_EQ(one == nullptr, other == nullptr);
        if (!one)
            continue;
        EXPECT_EQ(one->bits, other->bits);
        EXPECT_EQ(one->weights, other->weights);
        EXPECT_EQ(one->weightScales, other->weightScales);
        EXPECT_EQ(one->bias, other->bias);
        EXPECT_EQ(one->table, other->table);
        for (std::size_t o = 0; o < one->rescales.size(); ++o)
            EXPECT_EQ(one->rescales[o].factor, other->rescales[o].factor);
    }
}

// What the search relies on.
TEST(CandidateCodes, AreWhatTheMethodGivesForTheirBits)
{
    const tests::SmallVit vit;
    const MixedNetwork network = vit.mixed();
    const BitConfig bits = {8, 4, 8, 8, 4, 4};
    for (const char* name : {"p2vit", "fq-vit", "minmax"}) {
        const VisionMethod method = findVisionMethod(name).value();
        const auto codes = CandidateCodes::make(method, vit.task(name), network);
        ASSERT_TRUE(codes) << codes.error().message;
        const auto direct = method.quantize(
            vit.task(name, {.weightBits = 3, .layerBits = layerBitsOf(network, bits)}));
        ASSERT_TRUE(direct) << direct.error().message;
        expectEqualCodes(codes->with(bits), *direct);
    }
}

TEST(CandidateCodes, A4BitLayerHasAScaleForEachOutputAndAn8BitOneHasOne)
{
    const tests::SmallVit vit;
    const MixedNetwork network = vit.mixed();
    const auto codes =
        CandidateCodes::make(findVisionMethod("p2vit").value(), vit.task("p2vit"), network);
    const CodedVision mixed = codes->with({8, 4, 8, 4, 8, 4});
    for (const CodedLayer& layer : mixed.layers)
        if (const auto* product = std::get_if<CodedProduct>(&layer.work)) {
            EXPECT_EQ(product->weightScales.size(), product->bits == 8 ? 1 : product->bias.size());
        }
}

// Of weights whose inputs are smoothed, too: half a step in each weight's own units is a quarter of
// its square at most, and 4 bits lose about 17^2 times what 8 bits lose.
TEST(CandidateCodes, DistancesAreThoseOfTheOriginalsWeights)
{
    const tests::SmallVit vit;
    const auto codes =
        CandidateCodes::make(findVisionMethod("p2vit").value(), vit.task("p2vit"), vit.mixed());
    const auto distances = codes->distances();
    ASSERT_TRUE(distances) << distances.error().message;
    const CodedVision coded = codes->with({8, 8, 8, 8, 8, 8});
    std::size_t layer = 0;
    for (std::size_t i = 0; i < coded.layers.size(); ++i) {
        const auto* product = std::get_if<CodedProduct>(&coded.layers[i].work);
        if (!product)
            continue;
        const auto& of = distances->at(layer++);
        double largest = 1;
        if (!coded.network().layers[i].inputs.empty())
            if (const auto* norm =
                    std::get_if<CodedNorm>(&coded.layers[coded.network().layers[i].inputs[0]].work);
                norm && !norm->factors.empty())
                largest = *std::ranges::max_element(norm->factors);
        const double step = product->weightScales[0] * largest;
        EXPECT_LT(of[1], step * step / 4);
        EXPECT_GT(of[1], 0);
        EXPECT_GT(of[0], 4 * of[1]);
    }
    EXPECT_EQ(layer, 6u);
}

// 32 choices: all of them are judged here.
TEST(ChooseMixedBits, FindsTheBestOfASmallNetwork)
{
    const tests::SmallVit vit;
    const VisionMethod method = findVisionMethod("p2vit").value();
    const auto found = chooseMixedBits(method, vit.task("p2vit"), quickSettings(1.5));
    ASSERT_TRUE(found) << found.error().message;
    const auto original = vit.originalLogits();
    const auto fitnessOf = [&](const BitConfig& bits) {
        auto coded =
            method.quantize(vit.task("p2vit", {.layerBits = layerBitsOf(found->network, bits)}));
        return answerFit(std::move(coded).value(), vit.pictures, original).value().fitness();
    };
    double best = -INFINITY;
    for (const BitConfig& bits : allBitsWithin(found->network, found->budget))
        best = std::max(best, fitnessOf(bits));
    EXPECT_DOUBLE_EQ(found->fit.fitness(), best);
    EXPECT_DOUBLE_EQ(fitnessOf(found->bits), best);
}

TEST(ChooseMixedBits, KeepsWithinTheBudgetAndLeavesTheStemAlone)
{
    const tests::SmallVit vit(2);
    const auto found =
        chooseMixedBits(findVisionMethod("p2vit").value(), vit.task("p2vit"), quickSettings(1.2));
    ASSERT_TRUE(found) << found.error().message;
    const MixedNetwork& network = found->network;
    EXPECT_EQ(found->budget,
              static_cast<std::int64_t>(std::floor(1.2 * static_cast<double>(4 * network.macs()))));
    EXPECT_EQ(found->cost, network.cost(found->bits));
    EXPECT_EQ(network.layers[0].name, "patch_embed.proj");
    EXPECT_EQ(found->sensitivity[0].trace, 0);
    EXPECT_GT(found->judged.size(), found->drawn / 2);
    for (const BitIndividual& one : found->judged) {
        EXPECT_LE(network.cost(one.bits), found->budget);
        EXPECT_EQ(one.bits[0], 8);
        EXPECT_LE(one.fitness, found->fit.fitness());
    }
    for (const LayerSensitivity& layer : found->sensitivity)
        EXPECT_GT(layer.distances[0], layer.distances[1]);
}

TEST(ChooseMixedBits, EqualSeedsGiveEqualBits)
{
    const tests::SmallVit vit(2, 3);
    const VisionMethod method = findVisionMethod("p2vit").value();
    const auto once = chooseMixedBits(method, vit.task("p2vit"), quickSettings(1.3)),
               again = chooseMixedBits(method, vit.task("p2vit"), quickSettings(1.3));
    ASSERT_TRUE(once && again);
    EXPECT_EQ(once->bits, again->bits);
    EXPECT_EQ(once->sensitivity[1].trace, again->sensitivity[1].trace);
}

TEST(ChooseMixedBits, StopsWhereItIsCancelled)
{
    const tests::SmallVit vit;
    for (const double most : {0.0, 0.05, 0.2, 0.41}) {
        VisionQuantTask task = vit.task("p2vit");
        double last = 0;
        task.progress = [&](double share) {
            EXPECT_GE(share, last);
            last = share;
            return share < most;
        };
        const auto found =
            chooseMixedBits(findVisionMethod("p2vit").value(), task, quickSettings(1.5));
        ASSERT_FALSE(found);
        EXPECT_EQ(found.error().kind, ErrorKind::cancelled) << most;
        EXPECT_LT(last, most + 0.2);
    }
}

TEST(ChooseMixedBits, RefusesABudgetThatNothingKeeps)
{
    const tests::SmallVit vit;
    const VisionMethod method = findVisionMethod("p2vit").value();
    const auto tight = chooseMixedBits(method, vit.task("p2vit"), quickSettings(1));
    ASSERT_FALSE(tight) << "the stem has 8 bits";
    EXPECT_NE(tight.error().message.find("budget"), std::string::npos);
    EXPECT_FALSE(chooseMixedBits(method, vit.task("p2vit"), quickSettings(0.5)));
}

// A method without whole numbers is judged by its simulation.
TEST(ChooseMixedBits, KnowsMethodsThatKeepFloats)
{
    const tests::SmallVit vit(1, 2);
    MixedSettings settings = quickSettings(1.5);
    settings.search.generations = 1;
    const auto found =
        chooseMixedBits(findVisionMethod("fq-vit").value(), vit.task("fq-vit"), settings);
    ASSERT_TRUE(found) << found.error().message;
    EXPECT_LE(found->cost, found->budget);
}

} // namespace
} // namespace vitrine::quant
