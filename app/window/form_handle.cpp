#include "app/window/form_handle.h"

#include <QPainter>

#include "widgets/theme/icon.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

namespace vitrine
{
namespace
{

constexpr int kHandleWidth = 26, kSign = 16, kAbove = 14;

} // namespace

FormHandle::FormHandle(QWidget* parent) : QAbstractButton(parent)
{
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    setAccessibleName("Open parameters");
    setToolTip("Open the parameters (F4)");
    setChanges(0);
}

void FormHandle::setChanges(int count)
{
    setProperty("changed", count > 0);
    setText(count == 0   ? QString("Parameters")
            : count == 1 ? QString("Parameters · 1 change")
                         : QString("Parameters · %1 changes").arg(count));
    setAccessibleDescription(text());
    update();
}

QSize FormHandle::sizeHint() const
{
    return {kHandleWidth, 120};
}

void FormHandle::paintEvent(QPaintEvent*)
{
    const theme::Palette& colours = theme::palette();
    QPainter painter(this);
    painter.fillRect(rect(), underMouse() || isDown() ? colours.sunken : colours.surface);
    painter.fillRect(QRect(0, 0, colours.lineWidth, height()), colours.line);
    const bool changed = property("changed").toBool();
    const QColor colour = changed ? colours.accent : underMouse() ? colours.text : colours.muted;
    painter.drawPixmap((width() - kSign) / 2, kAbove,
                       theme::iconPixmap("panel", kSign, colour, devicePixelRatioF()));
    painter.setPen(colour);
    painter.setFont(theme::uiFont(12, changed ? QFont::DemiBold : QFont::Normal));
    painter.save();
    painter.translate(0, kAbove + kSign + 10);
    painter.rotate(90);
    painter.drawText(QRect(0, -width(), height(), width()), Qt::AlignLeft | Qt::AlignVCenter,
                     text());
    painter.restore();
    if (!hasFocus())
        return;
    painter.setPen(QPen(colours.accent, 2));
    painter.drawRect(rect().adjusted(1, 1, -1, -1));
}

void FormHandle::enterEvent(QEnterEvent* event)
{
    QAbstractButton::enterEvent(event);
    update();
}

void FormHandle::leaveEvent(QEvent* event)
{
    QAbstractButton::leaveEvent(event);
    update();
}

} // namespace vitrine
