#include "widgets/page/flow_layout.h"

#include <QWidget>

#include <algorithm>

namespace vitrine
{

FlowLayout::FlowLayout(QWidget* parent, int gap) : QLayout(parent), gap_(gap)
{
    setContentsMargins(0, 0, 0, 0);
}

FlowLayout::~FlowLayout()
{
    qDeleteAll(items_);
}

QSize FlowLayout::minimumSize() const
{
    QSize size;
    for (const QLayoutItem* item : items_)
        size = size.expandedTo(item->minimumSize());
    return size;
}

QSize FlowLayout::lineSize() const
{
    QSize line(0, 0);
    for (const QLayoutItem* item : items_) {
        if (item->isEmpty())
            continue;
        const QSize size = item->sizeHint();
        line = {line.width() + (line.width() > 0 ? gap_ : 0) + size.width(),
                std::max(line.height(), size.height())};
    }
    return line;
}

void FlowLayout::setGeometry(const QRect& rect)
{
    QLayout::setGeometry(rect);
    place(rect, true);
}

int FlowLayout::place(const QRect& rect, bool isReal) const
{
    int y = rect.y();
    for (qsizetype begin = 0; begin < items_.size();) {
        qsizetype end = begin;
        int width = 0, height = 0;
        for (; end < items_.size(); ++end) {
            if (items_[end]->isEmpty())
                continue;
            const QSize size = items_[end]->sizeHint();
            if (width > 0 && width + gap_ + size.width() > rect.width())
                break;
            width += (width > 0 ? gap_ : 0) + size.width();
            height = std::max(height, size.height());
        }
        int x = rect.x();
        for (qsizetype i = begin; isReal && i < end; ++i) {
            if (items_[i]->isEmpty())
                continue;
            const QSize size = items_[i]->sizeHint();
            items_[i]->setGeometry(
                QRect(QPoint(x, y + (height - size.height()) / 2),
                      QSize(std::min(size.width(), rect.width()), size.height())));
            x += size.width() + gap_;
        }
        y += height + (end < items_.size() ? 4 : 0);
        begin = std::max(end, begin + 1);
    }
    return y - rect.y();
}

} // namespace vitrine
