#pragma once

#include <QFrame>

class QLabel;
class QPushButton;

namespace vitrine
{

// A failure said above what is still shown, with a way on. Hidden while it has no message.
class Banner : public QFrame
{
    Q_OBJECT
public:
    explicit Banner(QWidget* parent);

    // `action`: the word on the button that goes on ("Try again"); empty: none.
    void setMessage(const QString& message, const QString& action);

signals:
    void acted();
    void dismissed();

private:
    QString message_; // whole
    QLabel* text_;
    QPushButton* act_;
};

} // namespace vitrine
