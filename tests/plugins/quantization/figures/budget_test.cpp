#include "plugins/quantization/figures/budget.h"

#include "core/jobs/experiment/read_run.h"
#include "tests/plugins/quantization/budget_run.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

using testing::ElementsAre;
using testing::HasSubstr;

// Three layers of 100, 100 and 200 weights: the second is fragile, the third not at all. The run
// had a budget of 2.5 bits: 100 * 2 + 100 * 4 + 200 * 2 = 1000.
RunRecord runWithBudget()
{
    return tests::budgetRun(
        7, {{"model.layers.0.self_attn.q_proj.weight", 0, 10, 10, 2, {8, 4, 2}},
            {"model.layers.0.self_attn.k_proj.weight", 0, 10, 10, 4, {80, 20, 5}},
            {"model.layers.1.self_attn.q_proj.weight", 1, 20, 10, 2, {1, 0.5, 0.25}}});
}

const figure::Series* seriesNamed(const figure::Figure& figure, const std::string& name)
{
    const auto found = std::ranges::find(figure.series, name, &figure::Series::name);
    return found == figure.series.end() ? nullptr : &*found;
}

TEST(Budget, SolvesEveryBudgetFromTheFewestBitsToTheMost)
{
    const auto curve = budgetCurve(runWithBudget());
    ASSERT_TRUE(curve) << curve.error().message;
    ASSERT_EQ(curve->budgets.size(), 41u);
    EXPECT_EQ(curve->budgets.front(), 2);
    EXPECT_EQ(curve->budgets[13], 2.65);
    EXPECT_EQ(curve->budgets.back(), 4);
    EXPECT_THAT(curve->best.front().bits, ElementsAre(2, 2, 2));
    EXPECT_THAT(curve->best.back().bits, ElementsAre(4, 4, 4));
    for (std::size_t i = 0; i < curve->best.size(); ++i) {
        EXPECT_LE(curve->best[i].meanBits, curve->budgets[i] + 1e-9);
        if (i > 0) {
            EXPECT_LE(curve->best[i].cost, curve->best[i - 1].cost);
        }
    }
    // 2.25 bits: 100 more than the fewest, best spent on the fragile layer.
    EXPECT_THAT(curve->best[nearestBudget(curve->budgets, 2.25)].bits, ElementsAre(2, 3, 2));
    EXPECT_EQ(curve->best[nearestBudget(curve->budgets, 2.25)].cost, 8 + 20 + 1);
}

TEST(Budget, WithoutAWishTheRunsOwnBitsAreShown)
{
    const auto curve = budgetCurve(runWithBudget());
    ASSERT_TRUE(curve);
    EXPECT_THAT(bitsAt(*curve, {}), ElementsAre(2, 4, 2));
    EXPECT_EQ(curve->question.meanBits(bitsAt(*curve, {})), 2.5);
    EXPECT_THAT(bitsAt(*curve, {.budget = 2.01}), ElementsAre(2, 2, 2));
    EXPECT_THAT(bitsAt(*curve, {.budget = 1e9}), ElementsAre(4, 4, 4));
}

TEST(Budget, AFigureShowsLossOverBitsAndRunsWithTheirPerplexity)
{
    const RunRecord run = runWithBudget();
    RunRecord uniform = run; // three bits everywhere, without a budget
    uniform.uid = "uid-8", uniform.number = 8;
    uniform.result.tables.pop_back();
    for (auto& row : uniform.result.tables.front().rows)
        row[2] = std::int64_t{3};
    uniform.result.metrics[2].value = 23.25;
    RunRecord other = uniform; // of another model
    other.uid = "uid-9";
    other.result.tables.front().rows.pop_back();
    const auto figures = budgetFigures({&run, &uniform, &other}, {.run = "uid-7", .budget = 2.25});
    ASSERT_EQ(figures.size(), 2u);
    const figure::Figure& loss = figures.front();
    EXPECT_EQ(loss.name, "budget");
    EXPECT_THAT(loss.caption, HasSubstr("Lost energy."));
    EXPECT_EQ(loss.y.scale, figure::Scale::logarithmic);
    ASSERT_TRUE(seriesNamed(loss, "this budget"));
    EXPECT_THAT(seriesNamed(loss, "this budget")->x, ElementsAre(2.25));
    EXPECT_THAT(seriesNamed(loss, "this budget")->y, ElementsAre(29));
    EXPECT_THAT(seriesNamed(loss, "every layer alike")->y, ElementsAre(89, 24.5, 7.25));
    ASSERT_EQ(loss.annotations.size(), 2u);
    EXPECT_EQ(loss.annotations[0].text, "24.5");
    EXPECT_EQ(loss.annotations[0].x, 2.5);
    EXPECT_EQ(loss.annotations[1].text, "23.25");
    EXPECT_EQ(loss.annotations[1].x, 3);
    EXPECT_EQ(loss.annotations[1].y, 24.5);
    EXPECT_THAT(loss.recipe.state, HasSubstr("\"budget\":2.25"));

    const figure::Figure& map = figures[1];
    EXPECT_EQ(map.name, "budget-map");
    ASSERT_EQ(map.annotations.size(), 3u);
    EXPECT_EQ(map.annotations[0].text, "2");
    EXPECT_EQ(map.annotations[1].text, "4→3");
}

TEST(Budget, ARunOfUniformBitsHasNone)
{
    RunRecord run = runWithBudget();
    run.result.tables.pop_back();
    EXPECT_FALSE(hasBudget(run));
    EXPECT_TRUE(budgetFigures({&run}, {}).empty());
}

TEST(Budget, TablesThatDoNotBelongTogetherAreRefused)
{
    const auto refusal = [](const std::function<void(RunRecord&)>& change) {
        RunRecord run = runWithBudget();
        change(run);
        const auto curve = budgetCurve(run);
        EXPECT_TRUE(budgetFigures({&run}, {}).empty());
        return curve ? std::string() : curve.error().message;
    };
    const auto rows = [](RunRecord & run, std::size_t table) -> auto&
    {
        return run.result.tables[table].rows;
    };
    EXPECT_THAT(refusal([&](RunRecord& run) { rows(run, 1).clear(); }), HasSubstr("candidates"));
    EXPECT_THAT(refusal([&](RunRecord& run) { rows(run, 1).pop_back(); }), HasSubstr("layers"));
    EXPECT_THAT(refusal([&](RunRecord& run) { rows(run, 0).pop_back(); }), HasSubstr("layers"));
    EXPECT_THAT(refusal([&](RunRecord& run) { rows(run, 1)[0][2] = std::nan(""); }),
                HasSubstr("layers"));
    EXPECT_THAT(refusal([&](RunRecord& run) { rows(run, 0)[0][3] = 1e300; }), HasSubstr("layers"));
    EXPECT_THAT(refusal([&](RunRecord& run) { rows(run, 0)[1][0] = rows(run, 0)[0][0]; }),
                HasSubstr("layers"));
    EXPECT_THAT(refusal([&](RunRecord& run) { rows(run, 1)[0][1] = std::int64_t{99}; }),
                HasSubstr("layers"));
    EXPECT_THAT(refusal([&](RunRecord& run) {
                    for (auto& row : rows(run, 1))
                        row[3] = std::int64_t{0};
                }),
                HasSubstr("chosen"));
    EXPECT_THAT(refusal([&](RunRecord& run) { run.result.tables[1].columns.clear(); }),
                HasSubstr("candidates"));
}

TEST(Budget, StopsWhenNobodyWaits)
{
    int solved = 0;
    const auto curve = budgetCurve(runWithBudget(), [&] { return ++solved < 3; });
    ASSERT_FALSE(curve);
    EXPECT_EQ(curve.error().kind, ErrorKind::cancelled);
}

} // namespace
} // namespace vitrine::quantization_plugin
