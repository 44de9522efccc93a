// The first minute of a person with an empty home directory: how soon the window is painted, and
// how long each study of Home takes from one click to a painted result. The real program, the real
// rooms, real workers. Prints; asserts nothing.
#include "app/plugins/plugin_rooms.h"
#include "app/plugins/study.h"
#include "app/window/home_page.h"
#include "app/window/main_window.h"
#include "app/window/room_page.h"

#include <QApplication>
#include <QDateTime>
#include <QElapsedTimer>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <algorithm>
#include <cstdio>
#include <vector>

namespace vitrine
{
namespace
{

constexpr int kStarts = 11;
constexpr int kPatienceMs = 120'000;

void emptyHome(const QTemporaryDir& folder)
{
    for (const char* name :
         {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"})
        qputenv(name, folder.filePath(name).toUtf8());
    qputenv("VITRINE_CACHE", folder.filePath("encodes").toUtf8());
}

void timeStarts()
{
    std::vector<double> starts;
    for (int i = 0; i < kStarts; ++i) {
        QTemporaryDir folder;
        emptyHome(folder);
        QProcess window;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("VITRINE_QUIT_AFTER_PAINT", "1");
        environment.insert("VITRINE_EXEC_TIME_NS",
                           QString::number(QDateTime::currentMSecsSinceEpoch()) + "000000");
        window.setProcessEnvironment(environment);
        window.start(VITRINE_PROGRAM, {});
        window.waitForFinished(kPatienceMs);
        const auto said = QJsonDocument::fromJson(window.readAllStandardOutput()).object();
        starts.push_back(said["first_paint_ms"].toDouble());
    }
    std::ranges::sort(starts);
    std::printf("window painted after (ms, %d starts): median %.0f, largest %.0f\n", kStarts,
                starts[kStarts / 2], starts.back());
}

Card* cardOf(const MainWindow& window, const QString& title)
{
    for (Card* card : window.findChildren<Card*>()) {
        if (card->accessibleName() == title)
            return card;
    }
    return nullptr;
}

void timeStudy(RoomSource& rooms, const Study& study)
{
    QTemporaryDir folder;
    emptyHome(folder);
    MainWindow window(rooms, folder.filePath("home.vitrine").toStdString(), VITRINE_PROGRAM);
    window.resize(1280, 820);
    window.show();
    if (!QTest::qWaitForWindowExposed(&window))
        return void(std::printf("%s: no window\n", qPrintable(study.title)));
    window.openWorkspace();
    Card* card = cardOf(window, study.title);
    if (card == nullptr || !card->isEnabled()) {
        std::printf("%s: cannot run: %s\n", qPrintable(study.title), qPrintable(study.missing));
        return;
    }
    QElapsedTimer clock;
    clock.start();
    QTest::mouseClick(card, Qt::LeftButton);
    const auto waitFor = [&](std::size_t runs, const char* what) {
        const bool came = QTest::qWaitFor(
            [&] {
                RoomPage* page = window.room(window.currentPage());
                return page != nullptr && page->runs().size() >= runs && page->view() != nullptr;
            },
            kPatienceMs);
        window.repaint();
        std::printf("%s: one click, %.2f s to %s\n", qPrintable(study.title),
                    static_cast<double>(clock.nsecsElapsed()) * 1e-9, came ? what : "nothing");
    };
    waitFor(1, "the painted result");
    if (!study.beside.empty())
        waitFor(1 + study.beside.size(), "all of its runs beside each other");
}

} // namespace
} // namespace vitrine

int main(int argc, char** argv)
{
    const QApplication application(argc, argv);
    vitrine::timeStarts();
    vitrine::PluginRooms rooms;
    for (const vitrine::Study& study : vitrine::studiesOf(rooms.rooms()))
        vitrine::timeStudy(rooms, study);
    return 0;
}
