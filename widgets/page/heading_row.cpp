#include "widgets/page/heading_row.h"

#include "widgets/page/flow_layout.h"

#include <QEvent>

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr int kBetween = 8; // title, tools, corner
constexpr int kBetweenRows = 4;
constexpr int kLeastTitle = 40;
constexpr int kLine = 28; // titles of cards side by side stand on one line

} // namespace

HeadingRow::HeadingRow(QWidget* title, QWidget* corner, QWidget* parent)
    : QWidget(parent),
      title_(title),
      corner_(corner),
      box_(new QWidget(this)),
      tools_(new FlowLayout(box_, kBetween))
{
    title_->setParent(this);
    corner_->setParent(this);
    corner_->raise();
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

QLayout* HeadingRow::tools() const
{
    return tools_;
}

QSize HeadingRow::sizeHint() const
{
    const QSize tools = tools_->lineSize();
    const int corner = corner_->isHidden() ? 0 : corner_->sizeHint().width() + kBetween;
    return {title_->sizeHint().width() + (tools.isEmpty() ? 0 : kBetween + tools.width()) + corner,
            minimumSizeHint().height()};
}

QSize HeadingRow::minimumSizeHint() const
{
    const int corner = corner_->isHidden() ? 0 : corner_->sizeHint().width() + kBetween;
    return {std::max(kLeastTitle + corner, tools_->minimumSize().width()),
            std::max({kLine, title_->sizeHint().height(), corner_->sizeHint().height()})};
}

bool HeadingRow::event(QEvent* event)
{
    if (event->type() == QEvent::LayoutRequest)
        arrange();
    return QWidget::event(event);
}

void HeadingRow::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    arrange();
}

void HeadingRow::arrange()
{
    const QSize corner = corner_->isHidden() ? QSize() : corner_->sizeHint();
    const QSize tools = tools_->lineSize();
    const int free = width() - (corner.isEmpty() ? 0 : corner.width() + kBetween);
    const bool beside =
        tools.isEmpty() || title_->sizeHint().width() + kBetween + tools.width() <= free;
    const int line = std::max(minimumSizeHint().height(), beside ? tools.height() : 0);
    const int under = beside ? 0 : tools_->heightForWidth(width());
    const int titleWidth = beside && !tools.isEmpty() ? free - tools.width() - kBetween : free;

    title_->setGeometry(0, 0, std::max(0, titleWidth), line);
    corner_->setGeometry(width() - corner.width(), (line - corner.height()) / 2, corner.width(),
                         corner.height());
    if (beside)
        box_->setGeometry(free - tools.width(), (line - tools.height()) / 2, tools.width(),
                          tools.height());
    else
        box_->setGeometry(0, line + kBetweenRows, width(), under);
    setFixedHeight(beside ? line : line + kBetweenRows + under);
}

} // namespace vitrine
