#pragma once

#include <QFrame>
#include <QString>

#include <deque>

class QPlainTextEdit;

namespace vitrine
{

// The messages of this window and its runs, newest last; a drawer over the lower part of the view.
class MessageLog : public QFrame
{
    Q_OBJECT
public:
    explicit MessageLog(QWidget* over);

    void add(const QString& line);                 // stamped with the time; a very long one is cut
    QString wholeLine(const QString& shown) const; // of a line that was cut, else empty
    void toggle();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void place();
    void showMenu(QPoint place);

    struct LongLine {
        QString shown, whole;
    };
    std::deque<LongLine> long_; // the newest
    QWidget* over_;
    QPlainTextEdit* lines_;
};

} // namespace vitrine
