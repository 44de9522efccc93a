#include "app/window/first_paint.h"

#include <QEvent>
#include <QFile>
#include <QTimer>
#include <QWidget>

#include <ctime>
#include <sys/resource.h>
#include <unistd.h>

namespace vitrine
{
namespace
{

class PaintWatch : public QObject
{
public:
    PaintWatch(QWidget& window, std::function<void()> act) : QObject(&window), act_(std::move(act))
    {
        window.installEventFilter(this);
    }

    bool eventFilter(QObject* watched, QEvent* event) override
    {
        if (event->type() == QEvent::Paint && act_) {
            // The paint itself comes first, and with it the flush to the screen.
            QTimer::singleShot(0, this, std::exchange(act_, nullptr));
        }
        return QObject::eventFilter(watched, event);
    }

private:
    std::function<void()> act_;
};

double secondsOf(clockid_t clock)
{
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

} // namespace

void afterFirstPaint(QWidget& window, std::function<void()> act)
{
    new PaintWatch(window, std::move(act));
}

double millisecondsSinceStart()
{
    const double given = qgetenv("VITRINE_EXEC_TIME_NS").toDouble();
    if (given > 0)
        return (secondsOf(CLOCK_REALTIME) - given / 1e9) * 1000;
    QFile stat("/proc/self/stat");
    if (!stat.open(QIODevice::ReadOnly))
        return 0;
    const QByteArray line = stat.readAll();
    const auto fields = line.mid(line.lastIndexOf(')') + 2)
                            .split(' '); // proc(5): starttime is field 22, the third is first here
    const double started = fields.value(19).toDouble() / static_cast<double>(sysconf(_SC_CLK_TCK));
    return (secondsOf(CLOCK_BOOTTIME) - started) * 1000;
}

double peakMemoryMiB()
{
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    return static_cast<double>(usage.ru_maxrss) / 1024;
}

} // namespace vitrine
