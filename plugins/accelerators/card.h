#pragma once

#include <QFrame>

class QHBoxLayout;
class QLabel;
class QVBoxLayout;

namespace vitrine::accelerators
{

// A surface with a heading, controls at the heading's right, and a body.
class Card : public QFrame
{
    Q_OBJECT
public:
    Card(const QString& heading, QWidget* parent);

    void setHeading(const QString& text);
    QHBoxLayout* controls() const { return controls_; }
    QVBoxLayout* body() const { return body_; }

private:
    QLabel* heading_;
    QHBoxLayout* controls_;
    QVBoxLayout* body_;
};

} // namespace vitrine::accelerators
