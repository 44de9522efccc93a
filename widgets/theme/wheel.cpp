#include "widgets/theme/wheel.h"

#include <QAbstractScrollArea>
#include <QAbstractSlider>
#include <QAbstractSpinBox>
#include <QApplication>
#include <QComboBox>
#include <QScrollBar>
#include <QTabBar>
#include <QWheelEvent>

#include <cstdlib>

namespace vitrine::theme
{
namespace
{

bool inScrollingPage(const QWidget& widget, const QWheelEvent& event)
{
    const bool across = std::abs(event.angleDelta().x()) > std::abs(event.angleDelta().y());
    for (const QWidget* each = widget.parentWidget(); each; each = each->parentWidget()) {
        const auto* area = qobject_cast<const QAbstractScrollArea*>(each);
        const QScrollBar* bar = !area    ? nullptr
                                : across ? area->horizontalScrollBar()
                                         : area->verticalScrollBar();
        if (bar && bar->maximum() > bar->minimum())
            return true;
        if (each->isWindow())
            break;
    }
    return false;
}

// One for the application. A page that scrolls brings the focused field under a pointer that stands
// still: the turn goes on to be the page's.
class WheelGuard : public QObject
{
public:
    using QObject::QObject;

    static WheelGuard& instance()
    {
        const QString name = QStringLiteral("wheelGuard");
        auto* found = qApp->findChild<QObject*>(name, Qt::FindDirectChildrenOnly);
        if (!found) {
            found = new WheelGuard(qApp);
            found->setObjectName(name);
        }
        return static_cast<WheelGuard&>(*found);
    }

    bool isTurnedTo(const QWidget& widget, const QWheelEvent& event) const
    {
        return widget.hasFocus() && event.globalPosition() != pageAt_;
    }
    void scrolledPage(const QWheelEvent& event) { pageAt_ = event.globalPosition(); }

    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (event->type() != QEvent::Wheel)
            return false;
        const auto& widget = static_cast<const QWidget&>(*watched);
        auto& wheel = static_cast<QWheelEvent&>(*event);
        const bool steps = qobject_cast<const QAbstractSlider*>(watched) ||
                           qobject_cast<const QAbstractSpinBox*>(watched);
        if (steps && isTurnedTo(widget, wheel))
            return false;
        scrolledPage(wheel);
        event->ignore(); // goes to whoever holds it
        return true;
    }

private:
    QPointF pageAt_{-1e9, -1e9}; // where the pointer stood when a page was last scrolled
};

} // namespace

bool scrollsPage(const QWidget& widget, const QWheelEvent& event)
{
    WheelGuard& guard = WheelGuard::instance();
    if (event.modifiers() & (Qt::ControlModifier | Qt::ShiftModifier) ||
        guard.isTurnedTo(widget, event) || !inScrollingPage(widget, event))
        return false;
    guard.scrolledPage(event);
    return true;
}

void guardFromWheel(QWidget& widget)
{
    const bool steps = (qobject_cast<QAbstractSlider*>(&widget) && // but what scrolls
                        !qobject_cast<QScrollBar*>(&widget)) ||
                       qobject_cast<QAbstractSpinBox*>(&widget);
    if (!steps && !qobject_cast<QComboBox*>(&widget) && !qobject_cast<QTabBar*>(&widget))
        return;
    widget.installEventFilter(&WheelGuard::instance());
    if (widget.focusPolicy() == Qt::WheelFocus) // passing by gives no focus
        widget.setFocusPolicy(Qt::StrongFocus);
}

} // namespace vitrine::theme
