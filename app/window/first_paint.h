#pragma once

#include <QObject>
#include <QString>

#include <functional>

class QWidget;

namespace vitrine
{

// Calls `act` once, when the window has painted for the first time.
void afterFirstPaint(QWidget& window, std::function<void()> act);

// Milliseconds since this process was started: by VITRINE_EXEC_TIME_NS (system clock) where given,
// else by the kernel's record, which counts hundredths of a second.
double millisecondsSinceStart();

double peakMemoryMiB();

} // namespace vitrine
