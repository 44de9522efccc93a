#include "widgets/params/segmented_switch.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>

#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <algorithm>

namespace vitrine
{
namespace
{

// As wide as its word is when it is chosen, which makes it bold: words do not move, and none is
// cut.
class SegmentButton : public QPushButton
{
public:
    using QPushButton::QPushButton;

    QSize sizeHint() const override
    {
        constexpr int kBeside = 6 + 2; // padding and the widest border of the style
        QFont bold = font();
        bold.setWeight(QFont::DemiBold);
        const QSize own = QPushButton::sizeHint();
        return {
            std::max(own.width(), QFontMetrics(bold).horizontalAdvance(text()) + 2 * kBeside + 1),
            own.height()};
    }
};

} // namespace

SegmentedSwitch::SegmentedSwitch(QWidget* parent)
    : QWidget(parent), buttons_(new QButtonGroup(this)), row_(new QHBoxLayout(this))
{
    row_->setContentsMargins(2, 2, 2, 2);
    row_->setSpacing(2);
    buttons_->setExclusive(true);
    connect(buttons_, &QButtonGroup::idClicked, this, &SegmentedSwitch::chosen);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void SegmentedSwitch::setOptions(const QStringList& words, const QStringList& toolTips)
{
    for (QAbstractButton* button : buttons_->buttons())
        delete button;
    for (int i = 0; i < words.size(); ++i) {
        auto* button = new SegmentButton(words[i], this);
        button->setProperty("kind", "segment");
        button->setCheckable(true);
        button->setAccessibleName(words[i]);
        button->setToolTip(toolTips.value(i));
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        button->setMinimumWidth(0);
        buttons_->addButton(button, i);
        row_->addWidget(button);
    }
    setCurrent(0);
}

int SegmentedSwitch::current() const
{
    return buttons_->checkedId();
}

void SegmentedSwitch::setCurrent(int index)
{
    if (QAbstractButton* button = buttons_->button(index))
        button->setChecked(true);
}

void SegmentedSwitch::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme::palette().sunken);
    painter.drawRoundedRect(rect(), theme::kRadius, theme::kRadius);
}

} // namespace vitrine
