// Whoever works by keyboard and ear: everything that takes the focus says what it is, in every page
// of the window with real runs in it.
#include "app/window/main_window.h"

#include <QAbstractItemView>
#include <QAccessible>
#include <QTemporaryDir>
#include <QTest>

#include <gtest/gtest.h>

#include "app/plugins/plugin_rooms.h"
#include "app/window/room_page.h"

#include <set>

namespace vitrine
{
namespace
{

constexpr int kRunMs = 60'000; // on a busy machine

// Parts that Qt makes inside a named control, and views whose items speak for themselves.
bool isPartOfAnother(const QWidget& widget)
{
    return widget.objectName().startsWith("qt_") || widget.focusProxy() != nullptr ||
           qobject_cast<QAbstractItemView*>(widget.parentWidget()) != nullptr;
}

std::set<std::string> namelessControls(const QWidget& window)
{
    std::set<std::string> nameless;
    for (QWidget* widget : window.findChildren<QWidget*>()) {
        if (!widget->isVisible() || widget->focusPolicy() == Qt::NoFocus ||
            isPartOfAnother(*widget))
            continue;
        const QAccessibleInterface* interface = QAccessible::queryAccessibleInterface(widget);
        if (interface != nullptr && interface->text(QAccessible::Name).isEmpty())
            nameless.insert(QString("%1 \"%2\" in %3")
                                .arg(widget->metaObject()->className(), widget->objectName(),
                                     widget->parentWidget()->metaObject()->className())
                                .toStdString());
    }
    return nameless;
}

TEST(Accessibility, EverythingThatTakesTheFocusHasAName)
{
    QTemporaryDir folder;
    qputenv("XDG_CONFIG_HOME", folder.path().toUtf8());
    PluginRooms rooms;
    MainWindow window(rooms, folder.filePath("w.vitrine").toStdString(), VITRINE_PROGRAM);
    window.resize(1500, 1000);
    window.show();
    window.openWorkspace();
    const auto run = [&](const char* experiment, const Runner::Values& params, const char* room) {
        window.showPage(room);
        window.startRun(experiment, params, room, false);
        return QTest::qWaitFor([&] { return !window.room(room)->runs().empty(); }, kRunMs);
    };
    const auto check = [&](const QString& page) {
        window.showPage(page);
        QCoreApplication::processEvents(); // the layout
        for (const std::string& each : namelessControls(window))
            ADD_FAILURE() << page.toStdString() << ": no accessible name: " << each;
    };
    check("home");
    for (const RoomInfo& info : rooms.rooms())
        check(info.id);
    ASSERT_TRUE(run("attention.capture", {{"prompt", "Call me Ishmael."}}, "attention"));
    ASSERT_TRUE(run("calibration.tune", {{"prompt", "Call me Ishmael."}}, "calibration"));
    ASSERT_TRUE(run("accelerators.simulate", {{"workload", "deit-tiny"}}, "accelerators"));
    for (const RoomInfo& info : rooms.rooms())
        check(info.id);
    check("runs");
    check("reports");
}

} // namespace
} // namespace vitrine
