#include "plugins/calibration/view/study_view.h"

#include "tests/support/fake_context.h"
#include "tests/support/synthetic_calibration.h"
#include "tests/widgets/plot/application.h"
#include "widgets/plot/plot_view.h"

#include <gtest/gtest.h>

#include <QAbstractItemModel>
#include <QLabel>
#include <QPushButton>
#include <QStackedWidget>
#include <QTableView>
#include <QTest>

namespace vitrine::calibration_plugin
{
namespace
{

RunHandle handle(RunRecord run)
{
    return std::make_shared<const RunRecord>(std::move(run));
}

class StudyViewTest : public testing::Test
{
protected:
    static void SetUpTestSuite() { needApplication(); }
    StudyViewTest() : view_(context_, nullptr)
    {
        view_.resize(1200, 900);
        view_.show();
    }
    void show(const std::vector<RunHandle>& runs, std::size_t figures)
    {
        view_.setRuns(runs);
        EXPECT_TRUE(QTest::qWaitFor([&] { return view_.figures().size() == figures; }));
        view_.grab();
    }
    int page() { return view_.findChild<QStackedWidget*>()->currentIndex(); }
    template <typename Widget>
    Widget* named(const QString& accessibleName)
    {
        for (Widget* widget : view_.findChildren<Widget*>())
            if (widget->accessibleName() == accessibleName)
                return widget;
        ADD_FAILURE() << "no widget named " << accessibleName.toStdString();
        return nullptr;
    }

    tests::FakeContext context_;
    StudyView view_;
};

TEST_F(StudyViewTest, SaysWhetherItHelpsWithTheInterval)
{
    show({handle(tests::syntheticEvaluation())}, 1);
    EXPECT_EQ(page(), 3);
    const QString said = named<QLabel>("What the runs say")->text();
    EXPECT_TRUE(said.contains("No effect that these items could show")) << said.toStdString();
    EXPECT_TRUE(said.contains(QStringLiteral("95\u00a0% interval")));
    EXPECT_EQ(named<QTableView>("Items")->model()->rowCount(), 200);
    EXPECT_EQ(named<QTableView>("Metrics")->model()->columnCount(), 3);
}

TEST_F(StudyViewTest, TwoRunsHaveAColumnEachAndTheirDifference)
{
    show({handle(tests::syntheticEvaluation()),
          handle(tests::syntheticEvaluation({.gained = 40, .beta = 0.2}))},
         2);
    EXPECT_EQ(named<QTableView>("Metrics")->model()->columnCount(), 5);
    EXPECT_EQ(view_.figures()[1].name, "ablation");
    EXPECT_TRUE(view_.title().contains("beside"));
    int plots = 0;
    for (plot::PlotView* plot : view_.findChildren<plot::PlotView*>())
        plots += plot->isVisible() ? 1 : 0;
    EXPECT_EQ(plots, 2);
}

TEST_F(StudyViewTest, ASearchShowsItsGains)
{
    show({handle(tests::syntheticSearch())}, 2);
    EXPECT_TRUE(named<QLabel>("What the runs say")->text().contains("held-out half"));
}

TEST_F(StudyViewTest, FailureSaysWhyWithAWayOn)
{
    RunRecord failed = tests::syntheticEvaluation();
    failed.state = RunState::failed;
    failed.error = "cannot read cloze.jsonl: no such file";
    view_.setRuns({handle(failed)});
    EXPECT_EQ(page(), 2);
    EXPECT_EQ(named<QLabel>("What went wrong")->text(), "cannot read cloze.jsonl: no such file");
    for (QPushButton* button : view_.findChildren<QPushButton*>())
        if (button->text() == "Try again")
            QTest::mouseClick(button, Qt::LeftButton);
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].experiment, "calibration.evaluate");
}

TEST_F(StudyViewTest, LoadingShowsTheSkeletonAndEmptyAWord)
{
    EXPECT_EQ(page(), 0);
    view_.setLoading("item 3 of 64", 0.05);
    EXPECT_EQ(page(), 1);
    view_.grab();
    view_.setFailure("x");
    EXPECT_EQ(page(), 0);
}

} // namespace
} // namespace vitrine::calibration_plugin
