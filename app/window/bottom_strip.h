#pragma once

#include "widgets/runner/runner.h"

#include <QFrame>
#include <QTimer>

#include <map>

class QHBoxLayout;
class QLabel;
class QProgressBar;
class QPushButton;
class QToolButton;

namespace vitrine
{

// The bottom line: what runs, how far it is, how long it will take, pause and cancel; and the doors
// to Runs and the log.
class BottomStrip : public QFrame
{
    Q_OBJECT
public:
    BottomStrip(Runner& runner, QWidget* parent);

    void refresh(); // from the runner
    void setLastMessage(const QString& line);
    // A run that was paused stays, with a way to go on, until it does or is dismissed. At most
    // three do: one more takes the place of none.
    void addPaused(const QString& uid, std::int64_t number, const std::string& experiment);
    void removePaused(const QString& uid);

signals:
    void resumeWished(const QString& uid);
    void pausedDismissed(const QString& uid);
    void logToggled();
    void runsRequested();

private:
    struct Item {
        QWidget* widget;
        QLabel* words;
        QProgressBar* bar;
    };
    Item makeItem(const RunStatus& status);

    Runner& runner_;
    QTimer seconds_; // elapsed time goes on between updates
    std::map<QString, Item> items_;
    std::map<QString, QWidget*> paused_;
    QHBoxLayout* row_;
    QLabel *idle_, *more_;
};

} // namespace vitrine
