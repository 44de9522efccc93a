#include "widgets/page/elided_choice.h"

#include <QAbstractItemView>
#include <QStyleOption>
#include <QStylePainter>

namespace vitrine
{

void ElidedChoice::showPopup()
{
    constexpr int kAround = 32;
    view()->setMinimumWidth(view()->sizeHintForColumn(0) + kAround);
    QComboBox::showPopup();
}

QString ElidedChoice::shownText() const
{
    QStyleOptionComboBox option;
    initStyleOption(&option);
    const QRect field =
        style()->subControlRect(QStyle::CC_ComboBox, &option, QStyle::SC_ComboBoxEditField, this);
    return fontMetrics().elidedText(currentText(), Qt::ElideRight, field.width());
}

void ElidedChoice::paintEvent(QPaintEvent*)
{
    QStylePainter painter(this);
    QStyleOptionComboBox option;
    initStyleOption(&option);
    option.currentText = shownText();
    painter.drawComplexControl(QStyle::CC_ComboBox, option);
    painter.drawControl(QStyle::CE_ComboBoxLabel, option);
}

} // namespace vitrine
