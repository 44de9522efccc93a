#include "plugins/attention/view/view.h"

#include "core/attention/comparable.h"
#include "plugins/attention/figures/figures.h"

#include "core/base/format.h"
#include "plugins/attention/view/head_table.h"
#include "plugins/attention/view/map_panel.h"
#include "plugins/attention/view/profile_panel.h"
#include "tests/support/synthetic_capture.h"
#include "tests/support/view_fixture.h"
#include "widgets/matrix/item_grid.h"
#include "widgets/params/number_spin.h"
#include "widgets/plot/plot_view.h"
#include "widgets/theme/palette.h"
#include "widgets/tokens/token_strip.h"

#include <gtest/gtest.h>

#include <QComboBox>
#include <QJsonArray>
#include <QLabel>
#include <QPlainTextEdit>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>

#include <algorithm>
#include <cmath>

namespace vitrine::attention_plugin
{
namespace
{

class AttentionViewTest : public tests::ViewFixture<AttentionView>
{
protected:
    AttentionViewTest() : ViewFixture({1250, 900}) {}

    RunHandle makeRun(const tests::SyntheticCapture& spec = {},
                      const attention::SinkOptions& options = {})
    {
        return numbered(tests::syntheticRun(newFolder(), spec, options));
    }
    std::vector<MapView*> maps() { return view_.findChild<MapPanel*>()->maps(); }
    ItemGrid* overview() { return view_.findChild<ItemGrid*>(); }
    TokenStrip* strip() { return view_.findChild<TokenStrip*>(); }
    HeadTable* table() { return view_.findChild<HeadTable*>(); }
    LayerHead selected() { return {overview()->selected().row, overview()->selected().column}; }
    void clickHead(LayerHead head, Qt::KeyboardModifiers modifiers = {})
    {
        QTest::mouseClick(overview(), Qt::LeftButton, modifiers,
                          overview()->cellOf({head.layer, head.head}).center());
        settle();
    }
    // What the table shows for the head in the column, as a number.
    double tabled(LayerHead head, const QString& column)
    {
        auto* model = static_cast<HeadTableModel*>(table()->model());
        for (int i = 0; i < model->columnCount(); ++i)
            if (model->columnName(i) == column)
                return model->data(model->index(model->rowOf(head), i), Qt::UserRole).toDouble();
        ADD_FAILURE() << "no column " << column.toStdString();
        return 0;
    }
};

double cell(const Table& table, std::size_t row, std::string_view column)
{
    const Cell& value = table.rows[row][static_cast<std::size_t>(table.column(column))];
    if (const auto* whole = std::get_if<std::int64_t>(&value))
        return static_cast<double>(*whole);
    return std::get<double>(value);
}

TEST_F(AttentionViewTest, IsEmptyWithAButtonThatRunsTheShippedModel)
{
    EXPECT_EQ(page(), 0);
    for (QPushButton* button : view_.findChildren<QPushButton*>())
        if (button->text() == "Find the sinks in a speech")
            QTest::mouseClick(button, Qt::LeftButton);

    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].experiment, "attention.capture");
    EXPECT_EQ(context_.starts[0].params.at("model"), "vitrine-lm");
}

TEST_F(AttentionViewTest, ShowsTheNumbersOfTheRunsTable)
{
    const RunHandle run = makeRun();
    show({run});

    EXPECT_EQ(page(), 3);
    const Table& heads = *run->result.table("heads");
    for (std::size_t row = 0; row < heads.rows.size(); ++row) {
        const LayerHead head{static_cast<int>(cell(heads, row, "layer")),
                             static_cast<int>(cell(heads, row, "head"))};
        for (const char* column : {"first_token_mass", "sink_mass", "sinks", "entropy", "distance"})
            EXPECT_EQ(tabled(head, QString::fromLatin1(column)), cell(heads, row, column))
                << column;
    }
}

TEST_F(AttentionViewTest, AClickOnAHeadSelectsItEverywhereAndUndoRestores)
{
    show({makeRun()});
    const LayerHead before = selected();
    const LayerHead wanted{1, 2};
    ASSERT_NE(before, wanted);

    clickHead(wanted);

    EXPECT_EQ(selected(), wanted);
    EXPECT_EQ(view_.state()["selection"].toObject()["layer"].toInt(), 1);
    auto* model = static_cast<HeadTableModel*>(table()->model());
    EXPECT_EQ(model->headAt(table()->currentIndex().row()), wanted);
    EXPECT_TRUE(view_.title().contains("layer 1 · head 2"));
    EXPECT_TRUE(maps()[0]->accessibleName().contains("layer 1 · head 2"));
    ASSERT_EQ(context_.changes.size(), 1u);

    context_.undo(&view_);
    EXPECT_EQ(selected(), before);
}

TEST_F(AttentionViewTest, ATableRowSelectsTheHeadAndKeysMoveTheSelection)
{
    show({makeRun()});
    table()->setCurrentIndex(table()->model()->index(3, 2));
    auto* model = static_cast<HeadTableModel*>(table()->model());
    EXPECT_EQ(selected(), model->headAt(3));

    clickHead({1, 1});
    overview()->setFocus();
    QTest::keyClick(overview(), Qt::Key_Right);
    EXPECT_EQ(selected(), (LayerHead{1, 2}));
    QTest::keyClick(overview(), Qt::Key_Down);
    EXPECT_EQ(selected(), (LayerHead{2, 2}));
}

TEST_F(AttentionViewTest, TheReadOutIsTheTilesValue)
{
    const RunHandle run = makeRun();
    show({run});
    clickHead({2, 1});
    const auto capture = attention::Capture::open(run->result.artifacts[0].path);
    const float expected = (*capture->tile(2, 1, {30, 20, 1, 1, 1}))[0];

    MapView* map = maps()[0];
    QTest::mouseMove(map, map->geometryOfMap().toPixel(30.5, 20.5).toPoint());

    auto* panel = view_.findChild<MapPanel*>();
    ASSERT_TRUE(QTest::qWaitFor([&] { return !panel->readingText().isEmpty(); }));
    const QString text = panel->readingText();
    EXPECT_TRUE(
        text.contains(QString::fromStdString(significant(static_cast<double>(expected), 4))))
        << text.toStdString();
    EXPECT_TRUE(text.contains("query 30, key 20")) << text.toStdString();
    EXPECT_TRUE(text.contains(QStringLiteral("“,” ← “,”")) || text.contains(QStringLiteral("←")))
        << text.toStdString();
}

TEST_F(AttentionViewTest, SaysBesideTheTokensThatTheTextWasCut)
{
    RunRecord cut = *makeRun();
    cut.result.notes = {
        "Q and K are kept in half precision.",
        "The text is longer than the model's context: its first 512 tokens are used."};
    show({std::make_shared<const RunRecord>(cut)});

    const auto* label = named<QLabel>("What was done to the text");
    ASSERT_NE(label, nullptr);
    EXPECT_TRUE(label->isVisible());
    EXPECT_EQ(label->text(), QString::fromStdString(cut.result.notes[1]));

    show({makeRun()});
    EXPECT_FALSE(label->isVisible());

    show({makeRun(), std::make_shared<const RunRecord>(cut)});
    EXPECT_TRUE(label->text().contains("#1 ")) << "whose text that is";
}

TEST_F(AttentionViewTest, AStateOfAnotherTextKeepsItsHeadAndScaleAlone)
{
    const RunHandle run = makeRun();
    const QJsonObject state{{"selection", QJsonObject{{"layer", 2}, {"head", 1}, {"token", 5}}},
                            {"scale", "log"},
                            {"window", QJsonObject{{"row", 3}, {"column", 3}, {"zoom", 2}}},
                            {"about", "another text"}};

    const QJsonObject kept = stateFor({*run}, state);

    EXPECT_EQ(kept, (QJsonObject{{"selection", QJsonObject{{"layer", 2}, {"head", 1}}},
                                 {"scale", "log"}}));
    QJsonObject own = state;
    show({run});
    own["about"] = subjectOfTokens(*openRun(run)->tokens);
    EXPECT_EQ(stateFor({*run}, own), own);
}

// Neither a mask, nor 0, nor "no sink": the last layer's query 30 is NaN.
TEST_F(AttentionViewTest, WhatIsNotFiniteIsSaidSoEverywhere)
{
    tests::SyntheticCapture spec;
    spec.brokenQuery = 30;
    show({makeRun(spec)});
    clickHead({2, 1});
    MapView* map = maps()[0];
    auto* panel = view_.findChild<MapPanel*>();
    const auto read = [&](double row, double column) {
        QTest::mouseMove(map, {1, 1}); // beside the cells: a pointer that rests moves nothing
        EXPECT_TRUE(QTest::qWaitFor([&] { return panel->readingText().isEmpty(); }));
        QTest::mouseMove(map, map->geometryOfMap().toPixel(row, column).toPoint());
        EXPECT_TRUE(QTest::qWaitFor([&] { return !panel->readingText().isEmpty(); }));
        return panel->readingText();
    };

    EXPECT_TRUE(read(30.5, 20.5).contains("not finite"));
    EXPECT_TRUE(read(30.5, 40.5).contains("not visible"));
    EXPECT_FALSE(read(31.5, 20.5).contains("not finite"));
    EXPECT_TRUE(named<QLabel>("Sinks counted")->text().contains("not finite at layer 2"));
    const auto* rows = table()->model();
    const auto words = [&](LayerHead head, int column) {
        const int row = static_cast<const HeadTableModel*>(rows)->rowOf(head);
        return rows->index(row, column).data().toString();
    };
    for (int column = 2; column < rows->columnCount(); ++column) {
        EXPECT_EQ(words({2, 1}, column), "not finite") << column;
        EXPECT_NE(words({1, 1}, column), "not finite") << column;
    }
    view_.setState({});
    settle();
    EXPECT_NE(selected().layer, 2) << "it is not the highest";
    EXPECT_TRUE(view_.figures().front().series.size() > 0);
}

TEST_F(AttentionViewTest, ChangingTheThresholdChangesTheBadgesAndTheTableAtOnce)
{
    const RunHandle run = makeRun();
    show({run});
    clickHead({2, 1});
    const auto capture = attention::Capture::open(run->result.artifacts[0].path);
    const auto positions = [&](const attention::SinkOptions& options) {
        std::vector<std::int64_t> found;
        for (const attention::Sink& sink :
             attention::findSinks(capture->columnScore(2, 1), capture->columnRows(), options))
            found.push_back(sink.position);
        std::ranges::sort(found);
        return found;
    };
    ASSERT_EQ(strip()->badged(), positions({}));
    ASSERT_TRUE(std::ranges::count(strip()->badged(), 20));

    auto* alpha = named<NumberSpin>("Factor alpha");
    alpha->setFocus();
    alpha->selectAll();
    QTest::keyClicks(alpha, "0,05");
    QTest::keyClick(alpha, Qt::Key_Return);

    const attention::SinkOptions loose{.alpha = 0.05};
    EXPECT_EQ(view_.state()["alpha"].toDouble(), 0.05);
    EXPECT_EQ(context_.toForm.at("alpha"), "0.05");
    EXPECT_EQ(context_.toForm.at("rule"), "uniform");
    EXPECT_EQ(strip()->badged(), positions(loose));
    EXPECT_GT(strip()->badged().size(), positions({}).size());
    ASSERT_TRUE(QTest::qWaitFor([&] {
        return tabled({2, 1}, "sinks") == static_cast<double>(positions(loose).size());
    }));

    context_.undo(&view_);
    EXPECT_EQ(strip()->badged(), positions({}));
}

TEST_F(AttentionViewTest, RulesUseTheirOwnNumber)
{
    show({makeRun()});
    auto* rule = named<QComboBox>("Sink rule");
    rule->setFocus();
    QTest::keyClick(rule, Qt::Key_Home);
    emit rule->activated(0);
    EXPECT_EQ(view_.state()["rule"].toString(), "absolute");
    EXPECT_TRUE(named<NumberSpin>("Threshold tau")->isVisible());
    EXPECT_FALSE(named<NumberSpin>("Factor alpha")->isVisible());
}

TEST_F(AttentionViewTest, PinsSurviveTheStateAndRestart)
{
    const RunHandle run = makeRun();
    show({run});
    clickHead({1, 3}, Qt::ControlModifier);
    QTest::mouseClick(strip()->viewport(), Qt::LeftButton, Qt::ControlModifier,
                      strip()->tokenRect(5).center());
    QTest::mouseClick(strip()->viewport(), Qt::LeftButton, {}, strip()->tokenRect(7).center());
    const QJsonObject state = view_.state();
    EXPECT_EQ(state["pinned_tokens"].toArray(), QJsonArray{5});
    EXPECT_EQ(state["pinned_heads"].toArray(), (QJsonArray{QJsonArray{1, 3}}));
    EXPECT_EQ(state["selection"].toObject()["token"].toInt(), 7);

    AttentionView second(context_, nullptr);
    second.setState(state);
    second.setRuns({run});
    ASSERT_TRUE(
        QTest::qWaitFor([&] { return second.findChild<QStackedWidget*>()->currentIndex() == 3; }));
    EXPECT_EQ(second.state(), state);
    second.setState(second.state());
    EXPECT_EQ(second.state(), state);
}

// A zoom and pins of one text say nothing of another; the text shown again has them again.
TEST_F(AttentionViewTest, ZoomsAndPinsStayWithTheirText)
{
    const RunHandle shorter = makeRun({.tokens = 30}), longer = makeRun({.tokens = 48});
    show({shorter});
    auto* profile = view_.findChild<ProfilePanel*>()->plot();
    profile->setFocus();
    QTest::keyClick(profile, Qt::Key_Plus);
    QTest::keyClick(maps()[0], Qt::Key_Plus);
    QTest::mouseClick(strip()->viewport(), Qt::LeftButton, Qt::ControlModifier,
                      strip()->tokenRect(5).center());
    QTest::mouseClick(strip()->viewport(), Qt::LeftButton, {}, strip()->tokenRect(7).center());
    const QJsonObject range = profile->rangeState();
    const double zoom = maps()[0]->window().zoom;
    ASSERT_FALSE(range.isEmpty());
    ASSERT_GT(zoom, 1);

    show({longer});
    EXPECT_TRUE(profile->rangeState().isEmpty());
    EXPECT_DOUBLE_EQ(maps()[0]->window().zoom, 1);
    QTest::keyClick(maps()[0], Qt::Key_0);
    QTest::mouseClick(strip()->viewport(), Qt::LeftButton, Qt::ControlModifier,
                      strip()->tokenRect(9).center());
    EXPECT_EQ(view_.state()["pinned_tokens"].toArray(), QJsonArray{9});
    EXPECT_FALSE(view_.state()["selection"].toObject().contains("token"));

    context_.undo(&view_);
    show({shorter});
    EXPECT_EQ(profile->rangeState(), range);
    EXPECT_DOUBLE_EQ(maps()[0]->window().zoom, zoom);
    EXPECT_EQ(view_.state()["pinned_tokens"].toArray(), QJsonArray{5});
}

// The read-out, the profile's line and a click are of one cell, however many a pixel stands for.
TEST_F(AttentionViewTest, AClickSelectsTheKeyThatIsReadOut)
{
    show({makeRun({.tokens = 1600, .layers = 1, .heads = 1, .laterSink = -1})});
    MapView* map = maps()[0];
    ASSERT_GT(map->level(), 0);
    auto* reading = named<QLabel>("Read-out");
    for (const double share : {0.3, 0.5, 0.7}) {
        const QRectF sight = map->geometryOfMap().visible();
        const QPoint at = (sight.topLeft() +
                           QPointF(share * sight.width() / 2, (0.5 + share / 2) * sight.height()))
                              .toPoint();
        QTest::mouseMove(map, at);
        ASSERT_TRUE(QTest::qWaitFor(
            [&] { return reading->accessibleDescription().contains("strongest of"); }));
        const QString before = reading->accessibleDescription();
        QTest::mouseClick(map, Qt::LeftButton, {}, at);
        ASSERT_TRUE(QTest::qWaitFor(
            [&] { return view_.state()["selection"].toObject().contains("token"); }));
        const int token = view_.state()["selection"].toObject()["token"].toInt();
        EXPECT_TRUE(reading->accessibleDescription().contains(QString("key %1,").arg(token)))
            << token << " is selected, read is " << before.toStdString();
        context_.undo(&view_);
        QTest::mouseMove(map, {1, 1});
    }
}

TEST_F(AttentionViewTest, TheReadOutIsInTheColoursOfTheTheme)
{
    theme::setTheme(theme::ThemeName::light);
    show({makeRun()});
    auto* reading = named<QLabel>("Read-out");
    const auto muted = [&] { return reading->text().contains(theme::palette().muted.name()); };
    ASSERT_TRUE(muted());

    theme::setTheme(theme::ThemeName::dark);
    EXPECT_TRUE(muted()) << "the hint";
    QTest::mouseMove(maps()[0], maps()[0]->geometryOfMap().visible().center().toPoint());
    ASSERT_TRUE(
        QTest::qWaitFor([&] { return reading->accessibleDescription().contains("query"); }));
    theme::setTheme(theme::ThemeName::light);
    EXPECT_TRUE(muted()) << "and a reading";
    EXPECT_TRUE(reading->text().contains("query"));
}

TEST_F(AttentionViewTest, TwoRunsOfOneTextHaveADifferenceMap)
{
    const RunHandle a = makeRun({.seed = 7}), b = makeRun({.seed = 8});
    show({a, b});
    clickHead({1, 1});
    ASSERT_EQ(maps().size(), 3u);
    const auto first = attention::Capture::open(a->result.artifacts[0].path),
               second = attention::Capture::open(b->result.artifacts[0].path);
    const float expected =
        (*second->tile(1, 1, {9, 4, 1, 1, 1}))[0] - (*first->tile(1, 1, {9, 4, 1, 1, 1}))[0];
    EXPECT_EQ(maps()[2]->shownValue({9, 4}), std::optional(expected));

    // Half of the differences of the mean distribution over keys.
    double moved = 0;
    for (std::size_t j = 0; j < 48; ++j)
        moved += std::abs(static_cast<double>(first->columnScore(1, 1)[j]) -
                          static_cast<double>(second->columnScore(1, 1)[j])) *
                 first->columnRows()[j] / 48.0 / 2.0;
    EXPECT_NEAR(tabled({1, 1}, "difference:1"), moved, 1e-12);
    EXPECT_GT(moved, 0.01);

    // Zoom is linked.
    maps()[0]->setFocus();
    QTest::keyClick(maps()[0], Qt::Key_Plus);
    EXPECT_EQ(maps()[1]->window(), maps()[0]->window());
    EXPECT_EQ(maps()[2]->window(), maps()[0]->window());
}

TEST_F(AttentionViewTest, OfThreeRunsScreenExportAndReportScoreTheSecondAgainstTheFirst)
{
    const std::vector<RunHandle> runs = {makeRun({.seed = 7}), makeRun({.seed = 8}),
                                         makeRun({.seed = 9})};
    view_.setState({{"score", "difference"}});
    show(runs);

    const auto overviewOf = [](const std::vector<figure::Figure>& figures) {
        return std::ranges::find(figures, "head-overview", &figure::Figure::name)->grids.at(0);
    };
    const figure::Grid exported = overviewOf(view_.figures());
    const figure::Grid reported =
        overviewOf(figures({*runs[0], *runs[1], *runs[2]}, {{"score", "difference"}}));
    const auto first = attention::Capture::open(runs[0]->result.artifacts[0].path),
               second = attention::Capture::open(runs[1]->result.artifacts[0].path);
    LayerHead best;
    double most = -1;
    for (int layer = 0; layer < 3; ++layer)
        for (int head = 0; head < 4; ++head) {
            const double moved =
                attention::massMoved(first->columnScore(layer, head),
                                     second->columnScore(layer, head), first->columnRows());
            const auto place = static_cast<std::size_t>(layer * 4 + head);
            EXPECT_EQ(exported.values[place], static_cast<float>(moved));
            EXPECT_EQ(reported.values[place], static_cast<float>(moved));
            if (moved > most) {
                most = moved;
                best = {layer, head};
            }
        }
    EXPECT_EQ(selected(), best) << "the window selects the head that the figures rank first";
}

TEST_F(AttentionViewTest, ADifferenceThatIsNoneShowsFirstTokenMassAsFiguresDo)
{
    const std::vector<RunHandle> runs = {makeRun(), makeRun({.seed = 8, .tokenPrefix = "other"})};
    view_.setState({{"score", "difference"}});
    show(runs);

    const auto figures = view_.figures();
    const auto overview = std::ranges::find(figures, "head-overview", &figure::Figure::name);
    EXPECT_EQ(overview->grids.at(0).name, "First-token mass");
    LayerHead best;
    for (const auto capture = attention::Capture::open(runs[0]->result.artifacts[0].path);
         int head : {0, 1, 2, 3})
        for (int layer = 0; layer < 3; ++layer)
            if (capture->firstTokenMass(layer, head) >
                capture->firstTokenMass(best.layer, best.head))
                best = {layer, head};
    EXPECT_EQ(selected(), best);
}

TEST_F(AttentionViewTest, TwoRunsOfDifferentTextsSayWhyThereIsNoDifference)
{
    show({makeRun(), makeRun({.tokens = 30})});

    EXPECT_EQ(maps().size(), 2u);
    const auto labels = view_.findChild<MapPanel*>()->findChildren<QLabel*>();
    EXPECT_TRUE(std::ranges::any_of(labels, [](QLabel* label) {
        return label->isVisible() &&
               label->text().contains("No difference map: the runs saw 48 and 30 tokens");
    }));
}

TEST_F(AttentionViewTest, APromptAndEnterStartARunOfTheShownModel)
{
    show({makeRun()});
    QSignalSpy edited(&view_, &View::parametersEdited);
    auto* prompt = named<QPlainTextEdit>("Prompt");
    prompt->setFocus();
    prompt->selectAll();
    QTest::keyClicks(prompt, "war and peace");
    QTest::keyClick(prompt, Qt::Key_Return);

    EXPECT_GT(edited.count(), 0);
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].params,
              (std::map<std::string, std::string>{{"model", "synthetic"},
                                                  {"prompt", "war and peace"},
                                                  {"rule", "uniform"},
                                                  {"alpha", "5"},
                                                  {"tau", "0.1"},
                                                  {"protect", "1"},
                                                  {"min_rows", "8"}}));
    EXPECT_FALSE(context_.starts[0].compare);
}

TEST_F(AttentionViewTest, APromptTakesAllParametersOfTheFormBesideIt)
{
    show({makeRun()});
    context_.formExperiment = "attention.capture";
    context_.form = {{"model", "vitrine-lm"}, {"layers", "1,2"}, {"rule", "absolute"},
                     {"keep", "all"},         {"seed", "7"},     {"prompt_file", "/tmp/speech.txt"},
                     {"budget", "64"}};
    auto* prompt = named<QPlainTextEdit>("Prompt");
    prompt->setFocus();
    prompt->selectAll();
    QTest::keyClicks(prompt, "war and peace");
    QTest::keyClick(prompt, Qt::Key_Return);

    auto expected = context_.form;
    expected.erase("prompt_file"); // the typed text takes its place
    expected["prompt"] = "war and peace";
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].params, expected);
}

TEST_F(AttentionViewTest, ScaleClipScoreAndOrderAreState)
{
    show({makeRun()});
    for (QPushButton* button : view_.findChildren<QPushButton*>())
        if (button->text() == "Log" || button->text() == "Ranked")
            QTest::mouseClick(button, Qt::LeftButton);
    auto* clip = named<NumberSpin>("Clip");
    clip->setFocus();
    clip->selectAll();
    QTest::keyClicks(clip, "0.25");
    QTest::keyClick(clip, Qt::Key_Return);
    EXPECT_EQ(view_.state()["scale"].toString(), "log");
    EXPECT_EQ(view_.state()["order"].toString(), "score");
    EXPECT_EQ(view_.state()["clip"].toDouble(), 0.25);
    EXPECT_EQ(maps()[0]->scale().maximum, 0.25);
    EXPECT_EQ(maps()[0]->scale().scale, figure::Scale::logarithmic);
}

TEST_F(AttentionViewTest, AFailedRunIsSaidWithAWayOn)
{
    auto failed = *makeRun();
    failed.state = RunState::failed;
    failed.error = "cannot read model.safetensors: no such file";
    show({std::make_shared<const RunRecord>(failed)});

    EXPECT_EQ(page(), 2);
    EXPECT_TRUE(std::ranges::any_of(view_.findChildren<QLabel*>(), [](const QLabel* label) {
        return label->isVisible() && label->accessibleName() == "What went wrong" &&
               label->text().contains("no such file");
    }));
    for (QPushButton* button : view_.findChildren<QPushButton*>())
        if (button->text() == "Try again" && button->isVisible())
            QTest::mouseClick(button, Qt::LeftButton);
    ASSERT_EQ(context_.starts.size(), 1u);
    EXPECT_EQ(context_.starts[0].params.at("prompt"), "peace the nation");
}

TEST_F(AttentionViewTest, AMissingOrBrokenCaptureIsAFailureNotACrash)
{
    auto missing = *makeRun();
    std::filesystem::remove(missing.result.artifacts[0].path);
    show({std::make_shared<const RunRecord>(missing)});
    EXPECT_EQ(page(), 2);

    auto broken = *makeRun();
    std::filesystem::resize_file(broken.result.artifacts[0].path, 100);
    show({std::make_shared<const RunRecord>(broken)});
    EXPECT_EQ(page(), 2);

    auto bare = *makeRun();
    bare.result.artifacts.clear();
    show({std::make_shared<const RunRecord>(bare), makeRun()});
    EXPECT_EQ(page(), 3); // the good one is shown
}

TEST_F(AttentionViewTest, OneTokenIsAMapToo)
{
    show({makeRun({.tokens = 1, .laterSink = -1})});
    EXPECT_EQ(page(), 3);
    EXPECT_EQ(maps()[0]->shownValue({0, 0}), std::optional(1.0F));
    EXPECT_TRUE(strip()->badged().empty());
}

TEST_F(AttentionViewTest, AHeadWhoseQueriesWereNotKeptShowsItsOverview)
{
    show({makeRun({.lost = {{1, 1}}})});
    clickHead({1, 1});
    EXPECT_FALSE(maps()[0]->grid().tile);
    EXPECT_EQ(maps()[0]->grid().previewSide, 48);
    MapView* map = maps()[0];
    QTest::mouseMove(map, map->geometryOfMap().toPixel(30.5, 20.5).toPoint());
    view_.grab();
}

TEST_F(AttentionViewTest, NonsenseStateFallsBackToDefaults)
{
    show({makeRun()});
    view_.setState({{"selection", QJsonObject{{"layer", 99}, {"head", -4}, {"token", 1e300}}},
                    {"tau", "x"},
                    {"clip", -3},
                    {"score", 7},
                    {"pinned_tokens", QJsonArray{-1, "a", 1e9, 3}},
                    {"pinned_heads", QJsonArray{QJsonArray{}, 3}},
                    {"window", QJsonObject{{"zoom", -1}}},
                    {"splitters", QJsonObject{{"rows", QJsonArray{1}}}},
                    {"sort", 5}});
    settle();
    EXPECT_EQ(page(), 3);
    EXPECT_DOUBLE_EQ(maps()[0]->scale().maximum, 0.1);
}

TEST_F(AttentionViewTest, LoadingShowsTheSkeletonWithProgress)
{
    view_.setLoading("layer 2 of 6", 0.33);
    EXPECT_EQ(page(), 1);
    view_.grab();
    view_.setFailure("no memory");
    EXPECT_NE(page(), 1);
}

} // namespace
} // namespace vitrine::attention_plugin
