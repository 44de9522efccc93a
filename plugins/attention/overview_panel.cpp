#include "plugins/attention/overview_panel.h"

#include "widgets/params/segmented_switch.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QScrollBar>

namespace vitrine::attention
{

OverviewPanel::OverviewPanel(QWidget* parent)
    : Card(tr("Heads"), parent),
      score_(new QComboBox(this)),
      order_(new SegmentedSwitch(this)),
      area_(new QScrollArea(this)),
      grid_(new OverviewGrid(nullptr))
{
    for (const Score score :
         {Score::firstTokenMass, Score::sinkMass, Score::entropy, Score::difference}) {
        score_->addItem(scoreLabel(score));
        score_->setItemData(score_->count() - 1, scoreHelp(score), Qt::ToolTipRole);
    }
    score_->setAccessibleName(tr("Score of heads"));
    score_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    score_->setMinimumContentsLength(9);
    order_->setOptions({tr("Grid"), tr("Ranked")},
                       {tr("Layers as rows, heads as columns"), tr("Highest score first")});
    order_->setAccessibleName(tr("Order of heads"));
    controls()->addWidget(order_);
    body()->addWidget(score_);
    area_->setWidget(grid_);
    area_->setFrameShape(QFrame::NoFrame);
    area_->setFocusPolicy(Qt::NoFocus);
    area_->setStyleSheet(QStringLiteral(
        "QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }"));
    area_->viewport()->installEventFilter(this);
    grid_->setContextMenuPolicy(Qt::CustomContextMenu);
    body()->addWidget(area_, 1);

    connect(score_, &QComboBox::activated, this,
            [this](int index) { emit scoreChosen(static_cast<Score>(index)); });
    connect(order_, &SegmentedSwitch::chosen, this,
            [this](int index) { emit orderChosen(index == 1); });
    connect(grid_, &OverviewGrid::headChosen, this, &OverviewPanel::headChosen);
    connect(grid_, &OverviewGrid::headPinToggled, this, &OverviewPanel::headPinToggled);
    connect(grid_, &QWidget::customContextMenuRequested, this,
            [this](QPoint point) { emit menuWished(grid_->mapToGlobal(point)); });
}

void OverviewPanel::setScene(const Scene& scene)
{
    score_->setCurrentIndex(static_cast<int>(scene.state.score));
    score_->setToolTip(scoreHelp(scene.state.score));
    order_->setCurrent(scene.state.ranked ? 1 : 0);
    grid_->setScene(scene);
    if (shown_ == scene.head)
        return;
    shown_ = scene.head;
    const QRect cell = grid_->cellOf(scene.head);
    if (!cell.isEmpty())
        area_->ensureVisible(cell.center().x(), cell.center().y(), cell.width(), cell.height());
}

bool OverviewPanel::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == area_->viewport() && event->type() == QEvent::Resize)
        grid_->setRoom(area_->viewport()->width());
    return Card::eventFilter(watched, event);
}

} // namespace vitrine::attention
