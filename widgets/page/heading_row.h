#pragma once

#include <QWidget>

class QLayout;

namespace vitrine
{

class FlowLayout;

// A title, tools at its right, and a last tool in the corner. The title is never what is cut: tools
// that do not fit beside it stand under it, in as many rows as they need.
class HeadingRow : public QWidget
{
    Q_OBJECT
public:
    HeadingRow(QWidget* title, QWidget* corner, QWidget* parent); // takes both

    QLayout* tools() const;

    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    bool event(QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void arrange();

    QWidget *title_, *corner_, *box_;
    FlowLayout* tools_;
};

} // namespace vitrine
