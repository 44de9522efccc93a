#include "plugins/quantization/view/budget_card.h"
#include "plugins/quantization/view/card_pages.h"
#include "plugins/quantization/view/live_card.h"
#include "plugins/quantization/view/plot_cards.h"
#include "plugins/quantization/view/verdict_card.h"
#include "plugins/quantization/view/view.h"
#include "widgets/page/elided_choice.h"
#include "widgets/page/flow_layout.h"
#include "widgets/page/panel.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/table/run_table.h"

#include <QBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>

#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr int kPlotHeight = 300, kLayersHeight = 330, kTokensHeight = 330;

} // namespace

QWidget* QuantizationView::makeContent()
{
    makePages(tr("Pages of the comparison"));
    makeVersionsPage();
    makeLayersPage();
    makeInsidePage();
    makeTokensPage();
    makeAttentionPage();
    makeEnergyPage();
    makeTryPage();
    return makeColumn({makeBar()});
}

// Which page, and what of the versions it shows.
QWidget* QuantizationView::makeBar()
{
    auto* bar = new QWidget(this);
    auto* line = new FlowLayout(bar);
    QWidget* choice = makeRunChoice(bar, tr("Whose layers are shown"),
                                    tr("The version whose layers, maps and products are shown"));
    layerChoice_ =
        choiceIn(bar, tr("Linear layer"), tr("The linear layer whose inside is shown"), 24);
    mapLayer_ = choiceIn(bar, tr("Layer of the maps"), tr("The layer whose maps are shown"), 8);
    mapKind_ = new SegmentedSwitch(bar);
    mapKind_->setAccessibleName(tr("Which heads the maps show"));
    mapKind_->setOptions({tr("Mean"), tr("Moved most")},
                         {tr("Mean over the heads"), tr("The head whose map moved most")});
    for (QWidget* part : std::initializer_list<QWidget*>{pages_->chooser(), choice, layerChoice_,
                                                         mapLayer_, mapKind_})
        line->addWidget(part);
    connect(layerChoice_, &QComboBox::activated, this, [this](int place) {
        selectLayer(layerChoice_->itemData(place).toString().toStdString(), {});
    });
    connect(mapLayer_, &QComboBox::activated, this,
            [this](int place) { put("map_layer", place, tr("Show a layer's maps")); });
    connect(mapKind_, &SegmentedSwitch::chosen, this, [this](int place) {
        RoomView::put("map", place == 1 ? QJsonValue("head") : QJsonValue(),
                      place == 1 ? tr("Show the head that moved most") : tr("Show the mean"));
    });
    return bar;
}

void QuantizationView::makeVersionsPage()
{
    pages_->addPage("versions", tr("Versions"), tr("What the versions cost, and what they save"));
    verdict_ = new VerdictCard(tr("What it costs"), this);
    pages_->addRow({verdict_}, 0);
    pages_->addRow({makeVersions(tr("The original and its versions"))}, 0);
    pages_->addRow({plots_->add("perplexity", kPlotHeight), plots_->add("kl-windows", kPlotHeight)},
                   1);
}

void QuantizationView::makeLayersPage()
{
    pages_->addPage("layers", tr("Layers"), tr("Where it is lost: layer by layer"));
    pages_->addRow({plots_->add("layer-errors", kPlotHeight), plots_->add("bit-map", kPlotHeight)},
                   1);
    pages_->addRow({makeLayers()}, 1);
    pages_->addRow({plots_->add("exponents", kPlotHeight), plots_->add("rounds", kPlotHeight)}, 1);
}

void QuantizationView::makeInsidePage()
{
    pages_->addPage("inside", tr("Inside a layer"),
                    tr("Weights before and after, and what a product is made of"));
    pages_->addRow({plots_->add("weights", kPlotHeight), plots_->add("residual", kPlotHeight)}, 1);
    pages_->addRow({makeSteps()}, 0);
    pages_->addRow({plots_->add("look-up-table", kPlotHeight), plots_->add("product", kPlotHeight)},
                   1);
}

void QuantizationView::makeTokensPage()
{
    pages_->addPage("tokens", tr("Tokens"), tr("What moved: the next tokens of a probe text"));
    pages_->addRow({plots_->add("kl-tokens", kPlotHeight)}, 1);
    Panel* next = numbersCard("next-tokens", tr("Likeliest next token"),
                              tr("Likeliest next token at each position"), kTokensHeight);
    Panel* ranks = numbersCard("likeliest", QString(), tr("Likeliest tokens at the position"), 190);
    pages_->addRow({next, ranks}, 1);
    connect(numbers_["next-tokens"].table->selectionModel(),
            &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& row) {
                if (!filling_ && row.isValid())
                    put("position", row.siblingAtColumn(0).data(DataTableModel::kExactRole).toInt(),
                        tr("Select a token"));
            });
}

void QuantizationView::makeAttentionPage()
{
    pages_->addPage("attention", tr("Attention"), tr("What moved: attention maps and sinks"));
    pages_->addRow({plots_->add("attention-original", kPlotHeight),
                    plots_->add("attention-quantized", kPlotHeight),
                    plots_->add("attention-change", kPlotHeight)},
                   1);
    pages_->addRow({plots_->add("sinks", kPlotHeight), plots_->add("sink-heads", kPlotHeight)}, 1);
}

void QuantizationView::makeEnergyPage()
{
    pages_->addPage("energy", tr("Energy"), tr("Operations and energy, under your assumptions"));
    pages_->addRow({makeAssumptions()}, 0);
    pages_->addRow({plots_->add("energy", kPlotHeight)}, 1);
}

void QuantizationView::makeTryPage()
{
    pages_->addPage("try", tr("Try"), tr("Fewer planes and other budgets, while a slider moves"));
    pages_->addRow({makeLive()}, 0);
    pages_->addRow({makeBudget()}, 1);
}

Panel* QuantizationView::makeLayers()
{
    layersCard_ = new Panel(tr("Layers"), this);
    layers_ = new DataTable(layersCard_);
    layers_->setAccessibleName(tr("Layers of the selected version"));
    layers_->setFrameShape(QFrame::NoFrame);
    layers_->setSelectionMode(QAbstractItemView::SingleSelection);
    layers_->setMinimumHeight(kLayersHeight);
    layersCard_->body()->addWidget(layers_, 1);
    connect(layers_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& row) {
                if (!filling_ && row.isValid())
                    selectLayer(layers_->model()
                                    ->index(row.row(), 0)
                                    .data(DataTableModel::kExactRole)
                                    .toString()
                                    .toStdString(),
                                QStringLiteral("layer"));
            });
    return layersCard_;
}

// The product of one output with eight inputs, a row for each plane.
Panel* QuantizationView::makeSteps()
{
    stepsCard_ =
        numbersCard("product", tr("One product, plane by plane"), tr("Steps of the product"), 150);
    output_ = choiceIn(stepsCard_, tr("Output of the product"), tr("The output that adds up"), 12);
    stepsCard_->controls()->addWidget(output_);
    stepWords_ = wordsLabel("muted", tr("What is looked up"), stepsCard_);
    stepsCard_->body()->insertWidget(0, stepWords_);
    connect(output_, &QComboBox::activated, this,
            [this](int place) { put("output", place, tr("Select an output")); });
    connect(numbers_["product"].table->selectionModel(), &QItemSelectionModel::currentRowChanged,
            this, [this](const QModelIndex& row) {
                if (!filling_ && row.isValid())
                    put("plane", row.row(), tr("Select a plane"));
            });
    return stepsCard_;
}

Panel* QuantizationView::numbersCard(const char* key, const QString& heading, const QString& name,
                                     int height)
{
    NumbersCard made{new Panel(heading, this), nullptr};
    made.table = new DataTable(made.card);
    made.table->setAccessibleName(name);
    made.table->setFrameShape(QFrame::NoFrame);
    made.table->setSelectionMode(QAbstractItemView::SingleSelection);
    made.table->setSortingEnabled(false); // in the order of the text, of ranks, of steps
    made.table->setMinimumHeight(height);
    made.card->body()->addWidget(made.table, 1);
    numbers_[key] = made;
    return made.card;
}

} // namespace vitrine::quantization_plugin
