#pragma once

#include <QFrame>
#include <QString>

class QPlainTextEdit;

namespace vitrine
{

// The messages of this window and its runs, newest last; a drawer over the lower part of the view.
class MessageLog : public QFrame
{
    Q_OBJECT
public:
    explicit MessageLog(QWidget* over);

    void add(const QString& line); // stamped with the time
    void toggle();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void place();

    QWidget* over_;
    QPlainTextEdit* lines_;
};

} // namespace vitrine
