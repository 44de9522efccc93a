#pragma once

#include <QFrame>
#include <QString>
#include <QWidget>

class QLabel;
class QPushButton;

namespace vitrine
{

// Nothing here yet: what belongs here, and one button that makes it so.
class EmptyPanel : public QWidget
{
    Q_OBJECT
public:
    EmptyPanel(const QString& icon, const QString& title, const QString& words,
               const QString& action, QWidget* parent);

signals:
    void acted();
};

// What failed, where, what would help; Try again and Copy details.
class FailurePanel : public QFrame
{
    Q_OBJECT
public:
    explicit FailurePanel(QWidget* parent);

    // `details` is what is copied: message, command, run, machine.
    void setFailure(const QString& title, const QString& message, const QString& details);

signals:
    void tryAgain();
    void dismissed();

private:
    QLabel *title_, *message_;
    QString details_;
};

// A run that is paused, and the way to go on with it.
class PausedPanel : public QFrame
{
    Q_OBJECT
public:
    explicit PausedPanel(QWidget* parent);

    void setRun(const QString& uid, const QString& words); // an empty uid hides it
    QString run() const { return uid_; }

signals:
    void resumeWished(const QString& uid);
    void dismissed(const QString& uid);

private:
    QString uid_;
    QLabel* words_;
};

} // namespace vitrine
