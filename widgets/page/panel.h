#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace vitrine
{

// A surface with a heading, controls at the heading's right, and a body.
class Panel : public QFrame
{
    Q_OBJECT
public:
    Panel(const QString& heading, QWidget* parent);

    void setHeading(const QString& text);
    QHBoxLayout* controls() const { return controls_; }
    QVBoxLayout* body() const { return body_; }

private:
    QLabel* heading_;
    QHBoxLayout* controls_;
    QVBoxLayout* body_;
};

} // namespace vitrine
