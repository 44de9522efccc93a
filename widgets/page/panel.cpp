#include "widgets/page/panel.h"

#include "widgets/theme/shown_text.h"
#include "widgets/theme/style.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace vitrine
{

namespace
{

// A line that ends in an ellipsis where it is too long; the whole is its tool tip.
class ElidedLabel : public QLabel
{
public:
    using QLabel::QLabel;

protected:
    void paintEvent(QPaintEvent*) override
    {
        QPainter painter(this);
        painter.setPen(palette().color(QPalette::WindowText));
        painter.drawText(rect(), Qt::AlignLeft | Qt::AlignVCenter,
                         fontMetrics().elidedText(text(), Qt::ElideRight, width()));
    }
};

} // namespace

Panel::Panel(const QString& heading, QWidget* parent)
    : QFrame(parent),
      heading_(new ElidedLabel(heading, this)),
      controls_(new QHBoxLayout),
      body_(new QVBoxLayout)
{
    setProperty("role", "card");
    heading_->setProperty("role", "heading");
    heading_->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    heading_->setMinimumWidth(40);
    controls_->setSpacing(theme::kGrid * 2);
    auto* top = new QHBoxLayout;
    top->setSpacing(theme::kGrid * 2);
    top->addWidget(heading_, 1);
    top->addLayout(controls_);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(theme::kPanelPadding, 8, theme::kPanelPadding, theme::kPanelPadding);
    all->setSpacing(theme::kGrid * 2);
    all->addLayout(top);
    all->addLayout(body_, 1);
    body_->setSpacing(theme::kGrid);
    setAccessibleName(heading);
}

void Panel::setHeading(const QString& text)
{
    showText(*heading_, text);
    heading_->setToolTip(heading_->text());
}

} // namespace vitrine
