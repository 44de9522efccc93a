#pragma once

#include "widgets/page/page_fill.h"

#include <QFrame>
#include <QPointer>

class QLabel;
class QLayout;
class QToolButton;
class QVBoxLayout;

namespace vitrine
{

class HeadingRow;
// A surface with a heading, controls at the heading's right (under it where it is narrow), and a
// body. Where the body can use it a person may give it the whole page (the view it is part of): by
// the sign in its corner, a double click on its heading, and back by the same or Escape.
class Panel : public QFrame
{
    Q_OBJECT
public:
    Panel(const QString& heading, QWidget* parent);

    void setHeading(const QString& text);
    QLayout* controls() const;
    QVBoxLayout* body() const { return body_; }

    void setEnlargeable(bool on); // of itself wherever the body's height is not fixed
    bool isEnlarged() const { return fill_; }
    void setEnlarged(bool on);

protected:
    bool event(QEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;

private:
    void updateCorner();
    bool isEnlargeable() const;

    QLabel* heading_;
    QToolButton* corner_;
    HeadingRow* top_;
    QVBoxLayout* body_;
    QPointer<PageFill> fill_;
    bool enlargeable_ = true;
};

} // namespace vitrine
