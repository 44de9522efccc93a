// The running model against whole maps: the reference model in double precision, whose maps are
// calibrated by calibrateMap before they meet the values.
#include "core/attention/calibrated_llm.h"

#include "core/base/parallel.h"
#include "tests/support/golden.h"
#include "tests/support/reference_llm.h"
#include "tests/support/tiny_llm.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace vitrine::attention
{
namespace
{

using model::LayerHead;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;
using tests::largestDifference;
using tests::Rows;

model::LlmConfig fourLayers(std::int64_t window = 0)
{
    model::LlmConfig config = tests::tinyConfig();
    config.layers = 4;
    config.slidingWindow = window;
    return config;
}

CalibrationPlan planOf(HeadSet heads, double tau, double beta = 0.4)
{
    CalibrationPlan plan;
    plan.heads = std::move(heads);
    plan.calibration.sinks.tau = tau;
    plan.calibration.sinks.minRows = 4;
    plan.calibration.beta = beta;
    return plan;
}

struct Model {
    std::shared_ptr<const model::LlmCheckpoint> checkpoint;
    model::Llm llm;

    explicit Model(const model::LlmConfig& config, std::uint64_t seed = 42)
        : checkpoint(tests::tinyCheckpoint(config, seed)), llm(*model::Llm::open(checkpoint))
    {
    }
};

std::vector<float> flatMap(const Rows& rows)
{
    return tests::flat(rows);
}

// Calibrates the maps of the plan's heads, as whole maps.
tests::ReferenceResult referencePass(const Model& model, const CalibrationPlan& plan,
                                     std::span<const std::int32_t> ids,
                                     std::map<LayerHead, CalibrationCount>* counts = nullptr)
{
    tests::ReferenceLlm slow(*model.checkpoint);
    slow.edit = [&](std::size_t layer, std::size_t head, Rows& rows) {
        const LayerHead where{static_cast<int>(layer), static_cast<int>(head)};
        if (!std::ranges::binary_search(plan.heads, where))
            return;
        std::vector<float> map = flatMap(rows);
        Calibration calibration = plan.calibration;
        calibration.beta = plan.betaOf(where);
        const auto count = calibrateMap(map, static_cast<std::int64_t>(ids.size()), calibration,
                                        model.checkpoint->config().slidingWindow);
        if (counts)
            (*counts)[where] = count;
        for (std::size_t i = 0; i < rows.size(); ++i)
            for (std::size_t j = 0; j < rows.size(); ++j)
                rows[i][j] = map[i * rows.size() + j];
    };
    return slow.forward(ids);
}

CalibratedLlm calibrated(const Model& model, CalibrationPlan plan)
{
    auto llm = CalibratedLlm::open(model.llm, std::move(plan));
    EXPECT_TRUE(llm) << llm.error().message;
    return *std::move(llm);
}

TEST(CalibratedLlm, AgreesWithWholeMapsCalibratedAndMixed)
{
    for (const std::int64_t window : {0, 12})
        for (const std::int64_t tokens : {1, 2, 7, 30, 70}) {
            SCOPED_TRACE(fmt::format("window {}, tokens {}", window, tokens));
            const Model model(fourLayers(window));
            const auto ids = tests::randomIds(tokens, 50);
            CalibrationPlan plan = planOf({{1, 0}, {1, 3}, {2, 1}, {3, 2}}, 0.08);
            plan.betas[{2, 1}] = 0.1;
            std::map<LayerHead, CalibrationCount> counts;
            const auto expected = referencePass(model, plan, ids, &counts);

            const auto pass =
                calibrated(model, plan).forward(ids, {.hidden = true, .maps = {1, 2, 3}});

            ASSERT_TRUE(pass) << pass.error().message;
            EXPECT_LT(largestDifference(pass->forward.logits, tests::flat(expected.logits)), 2e-4);
            ASSERT_EQ(pass->heads.size(), 4u);
            for (const CalibratedHead& head : pass->heads) {
                const CalibrationCount& count = counts[head.where];
                EXPECT_EQ(head.count.sinks, count.sinks);
                EXPECT_EQ(head.count.rowsModified, count.rowsModified);
                EXPECT_NEAR(head.count.massMoved, count.massMoved, 1e-4);
                EXPECT_EQ(head.beta, head.where == LayerHead(2, 1) ? 0.1 : 0.4);
            }
            for (std::size_t l = 1; l < 4; ++l)
                for (std::size_t h = 0; h < 4; ++h) {
                    const auto size = static_cast<std::size_t>(tokens * tokens);
                    const std::vector<float> map(pass->forward.maps[l - 1].begin() +
                                                     static_cast<std::ptrdiff_t>(h * size),
                                                 pass->forward.maps[l - 1].begin() +
                                                     static_cast<std::ptrdiff_t>((h + 1) * size));
                    EXPECT_LT(largestDifference(map, tests::flat(expected.attention[l][h])), 2e-5);
                }
            EXPECT_TRUE(tokens < 30 || pass->count.rowsModified > 0) << "nothing was calibrated";
        }
}

TEST(CalibratedLlm, ChangesNotOneBitWithBetaOneOrNoHeads)
{
    const Model model(fourLayers());
    const auto ids = tests::randomIds(60, 50);
    const auto plain = model.llm.forward(ids, {.hidden = true, .summaries = true});

    for (const CalibrationPlan& plan :
         {planOf({}, 0.05), planOf({{1, 0}, {2, 2}}, 0.05, 1), planOf({{1, 0}, {2, 2}}, 0.99)}) {
        const auto pass = calibrated(model, plan).forward(ids, {.hidden = true, .summaries = true});
        ASSERT_TRUE(pass);
        EXPECT_EQ(pass->forward.logits, plain->logits);
        EXPECT_EQ(pass->forward.hidden, plain->hidden);
        EXPECT_EQ(pass->forward.summaries[2][2].columnSum, plain->summaries[2][2].columnSum);
        EXPECT_EQ(pass->count.rowsModified, 0);
    }
}

TEST(CalibratedLlm, DetectsOnUncalibratedWeightsAndSummarisesTheCalibratedOnes)
{
    const Model model(fourLayers());
    const auto ids = tests::randomIds(60, 50);
    const auto plain = model.llm.forward(ids, {.summaries = true});

    const auto pass = calibrated(model, planOf({{1, 0}}, 0.045)).forward(ids, {.summaries = true});

    ASSERT_TRUE(pass);
    const CalibratedHead& head = pass->heads.front();
    ASSERT_THAT(head.columns, Not(IsEmpty()));
    const auto& before = plain->summaries[1][0].columnSum;
    const auto& after = pass->forward.summaries[1][0].columnSum;
    for (std::size_t j = 0; j < before.size(); ++j)
        EXPECT_EQ(head.columnScore[j], before[j] / static_cast<float>(60 - j));
    for (const std::int32_t t : head.columns)
        EXPECT_NEAR(after[static_cast<std::size_t>(t)], 0.4 * before[static_cast<std::size_t>(t)],
                    1e-5);
    EXPECT_NEAR(std::accumulate(after.begin(), after.end(), 0.0), 60, 1e-4);
}

TEST(CalibratedLlm, SinksCanBeSparedAndAddedByHand)
{
    const Model model(fourLayers());
    const auto ids = tests::randomIds(60, 50);
    CalibrationPlan plan = planOf({{1, 0}}, 0.045);
    const auto detected = calibrated(model, plan).forward(ids)->heads[0].detected;
    ASSERT_THAT(detected, Not(IsEmpty()));

    plan.off[{1, 0}] = {detected.front()};
    plan.on[{1, 0}] = {33, 0, 400}; // protected and beyond the text: not added
    const CalibratedHead head = calibrated(model, plan).forward(ids)->heads[0];

    EXPECT_EQ(head.detected, detected);
    std::vector<std::int32_t> expected(detected.begin() + 1, detected.end());
    expected.push_back(33);
    std::ranges::sort(expected);
    expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
    EXPECT_EQ(head.columns, expected);
}

TEST(CalibratedLlm, GoesOnFromACachedResidualToTheLastBit)
{
    const Model model(fourLayers());
    const auto ids = tests::randomIds(80, 50);
    const CalibrationPlan first = planOf({{1, 0}, {2, 1}, {3, 2}}, 0.045);
    CalibrationPlan second = first;
    second.betas[{2, 1}] = 0.9;
    ASSERT_EQ(firstDifference(first, second), 2);
    const auto before = calibrated(model, first).forward(ids, {.hidden = true, .summaries = true});
    const auto whole = calibrated(model, second).forward(ids, {.hidden = true, .summaries = true});

    const auto resumed = calibrated(model, second)
                             .forward(ids, {.hidden = true,
                                            .summaries = true,
                                            .fromLayer = 2,
                                            .residual = before->forward.hidden[2]});

    ASSERT_TRUE(resumed) << resumed.error().message;
    EXPECT_EQ(resumed->forward.logits, whole->forward.logits);
    EXPECT_NE(resumed->forward.logits, before->forward.logits);
    EXPECT_EQ(resumed->forward.hidden[3], whole->forward.hidden[3]);
    EXPECT_THAT(resumed->forward.hidden[1], IsEmpty());
    EXPECT_EQ(resumed->forward.summaries[3][2].columnSum, whole->forward.summaries[3][2].columnSum);
    ASSERT_EQ(resumed->heads.size(), 2u);
    EXPECT_EQ(resumed->heads[1].count, whole->heads[2].count);
}

TEST(CalibratedLlm, FirstDifferenceIsWhereThePlansPart)
{
    const CalibrationPlan plan = planOf({{1, 0}, {2, 1}, {3, 2}}, 0.1);
    const auto changed = [&](auto change) {
        CalibrationPlan other = plan;
        change(other);
        return firstDifference(plan, other);
    };

    EXPECT_EQ(firstDifference(plan, plan), std::nullopt);
    EXPECT_EQ(changed([](auto& p) { p.calibration.beta = 0.5; }), 1);
    EXPECT_EQ(changed([](auto& p) { p.calibration.sinks.tau = 0.2; }), 1);
    EXPECT_EQ(changed([](auto& p) { p.heads.push_back({3, 3}); }), 3);
    EXPECT_EQ(changed([](auto& p) { p.heads.insert(p.heads.begin(), {0, 3}); }), 0);
    EXPECT_EQ(changed([](auto& p) { p.heads.pop_back(); }), 3);
    EXPECT_EQ(changed([](auto& p) { p.betas[{2, 1}] = 0.2; }), 2);
    EXPECT_EQ(changed([](auto& p) { p.betas[{2, 1}] = 0.4; }), std::nullopt);
    EXPECT_EQ(changed([](auto& p) { p.betas[{2, 2}] = 0.2; }), std::nullopt) << "not calibrated";
    EXPECT_EQ(changed([](auto& p) { p.off[{3, 2}] = {7}; }), 3);
}

TEST(CalibratedLlm, PromptsDoNotInfluenceEachOther)
{
    const Model model(fourLayers());
    const CalibratedLlm llm = calibrated(model, planOf({{1, 0}, {2, 1}}, 0.045));
    const auto one = tests::randomIds(40, 50, 1), two = tests::randomIds(55, 50, 2);
    const auto alone = llm.forward(two)->forward.logits;

    llm.forward(one);

    EXPECT_EQ(llm.forward(two)->forward.logits, alone);
    EXPECT_EQ(calibrated(model, llm.plan()).forward(two)->forward.logits, alone);
}

TEST(CalibratedLlm, LogitsOfTheLastRowsAreThoseOfAll)
{
    const Model model(fourLayers());
    const CalibratedLlm llm = calibrated(model, planOf({{1, 0}, {2, 1}}, 0.045));
    const auto ids = tests::randomIds(40, 50);
    const auto all = llm.forward(ids)->forward.logits;

    const auto last = llm.forward(ids, {.lastRows = 7})->forward.logits;

    EXPECT_LT(largestDifference(last, std::span(all).last(7 * 50)), 1e-5);
    EXPECT_FALSE(llm.forward(ids, {.lastRows = 41}));
}

TEST(CalibratedLlm, RefusesWhatTheModelLacks)
{
    const Model model(fourLayers());

    EXPECT_FALSE(CalibratedLlm::open(model.llm, planOf({{4, 0}}, 0.1)));
    EXPECT_FALSE(CalibratedLlm::open(model.llm, planOf({{1, 4}}, 0.1)));
    EXPECT_FALSE(CalibratedLlm::open(model.llm, planOf({{-1, 0}}, 0.1)));
}

} // namespace
} // namespace vitrine::attention
