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

} // namespace vitrine
