#include "core/base/parallel.h"
#include "core/model/vision/vision_model.h"
#include "core/quant/vision/integer_vision.h"
#include "core/quant/vision/simulated_vision.h"
#include "core/quant/vision/vision_method.h"
#include "tests/core/quant/vision/random_efficient_vit.h"
#include "tests/support/each_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>

namespace vitrine::quant
{
namespace
{

using model::LayerKind;
using testing::ElementsAre;
using testing::HasSubstr;
using tests::RandomEfficientVit;

// What is lost of a layer's values, over their own size.
double lostShare(std::span<const float> original, std::span<const double> coded)
{
    double lost = 0, all = 0;
    for (std::size_t i = 0; i < original.size(); ++i) {
        lost += std::pow(static_cast<double>(original[i]) - coded[i], 2);
        all += std::pow(static_cast<double>(original[i]), 2);
    }
    return lost / all;
}

// The same of every layer, over some pictures.
std::vector<double> lostShares(const RandomEfficientVit& vit,
                               std::shared_ptr<const CodedVision> coded)
{
    constexpr std::uint64_t kPictures = 4;
    std::vector<double> shares(coded->layers.size());
    const auto simulated = SimulatedVision::make(coded).value();
    for (std::uint64_t seed = 0; seed < kPictures; ++seed) {
        const auto picture = vit.unseen(seed);
        const auto original = vit.original(picture);
        EXPECT_TRUE(simulated.run(picture, {.observe = [&](const CodedOutput& output) {
                                      if (const auto found = original.find(output.layer);
                                          found != original.end())
                                          shares[output.layer] +=
                                              lostShare(found->second, output.values) / kPictures;
                                  }}));
    }
    return shares;
}

// The mean over all layers: the logits' own 8 bits would hide the rest.
double lostOfLayers(const RandomEfficientVit& vit, std::shared_ptr<const CodedVision> coded)
{
    const auto shares = lostShares(vit, std::move(coded));
    return std::accumulate(shares.begin(), shares.end(), 0.0) / static_cast<double>(shares.size());
}

void expectTheSameCodes(const RandomEfficientVit& vit, std::shared_ptr<const CodedVision> coded)
{
    const auto simulated = SimulatedVision::make(coded).value();
    const auto whole = IntegerVision::make(coded);
    ASSERT_TRUE(whole) << whole.error().message;
    for (std::uint64_t seed = 0; seed < 8; ++seed) {
        const auto picture = vit.unseen(seed);
        const auto once = whole->run(picture).value();
        ASSERT_EQ(once, simulated.run(picture).value()) << seed;
        for (const int threads : {1, 4}) {
            setThreadCount(threads);
            ASSERT_EQ(whole->run(picture).value(), once) << threads << " threads";
        }
        setThreadCount(0);
    }
}

TEST(EfficientVitInCodes, WholeNumbersGiveWhatTheSimulationSays)
{
    const RandomEfficientVit vit;
    for (const auto& [weights, activations] :
         {std::pair{8, 8}, std::pair{4, 8}, std::pair{8, 6}, std::pair{6, 4}}) {
        SCOPED_TRACE(activations);
        expectTheSameCodes(
            vit, vit.coded("trio-vit", {.weightBits = weights, .activationBits = activations}));
    }
    expectTheSameCodes(vit, vit.coded("trio-vit", {}, {"log2"}));
    expectTheSameCodes(vit, vit.coded("uniform"));
}

TEST(EfficientVitInCodes, PicturesWithoutANumberAreRefused)
{
    const RandomEfficientVit vit;
    const auto coded = vit.coded("trio-vit");
    const auto simulated = SimulatedVision::make(coded).value();
    const auto whole = IntegerVision::make(coded).value();
    for (const float value : {std::nanf(""), INFINITY, -INFINITY}) {
        auto picture = vit.unseen(0);
        picture[7] = value;
        const auto a = simulated.run(picture), b = whole.run(picture);
        ASSERT_FALSE(a || b);
        EXPECT_EQ(a.error().kind, ErrorKind::argument);
        EXPECT_EQ(a.error().message, b.error().message);
        EXPECT_THAT(a.error().message, HasSubstr("value 7"));
    }
}

TEST(EfficientVitInCodes, InstructionSetsChangeNothing)
{
    const RandomEfficientVit vit;
    const auto coded = vit.coded("trio-vit", {}, {"search"});
    const auto picture = vit.unseen(1);
    const auto expected = SimulatedVision::make(coded)->run(picture).value();
    tests::onEachTarget([&](const std::string& target) {
        EXPECT_EQ(IntegerVision::make(coded)->run(picture).value(), expected) << target;
    });
}

// Random channels have ranges of their own, as outliers do.
TEST(TrioVit, EightBitsLoseLittleAndFewerLoseMore)
{
    const RandomEfficientVit vit;
    const double a8 = lostOfLayers(vit, vit.coded("trio-vit", {}, {"log2"})),
                 a6 = lostOfLayers(vit, vit.coded("trio-vit", {.activationBits = 6}, {"log2"})),
                 a4 = lostOfLayers(vit, vit.coded("trio-vit", {.activationBits = 4}, {"log2"}));
    EXPECT_LT(a8, 0.05);
    EXPECT_GT(a6, a8);
    EXPECT_GT(a4, a6);
    EXPECT_LT(lostOfLayers(vit, vit.coded("trio-vit", {.activationBits = 12}, {"log2"})), a8);
}

// Every layer's codes stand for the original's values, whatever was divided, centred or halved.
TEST(TrioVit, TellsTheOriginalsValuesOfEachLayer)
{
    const RandomEfficientVit vit;
    const auto coded = vit.coded("trio-vit", {}, {"log2"});
    const auto shares = lostShares(vit, coded);
    std::size_t compared = 0;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        EXPECT_LT(shares[i], 0.06) << vit.network().layers[i].shape.name;
        compared += shares[i] > 0;
    }
    EXPECT_GT(compared, 40u);
}

TEST(TrioVit, MigrationAndShiftingHelpWhereChannelsDiffer)
{
    const RandomEfficientVit vit;
    const auto with = vit.coded("trio-vit", {.activationBits = 6}, {"log2"}),
               without =
                   vit.coded("trio-vit", {.activationBits = 6}, {"log2", "migration", "shift"});
    EXPECT_LT(lostOfLayers(vit, with), lostOfLayers(vit, without));
    std::size_t migrated = 0, centred = 0;
    for (const CodedLayer& layer : with->layers)
        if (const auto* product = std::get_if<CodedProduct>(&layer.work)) {
            migrated += !product->factors.empty();
            centred += !product->centres.empty();
        }
    EXPECT_EQ(migrated, 8u) << "the inputs of the depthwise convolutions of all MBConvs";
    EXPECT_EQ(centred, 9u) << "and what the second pointwise convolutions read, the stem's too";
}

// Its optional steps: named, told, and the same codes in both passes.
TEST(TrioVit, FactorsMayBePowersOfTwo)
{
    const RandomEfficientVit vit;
    const auto coded = vit.coded("trio-vit", {.activationBits = 6}, {}, {"power_factors"});
    std::size_t factors = 0;
    for (const CodedLayer& layer : coded->layers)
        if (const auto* product = std::get_if<CodedProduct>(&layer.work))
            for (const double factor : product->factors) {
                ++factors;
                EXPECT_TRUE(isPowerOfTwo(factor) && factor >= 1 && factor <= 32) << factor;
            }
    EXPECT_GT(factors, 100u);
    EXPECT_THAT(coded->notes, ElementsAre(HasSubstr("powers of two")));
    expectTheSameCodes(vit, coded);
}

TEST(TrioVit, DivisorsMayFollowTheReleasedRule)
{
    const RandomEfficientVit vit;
    const auto coded = vit.coded("trio-vit", {}, {}, {"geometric"});
    for (const CodedLayer& layer : coded->layers) {
        const auto* heads = std::get_if<CodedHeads>(&layer.work);
        EXPECT_TRUE(!heads || heads->halves->front().division == HeadDivision::log2Geometric);
    }
    EXPECT_THAT(coded->notes, ElementsAre(HasSubstr("root of 2")));
    expectTheSameCodes(vit, coded);
}

TEST(TrioVit, LearnedStepsChangeTheGridsThatOneLayerReads)
{
    const RandomEfficientVit vit;
    const VisionQuantSettings bits{.activationBits = 4, .roundingSteps = 200};
    const auto before = vit.coded("trio-vit", bits),
               after = vit.coded("trio-vit", bits, {}, {"learned_steps"});
    std::size_t changed = 0;
    for (std::size_t i = 0; i < before->layers.size(); ++i) {
        CodeGrid grid = after->layers[i].output;
        changed += grid != before->layers[i].output;
        grid.scale = before->layers[i].output.scale;
        EXPECT_EQ(grid, before->layers[i].output) << "the step alone";
    }
    EXPECT_GT(changed, 5u);
    EXPECT_THAT(after->notes, ElementsAre(HasSubstr("Learned steps")));
    EXPECT_LT(lostOfLayers(vit, after), 1.2 * lostOfLayers(vit, before)) << "on other pictures";
    expectTheSameCodes(vit, after);
}

TEST(TrioVit, LearnedRoundingLosesLess)
{
    const RandomEfficientVit vit;
    const VisionQuantSettings bits{.weightBits = 3, .roundingSteps = 300};
    const auto nearest = vit.coded("trio-vit", bits),
               learned = vit.coded("trio-vit", bits, {}, {"ada_round"});
    EXPECT_LT(lostOfLayers(vit, learned), lostOfLayers(vit, nearest));
    EXPECT_THAT(learned->notes, ElementsAre(HasSubstr("AdaRound")));
    expectTheSameCodes(vit, learned);
}

TEST(TrioVit, RefusesStepsThatChangeWhatIsOff)
{
    const RandomEfficientVit vit;
    for (const auto& [step, needed] :
         {std::pair{"power_factors", "migration"}, std::pair{"geometric", "log2"}}) {
        const auto refused = vit.quantized("trio-vit", {}, {needed}, {step});
        ASSERT_FALSE(refused) << step;
        EXPECT_EQ(refused.error().kind, ErrorKind::argument);
        EXPECT_THAT(refused.error().message, HasSubstr(step));
        EXPECT_THAT(refused.error().message, HasSubstr(needed));
    }
}

TEST(TrioVit, WhatStaysInFloatingPointIsSaid)
{
    const RandomEfficientVit vit;
    EXPECT_TRUE(floatParts(*vit.coded("trio-vit")).empty());
    EXPECT_TRUE(checkIsWhole(*vit.coded("trio-vit")));
    const auto partly = vit.coded("trio-vit", {}, {"attention"});
    EXPECT_THAT(floatParts(*partly), ElementsAre("linear attention"));
    EXPECT_FALSE(IntegerVision::make(partly));
    const auto wide = vit.coded("trio-vit", {.activationBits = 10});
    EXPECT_TRUE(floatParts(*wide).empty());
    EXPECT_THAT(checkIsWhole(*wide).error().message, HasSubstr("8 bits"));
}

// Attention left in floating point loses no more than in codes.
TEST(TrioVit, AttentionMayStayInFloatingPoint)
{
    const RandomEfficientVit vit;
    const double inFloat = lostOfLayers(vit, vit.coded("trio-vit", {}, {"attention"}));
    EXPECT_LT(inFloat, 0.05);
    EXPECT_LT(inFloat, lostOfLayers(vit, vit.coded("trio-vit")));
}

TEST(TrioVit, EveryRequantizerHasAMultiplierOf31Bits)
{
    const RandomEfficientVit vit;
    const auto coded = vit.coded("trio-vit");
    const auto check = [](const Requantizer& by) {
        EXPECT_GE(by.multiplier, std::int64_t{1} << 30);
        EXPECT_LT(by.multiplier, std::int64_t{1} << 31);
    };
    for (const CodedLayer& layer : coded->layers) {
        if (const auto* product = std::get_if<CodedProduct>(&layer.work)) {
            for (const Rescale& by : product->rescales)
                check(*by.whole);
            if (product->hardSwish)
                std::ranges::for_each(product->hardSwish->by, check);
        }
        if (const auto* pool = std::get_if<CodedPool>(&layer.work))
            check(*pool->rescale.whole);
    }
}

TEST(TrioMethods, RefuseOtherNetworksAndBits)
{
    const RandomEfficientVit vit;
    const VisionMethod trio = findVisionMethod("trio-vit").value(),
                       p2vit = findVisionMethod("p2vit").value();
    EXPECT_TRUE(trio.fits(vit.network()));
    const auto refused = p2vit.fits(vit.network());
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("no ViT or DeiT"));
    EXPECT_TRUE(checkSettings(trio, vit.network(), {.activationBits = 16}));
    EXPECT_THAT(checkSettings(trio, vit.network(), {.activationBits = 17}).error().message,
                HasSubstr("2 to 16"));
    EXPECT_FALSE(checkSettings(p2vit, vit.network(), {.activationBits = 9}));
}

} // namespace
} // namespace vitrine::quant
