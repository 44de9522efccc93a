// Every room with runs as the store gives them back: a stored run looks as a fresh one does, and
// one, two or eight runs are shown beside each other, of different inputs, failed and cancelled
// ones among them.
#include "tests/app/room_runs.h"

#include <QApplication>
#include <QImage>
#include <QTest>

#include "core/jobs/experiment/param_texts.h"
#include "core/jobs/experiment/read_run.h"
#include "tests/support/settled_view.h"
#include "widgets/params/param_form.h"
#include "widgets/theme/palette.h"

#include <algorithm>

namespace vitrine
{
namespace
{

using tests::Question;
using tests::Values;

// Where two pictures differ, in words.
std::string differenceOf(const QImage& a, const QImage& b)
{
    QRect differs;
    for (int y = 0; y < std::min(a.height(), b.height()); ++y)
        for (int x = 0; x < std::min(a.width(), b.width()); ++x)
            if (a.pixel(x, y) != b.pixel(x, y))
                differs |= QRect(x, y, 1, 1);
    return fmt::format("{} x {} and {} x {} pixels, different within x {} to {}, y {} to {}",
                       a.width(), a.height(), b.width(), b.height(), differs.left(),
                       differs.right(), differs.top(), differs.bottom());
}

class Rooms : public testing::TestWithParam<Question>, protected tests::RoomRuns
{
protected:
    Plugin& plugin() { return pluginOf(GetParam().experiment); }
    View* newView() { return tests::RoomRuns::newView(GetParam().experiment, context); }

    QImage settled(View& view) { return tests::settledPicture(view, context); }

    tests::FakeContext context;
};

TEST_P(Rooms, AStoredRunLooksAsAFreshOne)
{
    RunRecord fresh = make(GetParam().experiment, GetParam().variants.front());
    EXPECT_EQ(whatIsUnsound(fresh), "");
    const RunHandle back = stored(fresh);
    fresh.number = back->number; // the window shows a run when the store has numbered it

    const std::unique_ptr<View> one(newView());
    one->setRuns({std::make_shared<const RunRecord>(fresh)});
    const QImage before = settled(*one);
    one->hide(); // the next window is the active one, as this one was
    const std::unique_ptr<View> two(newView());
    two->setRuns({back});
    const QImage after = settled(*two);

    EXPECT_FALSE(before.isNull());
    EXPECT_EQ(one->title(), two->title());
    EXPECT_TRUE(before == after) << differenceOf(before, after);
}

TEST_P(Rooms, TheFormOfARunSaysWhatTheRunSays)
{
    for (const auto& experiment : plugin().createExperiments()) {
        if (experiment->info().id != GetParam().experiment)
            continue;
        ParamForm form;
        form.setSource([&](const Params& chosen) { return allParams(*experiment, chosen); });
        for (const Values& variant : GetParam().variants) {
            const auto run = paramTexts(make(GetParam().experiment, variant).params);
            form.setValues(run);
            EXPECT_EQ(form.differencesFrom(run), std::vector<std::string>{});
            EXPECT_TRUE(form.checkAll().isEmpty());
        }
    }
}

// Nothing of a page that nobody sees is drawn anew at once; when it is shown again it is whole.
TEST_P(Rooms, AViewThatWasHiddenWhileTheThemeChangedLooksAsOneThatWasMadeInIt)
{
    for (const char* playing : {"video.metrics", "video.compare"})
        if (GetParam().experiment == std::string(playing))
            GTEST_SKIP() << "two players do not come to one picture yet";
    const RunHandle run = stored(make(GetParam().experiment, GetParam().variants.front()));
    theme::setTheme(theme::ThemeName::light);
    const std::unique_ptr<View> changed(newView());
    changed->setRuns({run});
    EXPECT_FALSE(settled(*changed).isNull());
    changed->hide();

    theme::setTheme(theme::ThemeName::dark);
    emit context.themeChanged();
    const std::unique_ptr<View> made(newView());
    made->setRuns({run});
    const QImage expected = settled(*made);
    made->hide(); // the next window is the active one, as this one was
    changed->show();
    const QImage seen = settled(*changed);
    theme::setTheme(theme::ThemeName::light);

    EXPECT_TRUE(seen == expected) << differenceOf(expected, seen);
}

TEST_P(Rooms, ViewsSurviveEveryComparison)
{
    const Question& question = GetParam();
    std::vector<RunHandle> good;
    for (const Values& variant : question.variants)
        good.push_back(stored(make(question.experiment, variant)));
    RunRecord broken;
    broken.uid = newUid();
    broken.experiment = question.experiment;
    broken.params = good.front()->params;
    broken.started = "2026-05-01T12:00:00.000Z";
    broken.state = RunState::failed;
    broken.error = "cannot read the file: it ends within byte 12";
    const RunHandle failed = stored(broken);
    broken.uid = newUid();
    broken.state = RunState::cancelled;
    broken.error = "cancelled";
    const RunHandle cancelled = stored(broken);
    broken.uid = newUid();
    broken.params = {};
    broken.experiment = *question.neighbour != 0 ? question.neighbour : question.experiment;
    const RunHandle stranger = stored(broken);

    const std::vector<std::vector<RunHandle>> comparisons = {
        {good[0]},
        {good[0], good[1]},
        {failed},
        {good[0], failed},
        {cancelled, good[1]},
        {good[0], good[1], failed, cancelled, good[0], stranger, good[1], good[0]},
        {},
        {good[1]}};
    const std::unique_ptr<View> view(newView());
    for (const auto& runs : comparisons) {
        SCOPED_TRACE(runs.size());
        view->setRuns(runs);
        const QImage shown = settled(*view);
        EXPECT_FALSE(shown.isNull());
        const QJsonObject state = view->state();
        view->setState(state);
        EXPECT_EQ(view->state(), state);
        if (!runs.empty() && runs.front()->state == RunState::done) {
            EXPECT_FALSE(view->title().isEmpty());
        }
        std::vector<RunRecord> records;
        for (const RunHandle& each : runs)
            records.push_back(*each);
        for (const figure::Figure& figure : plugin().figures(records, state))
            EXPECT_FALSE(figure.name.empty());
        (void)view->figures();
    }
}

std::string nameOf(const testing::TestParamInfo<Question>& question)
{
    std::string name = question.param.experiment;
    std::ranges::replace(name, '.', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(All, Rooms, testing::ValuesIn(tests::questions()), nameOf);

} // namespace
} // namespace vitrine
