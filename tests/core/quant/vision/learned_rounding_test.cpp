#include "core/quant/vision/learned_rounding.h"

#include "core/quant/vision/integer_vision.h"
#include "tests/core/quant/vision/small_vit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quant
{
namespace
{

constexpr int kSteps = 300;

CodedVision coded(const tests::SmallVit& vit, int bits, bool isLearned)
{
    VisionQuantSettings settings{.weightBits = bits, .roundingSteps = kSteps};
    if (isLearned)
        settings.tricks.insert("ada_round");
    return findVisionMethod("p2vit")->quantize(vit.task("p2vit", std::move(settings))).value();
}

// Of the logits, over the training pictures.
double lostOfLogits(const tests::SmallVit& vit, CodedVision version)
{
    const auto shared = std::make_shared<const CodedVision>(std::move(version));
    const auto simulated = SimulatedVision::make(shared).value();
    const auto original = vit.originalLogits();
    double lost = 0;
    for (std::size_t i = 0; i < vit.pictures.size(); ++i) {
        const auto logits = logitsOf(*shared, simulated.run(vit.pictures[i]).value());
        for (std::size_t j = 0; j < logits.size(); ++j)
            lost += std::pow(static_cast<double>(logits[j] - original[i][j]), 2);
    }
    return lost;
}

TEST(LearnedRounding, MovesWeightsByOneCodeAndLosesLess)
{
    const tests::SmallVit vit(2);
    const CodedVision nearest = coded(vit, 3, false), learned = coded(vit, 3, true);
    std::size_t moved = 0, weights = 0;
    for (std::size_t i = 0; i < nearest.layers.size(); ++i) {
        const auto *a = std::get_if<CodedProduct>(&nearest.layers[i].work),
                   *b = std::get_if<CodedProduct>(&learned.layers[i].work);
        for (std::size_t w = 0; a && w < a->weights.size(); ++w) {
            const int by = std::abs(a->weights[w] - b->weights[w]);
            ASSERT_LE(by, 1);
            moved += by == 1, ++weights;
        }
        EXPECT_EQ(nearest.layers[i].output, learned.layers[i].output) << "grids stay";
    }
    EXPECT_GT(moved, weights / 50);
    EXPECT_LT(moved, weights / 2);
    EXPECT_LT(lostOfLogits(vit, learned), 0.9 * lostOfLogits(vit, nearest));
}

TEST(LearnedRounding, IsSaidAndRunsInWholeNumbers)
{
    const tests::SmallVit vit;
    EXPECT_TRUE(coded(vit, 4, false).notes.empty());
    const auto learned = std::make_shared<const CodedVision>(coded(vit, 4, true));
    EXPECT_THAT(learned->notes, testing::ElementsAre(testing::HasSubstr("AdaRound")));
    const auto whole = IntegerVision::make(learned).value();
    const auto simulated = SimulatedVision::make(learned).value();
    for (const auto& picture : vit.pictures)
        EXPECT_EQ(whole.run(picture).value(), simulated.run(picture).value());
}

// The loop over layers against one that knows nothing of codes behind it: the first layer reads the
// picture itself.
TEST(LearnedRounding, GivesEachLayerWhatTheCodesBeforeItGive)
{
    const tests::SmallVit vit;
    const CodedVision version = coded(vit, 4, false);
    const auto passes = CalibrationPasses::open(vit.checkpoint, vit.pictures).value();
    std::vector<std::size_t> asked;
    const RoundingWork work{
        .weights =
            [&](std::size_t layer) {
                asked.push_back(layer);
                const model::LayerShape& shape = version.network().layers[layer].shape;
                WeightsToRound none{Matrix::Zero(shape.n, shape.k), {}, {}};
                none.grids.assign(static_cast<std::size_t>(shape.n), {.bits = 4, .scale = 1});
                none.bias.assign(static_cast<std::size_t>(shape.n), 0);
                return none;
            },
        .take = [](std::size_t, const std::vector<std::int32_t>& codes) -> Result<void> {
            EXPECT_TRUE(std::ranges::all_of(codes, [](int code) { return std::abs(code) <= 1; }));
            return {};
        }};
    const auto layers = learnRounding(version, passes, work, adaRoundIn(1), {});
    ASSERT_TRUE(layers) << layers.error().message;
    ASSERT_EQ(layers->size(), asked.size());
    EXPECT_TRUE(std::ranges::is_sorted(asked));
    EXPECT_EQ(layers->front().name, "patch_embed.proj");
    EXPECT_EQ(layers->back().name, "head");
    for (const RoundedLayer& layer : *layers)
        EXPECT_LE(layer.error, layer.nearestError) << layer.name;
}

TEST(LearnedRounding, StopsWhenAsked)
{
    const tests::SmallVit vit;
    auto task = vit.task("p2vit", {.weightBits = 4, .tricks = {"ada_round"}, .roundingSteps = 50});
    task.progress = [](double share) { return share < 0.5; };
    const auto stopped = findVisionMethod("p2vit")->quantize(task);
    ASSERT_FALSE(stopped);
    EXPECT_EQ(stopped.error().kind, ErrorKind::cancelled);
}

} // namespace
} // namespace vitrine::quant
