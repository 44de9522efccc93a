#include "plugins/accelerators/view/sweep_view.h"

#include "plugins/accelerators/experiments/sweep_experiment.h"
#include "tests/support/fake_context.h"
#include "widgets/parallel/parallel_plot.h"

#include <gtest/gtest.h>

#include <QStackedWidget>
#include <QTableView>
#include <QTest>

namespace vitrine::accelerators_plugin
{
namespace
{

class SweepViewTest : public testing::Test
{
protected:
    SweepViewTest() : view_(context_, nullptr)
    {
        view_.resize(1200, 800);
        view_.show();
    }
    static RunHandle makeRun(const std::map<std::string, std::string>& given, int number)
    {
        const SweepExperiment experiment;
        auto record = std::make_shared<RunRecord>();
        auto params = resolveParams(experiment, given);
        EXPECT_TRUE(params);
        QuietProgress progress;
        auto result = experiment.run(*params, progress);
        EXPECT_TRUE(result) << (result ? "" : result.error().message);
        record->params = *params;
        record->result = std::move(*result);
        record->experiment = experiment.info().id;
        record->state = RunState::done;
        record->number = number;
        return record;
    }
    static RunHandle array(int number)
    {
        return makeRun({{"accelerator", "systolic"},
                        {"workload", "deit-tiny"},
                        {"ranges", "rows=8:64:8;cols=8:64:8;dataflow=os,ws"}},
                       number);
    }
    int designs() { return view_.findChild<QTableView*>()->model()->rowCount(); }
    int page() { return view_.findChild<QStackedWidget*>()->currentIndex(); }

    tests::FakeContext context_;
    SweepView view_;
};

TEST_F(SweepViewTest, PointsFrontAndAxesAreThoseOfTheRun)
{
    view_.setRuns({array(1)});
    const auto figures = view_.figures();

    EXPECT_EQ(page(), 3);
    EXPECT_EQ(designs(), 128);
    ASSERT_EQ(figures.size(), 2u);
    EXPECT_EQ(figures[0].series[0].x.size(), 128u);
    EXPECT_EQ(figures[0].series[0].labels[0], "rows 8, cols 8, dataflow os");
    auto* plot = view_.findChild<parallel::ParallelPlot*>();
    EXPECT_TRUE(plot->axisNames().contains("dataflow"));
    EXPECT_TRUE(plot->axisNames().contains("energy_mj"));
}

TEST_F(SweepViewTest, ABrushKeepsPointsInAllThreeAndIsUndone)
{
    view_.setRuns({array(1)});
    auto* plot = view_.findChild<parallel::ParallelPlot*>();
    plot->setFocus();
    QTest::keyClick(plot, Qt::Key_Return); // the middle half of the rows: 24 .. 48
    ASSERT_EQ(context_.changes.size(), 1u);

    EXPECT_EQ(designs(), 4 * 8 * 2);
    const auto pareto = view_.figures()[0];
    EXPECT_EQ(pareto.series[0].name, "not kept by the brushes");
    EXPECT_EQ(pareto.series[0].x.size(), 64u);
    EXPECT_EQ(pareto.series[1].x.size(), 64u);

    context_.undo(&view_);
    EXPECT_EQ(designs(), 128);
}

TEST_F(SweepViewTest, SweepsOfDifferentMachinesShareTheirResults)
{
    view_.setRuns({array(1), makeRun({{"accelerator", "vitality"},
                                      {"workload", "deit-tiny"},
                                      {"ranges", "rows=16:64:16;lanes=16,32"}},
                                     2)});
    EXPECT_EQ(designs(), 128 + 8);
    auto* plot = view_.findChild<parallel::ParallelPlot*>();
    EXPECT_TRUE(plot->axisNames().contains("run"));
    EXPECT_TRUE(plot->axisNames().contains("lanes"));
    EXPECT_EQ(view_.figures()[0].series.size(), 4u);
}

TEST_F(SweepViewTest, EmptyFailedAndLoadingAreShown)
{
    EXPECT_EQ(page(), 0);
    auto failed = std::make_shared<RunRecord>();
    failed->state = RunState::failed;
    failed->error = "ranges: rows occurs twice";
    view_.setRuns({failed});
    EXPECT_EQ(page(), 2);
    view_.setRuns({});
    view_.setLoading("Sweeping", 0.2);
    EXPECT_EQ(page(), 1);
}

} // namespace
} // namespace vitrine::accelerators_plugin
