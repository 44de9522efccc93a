#pragma once

#include <QApplication>
#include <QTest>
#include <QWheelEvent>
#include <QWidget>

namespace vitrine
{

// A turn of the wheel as a mouse gives it (120: one notch up): what the widget under the pointer
// does not take goes to the widget that holds it. Events that a program sends go no further.
inline void turnWheel(QWidget& over, QPointF at, int turn, Qt::KeyboardModifiers modifiers = {})
{
    QWheelEvent event(at, over.mapToGlobal(at), {}, {0, turn}, Qt::NoButton, modifiers,
                      Qt::NoScrollPhase, false);
    QSpontaneKeyEvent::setSpontaneous(&event);
    qApp->notify(&over, &event); // sendEvent would make it a program's
}

} // namespace vitrine
