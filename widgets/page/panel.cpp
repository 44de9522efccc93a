#include "widgets/page/panel.h"

#include "widgets/page/elided_label.h"
#include "widgets/page/heading_row.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/style.h"
#include "widgets/view.h"

#include <QMouseEvent>
#include <QToolButton>
#include <QVBoxLayout>

namespace vitrine
{

namespace
{

// The view that the card is part of; in none, the window.
QWidget* pageOf(const QWidget& card)
{
    QWidget* page = card.parentWidget();
    while (page != nullptr && !page->isWindow() && qobject_cast<View*>(page) == nullptr)
        page = page->parentWidget();
    return page;
}

// Whether more height than now is of use to what stands in the body.
bool grows(const QLayout& body)
{
    constexpr int kFixedHeights = 10'000; // the sum of any is less
    return body.maximumSize().height() > kFixedHeights;
}

} // namespace

Panel::Panel(const QString& heading, QWidget* parent)
    : QFrame(parent),
      heading_(new ElidedLabel(heading)),
      corner_(new QToolButton),
      top_(new HeadingRow(heading_, corner_, this)),
      body_(new QVBoxLayout)
{
    setProperty("role", "card");
    heading_->setProperty("role", "heading");
    corner_->setIconSize({14, 14});
    corner_->setFixedSize(22, 22);
    corner_->setFocusPolicy(Qt::TabFocus);
    corner_->setCheckable(true);
    connect(corner_, &QToolButton::clicked, this, &Panel::setEnlarged);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(theme::kPanelPadding, 8, theme::kPanelPadding, theme::kPanelPadding);
    all->setSpacing(theme::kGrid * 2);
    all->addWidget(top_);
    all->addLayout(body_, 1);
    body_->setSpacing(theme::kGrid);
    setAccessibleName(heading);
    updateCorner();
}

void Panel::setHeading(const QString& text)
{
    showText(*heading_, text);
    heading_->setToolTip(heading_->text());
    updateCorner();
}

QLayout* Panel::controls() const
{
    return top_->tools();
}

void Panel::setEnlargeable(bool on)
{
    enlargeable_ = on;
    corner_->setVisible(isEnlargeable());
}

bool Panel::isEnlargeable() const
{
    return isEnlarged() || (enlargeable_ && grows(*body_));
}

void Panel::setEnlarged(bool on)
{
    if (on == isEnlarged())
        return;
    if (!on) {
        fill_->end();
        fill_ = nullptr;
    } else if (QWidget* page = pageOf(*this)) {
        fill_ = new PageFill(this, page);
        connect(fill_, &PageFill::endRequested, this, [this] { setEnlarged(false); });
        if (!isAncestorOf(window()->focusWidget()))
            corner_->setFocus(); // keys are for what is seen
    }
    updateCorner();
}

void Panel::updateCorner()
{
    const bool enlarged = isEnlarged();
    corner_->setChecked(enlarged);
    corner_->setIcon(theme::icon(enlarged ? "shrink" : "enlarge"));
    corner_->setAccessibleName("Enlarge " +
                               (accessibleName().isEmpty() ? heading_->text() : accessibleName()));
    corner_->setToolTip(enlarged ? "Back into the page (Esc)"
                                 : "Fill the page (double click on the title)");
}

// What the body is made of is known when it is laid out.
bool Panel::event(QEvent* event)
{
    if (event->type() == QEvent::LayoutRequest || event->type() == QEvent::Polish)
        corner_->setVisible(isEnlargeable());
    return QFrame::event(event);
}

void Panel::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (isEnlargeable() && event->button() == Qt::LeftButton &&
        event->position().y() < top_->geometry().bottom() + theme::kGrid)
        setEnlarged(!isEnlarged());
    else
        QFrame::mouseDoubleClickEvent(event);
}

} // namespace vitrine
