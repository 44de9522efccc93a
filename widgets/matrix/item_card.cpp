#include "widgets/matrix/item_card.h"

#include <QComboBox>
#include <QEvent>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>

namespace vitrine
{

ItemCard::ItemCard(const QString& heading, const Names& names, const QStringList& scores,
                   const QStringList& help, QWidget* parent)
    : Panel(heading, parent),
      score_(new QComboBox(this)),
      area_(new QScrollArea(this)),
      grid_(new ItemGrid(nullptr))
{
    score_->addItems(scores);
    for (int i = 0; i < score_->count(); ++i)
        score_->setItemData(i, help.value(i), Qt::ToolTipRole);
    score_->setAccessibleName(names.score);
    score_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    score_->setMinimumContentsLength(9);
    body()->addWidget(score_);
    grid_->setAccessibleName(names.grid);
    grid_->setContextMenuPolicy(Qt::CustomContextMenu);
    area_->setWidget(grid_);
    area_->setFrameShape(QFrame::NoFrame);
    area_->setFocusPolicy(Qt::NoFocus);
    area_->setStyleSheet(QStringLiteral(
        "QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }"));
    area_->installEventFilter(this);
    body()->addWidget(area_, 1);
    connect(score_, &QComboBox::activated, this, &ItemCard::scoreIndexChosen);
    connect(grid_, &QWidget::customContextMenuRequested, this,
            [this](QPoint point) { emit menuWished(grid_->mapToGlobal(point)); });
}

void ItemCard::setScore(int score)
{
    score_->setCurrentIndex(score);
    score_->setToolTip(score_->itemData(score, Qt::ToolTipRole).toString());
}

void ItemCard::setSelected(ItemId id)
{
    grid_->setSelected(id);
    if (shown_ == id)
        return;
    shown_ = id;
    const QRect cell = grid_->cellOf(id);
    if (!cell.isEmpty())
        area_->ensureVisible(cell.center().x(), cell.center().y(), cell.width(), cell.height());
}

bool ItemCard::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == area_ && event->type() == QEvent::Resize)
        grid_->setRoom(area_->contentsRect().size(),
                       area_->verticalScrollBar()->sizeHint().width());
    return Panel::eventFilter(watched, event);
}

} // namespace vitrine
