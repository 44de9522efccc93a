#include "plugins/accelerators/view.h"

#include "plugins/accelerators/live.h"
#include "plugins/accelerators/reference_table.h"
#include "tests/support/fake_context.h"
#include "tests/widgets/plot/application.h"
#include "widgets/plot/plot_view.h"

#include <gtest/gtest.h>

#include <QComboBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QPushButton>
#include <QSlider>
#include <QStackedWidget>
#include <QTest>

namespace vitrine::accelerators
{
namespace
{

class AcceleratorsViewTest : public testing::Test
{
protected:
    static void SetUpTestSuite() { needApplication(); }
    AcceleratorsViewTest() : view_(context_, nullptr)
    {
        view_.resize(1250, 900);
        view_.show();
    }

    static RunHandle makeRun(const std::map<std::string, std::string>& given, int number = 1)
    {
        auto run = simulateNow(given);
        EXPECT_TRUE(run) << (run ? "" : run.error().message);
        run->number = number;
        return std::make_shared<const RunRecord>(std::move(*run));
    }
    template <typename Widget>
    Widget* named(const QString& accessibleName)
    {
        for (Widget* widget : view_.findChildren<Widget*>())
            if (widget->accessibleName() == accessibleName)
                return widget;
        ADD_FAILURE() << accessibleName.toStdString();
        return nullptr;
    }
    QPushButton* button(const QString& text)
    {
        for (auto* one : view_.findChildren<QPushButton*>())
            if (one->text() == text)
                return one;
        ADD_FAILURE() << text.toStdString();
        return nullptr;
    }
    int page()
    {
        return view_.findChild<QStackedWidget*>()->currentIndex();
    } // empty, loading, failure, content
    figure::Figure figure(const char* name)
    {
        for (const auto& one : view_.figures())
            if (one.name == name)
                return one;
        return {};
    }
    void choose(const QString& combo, const QString& text)
    {
        auto* box = named<QComboBox>(combo);
        const int index = box->findText(text);
        ASSERT_GE(index, 0) << text.toStdString();
        box->setCurrentIndex(index);
        emit box->activated(index);
    }

    tests::FakeContext context_;
    AcceleratorsView view_;
};

TEST_F(AcceleratorsViewTest, EmptyOffersARun)
{
    EXPECT_EQ(page(), 0);
    QTest::mouseClick(button("Simulate DeiT-Tiny on P²-ViT"), Qt::LeftButton);
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].experiment, "accelerators.simulate");
    EXPECT_EQ(context_.starts[0].params.at("accelerator"), "p2vit");
}

TEST_F(AcceleratorsViewTest, ShowsWhatTheRunHolds)
{
    view_.setRuns({makeRun({{"accelerator", "efficientvit"}})});
    EXPECT_EQ(page(), 3);
    EXPECT_EQ(view_.title(), "EfficientViT FPGA · efficientvit-b1@224");
    EXPECT_EQ(named<QComboBox>("Accelerator")->currentText(), "EfficientViT FPGA");
    EXPECT_EQ(named<QComboBox>("Workload")->currentText(), "efficientvit-b1@224");
    EXPECT_EQ(figure("schedule").y.ticks.size(), 3u); // two engines and the DRAM
    auto* claims = view_.findChild<ReferenceTable*>();
    EXPECT_EQ(claims->model()->rowCount(), 16);
}

TEST_F(AcceleratorsViewTest, RunsStandSideBySide)
{
    view_.setRuns({makeRun({{"accelerator", "efficientvit"}}, 1),
                   makeRun({{"accelerator", "vitality"}, {"workload", "deit-tiny"}}, 2)});
    EXPECT_EQ(figure("cycles").bars.size(), 2u);
    EXPECT_EQ(figure("schedule").x.unit, "µs");
    EXPECT_EQ(named<QTableView>("Key figures of the runs")->model()->rowCount(), 2);
}

TEST_F(AcceleratorsViewTest, ChoosingAMachineSimulatesItAndCanBeUndone)
{
    view_.setRuns({makeRun({{"accelerator", "p2vit"}, {"workload", "deit-tiny"}})});
    choose("Accelerator", "ViTALiTy");
    ASSERT_EQ(context_.changes.size(), 1u);
    ASSERT_TRUE(QTest::qWaitFor([this] { return figure("cycles").bars.size() == 2; }));
    EXPECT_TRUE(figure("cycles").bars[1].name.starts_with("ViTALiTy · deit-tiny"));
    context_.undo(&view_);
    EXPECT_EQ(figure("cycles").bars.size(), 1u);
    EXPECT_EQ(named<QComboBox>("Accelerator")->currentText(), "P²-ViT");
}

TEST_F(AcceleratorsViewTest, TheSliderIsOneStepOfUndoAndTheFigureFollows)
{
    view_.setRuns({makeRun({{"accelerator", "systolic"}, {"workload", "deit-tiny"}})});
    auto* slider = named<QSlider>("Value of the parameter");
    slider->setValue(slider->value() + 20);
    slider->setValue(slider->value() + 20);
    ASSERT_EQ(context_.changes.size(), 1u);
    const Scenario tried = readScenario(view_.state());
    const auto expected = simulateNow(tried.given());
    ASSERT_TRUE(expected);
    const auto shownCycles = [this] {
        const auto bars = figure("cycles").bars;
        double sum = 0;
        for (const double height : bars.size() == 2 ? bars[1].height : std::vector<double>{})
            sum += height;
        return sum;
    };
    ASSERT_TRUE(QTest::qWaitFor([&] { return shownCycles() > 0; }));
    QTest::qWait(50);
    EXPECT_EQ(readScenario(view_.state()), tried);
    EXPECT_NEAR(shownCycles(), expected->result.metric("cycles")->value, 1e-6)
        << testing::PrintToString(tried.set)
        << testing::PrintToString(readScenario(view_.state()).set);
    QTest::mouseClick(button("Keep as run"), Qt::LeftButton);
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_TRUE(context_.starts[0].compare);
    EXPECT_EQ(context_.starts[0].params, tried.given());
    QTest::mouseClick(button("Reset"), Qt::LeftButton);
    EXPECT_EQ(figure("cycles").bars.size(), 1u);
}

// Simulation and drawing while a slider is dragged: a frame within 50 ms here would be too strict
// for a loaded machine.
TEST_F(AcceleratorsViewTest, AFrameFollowsTheSliderSoon)
{
    view_.setRuns({makeRun({{"accelerator", "p2vit"}, {"workload", "deit-tiny"}})});
    auto* slider = named<QSlider>("Value of the parameter");
    QElapsedTimer clock;
    clock.start();
    slider->setValue(slider->value() + 30);
    ASSERT_TRUE(QTest::qWaitFor([this] { return figure("cycles").bars.size() == 2; }));
    view_.grab();
    RecordProperty("milliseconds", static_cast<int>(clock.elapsed()));
    EXPECT_LT(clock.elapsed(), 2000);
}

TEST_F(AcceleratorsViewTest, BarsShowCyclesEnergyOrTraffic)
{
    view_.setRuns({makeRun({{"accelerator", "p2vit"}})});
    choose("What the bars show", "Energy by part");
    EXPECT_EQ(view_.state()["bars"].toString(), "energy");
    choose("What the bars show", "DRAM traffic");
    EXPECT_EQ(view_.state()["bars"].toString(), "traffic");
}

TEST_F(AcceleratorsViewTest, FailuresAreTold)
{
    auto failed = std::make_shared<RunRecord>();
    failed->state = RunState::failed;
    failed->error = "row 2, column 3 (N): \"x\" is not a whole number";
    view_.setRuns({failed});
    EXPECT_EQ(page(), 2);
    EXPECT_EQ(named<QLabel>("What went wrong")->text().isEmpty(), false);
    view_.setRuns({});
    view_.setLoading("Simulating", 0.5);
    EXPECT_EQ(page(), 1);
}

} // namespace
} // namespace vitrine::accelerators
