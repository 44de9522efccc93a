#include "core/sim/cost/accelerator.h"
#include "plugins/accelerators/view/run_summary.h"
#include "plugins/accelerators/view/view.h"
#include "widgets/page/panel.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/params/what_if_bar.h"
#include "widgets/plot/plot_view.h"
#include "widgets/table/claim_table.h"
#include "widgets/theme/style.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace vitrine::accelerators_plugin
{
namespace
{

constexpr int kWide = 1040;  // pixels with room for choices and slider in one row
constexpr int kBeside = 760; // and for two plots side by side
constexpr int kLeastPage = 160;
constexpr int kPlotHeight = 320, kLowPlotHeight = 260;

std::vector<SkeletonCard> runSkeleton(QSize size)
{
    const int gap = 8, third = (size.height() - 2 * gap) / 3, half = (size.width() - gap) / 2;
    return {{{0, 0, size.width(), third}, SkeletonCard::Body::lines},
            {{0, third + gap, half, third}},
            {{half + gap, third + gap, half, third}},
            {{0, 2 * (third + gap), size.width(), third}, SkeletonCard::Body::lines}};
}

} // namespace

void AcceleratorsView::makeLayout()
{
    QWidget* content = scrolled(makeContent());
    makePage(content, runSkeleton, {.above = {makeChoices()}, .between = {}});
    setLeastHeight(kLeastPage); // it scrolls; the choices above keep their height
}

QWidget* AcceleratorsView::makeChoices()
{
    auto* box = new QWidget(this);
    box->setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    choices_ = new QBoxLayout(QBoxLayout::TopToBottom, box); // narrow until there is room
    choices_->setContentsMargins(0, 0, 0, 0);
    choices_->setSpacing(8);
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    choices_->addLayout(line, 2);
    const auto card = [&](const QString& heading, QComboBox*& combo) {
        auto* made = new Panel(heading, box);
        combo = new QComboBox(made);
        combo->setAccessibleName(heading);
        combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        combo->setMinimumContentsLength(10);
        made->body()->addWidget(combo);
        line->addWidget(made, 1);
    };
    card(tr("Accelerator"), accelerator_);
    card(tr("Workload"), workload_);
    accelerator_->setToolTip(tr("The machine that is tried beside the runs"));
    workload_->setToolTip(tr("The network that is tried; files are given in the form"));
    for (const sim::Accelerator& machine : sim::accelerators()) {
        accelerator_->addItem(QString::fromStdString(machine.title),
                              QString::fromStdString(machine.id));
        accelerator_->setItemData(accelerator_->count() - 1,
                                  QString::fromStdString(machine.sentence), Qt::ToolTipRole);
    }
    accelerator_->setPlaceholderText(tr("Choose an accelerator"));
    workload_->setPlaceholderText(tr("Choose a workload"));
    auto* tryCard = new Panel(tr("What if"), box);
    whatIf_ = new WhatIfBar(tryCard);
    tryCard->setToolTip(tr("Changes one parameter; the simulation follows at once"));
    tryCard->setEnlargeable(false);
    tryCard->body()->addWidget(whatIf_);
    choices_->addWidget(tryCard, 3);
    return box;
}

// In a narrow window the slider stands below the choices, and plots below each other.
void AcceleratorsView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    choices_->setDirection(width() < kWide ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
    for (QBoxLayout* pair : pairs_)
        pair->setDirection(width() < kBeside ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

Panel* AcceleratorsView::plotCard(const QString& heading, plot::PlotView*& plot,
                                  const char* rangeKey, int height)
{
    auto* card = new Panel(heading, this);
    plot = new plot::PlotView(card);
    plot->setTitleVisible(false);
    plot->setMinimumHeight(height);
    plot::forwardActions(*plot, context_);
    card->body()->addWidget(plot, 1);
    const QString key = QString::fromLatin1(rangeKey);
    connect(plot, &plot::PlotView::rangeEdited, this,
            [this, key](const QJsonObject& range) { changeRange(key, range, tr("Zoom")); });
    return card;
}

QBoxLayout* AcceleratorsView::besides(Panel* left, int leftShare, Panel* right, int rightShare)
{
    auto* row = new QBoxLayout(QBoxLayout::LeftToRight);
    row->setSpacing(8);
    row->addWidget(left, leftShare);
    row->addWidget(right, rightShare);
    pairs_.push_back(row);
    return row;
}

Panel* AcceleratorsView::makeSchedule()
{
    auto* gantt = plotCard(tr("Schedule"), schedule_, "schedule", 180);
    zoom_ = new SegmentedSwitch(gantt);
    zoom_->setAccessibleName(tr("How much of the schedule is shown"));
    zoom_->setOptions({tr("Whole picture"), tr("One block")},
                      {tr("From the first cycle to the last"),
                       tr("The module in the middle: which units overlap")});
    gantt->controls()->addWidget(zoom_);
    return gantt;
}

Panel* AcceleratorsView::makeBars()
{
    auto* bars = plotCard(tr("Where it goes"), barPlot_, "bars", kPlotHeight);
    bars_ = new QComboBox(bars);
    bars_->setAccessibleName(tr("What the bars show"));
    bars_->setToolTip(tr("Cycles (time where the clocks differ), energy by part, or bytes from and "
                         "to DRAM"));
    bars_->addItem(tr("Cycles"), "cycles");
    bars_->addItem(tr("Energy by part"), "energy");
    bars_->addItem(tr("DRAM traffic"), "traffic");
    per_ = new QComboBox(bars);
    per_->setAccessibleName(tr("What a bar stands for"));
    per_->setToolTip(tr("A bar for every module, every layer, or the whole run"));
    per_->addItem(tr("per module"), "module");
    per_->addItem(tr("per layer"), "layer");
    per_->addItem(tr("in all"), "run");
    bars->controls()->addWidget(bars_);
    bars->controls()->addWidget(per_);
    return bars;
}

QWidget* AcceleratorsView::makeContent()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);

    auto* key = new Panel(tr("Key figures"), page);
    summary_ = new RunSummary(key);
    summary_->setAccessibleName(tr("Key figures of the runs"));
    key->body()->addWidget(summary_);
    column->addWidget(key);
    column->addWidget(makeSchedule(), 3);
    auto* roof = plotCard(tr("Roofline"), roofline_, "roofline", kPlotHeight);
    column->addLayout(besides(makeBars(), 6, roof, 5), 4);
    auto* buffers = plotCard(tr("Buffers over the schedule"), buffers_, "buffers", kLowPlotHeight);
    areaCard_ = plotCard(tr("Area of the arithmetic"), area_, "area", kLowPlotHeight);
    column->addLayout(besides(buffers, 7, areaCard_, 4), 3);

    reference_ = new Panel(tr("What the papers say, beside ours"), page);
    claims_ = new ClaimTable(reference_);
    reference_->body()->addWidget(claims_);
    column->addWidget(reference_, 3);
    othersCard_ =
        new Panel(tr("The same workload on the other accelerators, with their defaults"), page);
    others_ = new RunSummary(othersCard_);
    others_->setAccessibleName(tr("Key figures of the other accelerators"));
    othersCard_->body()->addWidget(others_);
    column->addWidget(othersCard_);
    return page;
}

} // namespace vitrine::accelerators_plugin
