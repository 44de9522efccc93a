// A person who does anything at all: clicks, drags, wheels, keys, menus, other sizes and themes, in
// all rooms with real runs. VITRINE_ACTIONS (default 120) and VITRINE_SEED (default 1) choose how
// many and which.
#include "app/window/main_window.h"

#include <QAbstractButton>
#include <QAbstractScrollArea>
#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QDialog>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QMenu>
#include <QMenuBar>
#include <QSlider>
#include <QTemporaryDir>
#include <QTest>
#include <QTimer>
#include <QWheelEvent>

#include <gtest/gtest.h>

#include "app/plugins/plugin_rooms.h"
#include "app/window/room_page.h"
#include "core/base/resources.h"

#include <random>

namespace vitrine
{
namespace
{

constexpr int kActionMs = 120'000;
constexpr int kHangMs = 30'000; // an action that takes this long has hung, on any machine

int fromEnvironment(const char* name, int fallback)
{
    bool given = false;
    const int value = qEnvironmentVariableIntValue(name, &given);
    return given ? value : fallback;
}

class RandomPerson
{
public:
    RandomPerson(MainWindow& window, unsigned seed) : window_(window), random_(seed)
    {
        // What opens within another event loop (menus of buttons, dialogs) is answered from a
        // timer.
        QObject::connect(&answers_, &QTimer::timeout, &window, [this] { answer(); });
        answers_.start(15);
    }

    // In words, so that a failure can be told.
    QString act()
    {
        switch (below(12)) {
        case 0:
            return page();
        case 1:
            return resize();
        case 2:
            return wheel();
        case 3:
            return drag();
        case 4:
        case 5:
            return key();
        case 6:
            return menu();
        default:
            return click();
        }
    }

private:
    int below(int count) { return static_cast<int>(random_() % static_cast<unsigned>(count)); }

    template <typename T>
    T* any(const QList<T*>& from)
    {
        return from.isEmpty() ? nullptr : from[below(static_cast<int>(from.size()))];
    }

    QPoint inside(const QWidget& widget)
    {
        return {below(std::max(1, widget.width())), below(std::max(1, widget.height()))};
    }

    QWidget* anything()
    {
        QList<QWidget*> shown;
        for (QWidget* widget : window_.findChildren<QWidget*>()) {
            if (widget->isVisible() && widget->isEnabled() && !widget->visibleRegion().isEmpty())
                shown << widget;
        }
        return any(shown);
    }

    QWidget* control()
    {
        QList<QWidget*> shown;
        for (QWidget* widget : window_.findChildren<QWidget*>()) {
            const bool does = qobject_cast<QAbstractButton*>(widget) != nullptr ||
                              qobject_cast<QComboBox*>(widget) != nullptr ||
                              qobject_cast<QSlider*>(widget) != nullptr ||
                              qobject_cast<QLineEdit*>(widget) != nullptr ||
                              widget->focusPolicy() != Qt::NoFocus;
            if (does && widget->isVisible() && widget->isEnabled() &&
                !widget->visibleRegion().isEmpty())
                shown << widget;
        }
        return any(shown);
    }

    static QString nameOf(const QWidget& widget)
    {
        return QString("%1 \"%2\"").arg(widget.metaObject()->className(), widget.accessibleName());
    }

    QString click()
    {
        QWidget* widget = below(4) == 0 ? anything() : control();
        if (widget == nullptr)
            return "nothing to click";
        const QString words = "click on " + nameOf(*widget);
        const auto button = below(6) == 0 ? Qt::RightButton : Qt::LeftButton;
        const Qt::KeyboardModifiers modifiers =
            below(6) == 0 ? Qt::ControlModifier : Qt::NoModifier;
        if (below(8) == 0)
            QTest::mouseDClick(widget, button, modifiers, inside(*widget));
        else
            QTest::mouseClick(widget, button, modifiers, inside(*widget));
        return words;
    }

    QString drag()
    {
        QWidget* widget = control();
        if (widget == nullptr)
            return "nothing to drag";
        const QString words = "drag over " + nameOf(*widget);
        const QPointer<QWidget> alive = widget;
        QTest::mousePress(widget, Qt::LeftButton, {}, inside(*widget));
        for (int i = 0; i < 4 && alive; ++i)
            QTest::mouseMove(widget, inside(*widget));
        if (alive)
            QTest::mouseRelease(widget, Qt::LeftButton, {}, inside(*widget));
        return words;
    }

    QString wheel()
    {
        QWidget* widget = anything();
        if (widget == nullptr)
            return "nothing to turn";
        const QPointF at = inside(*widget);
        QWheelEvent event(at, widget->mapToGlobal(at), {}, {0, below(2) == 0 ? 240 : -240},
                          Qt::NoButton, below(3) == 0 ? Qt::ControlModifier : Qt::NoModifier,
                          Qt::NoScrollPhase, false);
        QApplication::sendEvent(widget, &event);
        return "wheel over a widget";
    }

    QString key()
    {
        static constexpr int keys[] = {
            Qt::Key_Tab,      Qt::Key_Backtab, Qt::Key_Left,  Qt::Key_Right,  Qt::Key_Up,
            Qt::Key_Down,     Qt::Key_Return,  Qt::Key_Space, Qt::Key_Escape, Qt::Key_PageUp,
            Qt::Key_PageDown, Qt::Key_Home,    Qt::Key_End,   Qt::Key_Delete, Qt::Key_Backspace,
            Qt::Key_Plus,     Qt::Key_Minus,   Qt::Key_0,     Qt::Key_1,      Qt::Key_9,
            Qt::Key_Period,   Qt::Key_A,       Qt::Key_B,     Qt::Key_D,      Qt::Key_M,
            Qt::Key_Z,        Qt::Key_K,       Qt::Key_F1,    Qt::Key_F4,     Qt::Key_F8,
            Qt::Key_F5};
        const auto key = static_cast<Qt::Key>(keys[below(std::size(keys))]);
        Qt::KeyboardModifiers modifiers;
        if (below(3) == 0)
            modifiers |= Qt::ControlModifier;
        if (below(6) == 0)
            modifiers |= Qt::ShiftModifier;
        QWidget* focus = window_.focusWidget();
        QTest::keyClick(focus != nullptr ? focus : &window_, key, modifiers);
        return "key " + QKeySequence(key).toString();
    }

    QString menu()
    {
        QList<QAction*> actions;
        for (QAction* top : window_.menuBar()->actions())
            collect(*top->menu(), actions);
        QAction* action = any(actions);
        if (action == nullptr)
            return "no action";
        const QString words = "menu " + action->text();
        action->trigger();
        return words;
    }

    static void collect(const QMenu& menu, QList<QAction*>& actions)
    {
        for (QAction* action : menu.actions()) {
            if (action->menu() != nullptr)
                collect(*action->menu(), actions);
            else if (!action->isSeparator() && action->isEnabled())
                actions << action;
        }
    }

    QString page()
    {
        static const char* const pages[] = {"home",         "attention",    "calibration",
                                            "quantization", "accelerators", "video",
                                            "learning",     "runs",         "reports"};
        const QString id = pages[below(std::size(pages))];
        window_.showPage(id);
        return "page " + id;
    }

    QString resize()
    {
        window_.resize(900 + below(900), 600 + below(500));
        return "resize";
    }

    void answer()
    {
        if (auto* popup = qobject_cast<QMenu*>(QApplication::activePopupWidget())) {
            QList<QAction*> actions;
            collect(*popup, actions);
            QAction* chosen = below(2) == 0 ? any(actions) : nullptr;
            popup->close();
            if (chosen != nullptr)
                QTimer::singleShot(0, chosen, &QAction::trigger);
        } else if (QWidget* other = QApplication::activePopupWidget()) {
            if (below(2) == 0)
                QTest::keyClick(other, Qt::Key_Escape);
            else
                other->close();
        } else if (auto* dialog = qobject_cast<QDialog*>(QApplication::activeModalWidget())) {
            dialog->reject();
        }
        for (QWidget* top : QApplication::topLevelWidgets()) {
            auto* dialog = qobject_cast<QDialog*>(top);
            if (dialog != nullptr && dialog->isVisible() && below(10) == 0)
                dialog->reject();
        }
    }

    MainWindow& window_;
    std::mt19937 random_;
    QTimer answers_;
};

// Whatever would end this window, or start another one or another program.
void forbidLeaving(MainWindow& window)
{
    static const QRegularExpression leaves(
        "^&?(Quit|Open workspace…|Save workspace as…|Open file…|\\d+ %)$");
    for (QAction* action : window.findChildren<QAction*>()) {
        if (leaves.match(action->text()).hasMatch())
            action->setEnabled(false);
    }
}

bool runAndWait(MainWindow& window, const std::string& experiment, const Runner::Values& params,
                const QString& room)
{
    window.showPage(room);
    if (window.room(room) == nullptr)
        return false;
    const auto before = window.room(room)->state().runs;
    window.startRun(experiment, params, room, true);
    return QTest::qWaitFor([&] { return window.room(room)->state().runs != before; }, kActionMs);
}

TEST(RandomActions, NeitherHangNorBreakTheWindow)
{
    const int actions = fromEnvironment("VITRINE_ACTIONS", 120);
    const unsigned seed = static_cast<unsigned>(fromEnvironment("VITRINE_SEED", 1));
    QTemporaryDir folder;
    for (const char* name :
         {"XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_STATE_HOME"})
        qputenv(name, folder.filePath(name).toUtf8());
    PluginRooms rooms;
    MainWindow window(rooms, folder.filePath("w.vitrine").toStdString(), VITRINE_PROGRAM);
    window.resize(1280, 820);
    window.show();
    ASSERT_TRUE(QTest::qWaitForWindowExposed(&window));
    window.openWorkspace();
    forbidLeaving(window);
    ASSERT_TRUE(runAndWait(window, "attention.capture",
                           {{"model", "vitrine-lm"}, {"prompt", "Call me Ishmael."}}, "attention"));
    ASSERT_TRUE(runAndWait(window, "accelerators.simulate",
                           {{"accelerator", "p2vit"}, {"workload", "deit-tiny"}}, "accelerators"));

    const auto clip = findResource("clips/lake.mkv");
    ASSERT_TRUE(clip) << clip.error().message;
    ASSERT_TRUE(runAndWait(
        window, "video.compare",
        {{"reference", clip->string()}, {"codecs", "x264:crf=30;mpeg2:q=8"}, {"frames", "24"}},
        "video"));

    RandomPerson person(window, seed);
    for (int i = 0; i < actions; ++i) {
        QElapsedTimer clock;
        clock.start();
        const QString done = person.act();
        QCoreApplication::processEvents();
        forbidLeaving(window);
        ASSERT_TRUE(window.isVisible()) << "action " << i << ": " << done.toStdString();
        ASSERT_LT(clock.elapsed(), kHangMs) << "action " << i << ": " << done.toStdString();
    }
    for (const RunStatus& status : window.runner().active())
        window.runner().cancel(status.uid);
    EXPECT_TRUE(QTest::qWaitFor([&] { return window.runner().active().empty(); }, kActionMs));
}

} // namespace
} // namespace vitrine
