// From the click on "Light or dark" to the painted window, with a run in every room of a workspace.
#include "app/plugins/plugin_rooms.h"
#include "app/window/main_window.h"
#include "app/window/room_page.h"
#include "core/store/copy_workspace.h"
#include "core/store/store.h"
#include "widgets/theme/palette.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QTemporaryDir>
#include <QTest>
#include <QToolButton>

#include <algorithm>
#include <cstdio>

namespace vitrine
{
namespace
{

constexpr int kTimes = 6;
constexpr int kOpeningMs = 2500; // until what a room reads and computes is there

// The newest two runs of every experiment, in its room.
void openRuns(MainWindow& window, const Store& store)
{
    const auto runs = store.find({});
    std::map<std::string, QStringList> byExperiment;
    if (runs)
        for (const RunSummary& run : *runs)
            if (run.state == RunState::done && byExperiment[run.experiment].size() < 2)
                byExperiment[run.experiment] << QString::fromStdString(run.uid);
    for (const auto& [experiment, uids] : byExperiment) {
        window.openRuns(uids);
        QTest::qWait(kOpeningMs);
    }
}

void measure(MainWindow& window, const QString& page)
{
    window.showPage(page);
    QTest::qWait(500);
    std::vector<qint64> times;
    for (int i = 0; i < kTimes; ++i) {
        QElapsedTimer clock;
        clock.start();
        for (QToolButton* button : window.findChildren<QToolButton*>())
            if (button->accessibleName() == "Light or dark")
                button->click();
        QCoreApplication::processEvents();
        QCoreApplication::sendPostedEvents();
        window.repaint();
        times.push_back(clock.elapsed());
        QTest::qWait(300);
    }
    std::ranges::sort(times);
    std::printf("%-14s median %5lld ms, worst %5lld ms\n", page.toUtf8().constData(),
                static_cast<long long>(times[times.size() / 2]),
                static_cast<long long>(times.back()));
    std::fflush(stdout);
}

int run(int argc, char** argv)
{
    const QApplication application(argc, argv);
    const auto store = Store::open(argc > 1 ? argv[1] : "");
    if (!store) {
        std::fprintf(stderr, "usage: bench_theme WORKSPACE\n%s\n", store.error().message.c_str());
        return 2;
    }
    const QTemporaryDir home;
    for (const char* each : {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"})
        qputenv(each, home.filePath(each).toUtf8());
    const std::filesystem::path copy = home.filePath("theme.vitrine").toStdString();
    if (!copyWorkspace(store->path(), copy))
        return 1;
    theme::setTheme(theme::ThemeName::light);
    PluginRooms rooms;
    MainWindow window(rooms, copy, VITRINE_PROGRAM);
    window.resize(1440, 900);
    window.show();
    window.openWorkspace();
    std::printf("%lld widgets on Home\n",
                static_cast<long long>(window.findChildren<QWidget*>().size()));
    measure(window, "home");
    openRuns(window, *store);
    window.showPage("runs");
    window.showPage("reports");
    std::printf("%lld widgets with every room open\n",
                static_cast<long long>(window.findChildren<QWidget*>().size()));
    measure(window, "home");
    for (const RoomInfo& room : rooms.rooms())
        measure(window, room.id);
    measure(window, "runs");
    return 0;
}

} // namespace
} // namespace vitrine

int main(int argc, char** argv)
{
    return vitrine::run(argc, argv);
}
