#include "widgets/theme/icon_label.h"

#include <QPainter>

#include "widgets/theme/icon.h"
#include "widgets/theme/palette.h"

namespace vitrine::theme
{

IconLabel::IconLabel(QString name, int pixels, QWidget* parent)
    : QWidget(parent), name_(std::move(name))
{
    setFixedSize(pixels, pixels);
}

void IconLabel::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.drawPixmap(0, 0,
                       iconPixmap(name_, width(), theme::palette().muted, devicePixelRatioF()));
}

} // namespace vitrine::theme
