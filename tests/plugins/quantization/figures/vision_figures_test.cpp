#include "plugins/quantization/figures/vision_figures.h"

#include "tests/plugins/quantization/evaluation_runs.h"
#include "tests/support/temporary_folder.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

using testing::HasSubstr;

class VisionFigures : public testing::Test
{
protected:
    const figure::Figure* figureOf(const RunRecord& run, const char* name, const State& state = {})
    {
        figures_ = visionFigures({&run}, state);
        const auto found = std::ranges::find(figures_, name, &figure::Figure::name);
        return found == figures_.end() ? nullptr : &*found;
    }

    tests::TemporaryFolder folder_;
    RunRecord one_ = storedEvaluation(3, folder_.path, false);
    RunRecord both_ = storedEvaluation(4, folder_.path, true);
    std::vector<figure::Figure> figures_;
};

TEST_F(VisionFigures, ASentenceSaysHowOftenOneModelIsRight)
{
    EXPECT_EQ(evaluationName(one_), "#3 vitrine-deit on fashion-mnist");
    EXPECT_EQ(evaluationVerdict({&one_}), "vitrine-deit names 62.50 % of 8 pictures of "
                                          "fashion-mnist rightly (95 % interval: 30.6 to 86.3 %).");
    EXPECT_EQ(evaluationRemarks({&one_})[0],
              "Most often vitrine-deit calls Shirt Coat: 1 of 4 pictures. It gives its answers "
              "75.0 % on average and is right in 62.5 %; the calibration error is 12.5 points.");
}

TEST_F(VisionFigures, TwoModelsAreToldApartOnlyWhereTheTestAllowsIt)
{
    EXPECT_EQ(evaluationVerdict({&both_}),
              "vitrine-deit (62.50 %) and vitrine-efficientvit (50.00 %) cannot be told apart on 8 "
              "pictures of fashion-mnist: McNemar's p = 1.");
    for (Metric& metric : both_.result.metrics)
        if (metric.name == "p_value")
            metric.value = 1e-9;
    EXPECT_EQ(evaluationVerdict({&both_}),
              "vitrine-deit is better than vitrine-efficientvit on 8 pictures of fashion-mnist: "
              "62.50 % against 50.00 %, 12.5 points more (95 %: −30.0 to 50.0; McNemar's "
              "p < 0.001).");
    for (Metric& metric : both_.result.metrics)
        if (metric.name == "p_value")
            metric.value = std::nan(""); // nothing is claimed without a test
    EXPECT_THAT(evaluationVerdict({&both_}), HasSubstr("cannot be told apart"));
}

TEST_F(VisionFigures, TheMatrixHasCountsOrSharesOfARow)
{
    const figure::Figure& counts = *figureOf(one_, "vision-confusion");
    const figure::Grid& grid = counts.grids.at(0);
    EXPECT_EQ(grid.scale, figure::Scale::logarithmic);
    EXPECT_EQ(counts.y.ticks[1].label, "Coat");
    EXPECT_EQ(grid.values[0], 2.0f);         // shirts called shirts
    EXPECT_EQ(grid.values[1], 1.0f);         // shirts called coats
    EXPECT_TRUE(std::isnan(grid.values[5])); // no coat is called a bag
    EXPECT_EQ(counts.annotations.size(), 6u);
    EXPECT_TRUE(counts.series.empty());

    State state;
    state.isRowShare = true;
    state.label = "Shirt", state.answer = "Coat";
    const figure::Figure& shares = *figureOf(one_, "vision-confusion", state);
    EXPECT_EQ(shares.grids[0].values[1], 25.0f);
    EXPECT_EQ(shares.grids[0].scale, figure::Scale::linear);
    ASSERT_EQ(shares.series.size(), 1u); // around the selected cell
    EXPECT_EQ(shares.series[0].x[0], 0.5);
    EXPECT_THAT(shares.recipe.state, HasSubstr("\"cells\":\"share\""));
}

TEST_F(VisionFigures, TheCurveHasAPointForEachPartWithAnswers)
{
    const figure::Figure& curve = *figureOf(one_, "vision-calibration");
    ASSERT_EQ(curve.series.size(), 3u);
    EXPECT_EQ(curve.series[2].x, (std::vector<double>{0.5, 1}));
    EXPECT_EQ(curve.series[2].y, (std::vector<double>{0.5, 0.75}));
    EXPECT_EQ(curve.series[2].labels[1], "4 answers, 75.0 % right");
    EXPECT_EQ(curve.bars[0].height, (std::vector<double>{0.5, 0.5}));
    EXPECT_THAT(curve.title, HasSubstr("12.5 points"));
}

TEST_F(VisionFigures, SheetsShowKeptPicturesAndWhatWasSaid)
{
    const figure::Figure& worst = *figureOf(one_, "vision-worst");
    ASSERT_EQ(worst.images.size(), 3u);
    EXPECT_EQ(worst.images[0].caption, "Shirt\nCoat\n75 %");
    EXPECT_EQ(worst.images[0].name, "t10k 2: it is Shirt (25.0 %), called Coat (75.0 %)");
    EXPECT_EQ(worst.images[0].rgb, std::vector<std::uint8_t>(4 * 4 * 3, 200));

    EXPECT_EQ(figureOf(one_, "vision-cell"), nullptr);
    State state;
    state.label = "Coat", state.answer = "Shirt";
    EXPECT_EQ(figureOf(one_, "vision-cell", state)->images.size(), 1u);
    state.answer = "Boot"; // of another run
    EXPECT_EQ(figureOf(one_, "vision-cell", state), nullptr);

    std::filesystem::remove(folder_.path / "example-01.png");
    EXPECT_EQ(figureOf(one_, "vision-worst")->images.size(), 2u);
}

TEST_F(VisionFigures, CellsListTheirPictures)
{
    State state;
    EXPECT_EQ(cellTable(one_, state).rows.size(), 3u); // all that are wrong
    EXPECT_EQ(cellTitle(one_, state), "Wrong answers: 3 pictures");
    state.label = "Shirt", state.answer = "Shirt";
    EXPECT_EQ(cellTable(one_, state).rows.size(), 2u);
    EXPECT_EQ(cellTitle(one_, state), "Shirt called Shirt: 2 pictures");
    state.answer = "Coat";
    EXPECT_EQ(cellTitle(one_, state), "Shirt called Coat: 1 picture");
    EXPECT_EQ(cellAt(one_, 1.2, -0.3)->answer, "Coat");
    EXPECT_FALSE(cellAt(one_, 3.2, 0));
    EXPECT_EQ(confusedPairs(one_).size(), 3u);
}

TEST_F(VisionFigures, TwoModelsAreCountedInPairs)
{
    const Table pairs = pairedTable(both_);
    ASSERT_EQ(pairs.rows.size(), 2u);
    EXPECT_EQ(std::get<std::int64_t>(pairs.rows[0][1]), 3); // two coats and the bag
    EXPECT_EQ(std::get<std::int64_t>(pairs.rows[0][2]), 2); // two shirts
    EXPECT_EQ(std::get<std::int64_t>(pairs.rows[1][1]), 1); // a coat
    EXPECT_EQ(std::get<std::int64_t>(pairs.rows[1][2]), 2); // two shirts
    const figure::Figure& paired = *figureOf(both_, "vision-paired");
    EXPECT_EQ(paired.bars[0].name, "only vitrine-deit");
    EXPECT_EQ(paired.bars[0].height, (std::vector<double>{2, 0, 0}));
    EXPECT_EQ(paired.bars[1].height, (std::vector<double>{0, 1, 0}));
    EXPECT_THAT(paired.caption, HasSubstr("both 3, only vitrine-deit 2, only vitrine-efficientvit "
                                          "1, neither 2"));
    EXPECT_EQ(figureOf(both_, "vision-differing")->images[0].caption, "Shirt\nCoat\nCoat");
    EXPECT_EQ(figureOf(one_, "vision-paired"), nullptr);
    EXPECT_TRUE(pairedTable(one_).rows.empty());
}

TEST_F(VisionFigures, SeveralRunsStandInOneFigureOrHaveEachTheirOwn)
{
    const RunRecord other = storedEvaluation(7, folder_.path, false);
    figures_ = visionFigures({&one_, &other, &both_}, {});
    const auto named = [&](const char* name) -> const figure::Figure& {
        return *std::ranges::find(figures_, name, &figure::Figure::name);
    };

    const figure::Figure& accuracy = named("vision-accuracy");
    EXPECT_EQ(accuracy.bars.size(), 4u); // both_ has two models
    EXPECT_EQ(accuracy.y.ticks[1].label, "#7 vitrine-deit, fashion-mnist");
    EXPECT_EQ(accuracy.y.ticks[3].label, "#4 vitrine-efficientvit, fashion-mnist");
    EXPECT_EQ(accuracy.bars[3].height, std::vector<double>{50});
    EXPECT_NEAR(accuracy.series[0].x[0], 30.6, 0.05); // Wilson's interval of 5 of 8
    EXPECT_NEAR(accuracy.series[0].x[1], 86.3, 0.05);
    EXPECT_EQ(accuracy.recipe.runs, (std::vector<std::string>{one_.uid, other.uid, both_.uid}));
    EXPECT_EQ(named("vision-classes").bars.size(), 4u);
    EXPECT_EQ(named("vision-calibration").series.size(), 5u); // diagonal, interval, three curves
    EXPECT_EQ(named("vision-calibration").series[2].name, "#3 vitrine-deit, error 12.5 points");

    EXPECT_THAT(named("vision-confusion").title, HasSubstr(", #3"));
    const figure::Figure& second = named("vision-confusion-2");
    EXPECT_THAT(second.title, HasSubstr(", #7"));
    EXPECT_EQ(second.recipe.runs, std::vector<std::string>{other.uid});
    EXPECT_EQ(second.recipe.figure, "vision-confusion");
}

TEST_F(VisionFigures, OneRunHasNoComparison)
{
    EXPECT_EQ(figureOf(one_, "vision-accuracy"), nullptr);
    EXPECT_EQ(figureOf(both_, "vision-accuracy"), nullptr);
}

// Bars of classes need one list of classes.
TEST_F(VisionFigures, ARunWithOtherClassesIsLeftOutOfTheirBars)
{
    RunRecord other = storedEvaluation(7, folder_.path, false);
    other.result.tables[1].rows.pop_back();
    figures_ = visionFigures({&one_, &other}, {});
    const auto classes = std::ranges::find(figures_, "vision-classes", &figure::Figure::name);
    EXPECT_EQ(classes->bars.size(), 1u);
    EXPECT_THAT(classes->caption, HasSubstr("Left out"));
}

// Runs of before, and runs whose tables are damaged.
TEST_F(VisionFigures, WhatIsMissingIsLeftOut)
{
    RunRecord earlier = one_;
    std::erase_if(earlier.result.tables, [](const Table& table) {
        return table.name == "classes" || table.name == "examples" || table.name == "worst";
    });
    EXPECT_EQ(figureOf(earlier, "vision-confusion")->x.ticks.size(), 3u);
    EXPECT_EQ(figureOf(earlier, "vision-classes"), nullptr);
    EXPECT_EQ(figureOf(earlier, "vision-worst"), nullptr);

    RunRecord damaged = one_;
    for (Table& table : damaged.result.tables)
        for (auto& row : table.rows)
            for (Cell& cell : row)
                if (std::holds_alternative<std::int64_t>(cell))
                    cell = std::string("?");
    EXPECT_TRUE(isEvaluation(damaged));
    visionFigures({&damaged});
    evaluationRemarks({&damaged});
    damaged.result.tables.clear();
    EXPECT_FALSE(isEvaluation(damaged));
    EXPECT_TRUE(visionFigures({&damaged}).empty());
}

} // namespace
} // namespace vitrine::quantization_plugin
