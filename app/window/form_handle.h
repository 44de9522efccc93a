#pragma once

#include <QAbstractButton>

namespace vitrine
{

// Stands at the right edge of a page whose form is folded away, and opens it; says what has changed
// in the form since the run on the screen.
class FormHandle : public QAbstractButton
{
    Q_OBJECT
public:
    explicit FormHandle(QWidget* parent);

    void setChanges(int count);

    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;
};

} // namespace vitrine
