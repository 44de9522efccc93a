#include "plugins/attention/view/overview_panel.h"

#include "plugins/common/view/capture_parts.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/theme/text.h"

#include <QHBoxLayout>

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

QStringList scoreWords(std::string (*words)(Score))
{
    QStringList list;
    for (const Score score :
         {Score::firstTokenMass, Score::sinkMass, Score::entropy, Score::difference})
        list << fromUtf8(words(score));
    return list;
}

} // namespace

OverviewPanel::OverviewPanel(QWidget* parent)
    : ItemCard(tr("Heads"), {.grid = tr("Heads overview"), .score = tr("Score of heads")},
               scoreWords(scoreLabel), scoreWords(scoreHelp), parent),
      order_(new SegmentedSwitch(this))
{
    order_->setOptions({tr("Grid"), tr("Ranked")},
                       {tr("Layers as rows, heads as columns"), tr("Highest score first")});
    order_->setAccessibleName(tr("Order of heads"));
    controls()->addWidget(order_);
    connect(order_, &SegmentedSwitch::chosen, this,
            [this](int index) { emit orderChosen(index == 1); });
}

void OverviewPanel::setScene(const Scene& scene)
{
    setScore(static_cast<int>(scene.state.score));
    order_->setCurrent(scene.state.ranked ? 1 : 0);
    fill(scene);
    setSelected(itemOf(scene.head));
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
                {.id = itemOf(row.id),
                 .score = scoreOf(row, score),
                 .picture = differs ? thumbnailDifference(scene.first(), scene.runs[1], row.id)
                                    : thumbnailOf(*scene.first().capture, row.id),
                 .help = helpOf(row),
                 .finite = row.isFinite()});
        grid()->setNames(tr("layer"), tr("head"), fromUtf8(scoreLabel(score)));
        grid()->setItems(std::move(items), static_cast<int>(scene.first().capture->thumbnailSide()),
                         ranked_);
    }
    grid()->setScale(differs ? differenceScale(scene.state.look.clip, scene.state.look.scale)
                             : weightScale(scene.state.look));
    std::vector<ItemId> pinned;
    for (const LayerHead& head : scene.state.pinnedHeads)
        pinned.push_back(itemOf(head));
    grid()->setPinned(std::move(pinned));
}

} // namespace vitrine::attention_plugin
