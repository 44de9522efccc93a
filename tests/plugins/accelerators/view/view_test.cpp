#include "plugins/accelerators/view/view.h"

#include "plugins/accelerators/experiments/live.h"
#include "tests/support/fake_context.h"
#include "tests/widgets/plot/application.h"
#include "widgets/plot/plot_view.h"
#include "widgets/table/claim_table.h"

#include <gmock/gmock.h>

#include <QAbstractButton>
#include <QComboBox>
#include <QElapsedTimer>
#include <QLabel>
#include <QPushButton>
#include <QSlider>
#include <QStackedWidget>
#include <QTableView>
#include <QTest>

#include <cmath>
#include <set>

namespace vitrine::accelerators_plugin
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
    int shownRuns() { return named<QTableView>("Key figures of the runs")->model()->rowCount(); }
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

// Tables that say other things than the experiment writes: what is sound is shown.
TEST_F(AcceleratorsViewTest, ATableOfOtherTypesIsShownAsFarAsItIsSound)
{
    RunRecord run = *makeRun({{"accelerator", "p2vit"}, {"workload", "deit-tiny"}});
    for (Table& table : run.result.tables) {
        if (table.name == "beside")
            for (auto& row : table.rows)
                row[0] = std::int64_t{7};
        if (table.name == "layers")
            for (const char* gone : {"kind", "ifmap_reads", "bound_by"}) {
                const int column = table.column(gone);
                ASSERT_GE(column, 0);
                table.columns.erase(table.columns.begin() + column);
                for (auto& row : table.rows)
                    row.erase(row.begin() + column);
            }
        if (table.name == "buffers")
            for (auto& row : table.rows)
                row.back() = std::string("full");
    }
    run.params.set("accelerator", std::int64_t{3});
    run.params.set("memory", true);

    view_.setRuns({std::make_shared<const RunRecord>(run)});

    EXPECT_EQ(page(), 3);
    EXPECT_EQ(shownRuns(), 1);
    auto* others = named<QTableView>("Key figures of the other accelerators");
    ASSERT_GT(others->model()->rowCount(), 0);
    EXPECT_EQ(others->model()->index(0, 0).data().toString(), "7");
    EXPECT_FALSE(view_.figures().empty());
    EXPECT_FALSE(view_.grab().isNull());
}

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
    EXPECT_TRUE(view_.state().isEmpty()); // nobody changed anything
    EXPECT_EQ(page(), 3);
    EXPECT_EQ(view_.title(), "EfficientViT FPGA · efficientvit-b1@224");
    EXPECT_EQ(named<QComboBox>("Accelerator")->currentText(), "EfficientViT FPGA");
    EXPECT_EQ(named<QComboBox>("Workload")->currentText(), "efficientvit-b1@224");
    EXPECT_EQ(figure("schedule").y.ticks.size(), 3u); // two engines and the DRAM
    auto* claims = view_.findChild<ClaimTable*>();
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
    ASSERT_TRUE(QTest::qWaitFor([this] { return shownRuns() == 2; }));
    EXPECT_EQ(figure("cycles").bars[1].name, "what if ViTALiTy");
    context_.undo(&view_);
    EXPECT_EQ(shownRuns(), 1);
    EXPECT_EQ(named<QComboBox>("Accelerator")->currentText(), "P²-ViT");
}

TEST_F(AcceleratorsViewTest, WhatWasTriedWithARunIsNotBesideAnother)
{
    RunRecord first = *makeRun({{"accelerator", "p2vit"}, {"workload", "deit-tiny"}}),
              second = *makeRun({{"accelerator", "systolic"}, {"workload", "deit-tiny"}});
    first.uid = "first";
    second.uid = "second";
    const auto one = std::make_shared<const RunRecord>(first),
               other = std::make_shared<const RunRecord>(second);
    view_.setRuns({one});
    choose("Accelerator", "ViTALiTy");
    ASSERT_TRUE(QTest::qWaitFor([this] { return shownRuns() == 2; }));

    view_.setRuns({other});
    EXPECT_EQ(shownRuns(), 1);
    EXPECT_EQ(named<QComboBox>("Accelerator")->currentText(), "Systolic array");

    view_.setRuns({one, other});
    EXPECT_TRUE(QTest::qWaitFor([this] { return shownRuns() == 3; }));
}

// The first run of a comparison went; what is tried takes the colour that is free, and keeps it in
// the table, in the bars and under the roof.
TEST_F(AcceleratorsViewTest, ARunKeepsTheColourThatTheStateRemembers)
{
    RunRecord run = *makeRun({{"accelerator", "p2vit"}, {"workload", "deit-tiny"}}, 2);
    run.uid = "second";
    view_.setState({{"run_places", QJsonObject{{"second", 1}}}});
    view_.setRuns({std::make_shared<const RunRecord>(run)});
    choose("Accelerator", "ViTALiTy");
    ASSERT_TRUE(QTest::qWaitFor([this] { return shownRuns() == 2; }));

    EXPECT_EQ(figure("cycles").bars[0].colour, 1);
    EXPECT_EQ(figure("cycles").bars[1].colour, 0);
    EXPECT_EQ(figure("roofline").series[0].colour, 1);
    const auto* rows = named<QTableView>("Key figures of the runs")->model();
    QStringList colours;
    for (int row = 0; row < rows->rowCount(); ++row)
        colours << rows->index(row, rows->columnCount() - 1).data().toString();
    EXPECT_EQ(colours, (QStringList{"1", "0"}));
    EXPECT_THAT(figure("cycles").recipe.state, testing::HasSubstr("\"second\":1")); // for reports
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
        for (const double height : shownRuns() == 2 ? bars[1].height : std::vector<double>{})
            sum += height;
        return sum;
    };
    // The first answer may be that of the first move; the last one's comes.
    const double wanted = expected->result.metric("cycles")->value;
    ASSERT_TRUE(QTest::qWaitFor([&] { return std::abs(shownCycles() - wanted) < 1e-6 * wanted; }))
        << shownCycles() << " instead of " << wanted;
    EXPECT_EQ(readScenario(view_.state()), tried);
    EXPECT_EQ(context_.toForm, tried.given());
    QTest::mouseClick(button("Keep as run"), Qt::LeftButton);
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_TRUE(context_.starts[0].compare);
    EXPECT_EQ(context_.starts[0].params, tried.given());
    QTest::mouseClick(button("Reset"), Qt::LeftButton);
    EXPECT_EQ(shownRuns(), 1);
    EXPECT_EQ(context_.toForm.at("rows"), "32") << "as the run";
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
    ASSERT_TRUE(QTest::qWaitFor([this] { return shownRuns() == 2; }));
    view_.grab();
    RecordProperty("milliseconds", static_cast<int>(clock.elapsed()));
}

TEST_F(AcceleratorsViewTest, BarsShowCyclesEnergyOrTraffic)
{
    view_.setRuns({makeRun({{"accelerator", "p2vit"}})});
    choose("What the bars show", "Energy by part");
    EXPECT_EQ(view_.state()["bars"].toString(), "energy");
    choose("What the bars show", "DRAM traffic");
    EXPECT_EQ(view_.state()["bars"].toString(), "traffic");
    choose("What a bar stands for", "in all");
    EXPECT_EQ(view_.state()["per"].toString(), "run");
    EXPECT_EQ(figure("traffic").bars.front().position.size(), 1u);
}

// A report draws with the state of the view.
TEST_F(AcceleratorsViewTest, FiguresOfAReportAreTheBarsThatWereChosen)
{
    const RunHandle run = makeRun({{"accelerator", "p2vit"}});
    const auto barsOf = [&](const char* bars, const char* per, const char* name) {
        std::set<double> places;
        for (const auto& one : figures({*run}, {}, bars, per))
            for (const figure::Bars& stacked : one.bars)
                if (one.name == name)
                    places.insert(stacked.position.begin(), stacked.position.end());
        return places.size();
    };

    EXPECT_GT(barsOf("", "", "cycles"), 1u);
    EXPECT_EQ(barsOf("", "run", "cycles"), 1u);
    EXPECT_EQ(barsOf("", "", "energy"), 1u);
    EXPECT_GT(barsOf("energy", "layer", "energy"), barsOf("energy", "module", "energy"));
    EXPECT_EQ(barsOf("energy", "layer", "traffic"), 1u) << "what was not chosen is as at first";
}

TEST_F(AcceleratorsViewTest, TheChoiceSaysTimeWhereTheAxisDoes)
{
    const RunHandle usual = makeRun({{"accelerator", "p2vit"}}),
                    slow = makeRun({{"accelerator", "p2vit"}, {"clock_mhz", "250"}}, 2);
    const auto chosen = [&] { return named<QComboBox>("What the bars show")->currentText(); };
    view_.setRuns({usual});
    EXPECT_EQ(chosen(), "Cycles");
    EXPECT_EQ(figure("cycles").y.label, "Cycles");

    view_.setRuns({usual, slow});
    ASSERT_EQ(figure("cycles").y.label, "Time");
    EXPECT_EQ(chosen(), "Time");
    EXPECT_EQ(view_.state()["bars"].toString(), "");

    view_.setRuns({slow});
    EXPECT_EQ(chosen(), "Cycles");
}

TEST_F(AcceleratorsViewTest, OneBlockIsAZoomThatCanBeUndoneAndBuffersFollow)
{
    view_.setRuns({makeRun({{"accelerator", "p2vit"}, {"workload", "deit-tiny"}})});
    for (auto* one : view_.findChildren<QAbstractButton*>())
        if (one->text() == "One block")
            QTest::mouseClick(one, Qt::LeftButton);
    EXPECT_EQ(view_.state()["zoom"].toString(), "block");
    const auto shownWidth = [&](const QString& title) {
        for (auto* plot : view_.findChildren<plot::PlotView*>())
            if (plot->accessibleName().startsWith(title))
                return plot->shownX().high - plot->shownX().low;
        return 0.0;
    };
    const double block = shownWidth("Schedule");
    EXPECT_EQ(shownWidth("Filling of the buffers"), block);
    // Another run has another block.
    view_.setRuns({makeRun({{"accelerator", "p2vit"}, {"workload", "deit-small"}})});
    EXPECT_GT(shownWidth("Schedule"), 2 * block);
    context_.undo(&view_);
    EXPECT_FALSE(view_.state().contains("zoom"));
    EXPECT_GT(shownWidth("Schedule"), 10 * block);
}

TEST_F(AcceleratorsViewTest, DeviationsArePercent)
{
    view_.setRuns({makeRun({{"accelerator", "p2vit"}}), makeRun({{"accelerator", "nasa"}}, 2)});
    auto* claims = view_.findChild<ClaimTable*>();
    QStringList shown;
    for (int column = 0; column < claims->model()->columnCount(); ++column)
        if (claims->model()->headerData(column, Qt::Horizontal).toString() == "Deviation")
            for (int row = 0; row < claims->model()->rowCount(); ++row) {
                shown << claims->shownText(claims->model()->index(row, column));
            }
    EXPECT_TRUE(shown.filter(QString(QChar(0x2009)) + "%").size() > 0)
        << shown.join('|').toStdString();
    EXPECT_TRUE(shown.filter("points").size() > 0) << shown.join('|').toStdString();
}

TEST_F(AcceleratorsViewTest, FailedAndCancelledRunsAmongOthersAreNamed)
{
    auto failed = std::make_shared<RunRecord>(), cancelled = std::make_shared<RunRecord>();
    failed->state = RunState::failed;
    failed->number = 8;
    failed->error = "row 2, column 3 (N): \"x\" is not a whole number";
    cancelled->state = RunState::cancelled;
    cancelled->number = 9;
    view_.setRuns({makeRun({{"accelerator", "p2vit"}}), failed, cancelled});

    EXPECT_EQ(page(), 3);
    EXPECT_EQ(shownRuns(), 1);
    QString said;
    for (auto* label : view_.findChildren<QLabel*>())
        if (label->accessibleName() == "What went wrong" && label->isVisible())
            said += label->text();
    EXPECT_TRUE(said.contains("#8") && said.contains("row 2, column 3")) << said.toStdString();
    EXPECT_TRUE(said.contains("#9") && said.contains("cancelled")) << said.toStdString();
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
} // namespace vitrine::accelerators_plugin
