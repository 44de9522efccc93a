#include "core/sim/accelerator.h"
#include "plugins/accelerators/card.h"
#include "plugins/accelerators/reference_table.h"
#include "plugins/accelerators/state_pages.h"
#include "plugins/accelerators/view.h"
#include "plugins/accelerators/what_if_bar.h"
#include "widgets/plot/plot_view.h"
#include "widgets/theme/style.h"

#include <QBoxLayout>
#include <QComboBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QSplitter>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace vitrine::accelerators
{
namespace
{

constexpr int kWide = 940; // pixels with room for choices and slider in one row

} // namespace

void AcceleratorsView::makeLayout()
{
    empty_ = new EmptyPage(this);
    loadingPage_ = new LoadingPage(this);
    failurePage_ = new FailurePage(this);
    content_ = makeContent();
    pages_ = new QStackedWidget(this);
    for (QWidget* page : {static_cast<QWidget*>(empty_), static_cast<QWidget*>(loadingPage_),
                          static_cast<QWidget*>(failurePage_), content_})
        pages_->addWidget(page);
    banner_ = new QFrame(this);
    banner_->setProperty("role", "failure");
    bannerText_ = new QLabel(banner_);
    bannerText_->setWordWrap(true);
    bannerText_->setAccessibleName(tr("What went wrong"));
    auto* line = new QHBoxLayout(banner_);
    line->setContentsMargins(12, 6, 12, 6);
    line->addWidget(bannerText_, 1);
    auto* all = new QVBoxLayout(this);
    all->setContentsMargins(theme::kPanelPadding, 8, theme::kPanelPadding, theme::kPanelPadding);
    all->setSpacing(8);
    all->addWidget(makeChoices());
    all->addWidget(banner_);
    all->addWidget(pages_, 1);
}

QWidget* AcceleratorsView::makeChoices()
{
    auto* box = new QWidget(this);
    choices_ = new QBoxLayout(QBoxLayout::TopToBottom, box); // narrow until there is room
    choices_->setContentsMargins(0, 0, 0, 0);
    choices_->setSpacing(8);
    auto* line = new QHBoxLayout;
    line->setSpacing(8);
    choices_->addLayout(line, 2);
    const auto card = [&](const QString& heading, QComboBox*& combo) {
        auto* made = new Card(heading, box);
        combo = new QComboBox(made);
        combo->setAccessibleName(heading);
        combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        combo->setMinimumContentsLength(10);
        made->body()->addWidget(combo);
        line->addWidget(made, 1);
    };
    card(tr("Accelerator"), accelerator_);
    card(tr("Workload"), workload_);
    for (const sim::Accelerator& machine : sim::accelerators()) {
        accelerator_->addItem(QString::fromStdString(machine.title),
                              QString::fromStdString(machine.id));
        accelerator_->setItemData(accelerator_->count() - 1,
                                  QString::fromStdString(machine.sentence), Qt::ToolTipRole);
    }
    accelerator_->setPlaceholderText(tr("Choose an accelerator"));
    workload_->setPlaceholderText(tr("Choose a workload"));
    auto* tryCard = new Card(tr("What if"), box);
    whatIf_ = new WhatIfBar(tryCard);
    tryCard->setToolTip(tr("Changes one parameter; the simulation follows at once"));
    tryCard->body()->addWidget(whatIf_);
    choices_->addWidget(tryCard, 3);
    return box;
}

// In a narrow window the slider stands below the choices.
void AcceleratorsView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    choices_->setDirection(width() < kWide ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

Card* AcceleratorsView::plotCard(const QString& heading, plot::PlotView*& plot,
                                 const char* rangeKey)
{
    auto* card = new Card(heading, this);
    plot = new plot::PlotView(card);
    plot->setTitleVisible(false);
    plot::forwardActions(*plot, context_);
    card->body()->addWidget(plot, 1);
    const QString key = QString::fromLatin1(rangeKey);
    connect(plot, &plot::PlotView::rangeEdited, this, [this, key](const QJsonObject& range) {
        QJsonObject ranges = state_["ranges"].toObject();
        ranges[key] = range;
        change(QStringLiteral("ranges"), ranges, tr("Zoom"), "zoom-" + key);
    });
    return card;
}

QWidget* AcceleratorsView::makeContent()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);

    auto* key = new Card(tr("Key figures"), page);
    summary_ = new DataTable(key);
    summary_->setAccessibleName(tr("Key figures of the runs"));
    key->body()->addWidget(summary_);
    column->addWidget(key);

    auto* gantt = plotCard(tr("Schedule"), schedule_, "schedule");
    schedule_->setMinimumHeight(190);
    column->addWidget(gantt, 3);

    auto* bars = plotCard(tr("Layers and parts"), barPlot_, "bars");
    bars_ = new QComboBox(bars);
    bars_->setAccessibleName(tr("What the bars show"));
    bars_->addItem(tr("Cycles per layer"), "cycles");
    bars_->addItem(tr("Energy by part"), "energy");
    bars_->addItem(tr("DRAM traffic"), "traffic");
    bars->controls()->addWidget(bars_);
    auto* roof = plotCard(tr("Roofline"), roofline_, "roofline");
    auto* pair = new QSplitter(Qt::Horizontal, page);
    pair->setHandleWidth(8);
    pair->setChildrenCollapsible(false);
    pair->addWidget(bars);
    pair->addWidget(roof);
    pair->setSizes({600, 500});
    pair->setMinimumHeight(260);
    column->addWidget(pair, 4);

    reference_ = new Card(tr("What the papers say, beside ours"), page);
    claims_ = new ReferenceTable(reference_);
    claims_->setMinimumHeight(180);
    reference_->body()->addWidget(claims_);
    column->addWidget(reference_, 3);

    auto* scroll = new QScrollArea(this);
    scroll->setWidget(page);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);
    return scroll;
}

void AcceleratorsView::connectParts()
{
    connect(accelerator_, &QComboBox::activated, this, [this] {
        Scenario next;
        next.accelerator = accelerator_->currentData().toString().toStdString();
        const sim::Accelerator* machine = sim::findAccelerator(next.accelerator);
        if (!machine)
            return;
        // The workload stays where the machine's paper, or any machine, can run it.
        const std::string before = scenario().workload;
        const bool vision = before.find("ctvc") == std::string::npos &&
                            before.find("cifar") == std::string::npos &&
                            before.find("nvca") == std::string::npos && !before.empty();
        next.workload = vision && next.accelerator != "nvca" && next.accelerator != "nasa"
                            ? before
                            : machine->workloads.front();
        change(next, tr("Choose %1").arg(QString::fromStdString(machine->title)));
    });
    connect(workload_, &QComboBox::activated, this, [this] {
        Scenario next = scenario();
        next.workload = workload_->currentText().toStdString();
        change(next, tr("Choose %1").arg(workload_->currentText()));
    });
    connect(bars_, &QComboBox::activated, this, [this] {
        QJsonObject changed = state_;
        QJsonObject ranges = changed["ranges"].toObject();
        ranges.remove(QStringLiteral("bars"));
        changed["ranges"] = ranges;
        changed["bars"] = bars_->currentData().toString();
        context_.change(this, changed, tr("Show %1").arg(bars_->currentText().toLower()));
    });
    connect(whatIf_, &WhatIfBar::chosen, this,
            [this](const Scenario& scenario, const QString& label, const QString& key) {
                change(scenario, label, key);
            });
    connect(whatIf_, &WhatIfBar::resetWished, this,
            [this] { change(Scenario{}, tr("Reset what if")); });
    connect(whatIf_, &WhatIfBar::keepWished, this,
            [this] { start(scenario().given(), !runs_.empty()); });
    connect(empty_, &EmptyPage::startWished, this, [this] {
        start({{"accelerator", "p2vit"}, {"workload", "deit-tiny"}}, false);
    });
    connect(failurePage_, &FailurePage::retryWished, this, [this] { start(lastStart_, false); });
}

} // namespace vitrine::accelerators
