#include "app/window/main_window.h"

#include <QApplication>
#include <QDragEnterEvent>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QProcess>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBrowser>
#include <QToolButton>

#include <gtest/gtest.h>

#include "app/window/command_palette.h"
#include "app/window/home_page.h"
#include "app/window/parameter_panel.h"
#include "app/window/room_page.h"
#include "app/window/state_panels.h"
#include "core/store/store.h"
#include "tests/app/window/counting_window.h"
#include "widgets/page/run_places.h"
#include "widgets/params/param_form.h"
#include "widgets/report/page_preview.h"
#include "widgets/report/reports_page.h"
#include "widgets/runs/find/runs_model.h"
#include "widgets/runs/runs_page.h"

namespace vitrine
{
namespace
{

using namespace tests;

class Window : public CountingWindow
{
};

TEST_F(Window, StartsOnHomeWithTheStudyAndTheDropZone)
{
    open();

    EXPECT_EQ(window->currentPage(), "home");
    EXPECT_NE(named<Card>(*window, "Count once"), nullptr);
    EXPECT_NE(named<QPushButton>(*window, "Open a file"), nullptr);
}

TEST_F(Window, LightsUpNothingBeforeAPersonGoesThere)
{
    open();
    const QWidget* focused = QApplication::focusWidget();
    EXPECT_EQ(qobject_cast<const QToolButton*>(focused), nullptr);
    EXPECT_EQ(dynamic_cast<const Card*>(focused), nullptr);
}

TEST_F(Window, RunsFromTheFormWithCtrlEnterAndShowsTheRun)
{
    open();
    QTest::mouseClick(named<QToolButton>(*window, "Counting"), Qt::LeftButton);
    auto* limit = named<QLineEdit>(*window, "Limit");
    ASSERT_NE(limit, nullptr);

    limit->selectAll();
    QTest::keyClicks(limit, "7");
    QTest::keyClick(limit, Qt::Key_Return, Qt::ControlModifier);

    ASSERT_TRUE(QTest::qWaitFor([&] { return view().runs.size() == 1; }, 10'000));
    EXPECT_EQ(view().runs[0]->result.metric("answer")->value, 42.0);
    auto* shown = named<QLabel>(*window, "What is shown");
    EXPECT_EQ(shown->text(), "1 runs");

    view().name = "Counting"; // as the room is called, beside it
    emit view().titleChanged();
    EXPECT_EQ(shown->text(), "");
}

TEST_F(Window, UndoAndRedoOfViewStateMergeADrag)
{
    open();
    window->showPage("count");

    for (int zoom = 2; zoom <= 5; ++zoom)
        view().context.change(&view(), {{"zoom", zoom}}, "Zoom", "zoom");
    EXPECT_EQ(view().current["zoom"].toInt(), 5);
    QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(room().state().view.isEmpty());
    QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);

    EXPECT_EQ(view().current["zoom"].toInt(), 5);
}

TEST_F(Window, AKilledWindowComesBackAsItWasWithItsUndoSteps)
{
    open();
    window->showPage("count");
    named<QLineEdit>(*window, "Limit")->selectAll();
    QTest::keyClicks(named<QLineEdit>(*window, "Limit"), "77");
    view().context.change(&view(), {{"zoom", 3}}, "Zoom", {});
    ASSERT_TRUE(autosaved()); // no close event follows

    open();

    EXPECT_EQ(window->currentPage(), "count");
    EXPECT_EQ(view().current["zoom"].toInt(), 3);
    EXPECT_EQ(room().panel()->form().values(), (ParamForm::Values{{"limit", "77"}}));
    ASSERT_TRUE(window->history().stack().canUndo());
    window->history().stack().undo();
    window->history().stack().undo();
    EXPECT_TRUE(room().panel()->form().values().empty());
}

// Ends as paused; resumed, it is at 60 % until the file `go` is there.
const char* const kPausingWorker = R"(#!/bin/sh
state=paused
if [ -e "$2/state/saved" ]; then
    echo '{"progress":[60,100,"steps"]}'
    while [ ! -e "$(dirname $0)/go" ]; do sleep 0.02; done
    state=done
fi
mkdir -p "$2/bundle" "$2/state"
touch "$2/state/saved"
sed "s/00000000000000000000000000000000/$(basename $2)/; s/\"done\"/\"$state\"/" "$(dirname $0)/bundle/run.json" > "$2/bundle/run.json"
)";

TEST_F(Window, APausedRunIsResumedWhereItWasStartedAndIsRunningMeanwhile)
{
    useWorker(kPausingWorker);
    open();
    window->showPage("runs");
    window->showPage("count");
    const QString uid = window->startRun("test.count", {}, "count", false);
    const auto shown = [&] { return named<QPushButton>(*window, "Resume"); };
    ASSERT_TRUE(QTest::qWaitFor([&] { return shown() != nullptr; }, 10'000));
    const auto inStrip = [&] { return named<QToolButton>(*window, "Resume run 1") != nullptr; };
    EXPECT_TRUE(QTest::qWaitFor(inStrip, 10'000)) << "in the bottom line too";

    window->showPage("runs");
    RunsPage& runs = *window->runs();
    QTableView* table = nullptr; // seen once there is a run
    ASSERT_TRUE(QTest::qWaitFor(
        [&] { return (table = named<QTableView>(runs, "Runs")) != nullptr; }, 10'000));
    const auto state = [&] {
        return table->model()->rowCount() == 1
                   ? table->model()->index(0, RunsModel::state).data().toString()
                   : QString();
    };
    ASSERT_TRUE(QTest::qWaitFor([&] { return state() == "● paused"; }, 10'000));
    runs.select({uid});
    auto* again = named<QPushButton>(runs, "Run again");
    ASSERT_EQ(again->text(), "Resume");
    ASSERT_TRUE(again->isEnabled());

    window->showPage("count");
    QTest::mouseClick(shown(), Qt::LeftButton);
    ASSERT_TRUE(window->runner().status(uid))
        << named<QLabel>(*window, "Last message")->text().toStdString();
    EXPECT_EQ(shown(), nullptr);
    EXPECT_EQ(state(), "● running");
    EXPECT_FALSE(again->isEnabled());
    EXPECT_FALSE(window->runner().resume(uid));
    EXPECT_TRUE(QTest::qWaitFor([&] { return !inStrip(); }, 10'000));

    QFile go(folder.filePath("go"));
    ASSERT_TRUE(go.open(QIODevice::WriteOnly));
    ASSERT_TRUE(QTest::qWaitFor([&] { return view().runs.size() == 1; }, 10'000));
    window->showPage("runs");
    EXPECT_TRUE(QTest::qWaitFor([&] { return state() == "● done"; }, 10'000));
    EXPECT_TRUE(again->isEnabled());
    EXPECT_EQ(again->text(), "Run again");
}

// Whether the window was closed or killed; until the run goes on or is dismissed.
TEST_F(Window, APausedRunIsOfferedInItsRoomAndTheBottomLineAfterARestart)
{
    useWorker(kPausingWorker);
    open();
    window->showPage("count");
    const auto inRoom = [&] { return named<QPushButton>(*window, "Resume"); };
    const auto inStrip = [&](const QString& run) {
        return named<QToolButton>(*window, "Resume " + run) != nullptr;
    };
    window->startRun("test.count", {}, "count", false);
    ASSERT_TRUE(QTest::qWaitFor([&] { return inRoom() != nullptr; }, 10'000));
    const QString second = window->startRun("test.count", {}, "count", false);
    ASSERT_TRUE(QTest::qWaitFor([&] { return inStrip("run 2"); }, 10'000));
    window->showPage("home");

    open();
    EXPECT_TRUE(QTest::qWaitFor([&] { return inStrip("run 1") && inStrip("run 2"); }, 10'000));
    window->showPage("count");
    ASSERT_NE(inRoom(), nullptr) << "of the newest";
    QTest::mouseClick(named<QToolButton>(*window, "Dismiss paused run"), Qt::LeftButton);
    EXPECT_EQ(inRoom(), nullptr);
    EXPECT_TRUE(QTest::qWaitFor([&] { return !inStrip("run 2"); }));
    ASSERT_TRUE(autosaved());

    open();
    EXPECT_FALSE(inStrip("run 2")) << "dismissed";
    ASSERT_NE(inRoom(), nullptr); // the first
    QTest::mouseClick(inRoom(), Qt::LeftButton);
    EXPECT_EQ(inRoom(), nullptr);
    EXPECT_TRUE(QTest::qWaitFor([&] { return !inStrip("run 1"); }, 10'000));
    QFile go(folder.filePath("go"));
    ASSERT_TRUE(go.open(QIODevice::WriteOnly));
    ASSERT_TRUE(QTest::qWaitFor([&] { return view().runs.size() == 1; }, 10'000));
    ASSERT_TRUE(autosaved());

    open();
    EXPECT_EQ(inRoom(), nullptr);
    EXPECT_FALSE(inStrip("run 1"));
    EXPECT_TRUE(window->runner().canResume(second)); // from Runs
}

// What lies in the store without its job cannot go on.
TEST_F(Window, APausedRunWithoutItsJobIsNotOffered)
{
    open();
    RunRecord run;
    run.uid = std::string(32, 'e');
    run.experiment = "test.count";
    run.state = RunState::paused;
    run.started = "2026-05-01T12:00:00.000Z";
    ASSERT_TRUE(window->runner().store().import(run));

    open();
    window->showPage("count");

    EXPECT_EQ(named<QPushButton>(*window, "Resume"), nullptr);
    EXPECT_EQ(named<QToolButton>(*window, "Resume run 1"), nullptr);
}

TEST_F(Window, AKilledWindowComesBackInItsSize)
{
    open();
    window->resize(1111, 777);
    ASSERT_TRUE(QTest::qWaitFor(
        [&] { return settings::windowGeometry() == window->saveGeometry(); }, 10'000));

    // No close event follows.
    window = std::make_unique<MainWindow>(source, folder.filePath("w.vitrine").toStdString(),
                                          folder.filePath("worker").toStdString());
    EXPECT_EQ(window->size(), QSize(1111, 777));
}

TEST_F(Window, TagsAndNotesOfARunAreUndoneAndRedone)
{
    open();
    window->showPage("count");
    window->startRun("test.count", {}, "count", false);
    ASSERT_TRUE(QTest::qWaitFor([&] { return view().runs.size() == 1; }, 10'000));
    const std::string uid = view().runs[0]->uid;
    window->history().stack().clear();
    window->showPage("runs");
    auto* runs = window->findChild<RunsPage*>();
    ASSERT_TRUE(QTest::qWaitFor([&] { return runs->isSettled(); }));
    runs->select({QString::fromStdString(uid)});
    const auto stored = [&] {
        return *Store::open(folder.filePath("w.vitrine").toStdString())->loadUid(uid);
    };

    auto* tags = named<QLineEdit>(*window, "Tags");
    ASSERT_NE(tags, nullptr);
    tags->setFocus();
    QTest::keyClicks(tags, "good");
    QTest::keyClick(tags, Qt::Key_Return);
    ASSERT_EQ(stored().tags, std::vector<std::string>{"good"});
    ASSERT_EQ(window->history().stack().undoText(), "Tags of run 1");
    window->findChild<QTableView*>()->setFocus(); // a text field undoes its own typing

    QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(QTest::qWaitFor([&] { return stored().tags.empty(); }));
    QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_TRUE(QTest::qWaitFor([&] { return stored().tags.size() == 1; }));

    QTest::keyClicks(named<QPlainTextEdit>(*window, "Note"), "as expected");
    ASSERT_TRUE(QTest::qWaitFor([&] { return stored().note == "as expected"; }));
    window->history().stack().undo();
    EXPECT_TRUE(QTest::qWaitFor([&] { return stored().note.empty(); }));
    EXPECT_TRUE(QTest::qWaitFor([&] {
        auto* note = named<QPlainTextEdit>(*window, "Note");
        return note != nullptr && note->toPlainText().isEmpty();
    }));
}

TEST_F(Window, AFailedRunSaysWhyAndCanBeTriedAgain)
{
    useWorker(kFailingWorker);
    open();
    window->showPage("count");

    QTest::mouseClick(named<QPushButton>(*window, "Run"), Qt::LeftButton);
    ASSERT_TRUE(QTest::qWaitFor([&] { return named<QPushButton>(*window, "Try again") != nullptr; },
                                10'000));
    EXPECT_FALSE(named<QLabel>(*window, "Failure message")->text().isEmpty());
    useWorker(kGoodWorker);
    QTest::mouseClick(named<QPushButton>(*window, "Try again"), Qt::LeftButton);

    EXPECT_TRUE(QTest::qWaitFor([&] { return view().runs.size() == 1; }, 10'000));
    EXPECT_EQ(named<QPushButton>(*window, "Try again"), nullptr);
}

TEST_F(Window, ADroppedTextBecomesTheInputAndRuns)
{
    open();
    QFile text(folder.filePath("speech.txt"));
    ASSERT_TRUE(text.open(QIODevice::WriteOnly));
    text.write("peace");
    text.close();

    window->openPath(text.fileName());

    EXPECT_EQ(window->currentPage(), "count");
    EXPECT_EQ(room().panel()->form().values().at("prompt_file"), text.fileName().toStdString());
    EXPECT_TRUE(QTest::qWaitFor([&] { return view().runs.size() == 1; }, 10'000));
}

TEST_F(Window, RunsAreComparedFromTheRunsPage)
{
    open();
    window->showPage("count");
    for (std::size_t i = 0; i < 2; ++i) {
        const QString uid = window->startRun("test.count", {}, "count", i == 1);
        ASSERT_TRUE(QTest::qWaitFor([&] { return view().runs.size() == i + 1; }, 10'000));
    }

    EXPECT_EQ(room().state().runs.size(), 2);
    window->history().stack().undo();
    EXPECT_EQ(view().runs.size(), 1u);
}

// Also where the room has not been opened since the program began.
TEST_F(Window, AReportOfRunsHasTheirFiguresAsTheirViewWasLeft)
{
    open();
    window->showPage("count");
    const QString uid = window->startRun("test.count", {}, "count", false);
    ASSERT_TRUE(QTest::qWaitFor([&] { return view().runs.size() == 1; }, 10'000));
    const auto reportShows = [&](const QString& caption) {
        window->showInRuns({uid});
        const auto buttons = window->findChildren<QAbstractButton*>();
        const auto report = std::ranges::find_if(buttons, [](const QAbstractButton* button) {
            return button->isVisible() && button->text() == "Report…";
        });
        if (report == buttons.end() || !QTest::qWaitFor([&] { return (*report)->isEnabled(); }))
            return false;
        (*report)->click();
        return QTest::qWaitFor(
            [&] { return window->reports()->preview()->text().contains(caption); }, 10'000);
    };
    EXPECT_TRUE(reportShows("zoom 0")); // the view was never changed

    window->showPage("count");
    view().context.change(&view(), {{"zoom", 4}}, "Zoom", {});
    EXPECT_TRUE(reportShows("zoom 4"));

    window->showPage("runs");
    window->reports()->setState({});
    window->close(); // saves
    open();
    EXPECT_TRUE(reportShows("zoom 4"));
}

TEST_F(Window, AWorkspaceIsSavedUnderAnotherNameWithRunsAndLayout)
{
    open();
    window->showPage("count");
    window->startRun("test.count", {}, "count", false);
    ASSERT_TRUE(QTest::qWaitFor([&] { return view().runs.size() == 1; }, 10'000));
    view().context.change(&view(), {{"zoom", 4}}, "Zoom", {});
    useWorker("#!/bin/sh\nexit 0\n"); // stands for the program that opens the new window

    const QString other = folder.filePath("other.vitrine");
    window->saveWorkspaceAs(other);
    ASSERT_TRUE(QTest::qWaitFor([&] { return !window->isVisible(); }, 10'000));
    window.reset();
    window = std::make_unique<MainWindow>(source, other.toStdString(),
                                          folder.filePath("worker").toStdString());
    window->show();
    window->openWorkspace();

    EXPECT_EQ(window->currentPage(), "count");
    ASSERT_EQ(view().runs.size(), 1u);
    EXPECT_EQ(view().runs[0]->result.metric("answer")->value, 42.0);
    EXPECT_EQ(view().current["zoom"].toInt(), 4);
}

TEST_F(Window, ALayoutOfANewerProgramIsKeptAsideAndSaidSo)
{
    open();
    window.reset();
    const QString file = folder.filePath("w.vitrine.d/window.json");
    QFile layout(file);
    ASSERT_TRUE(layout.open(QIODevice::WriteOnly | QIODevice::Truncate));
    layout.write(R"({"format": 7, "page": ["something", "else"]})");
    layout.close();

    open();

    EXPECT_EQ(window->currentPage(), "home");
    EXPECT_TRUE(QFile::exists(file + ".7"));
    bool said = false;
    for (const auto* lines : window->findChildren<QPlainTextEdit*>())
        said = said || lines->toPlainText().contains("newer Vitrine (format 7");
    EXPECT_TRUE(said);
}

TEST_F(Window, F1ShowsTheHelpOfThePage)
{
    open();
    QTest::keyClick(window.get(), Qt::Key_F1);

    auto* text = named<QTextBrowser>(*window, "Help text");
    ASSERT_NE(text, nullptr);
    EXPECT_TRUE(text->toPlainText().contains("Ctrl+K"));
    window->showPage("count");
    EXPECT_TRUE(
        text->toPlainText().startsWith("There is no help here")); // the test's room has none
    QTest::keyClick(window.get(), Qt::Key_F1);
    EXPECT_FALSE(text->isVisible());
}

TEST_F(Window, ThePaletteFindsAnActionByAFewLetters)
{
    open();
    QTest::keyClick(window.get(), Qt::Key_K, Qt::ControlModifier);
    auto* palette = window->findChild<CommandPalette*>();
    ASSERT_NE(palette, nullptr);
    auto* line = named<QLineEdit>(*palette, "Find an action");
    auto* list = named<QListWidget>(*palette, "Actions");

    QTest::keyClicks(line, "counting");
    ASSERT_GT(list->count(), 0);
    EXPECT_EQ(list->item(0)->text(), "Counting");
    QTest::keyClick(line, Qt::Key_Return);

    EXPECT_EQ(window->currentPage(), "count");
}

// Two runs; only the newer one is shown.
#define TWO_RUNS()                                                                                 \
    open();                                                                                        \
    window->showPage("count");                                                                     \
    QStringList uids;                                                                              \
    for (int i = 0; i < 2; ++i) {                                                                  \
        uids << window->startRun("test.count", {}, "count", false);                                \
        ASSERT_TRUE(QTest::qWaitFor(                                                               \
            [&] { return room().state().runs == QStringList{uids.last()}; }, 10'000));             \
    }

TEST_F(Window, TheRunBeforeIsOneKeyAway)
{
    TWO_RUNS();

    QTest::keyClick(window.get(), Qt::Key_P, Qt::ControlModifier | Qt::ShiftModifier);

    EXPECT_EQ(room().state().runs, (QStringList{uids[1], uids[0]}));
    EXPECT_EQ(view().runs.size(), 2u);
    QTest::keyClick(window.get(), Qt::Key_P,
                    Qt::ControlModifier | Qt::ShiftModifier); // there is none before
    EXPECT_EQ(view().runs.size(), 2u);
    window->history().stack().undo();
    EXPECT_EQ(view().runs.size(), 1u);
}

TEST_F(Window, ComparedRunsStandInTheOrderInWhichTheyWereMade)
{
    TWO_RUNS();

    window->openRuns({uids[1], uids[0]});

    EXPECT_EQ(room().state().runs, uids);
}

// Whatever goes and comes beside it, and over undo and a restart.
TEST_F(Window, ARunKeepsItsColourAsLongAsItIsOpen)
{
    TWO_RUNS();
    window->openRuns(uids);
    using Places = std::map<std::string, int>;
    const std::string first = uids[0].toStdString(), second = uids[1].toStdString();
    const Places beside{{second, 0}, {first, 1}}; // the second was open before
    ASSERT_EQ(runPlacesIn(view().current), beside);
    EXPECT_EQ(view().current["zoom"].toInt(), 1); // the rest of what the view shows stays

    auto* menu = named<QPushButton>(room(), "Compare")->menu();
    emit menu->aboutToShow();
    for (QAction* action : menu->actions())
        if (action->isCheckable() && action->text().startsWith("run 2 "))
            action->trigger(); // leaves it out
    ASSERT_EQ(room().state().runs, QStringList{uids[0]});
    EXPECT_EQ(runPlacesIn(view().current), (Places{{first, 1}}));

    const QString third = window->startRun("test.count", {}, "count", true);
    ASSERT_TRUE(QTest::qWaitFor([&] { return room().state().runs.size() == 2; }, 10'000));
    const Places both{{third.toStdString(), 0}, {first, 1}}; // the first that was free
    EXPECT_EQ(runPlacesIn(view().current), both);

    window->history().stack().undo();
    window->history().stack().undo();
    EXPECT_EQ(runPlacesIn(view().current), beside);
    window->history().stack().redo();
    window->history().stack().redo();
    EXPECT_EQ(runPlacesIn(view().current), both);

    window->close();
    open();
    window->showPage("count");
    EXPECT_EQ(runPlacesIn(view().current), both);
}

TEST_F(Window, ColoursThatRepeatAreTold)
{
    TWO_RUNS();
    QStringList many;
    for (int i = 0; i < 7; ++i) {
        RunRecord run;
        run.uid = std::string(31, 'e') + std::to_string(i);
        run.experiment = "test.count";
        run.state = RunState::done;
        run.started = "2026-05-01T12:00:00.000Z";
        ASSERT_TRUE(window->runner().store().import(run));
        many << QString::fromStdString(run.uid);
    }

    window->openRuns(many);

    bool said = false;
    for (const auto* lines : window->findChildren<QPlainTextEdit*>())
        said = said || lines->toPlainText().contains("run 9 has the colour of run 3");
    EXPECT_TRUE(said);
}

TEST_F(Window, RunsDraggedOntoAViewAreShownBesideIt)
{
    TWO_RUNS();
    QMimeData dragged;
    dragged.setData(kRunsMime, (uids[0] + "\n" + uids[1]).toUtf8());

    QDragEnterEvent enter({100, 100}, Qt::CopyAction, &dragged, Qt::LeftButton, {});
    QCoreApplication::sendEvent(&room(), &enter);
    EXPECT_TRUE(enter.isAccepted());
    QDropEvent drop({100, 100}, Qt::CopyAction, &dragged, Qt::LeftButton, {});
    QCoreApplication::sendEvent(&room(), &drop);

    EXPECT_EQ(room().state().runs, (QStringList{uids[1], uids[0]})); // each once
    EXPECT_EQ(view().runs.size(), 2u);
}

TEST_F(Window, RunsHeldOverTheSignOfARoomOpenIt)
{
    TWO_RUNS();
    window->showPage("runs");
    QMimeData dragged;
    dragged.setData(kRunsMime, uids[0].toUtf8());
    auto* sign = named<QToolButton>(*window, "Counting");

    QDragEnterEvent enter({10, 10}, Qt::CopyAction, &dragged, Qt::LeftButton, {});
    QCoreApplication::sendEvent(sign, &enter);
    EXPECT_TRUE(enter.isAccepted());
    EXPECT_TRUE(QTest::qWaitFor([&] { return window->currentPage() == "count"; }));
    window->showPage("runs");
    QDropEvent drop({10, 10}, Qt::CopyAction, &dragged, Qt::LeftButton, {});
    QCoreApplication::sendEvent(sign, &drop);

    EXPECT_EQ(window->currentPage(), "count");
    EXPECT_EQ(view().runs.size(), 2u);
}

TEST_F(Window, ARoomShowsItsOwnRunsAndNoMoreThanEight)
{
    TWO_RUNS();
    RunRecord stranger;
    stranger.uid = std::string(32, 'f');
    stranger.experiment = "other.experiment";
    stranger.state = RunState::done;
    stranger.started = "2026-05-01T12:00:00.000Z";
    ASSERT_TRUE(window->runner().store().import(stranger));
    QStringList many{uids[0], QString(32, 'f')};
    for (int i = 0; i < 9; ++i) {
        RunRecord run = stranger;
        run.experiment = "test.count";
        run.uid = std::string(31, 'e') + std::to_string(i);
        ASSERT_TRUE(window->runner().store().import(run));
        many << QString::fromStdString(run.uid);
    }

    window->openRuns(many);

    EXPECT_EQ(view().runs.size(), 8u);
    EXPECT_FALSE(room().state().runs.contains(QString(32, 'f')));
}

TEST_F(Window, SavedSearchesOutliveAWindowThatNeverShowedThem)
{
    open();
    window->showPage("runs");
    auto* page = window->findChild<RunsPage*>();
    page->setState({{"filter", "state:done"},
                    {"saved", QJsonArray{QJsonObject{{"name", "mine"}, {"filter", "answer>3"}}}}});
    emit page->stateChanged();
    window->showPage("home");
    ASSERT_TRUE(autosaved());

    open(); // on Home
    window->showPage("count");
    ASSERT_TRUE(autosaved());
    open();
    window->showPage("runs");

    page = window->findChild<RunsPage*>();
    EXPECT_EQ(page->state()["saved"].toArray().size(), 1);
    EXPECT_EQ(page->state()["filter"].toString(), "state:done");
}

#ifdef VITRINE_PROGRAM
TEST(Program, PaintsHomeSoonAndSaysSo)
{
    QTemporaryDir folder;
    QProcess window;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert("VITRINE_QUIT_AFTER_PAINT", "1");
    environment.insert("XDG_CONFIG_HOME", folder.path());
    window.setProcessEnvironment(environment);

    window.start(VITRINE_PROGRAM, {folder.filePath("w.vitrine")});
    ASSERT_TRUE(window.waitForFinished(20'000));

    const QJsonObject said = QJsonDocument::fromJson(window.readAllStandardOutput()).object();
    EXPECT_GT(said["first_paint_ms"].toDouble(), 0);
    EXPECT_LT(said["first_paint_ms"].toDouble(),
              5000); // the bound of a busy machine; the benchmark judges
    EXPECT_LT(said["peak_memory_mib"].toDouble(), 120);
}
#endif

} // namespace
} // namespace vitrine
