#include "app/window/window.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QTimer>

#include "app/plugins/plugin_rooms.h"
#include "app/window/first_paint.h"
#include "app/window/main_window.h"
#include "core/base/log.h"
#include "core/store/store.h"

#include <clocale>
#include <cstdio>

namespace vitrine
{
namespace
{

theme::ThemeName themeNamed(const QString& name)
{
    if (name == "dark")
        return theme::ThemeName::dark;
    return name == "contrast" ? theme::ThemeName::highContrast : theme::ThemeName::light;
}

void printStart()
{
    std::printf("{\"first_paint_ms\": %.1f, \"peak_memory_mib\": %.1f}\n", millisecondsSinceStart(),
                peakMemoryMiB());
    std::fflush(stdout);
}

void keepScreenshotLater(MainWindow& window, const QString& file)
{
    const int wait = qEnvironmentVariableIntValue("VITRINE_SCREENSHOT_MS");
    QTimer::singleShot(wait > 0 ? wait : 1000, &window, [&window, file] {
        window.grab().save(file);
        window.close();
    });
}

} // namespace

int runWindow(int argc, char** argv)
{
    const int scale = settings::scalePercent();
    if (scale != 100 && !qEnvironmentVariableIsSet("QT_SCALE_FACTOR"))
        qputenv("QT_SCALE_FACTOR", QByteArray::number(scale / 100.0));
    QGuiApplication::setHighDpiScaleFactorRoundingPolicy(
        Qt::HighDpiScaleFactorRoundingPolicy::PassThrough);
    QApplication application(argc, argv);
    std::setlocale(LC_NUMERIC, "C"); // files and numbers are written the same everywhere
    QApplication::setApplicationName("vitrine");
    QApplication::setApplicationDisplayName("Vitrine");
    startLog(true);

    const QString wantedTheme = qEnvironmentVariable("VITRINE_THEME", settings::theme());
    theme::setTheme(themeNamed(wantedTheme));
    const QStringList arguments = QApplication::arguments();
    const std::filesystem::path workspace =
        arguments.size() > 1 ? std::filesystem::absolute(arguments[1].toStdString())
                             : Store::defaultWorkspace();

    PluginRooms rooms;
    MainWindow window(rooms, workspace, QApplication::applicationFilePath().toStdString());
    afterFirstPaint(window, [&window] {
        if (qEnvironmentVariableIsSet("VITRINE_QUIT_AFTER_PAINT")) {
            printStart();
            QApplication::quit();
            return;
        }
        window.openWorkspace();
    });
    if (const QString file = qEnvironmentVariable("VITRINE_SCREENSHOT"); !file.isEmpty())
        keepScreenshotLater(window, file);
    window.show();
    return QApplication::exec();
}

} // namespace vitrine
