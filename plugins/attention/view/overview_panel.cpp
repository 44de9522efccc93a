#include "plugins/attention/view/overview_panel.h"

#include "widgets/params/segmented_switch.h"
#include "widgets/theme/text.h"

#include <QComboBox>
#include <QEvent>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QScrollBar>

namespace vitrine::attention_plugin
{
namespace
{

QString helpOf(const HeadRow& row)
{
    return OverviewPanel::tr(
               "<b>%1</b><br>first-token mass %2<br>sink mass %3 (%4 sinks)<br>entropy %5 nat<br>"
               "mean distance %6 tokens")
        .arg(headName(row.id), measureText(row.firstTokenMass), measureText(row.sinkMass),
             measureText(row.sinks), measureText(row.entropy), measureText(row.distance));
}

} // namespace

OverviewPanel::OverviewPanel(QWidget* parent)
    : Panel(tr("Heads"), parent),
      score_(new QComboBox(this)),
      order_(new SegmentedSwitch(this)),
      area_(new QScrollArea(this)),
      grid_(new ItemGrid(nullptr))
{
    for (const Score score :
         {Score::firstTokenMass, Score::sinkMass, Score::entropy, Score::difference}) {
        score_->addItem(fromUtf8(scoreLabel(score)));
        score_->setItemData(score_->count() - 1, fromUtf8(scoreHelp(score)), Qt::ToolTipRole);
    }
    score_->setAccessibleName(tr("Score of heads"));
    score_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    score_->setMinimumContentsLength(9);
    order_->setOptions({tr("Grid"), tr("Ranked")},
                       {tr("Layers as rows, heads as columns"), tr("Highest score first")});
    order_->setAccessibleName(tr("Order of heads"));
    grid_->setAccessibleName(tr("Heads overview"));
    controls()->addWidget(order_);
    body()->addWidget(score_);
    area_->setWidget(grid_);
    area_->setFrameShape(QFrame::NoFrame);
    area_->setFocusPolicy(Qt::NoFocus);
    area_->setStyleSheet(QStringLiteral(
        "QScrollArea, QScrollArea > QWidget > QWidget { background: transparent; }"));
    area_->installEventFilter(this);
    grid_->setContextMenuPolicy(Qt::CustomContextMenu);
    body()->addWidget(area_, 1);

    connect(score_, &QComboBox::activated, this,
            [this](int index) { emit scoreChosen(static_cast<Score>(index)); });
    connect(order_, &SegmentedSwitch::chosen, this,
            [this](int index) { emit orderChosen(index == 1); });
    connect(grid_, &ItemGrid::selectionWished, this, [this](ItemId id) {
        emit headChosen({id.row, id.column});
    });
    connect(grid_, &ItemGrid::pinToggled, this, [this](ItemId id) {
        emit headPinToggled({id.row, id.column});
    });
    connect(grid_, &QWidget::customContextMenuRequested, this,
            [this](QPoint point) { emit menuWished(grid_->mapToGlobal(point)); });
}

void OverviewPanel::setScene(const Scene& scene)
{
    score_->setCurrentIndex(static_cast<int>(scene.state.score));
    score_->setToolTip(fromUtf8(scoreHelp(scene.state.score)));
    order_->setCurrent(scene.state.ranked ? 1 : 0);
    fill(scene);
    if (shown_ == scene.head)
        return;
    shown_ = scene.head;
    const QRect cell = grid_->cellOf({scene.head.layer, scene.head.head});
    if (!cell.isEmpty())
        area_->ensureVisible(cell.center().x(), cell.center().y(), cell.width(), cell.height());
}

void OverviewPanel::fill(const Scene& scene)
{
    const Score score = scene.score();
    const bool differs = score == Score::difference;
    const bool sameItems = version_ == scene.rowsVersion && runsVersion_ == scene.runsVersion &&
                           shownScore_ == score && ranked_ == scene.state.ranked;
    version_ = scene.rowsVersion;
    runsVersion_ = scene.runsVersion;
    shownScore_ = score;
    ranked_ = scene.state.ranked;
    if (!sameItems) {
        std::vector<GridItem> items;
        for (const HeadRow& row : scene.scoredRows())
            items.push_back(
                {.id = {row.id.layer, row.id.head},
                 .score = scoreOf(row, score),
                 .picture = differs ? thumbnailDifference(scene.first(), scene.runs[1], row.id)
                                    : thumbnailOf(scene.first(), row.id),
                 .help = helpOf(row),
                 .finite = row.isFinite()});
        grid_->setNames(tr("layer"), tr("head"), fromUtf8(scoreLabel(score)));
        grid_->setItems(std::move(items), static_cast<int>(scene.first().capture->thumbnailSide()),
                        ranked_);
    }
    grid_->setScale(differs ? differenceScale(scene.state.look.clip, scene.state.look.scale)
                            : weightScale(scene.state.look));
    std::vector<ItemId> pinned;
    for (const LayerHead& head : scene.state.pinnedHeads)
        pinned.push_back({head.layer, head.head});
    grid_->setPinned(std::move(pinned));
    grid_->setSelected({scene.head.layer, scene.head.head});
}

bool OverviewPanel::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == area_ && event->type() == QEvent::Resize)
        grid_->setRoom(area_->contentsRect().size(),
                       area_->verticalScrollBar()->sizeHint().width());
    return Panel::eventFilter(watched, event);
}

} // namespace vitrine::attention_plugin
