// main() of the tests that show widgets: one application around all of them, offscreen unless a
// platform is chosen.
#include <QApplication>

#include <gtest/gtest.h>

int main(int argc, char** argv)
{
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    testing::InitGoogleTest(&argc, argv);
    const QApplication application(argc, argv);
    QApplication::setCursorFlashTime(
        0); // a caret that blinks makes two pictures of one view differ
    return RUN_ALL_TESTS();
}
