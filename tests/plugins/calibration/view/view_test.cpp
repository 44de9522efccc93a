#include "plugins/calibration/view/view.h"

#include "plugins/calibration/view/counters.h"
#include "plugins/calibration/view/heads_panel.h"
#include "plugins/calibration/view/maps_panel.h"
#include "tests/support/synthetic_calibration.h"
#include "tests/support/view_fixture.h"
#include "widgets/tokens/token_strip.h"

#include <gtest/gtest.h>

#include <QCheckBox>
#include <QJsonArray>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSlider>

#include <algorithm>
#include <cmath>

namespace vitrine::calibration_plugin
{
namespace
{

using attention::Capture;
using Mark = TokenStripText::Mark;

class CalibrationViewTest : public tests::ViewFixture<CalibrationView>
{
protected:
    CalibrationViewTest() : ViewFixture({1300, 940}) {}

    RunHandle makeRun(const tests::SyntheticTuning& spec = {})
    {
        return numbered(tests::syntheticTune(newFolder(), spec));
    }
    // What a live session gives for this: no number, no uid.
    RunHandle liveResult(const tests::SyntheticTuning& spec)
    {
        auto run = *makeRun(spec);
        run.number = 0;
        run.uid.clear();
        return std::make_shared<const RunRecord>(std::move(run));
    }
    void answer(const tests::SyntheticTuning& spec)
    {
        bool shown = false;
        const auto connection =
            QObject::connect(&view_, &CalibrationView::shown, &view_, [&] { shown = true; });
        context_.live->answer(liveResult(spec));
        EXPECT_TRUE(QTest::qWaitFor([&] { return shown; }));
        QObject::disconnect(connection);
        settle();
    }
    void press(const QString& accessibleName)
    {
        QTest::mouseClick(named<QPushButton>(accessibleName), Qt::LeftButton);
    }
    std::vector<MapView*> maps() { return view_.findChild<MapsPanel*>()->maps(); }
    ItemGrid* grid() { return named<ItemGrid>("Heads to calibrate"); }
    TokenStrip* strip() { return view_.findChild<TokenStrip*>(); }
    QString counter(const QString& metric) { return view_.findChild<Counters*>()->valueOf(metric); }
    QString asked(const std::string& name)
    {
        if (!context_.live || context_.live->updates.empty())
            return QStringLiteral("nothing was asked");
        const auto& given = context_.live->updates.back();
        const auto found = given.find(name);
        return found == given.end() ? QString() : QString::fromStdString(found->second);
    }
    // Presses the handle and moves it over these values of 0..200.
    void drag(QSlider* slider, const std::vector<int>& values)
    {
        slider->setSliderDown(true);
        for (const int value : values)
            slider->setSliderPosition(value);
        slider->setSliderDown(false);
    }
};

float at(const std::filesystem::path& file, LayerHead head, std::int64_t row, std::int64_t column)
{
    const auto capture = Capture::open(file);
    EXPECT_TRUE(capture);
    return (*capture->tile(head.layer, head.head, {row, column, 1, 1, 1}))[0];
}

TEST_F(CalibrationViewTest, IsEmptyWithAButtonThatRunsTheShippedModel)
{
    EXPECT_EQ(page(), 0);
    for (QPushButton* button : view_.findChildren<QPushButton*>())
        if (button->text() == "Calibrate a speech")
            QTest::mouseClick(button, Qt::LeftButton);
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].experiment, "calibration.tune");
    EXPECT_EQ(context_.starts[0].params.at("model"), "vitrine-lm");
}

TEST_F(CalibrationViewTest, ShowsBeforeAfterAndDifferenceOfTheRun)
{
    const RunHandle run = makeRun();
    show({run});

    ASSERT_EQ(maps().size(), 3u);
    const float before = at(run->result.artifacts[0].path, {2, 1}, 40, 20);
    const float after = at(run->result.artifacts[1].path, {2, 1}, 40, 20);
    EXPECT_NEAR(static_cast<double>(after), 0.4 * static_cast<double>(before), 1e-6);
    EXPECT_EQ(maps()[0]->shownValue({40, 20}), std::optional(before));
    EXPECT_EQ(maps()[1]->shownValue({40, 20}), std::optional(after));
    EXPECT_EQ(maps()[2]->shownValue({40, 20}), std::optional(after - before));
    EXPECT_EQ(maps()[2]->scale().map, figure::ColourMap::difference);
    EXPECT_EQ(counter("sinks"), "1 in 1 heads");
    EXPECT_EQ(counter("rows_modified"), "28");
    EXPECT_EQ(counter("flips"), "2 of 48");
    EXPECT_FALSE(context_.live) << "a stored run needs no session";
    EXPECT_TRUE(view_.title().contains("layer 2 · head 1"));
}

TEST_F(CalibrationViewTest, OneCursorReadsAllMaps)
{
    const RunHandle run = makeRun();
    show({run});
    MapView* map = maps()[2];
    QTest::mouseMove(map, map->geometryOfMap().toPixel(40.5, 20.5).toPoint());
    auto* panel = view_.findChild<MapsPanel*>();
    ASSERT_TRUE(QTest::qWaitFor([&] { return !panel->readingText().isEmpty(); }));
    const QString text = panel->readingText();
    for (const std::size_t side : {0u, 1u})
        EXPECT_TRUE(text.contains(
            numberText(static_cast<double>(at(run->result.artifacts[side].path, {2, 1}, 40, 20)))))
            << text.toStdString();
    EXPECT_TRUE(text.contains("query 40, key 20"));
}

TEST_F(CalibrationViewTest, DraggingBetaAsksLiveAndIsOneStepToUndo)
{
    const RunHandle run = makeRun();
    show({run});
    drag(named<QSlider>("Factor beta"), {90, 100, 120, 20});

    ASSERT_TRUE(context_.live);
    EXPECT_EQ(context_.liveExperiment, "calibration.tune");
    EXPECT_GE(context_.live->updates.size(), 4u) << "states on the way are asked for";
    EXPECT_EQ(asked("beta"), "0.1");
    EXPECT_EQ(asked("keep"), "2.1");
    EXPECT_EQ(asked("prompt"), "peace the nation");
    EXPECT_EQ(context_.changes.size(), 1u);
    EXPECT_EQ(view_.state()["tune"].toObject()["beta"].toDouble(), 0.1);
    EXPECT_EQ(context_.toForm.at("beta"), "0.1");
    EXPECT_EQ(context_.toForm.at("heads"), asked("heads").toStdString());

    tests::SyntheticTuning tuned;
    tuned.calibration.beta = 0.1;
    answer(tuned);
    const float before = at(run->result.artifacts[0].path, {2, 1}, 40, 20);
    EXPECT_NEAR(static_cast<double>(*maps()[1]->shownValue({40, 20})),
                0.1 * static_cast<double>(before), 1e-6);
    EXPECT_EQ(named<QLabel>("Live or stored")->text(), "Live: not stored yet");

    context_.undo(&view_);
    settle();
    EXPECT_NEAR(static_cast<double>(*maps()[1]->shownValue({40, 20})),
                0.4 * static_cast<double>(before), 1e-6);
    EXPECT_EQ(named<QSlider>("Factor beta")->value(), 80);
    EXPECT_EQ(named<QLabel>("Live or stored")->text(), "As run 1 was made");
    context_.live->answer(liveResult(tuned)); // late: nobody waits for it
    settle();
    EXPECT_EQ(named<QLabel>("Live or stored")->text(), "As run 1 was made");
}

TEST_F(CalibrationViewTest, RuleThresholdAndReceiversGoToTheSession)
{
    show({makeRun()});
    drag(named<QSlider>("Threshold tau"), {100});
    EXPECT_NEAR(asked("tau").toDouble(), std::sqrt(0.001), 1e-4);
    EXPECT_FALSE(named<QSlider>("Factor alpha")->isVisible());

    press("Relative");
    EXPECT_EQ(asked("rule"), "relative");
    EXPECT_TRUE(named<QSlider>("Factor alpha")->isVisible());
    EXPECT_FALSE(named<QSlider>("Threshold tau")->isVisible());

    press("Not token 0");
    EXPECT_EQ(asked("receivers"), "not_first");

    QTest::mouseClick(named<QCheckBox>("Beta of this head only"), Qt::LeftButton);
    drag(named<QSlider>("Factor beta"), {140});
    EXPECT_EQ(asked("head_betas"), "2.1=0.7");
    EXPECT_EQ(asked("beta"), "0.4");

    press("Reset tuning"); // not live yet: the button waits for a result
    tests::SyntheticTuning tuned;
    answer(tuned);
    press("Reset tuning");
    EXPECT_FALSE(view_.state().contains("tune"));
}

TEST_F(CalibrationViewTest, HeadsAreChosenByTickLassoAndSet)
{
    show({makeRun()});
    EXPECT_EQ(grid()->chosen(), (std::set<ItemId>{{2, 1}}));

    QTest::mouseClick(grid(), Qt::LeftButton, {}, grid()->tickOf({1, 3}).center());
    EXPECT_EQ(asked("heads"), "1.3,2.1");
    QTest::mouseClick(grid(), Qt::LeftButton, {}, grid()->tickOf({2, 1}).center());
    EXPECT_EQ(asked("heads"), "1.3");
    EXPECT_EQ(grid()->chosen(), (std::set<ItemId>{{1, 3}}));

    // Round the first two heads of layers 1 and 2; layer 0 is not eligible.
    const QPoint from = grid()->cellOf({0, 0}).topLeft() - QPoint(3, 3);
    const QPoint to = grid()->cellOf({2, 1}).bottomRight() + QPoint(3, 3);
    QTest::mousePress(grid(), Qt::LeftButton, Qt::ShiftModifier, from);
    for (const QPoint& point : {QPoint(to.x(), from.y()), to, QPoint(from.x(), to.y()), from}) {
        QMouseEvent move(QEvent::MouseMove, point, grid()->mapToGlobal(QPointF(point)),
                         Qt::NoButton, Qt::LeftButton, Qt::ShiftModifier);
        QApplication::sendEvent(grid(), &move);
    }
    QTest::mouseRelease(grid(), Qt::LeftButton, Qt::ShiftModifier, from);
    EXPECT_EQ(asked("heads"), "1.0,1.1,1.3,2.0,2.1");

    press("Random control");
    EXPECT_EQ(asked("heads"), "random:5");
    const QString draw = asked("seed");
    tests::SyntheticTuning random;
    random.heads = "1.0,1.1,1.2,2.2,2.3";
    answer(random);
    EXPECT_EQ(grid()->chosen().size(), 5u);
    press("Random control");
    EXPECT_EQ(asked("heads"), "random:5");
    EXPECT_NE(asked("seed"), draw) << "another draw";

    press("Calibrate all heads");
    EXPECT_EQ(asked("heads"), "all");
    EXPECT_EQ(grid()->chosen().size(), 8u);
    press("Calibrate no head");
    EXPECT_EQ(asked("heads"), "none");
    EXPECT_TRUE(grid()->chosen().empty());
    const std::size_t steps = context_.changes.size();
    for (std::size_t i = 0; i < steps; ++i)
        context_.undo(&view_);
    EXPECT_EQ(grid()->chosen(), (std::set<ItemId>{{2, 1}}));
}

TEST_F(CalibrationViewTest, AClickOnASinkSwitchesItOffAndOn)
{
    show({makeRun()});
    ASSERT_EQ(strip()->marked(Mark::marked), (std::vector<std::int64_t>{20}));
    const auto click = [&](std::int64_t token, Qt::KeyboardModifiers modifiers = {}) {
        QTest::mouseClick(strip()->viewport(), Qt::LeftButton, modifiers,
                          strip()->tokenRect(token).center());
    };
    click(20);
    EXPECT_EQ(asked("sinks_off"), "2.1:20");
    tests::SyntheticTuning without;
    without.off = {20};
    answer(without);
    EXPECT_EQ(strip()->marked(Mark::off), (std::vector<std::int64_t>{20}));
    EXPECT_EQ(counter("rows_modified"), "0");

    click(20);
    EXPECT_FALSE(view_.state().contains("tune")) << "as the run was made";
    EXPECT_EQ(strip()->marked(Mark::marked), (std::vector<std::int64_t>{20}));

    click(11); // no sink: selected only
    EXPECT_FALSE(view_.state().contains("tune"));
    EXPECT_EQ(view_.state()["selection"].toObject()["token"].toInt(), 11);
    click(11, Qt::ControlModifier);
    EXPECT_EQ(asked("sinks_on"), "2.1:11");
    click(0, Qt::ControlModifier); // protected
    EXPECT_EQ(asked("sinks_on"), "2.1:11");
    EXPECT_FALSE(context_.messages.empty());
}

TEST_F(CalibrationViewTest, AnotherHeadThatWasNotKeptIsAskedFor)
{
    show({makeRun({.keepsAll = false})});
    ASSERT_TRUE(context_.live);
    EXPECT_EQ(asked("keep"), "2.1");
    QTest::mouseClick(grid(), Qt::LeftButton, {}, grid()->cellOf({1, 2}).center() + QPoint(0, 4));
    EXPECT_EQ(asked("keep"), "1.2");
    EXPECT_TRUE(view_.title().contains("layer 1 · head 2"));
    EXPECT_FALSE(view_.state().contains("tune"));
}

TEST_F(CalibrationViewTest, DeathIsANoticeWithRestart)
{
    show({makeRun()});
    drag(named<QSlider>("Factor beta"), {20});
    emit context_.live->died("the live worker was killed by SIGSEGV");
    const auto labels = view_.findChildren<QLabel*>();
    EXPECT_TRUE(std::ranges::any_of(labels, [](QLabel* label) {
        return label->isVisible() && label->text().contains("SIGSEGV");
    }));
    EXPECT_EQ(page(), 3) << "what was shown stays";
    press("Restart");
    EXPECT_EQ(context_.live->restarts, 1);
    emit context_.live->refused("beta is 7, at most 1");
    EXPECT_TRUE(std::ranges::any_of(view_.findChildren<QLabel*>(), [](QLabel* label) {
        return label->isVisible() && label->text().contains("at most 1");
    }));
}

TEST_F(CalibrationViewTest, KeepStartsARunWithTheParametersOfTheLiveResult)
{
    show({makeRun()});
    EXPECT_FALSE(named<QPushButton>("Keep as a run")->isEnabled());
    drag(named<QSlider>("Factor beta"), {20});
    tests::SyntheticTuning tuned;
    tuned.calibration.beta = 0.1;
    answer(tuned);
    press("Keep as a run");
    press("Keep beside");

    ASSERT_EQ(context_.starts.size(), 2u);
    EXPECT_EQ(context_.starts[0].experiment, "calibration.tune");
    EXPECT_EQ(context_.starts[0].params, context_.live->updates.back());
    EXPECT_FALSE(context_.starts[0].compare);
    EXPECT_TRUE(context_.starts[1].compare);

    // The kept run is shown as it is: its numbers are the live ones, and no session is asked.
    const std::size_t updates = context_.live->updates.size();
    const QString moved = counter("mass_moved");
    show({makeRun(tuned)});
    EXPECT_EQ(context_.live->updates.size(), updates);
    EXPECT_EQ(counter("mass_moved"), moved);
    EXPECT_EQ(named<QSlider>("Factor beta")->value(), 20);
}

TEST_F(CalibrationViewTest, APromptStartsARunWithTheTuning)
{
    show({makeRun()});
    drag(named<QSlider>("Factor beta"), {20});
    auto* prompt = named<QPlainTextEdit>("Prompt");
    prompt->setFocus();
    prompt->selectAll();
    QTest::keyClicks(prompt, "war and peace");
    QTest::keyClick(prompt, Qt::Key_Return);
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].params.at("prompt"), "war and peace");
    EXPECT_EQ(context_.starts[0].params.at("beta"), "0.1");
    EXPECT_EQ(context_.starts[0].params.at("model"), "synthetic");
}

TEST_F(CalibrationViewTest, TwoRunsStandSideBySide)
{
    tests::SyntheticTuning other;
    other.calibration.beta = 0;
    const RunHandle a = makeRun(), b = makeRun(other);
    show({a, b});
    ASSERT_EQ(maps().size(), 6u);
    EXPECT_EQ(maps()[4]->shownValue({40, 20}), std::optional(0.0F));
    EXPECT_TRUE(view_.title().contains("beside"));
    const auto made = view_.figures();
    EXPECT_TRUE(std::ranges::any_of(
        made, [](const figure::Figure& each) { return each.name == "map-after-2"; }));
    press("Runs");
    EXPECT_EQ(view_.state()["table"].toString(), "runs");
}

TEST_F(CalibrationViewTest, BrokenRunsAreFailuresNotCrashes)
{
    auto missing = *makeRun();
    std::filesystem::remove(missing.result.artifacts[1].path);
    show({std::make_shared<const RunRecord>(missing)});
    EXPECT_EQ(page(), 2);

    auto bare = *makeRun();
    bare.result.tables.clear();
    bare.result.metrics.clear();
    show({std::make_shared<const RunRecord>(bare)});
    EXPECT_EQ(page(), 3);
    EXPECT_EQ(counter("rows_modified"), "–");

    auto failed = *makeRun();
    failed.state = RunState::failed;
    failed.error = "cannot read model.safetensors: no such file";
    view_.setRuns({std::make_shared<const RunRecord>(failed)});
    EXPECT_EQ(page(), 2);
    press("Try again");
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].params.at("prompt"), "peace the nation");
}

TEST_F(CalibrationViewTest, NonsenseStateFallsBackToTheRun)
{
    const RunHandle run = makeRun();
    show({run});
    view_.setState({{"selection", QJsonObject{{"layer", 99}, {"head", -4}, {"token", 1e300}}},
                    {"tune", QJsonObject{{"beta", "x"}, {"tau", -3}, {"sinks_off", "a:b,3"}}},
                    {"tune_of", QString::fromStdString(run->uid)},
                    {"clip", -3},
                    {"window", QJsonObject{{"zoom", -1}}},
                    {"splitters", QJsonObject{{"rows", QJsonArray{1}}}}});
    settle();
    EXPECT_EQ(page(), 3);
    EXPECT_DOUBLE_EQ(maps()[0]->scale().maximum, 0.1);
    EXPECT_FALSE(context_.live);
}

TEST_F(CalibrationViewTest, TuningStaysWithItsRun)
{
    show({makeRun()});
    drag(named<QSlider>("Factor beta"), {20});
    const std::size_t updates = context_.live->updates.size();
    show({makeRun()}); // another run in the same view, the state is kept
    EXPECT_EQ(named<QSlider>("Factor beta")->value(), 80);
    EXPECT_EQ(context_.live->updates.size(), updates);
}

TEST_F(CalibrationViewTest, LoadingShowsTheSkeletonWithProgress)
{
    view_.setLoading("layer 2 of 6", 0.33);
    EXPECT_EQ(page(), 1);
    view_.grab();
    view_.setFailure("no memory");
    EXPECT_NE(page(), 1);
}

} // namespace
} // namespace vitrine::calibration_plugin
