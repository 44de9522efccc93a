#pragma once

#include <QApplication>

// gtest_main has no QApplication: the first test that needs one makes it, offscreen.
inline void needApplication()
{
    if (QApplication::instance())
        return;
    qputenv("QT_QPA_PLATFORM", "offscreen");
    static int count = 1;
    static char name[] = "test";
    static char* arguments[] = {name, nullptr};
    static QApplication application(count, arguments);
}
