// The window as a person meets it: the real program as worker, the real Attention room, the shipped
// model.
#include "app/window/main_window.h"

#include <QApplication>
#include <QComboBox>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QProcess>
#include <QPushButton>
#include <QTableView>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <gtest/gtest.h>

#include "app/plugins/plugin_rooms.h"
#include "app/report/figure_actions.h"
#include "app/window/home_page.h"
#include "app/window/origin_panel.h"
#include "app/window/room_page.h"

namespace vitrine
{
namespace
{

constexpr int kStudyMs = 60'000; // on a busy machine

QApplication& firstMinuteApplication()
{
    if (auto* made = qobject_cast<QApplication*>(QCoreApplication::instance()))
        return *made;
    static int argc = 1;
    static char name[] = "first_minute_test";
    static char* argv[] = {name, nullptr};
    static QApplication made(argc, argv);
    return made;
}

class FirstMinute : public testing::Test
{
protected:
    FirstMinute()
    {
        firstMinuteApplication();
        qputenv("XDG_CONFIG_HOME", folder.path().toUtf8());
        window = std::make_unique<MainWindow>(rooms, workspace().toStdString(), VITRINE_PROGRAM);
        window->resize(1500, 1000);
        window->show();
        window->activateWindow();
        EXPECT_TRUE(QTest::qWaitForWindowActive(window.get()));
        window->openWorkspace();
    }

    QString workspace() const { return folder.filePath("w.vitrine"); }

    template <typename W>
    W* named(const QString& name)
    {
        for (W* widget : window->findChildren<W*>()) {
            if (widget->accessibleName() == name && widget->isVisible())
                return widget;
        }
        return nullptr;
    }

    RoomPage& room() { return *window->room("attention"); }

    bool waitForRuns(int count)
    {
        return QTest::qWaitFor([&] { return room().state().runs.size() == count; }, kStudyMs) &&
               QTest::qWaitFor(
                   [&] {
                       auto* heads = named<QTableView>("Heads table");
                       return heads != nullptr && heads->model()->rowCount() > 0;
                   },
                   kStudyMs);
    }

    QJsonObject shownByCommandLine(const QString& run)
    {
        QProcess program;
        program.start(VITRINE_PROGRAM, {"runs", "show", run, "--json", "--workspace", workspace()});
        program.waitForFinished(kStudyMs);
        return QJsonDocument::fromJson(program.readAllStandardOutput()).object();
    }

    QTemporaryDir folder;
    PluginRooms rooms;
    std::unique_ptr<MainWindow> window;
};

TEST_F(FirstMinute, OneClickFindsTheSinksAndEveryChangeCanBeUndone)
{
    auto* card = named<Card>("Find the sinks");
    ASSERT_NE(card, nullptr);
    ASSERT_TRUE(card->isEnabled());

    QTest::mouseClick(card, Qt::LeftButton);
    ASSERT_TRUE(waitForRuns(1));

    // What the window holds is what the command line prints.
    const QString uid = room().state().runs.first();
    const QJsonObject printed = shownByCommandLine(uid);
    const RunRecord& shown = *room().runs().front();
    ASSERT_FALSE(shown.result.metrics.empty());
    for (const Metric& metric : shown.result.metrics) {
        const QJsonValue value = printed["metrics"].toObject()[QString::fromStdString(metric.name)];
        EXPECT_EQ(value.toDouble(-1), metric.value) << metric.name;
    }
    auto* heads = named<QTableView>("Heads table");
    const QJsonArray rows = printed["tables"].toObject()["heads"].toObject()["rows"].toArray();
    EXPECT_EQ(heads->model()->rowCount(), rows.size());

    const QJsonObject before = room().state().view;
    QTest::mouseClick(heads->viewport(), Qt::LeftButton, {},
                      heads->visualRect(heads->model()->index(3, 0)).center());
    ASSERT_NE(room().state().view, before);
    window->history().stack().undo();
    EXPECT_EQ(room().state().view, before);
    window->history().stack().redo();

    auto* rule = named<QComboBox>("Sink rule");
    ASSERT_NE(rule, nullptr);
    const int count = window->history().stack().count();
    for (QComboBox* each : room().view()->findChildren<QComboBox*>()) {
        if (each->accessibleName() == "Sink rule") {
            each->setFocus();
            QTest::keyClick(each, each->currentIndex() == 0 ? Qt::Key_Down : Qt::Key_Up);
        }
    }
    EXPECT_GT(window->history().stack().count(), count);
    QTest::keyClick(window.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_EQ(window->history().stack().index(), count);
}

TEST_F(FirstMinute, OneClickPutsFourAcceleratorsBesideEachOther)
{
    auto* card = named<Card>("Simulate a ViT");
    ASSERT_NE(card, nullptr);
    QTest::mouseClick(card, Qt::LeftButton);

    RoomPage& simulator = *window->room("accelerators");
    ASSERT_TRUE(QTest::qWaitFor([&] { return simulator.runs().size() == 4; }, kStudyMs));
    std::vector<std::string> accelerators;
    for (const RunHandle& run : simulator.runs())
        accelerators.push_back(paramText(run->params.all().at("accelerator")));
    EXPECT_EQ(accelerators,
              (std::vector<std::string>{"p2vit", "trio-vit", "vitality", "systolic"}));
    EXPECT_TRUE(window->runner().active().empty());
}

TEST_F(FirstMinute, APromptAndEnterGiveAMapThatIsComparedAndExported)
{
    QTest::mouseClick(named<QToolButton>("Attention"), Qt::LeftButton);
    auto* prompt = named<QPlainTextEdit>("Prompt");
    ASSERT_NE(prompt, nullptr);
    QTest::keyClicks(prompt, "Mr. Speaker, peace is our aim.");
    QTest::keyClick(prompt, Qt::Key_Return);
    ASSERT_TRUE(waitForRuns(1));

    window->startRun("attention.capture", {{"model", "vitrine-lm"}, {"prompt", "Call me Ishmael."}},
                     "attention", true);
    ASSERT_TRUE(waitForRuns(2));
    ASSERT_TRUE(QTest::qWaitFor([&] { return !room().view()->figures().empty(); }, kStudyMs));

    const figure::Figure figure = room().view()->figures().front();
    for (const auto& [ending, beginning] : {std::pair<QString, QByteArray>{"pdf", "%PDF"},
                                            {"svg", "<?xml"},
                                            {"png", "\x89PNG"},
                                            {"csv", "kind,"}}) {
        const QString path = folder.filePath("figure." + ending);
        ASSERT_TRUE(writeFigure(figure, path)) << ending.toStdString();
        QFile file(path);
        ASSERT_TRUE(file.open(QIODevice::ReadOnly));
        EXPECT_TRUE(file.readAll().startsWith(beginning)) << ending.toStdString();
    }
    EXPECT_FALSE(writeFigure(figure, folder.filePath("figure.docx")));
}

TEST_F(FirstMinute, AnyViewSaysWhereItIsFromAndItsRunIsRepeatedToTheLastBit)
{
    window->startRun("attention.capture", {{"model", "vitrine-lm"}, {"prompt", "Call me Ishmael."}},
                     "attention", false);
    window->showPage("attention");
    ASSERT_TRUE(waitForRuns(1));

    QTest::mouseClick(named<QToolButton>("Where from?"), Qt::LeftButton);
    auto* panel = window->findChild<OriginPanel*>();
    ASSERT_NE(panel, nullptr);
    QString words;
    for (const QLabel* label : panel->findChildren<QLabel*>())
        words += label->text() + "\n";
    const RunRecord& run = *room().runs().front();
    EXPECT_TRUE(words.contains(QString::fromStdString(run.command)));
    EXPECT_TRUE(words.contains(QString::fromStdString(run.result.inputs.at(0).sha256).left(24)));
    QTest::mouseClick(named<QPushButton>("Run again"), Qt::LeftButton);

    QLabel* outcome = nullptr;
    EXPECT_TRUE(QTest::qWaitFor(
        [&] {
            outcome = named<QLabel>("Outcome of the repetition");
            return outcome != nullptr;
        },
        kStudyMs));
    ASSERT_NE(outcome, nullptr);
    EXPECT_TRUE(outcome->text().contains("to the last bit")) << outcome->text().toStdString();
}

} // namespace
} // namespace vitrine
