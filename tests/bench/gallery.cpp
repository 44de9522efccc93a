// gallery WORKSPACE FOLDER [WIDTHxHEIGHT [THEME ...]]: pictures of every page of the window with
// the newest runs of a workspace, to be looked at: each room with one run of each of its
// experiments, with two and with four, each tab, page and pane mode of its view, and what opens
// over a page. QT_SCALE_FACTOR scales.
#include "app/plugins/plugin_rooms.h"
#include "app/window/main_window.h"
#include "app/window/room_page.h"
#include "core/store/copy_workspace.h"
#include "core/store/store.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/theme/palette.h"

#include <QAbstractButton>
#include <QAction>
#include <QApplication>
#include <QDir>
#include <QPainter>
#include <QRegularExpression>
#include <QTabBar>
#include <QTemporaryDir>
#include <QTest>

#include <cstdio>

namespace vitrine
{
namespace
{

const std::map<QString, theme::ThemeName> kThemes = {{"light", theme::ThemeName::light},
                                                     {"dark", theme::ThemeName::dark},
                                                     {"contrast", theme::ThemeName::highContrast}};

class Gallery
{
public:
    Gallery(MainWindow& window, QString folder, const Store& store)
        : window_(window), folder_(std::move(folder)), store_(store)
    {
    }

    void all(const std::vector<RoomInfo>& rooms)
    {
        visit("home");
        for (const RoomInfo& room : rooms) {
            visit(room.id);
            for (const QString& experiment : room.experiments)
                experimentOf(experiment);
        }
        runs();
        reports();
        over();
    }

private:
    void keep(const QString& name)
    {
        QImage before;
        for (int same = 0, tries = 0; same < 3 && tries < 100; ++tries) {
            QTest::qWait(120);
            const QImage now = shown();
            same = now == before ? same + 1 : 0;
            before = now;
        }
        before.save(
            QString("%1/%2-%3.png").arg(folder_).arg(count_++, 3, 10, QChar('0')).arg(name));
    }

    // The window and what is open over it.
    QImage shown()
    {
        QPixmap picture = window_.grab();
        QPainter painter(&picture);
        for (QWidget* over : QApplication::topLevelWidgets())
            if (over != &window_ && over->isVisible())
                painter.drawPixmap(over->pos() - window_.pos(), over->grab());
        return picture.toImage();
    }

    void visit(const QString& page)
    {
        window_.showPage(page);
        keep(page);
    }

    QStringList newest(const QString& experiment, int count, std::optional<RunState> state)
    {
        RunQuery query;
        query.experiment = experiment.toStdString();
        query.state = state;
        query.limit = count;
        QStringList uids;
        for (const RunSummary& run : store_.find(query).value_or(std::vector<RunSummary>()))
            uids << QString::fromStdString(run.uid);
        return uids;
    }

    void experimentOf(const QString& experiment)
    {
        const auto done = newest(experiment, 4, RunState::done);
        if (done.isEmpty())
            return;
        window_.openRuns(done.first(1));
        keep(experiment);
        if (RoomPage* page = window_.room(window_.currentPage())) {
            tabsOf(*page->view(), experiment);
            pagesOf(*page->view(), experiment);
        }
        if (done.size() > 1) {
            window_.openRuns(done.first(2));
            keep(experiment + "-two");
        }
        if (done.size() > 3) {
            window_.openRuns(done.first(4));
            keep(experiment + "-four");
            if (RoomPage* page = window_.room(window_.currentPage()))
                pagesOf(*page->view(), experiment + "-four");
        }
        const auto failed = newest(experiment, 1, RunState::failed);
        if (!failed.isEmpty()) {
            window_.openRuns(failed);
            keep(experiment + "-failed");
        }
    }

    void tabsOf(QWidget& page, const QString& name)
    {
        for (QTabBar* tabs : page.findChildren<QTabBar*>()) {
            for (int i = 0; tabs->isVisible() && i < tabs->count(); ++i) {
                if (i == tabs->currentIndex() || !tabs->isTabEnabled(i))
                    continue;
                tabs->setCurrentIndex(i);
                keep(name + "-" + plain(tabs->tabText(i)));
            }
            tabs->setCurrentIndex(0);
        }
    }

    // Those of a view that has a switch of pages.
    void pagesOf(QWidget& view, const QString& name)
    {
        for (auto* pages : view.findChildren<SegmentedSwitch*>())
            if (pages->isVisible() && pages->accessibleName().startsWith("Pages")) {
                const auto buttons = pages->findChildren<QAbstractButton*>();
                for (QAbstractButton* button : buttons) {
                    button->click();
                    keep(name + "-" + plain(button->text()));
                }
                buttons.front()->click();
            }
    }

    static QString plain(QString text)
    {
        static const QRegularExpression other("[^A-Za-z0-9]+");
        return text.replace(other, "_");
    }

    void runs()
    {
        visit("runs");
        tabsOf(window_, "runs");
        window_.showInRuns(newest("", 1, RunState::done));
        keep("runs-one");
        window_.showInRuns(newest("", 2, RunState::done));
        keep("runs-two");
    }

    void reports()
    {
        visit("reports");
        window_.showInRuns(newest("accelerators.simulate", 2, RunState::done));
        press("Report…");
        keep("reports-two-runs");
    }

    void over()
    {
        window_.showPage("attention");
        for (const char* name : {"Find an action…", "Keyboard shortcuts", "Help for this page"}) {
            for (QWidget* other : QApplication::topLevelWidgets())
                if (other != &window_ && other->isWindow())
                    other->close();
            if (QAction* action = actionOf(name))
                action->trigger();
            keep(plain(name));
        }
    }

    QAction* actionOf(const QString& text)
    {
        for (QAction* action : window_.findChildren<QAction*>())
            if (action->text().remove('&') == text)
                return action;
        return nullptr;
    }

    void press(const QString& text)
    {
        for (QAbstractButton* button : window_.findChildren<QAbstractButton*>())
            if (button->isVisible() && button->text() == text)
                return button->click();
    }

    MainWindow& window_;
    QString folder_;
    const Store& store_;
    int count_ = 0;
};

int run(int argc, char** argv)
{
    const QApplication application(argc, argv);
    const QStringList given = QApplication::arguments();
    if (given.size() < 3) {
        std::fprintf(stderr, "usage: gallery WORKSPACE FOLDER [WIDTHxHEIGHT [THEME ...]]\n");
        return 2;
    }
    const QStringList size = (given.size() > 3 ? given[3] : QString("1280x820")).split('x');
    const QStringList themes =
        given.size() > 4 ? given.mid(4) : QStringList(kThemes.begin()->first);
    const auto store = Store::open(given[1].toStdString());
    if (!store || size.size() != 2) {
        std::fprintf(stderr, "%s\n",
                     store ? "the size is WIDTHxHEIGHT" : store.error().message.c_str());
        return 2;
    }
    PluginRooms rooms;
    for (const QString& name : themes) {
        const auto found = kThemes.find(name);
        if (found == kThemes.end())
            continue;
        QTemporaryDir home;
        for (const char* each :
             {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"})
            qputenv(each, home.filePath(each).toUtf8());
        const QString folder = given[2] + "/" + name;
        QDir().mkpath(folder);
        theme::setTheme(found->second);
        // A copy without a layout, so that empty rooms are seen and nothing of a person's changes.
        const std::filesystem::path copy = home.filePath("gallery.vitrine").toStdString();
        if (const auto copied = copyWorkspace(store->path(), copy); !copied) {
            std::fprintf(stderr, "%s\n", copied.error().message.c_str());
            return 1;
        }
        MainWindow window(rooms, copy, VITRINE_PROGRAM);
        window.resize(size[0].toInt(), size[1].toInt());
        window.show();
        window.openWorkspace();
        Gallery(window, folder, *store).all(rooms.rooms());
    }
    return 0;
}

} // namespace
} // namespace vitrine

int main(int argc, char** argv)
{
    return vitrine::run(argc, argv);
}
