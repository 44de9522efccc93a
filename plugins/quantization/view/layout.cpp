#include "plugins/quantization/view/budget_card.h"
#include "plugins/quantization/view/live_card.h"
#include "plugins/quantization/view/plot_card.h"
#include "plugins/quantization/view/said.h"
#include "plugins/quantization/view/view.h"
#include "widgets/page/elided_choice.h"
#include "widgets/page/flow_layout.h"
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

constexpr int kBeside = 720; // pixels with room for plots side by side
constexpr int kLayersHeight = 330, kTokensHeight = 330;

ElidedChoice* choiceIn(QWidget* parent, const QString& name, const QString& help, int letters)
{
    auto* choice = new ElidedChoice(parent);
    choice->setAccessibleName(name);
    choice->setToolTip(help);
    choice->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    choice->setMinimumContentsLength(letters);
    return choice;
}

} // namespace

QWidget* QuantizationView::makeContent()
{
    auto* content = new QWidget(this);
    auto* column = new QVBoxLayout(content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(makeBar());
    auto* all = new QWidget(content);
    auto* pages = new QVBoxLayout(all);
    pages->setContentsMargins(0, 0, 0, 0);
    column->addWidget(scrolled(all), 1);
    makeVersionsPage();
    makeLayersPage();
    makeInsidePage();
    makeTokensPage();
    makeAttentionPage();
    makeEnergyPage();
    makeTryPage();
    QStringList words, helps;
    for (const Page& page : pages_) {
        pages->addWidget(page.page);
        words << page.word;
        helps << page.help;
    }
    pageSwitch_->setOptions(words, helps);
    return content;
}

// Which page, and what of the versions it shows.
QWidget* QuantizationView::makeBar()
{
    auto* bar = new QWidget(this);
    auto* line = new FlowLayout(bar);
    pageSwitch_ = new SegmentedSwitch(bar);
    pageSwitch_->setAccessibleName(tr("Pages of the comparison"));
    choice_ = choiceIn(bar, tr("Whose layers are shown"),
                       tr("The version whose layers, maps and products are shown"), 24);
    layerChoice_ =
        choiceIn(bar, tr("Linear layer"), tr("The linear layer whose inside is shown"), 24);
    mapLayer_ = choiceIn(bar, tr("Layer of the maps"), tr("The layer whose maps are shown"), 8);
    mapKind_ = new SegmentedSwitch(bar);
    mapKind_->setAccessibleName(tr("Which heads the maps show"));
    mapKind_->setOptions({tr("Mean"), tr("Moved most")},
                         {tr("Mean over the heads"), tr("The head whose map moved most")});
    for (QWidget* part :
         std::initializer_list<QWidget*>{pageSwitch_, choice_, layerChoice_, mapLayer_, mapKind_})
        line->addWidget(part);
    connect(pageSwitch_, &SegmentedSwitch::chosen, this, [this](int place) {
        const Page& page = pages_[static_cast<std::size_t>(place)];
        RoomView::put("page", place == 0 ? QJsonValue() : QJsonValue(page.key),
                      tr("Show %1").arg(page.word), QStringLiteral("page"));
    });
    connect(choice_, &QComboBox::activated, this, &QuantizationView::selectRun);
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

QBoxLayout* QuantizationView::addPage(const QString& key, const QString& word, const QString& help)
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    QLabel* missing = saidLabel("muted", tr("What is missing"), page);
    missing->setText(tr("These runs kept nothing of this: run again to see it."));
    missing->setAlignment(Qt::AlignCenter);
    column->addWidget(missing, 1);
    pages_.push_back({key, word, help, page, missing});
    return column;
}

// Cards side by side, as wide as each other, below each other in a narrow window.
void QuantizationView::add(QBoxLayout* column, std::initializer_list<Panel*> cards, int stretch)
{
    auto* row = new QBoxLayout(QBoxLayout::LeftToRight);
    row->setSpacing(8);
    for (Panel* card : cards) {
        row->addWidget(card, 1);
        pages_.back().cards.push_back(card);
    }
    column->addLayout(row, stretch);
    rows_.push_back(row);
}

void QuantizationView::makeVersionsPage()
{
    QBoxLayout* column =
        addPage("versions", tr("Versions"), tr("What the versions cost, and what they save"));
    add(column, {makeVerdict()}, 0);
    add(column, {makeVersions()}, 0);
    add(column, {plotCard("perplexity"), plotCard("kl-windows")}, 1);
}

void QuantizationView::makeLayersPage()
{
    QBoxLayout* column = addPage("layers", tr("Layers"), tr("Where it is lost: layer by layer"));
    add(column, {plotCard("layer-errors"), plotCard("bit-map")}, 1);
    add(column, {makeLayers()}, 1);
    add(column, {plotCard("exponents"), plotCard("rounds")}, 1);
}

void QuantizationView::makeInsidePage()
{
    QBoxLayout* column = addPage("inside", tr("Inside a layer"),
                                 tr("Weights before and after, and what a product is made of"));
    add(column, {plotCard("weights"), plotCard("residual")}, 1);
    add(column, {makeSteps()}, 0);
    add(column, {plotCard("look-up-table"), plotCard("product")}, 1);
}

void QuantizationView::makeTokensPage()
{
    QBoxLayout* column =
        addPage("tokens", tr("Tokens"), tr("What moved: the next tokens of a probe text"));
    add(column, {plotCard("kl-tokens")}, 1);
    Panel* next = numbersCard("next-tokens", tr("Likeliest next token"),
                              tr("Likeliest next token at each position"), kTokensHeight);
    Panel* ranks = numbersCard("likeliest", QString(), tr("Likeliest tokens at the position"), 190);
    add(column, {next, ranks}, 1);
    connect(numbers_["next-tokens"].table->selectionModel(),
            &QItemSelectionModel::currentRowChanged, this, [this](const QModelIndex& row) {
                if (!filling_ && row.isValid())
                    put("position", row.siblingAtColumn(0).data(DataTableModel::kExactRole).toInt(),
                        tr("Select a token"));
            });
}

void QuantizationView::makeAttentionPage()
{
    QBoxLayout* column =
        addPage("attention", tr("Attention"), tr("What moved: attention maps and sinks"));
    add(column,
        {plotCard("attention-original"), plotCard("attention-quantized"),
         plotCard("attention-change")},
        1);
    add(column, {plotCard("sinks"), plotCard("sink-heads")}, 1);
}

void QuantizationView::makeEnergyPage()
{
    QBoxLayout* column =
        addPage("energy", tr("Energy"), tr("Operations and energy, under your assumptions"));
    add(column, {makeAssumptions()}, 0);
    add(column, {plotCard("energy")}, 1);
}

void QuantizationView::makeTryPage()
{
    QBoxLayout* column =
        addPage("try", tr("Try"), tr("Fewer planes and other budgets, while a slider moves"));
    add(column, {makeLive()}, 0);
    add(column, {makeBudget()}, 1);
}

Panel* QuantizationView::makeVerdict()
{
    auto* card = new Panel(tr("What it costs"), this);
    card->setEnlargeable(false);
    verdict_ = saidLabel("section", tr("What the runs show"), card);
    remarks_ = saidLabel("muted", tr("What the runs say of themselves"), card);
    card->body()->addWidget(verdict_);
    card->body()->addWidget(remarks_);
    return card;
}

Panel* QuantizationView::makeVersions()
{
    auto* card = new Panel(tr("Versions"), this);
    table_ = new RunTable(card);
    table_->setAccessibleName(tr("The original and its versions"));
    table_->setSelectionMode(QAbstractItemView::SingleSelection);
    table_->setToolTip(tr("A click on a version shows its layers on the other pages"));
    card->body()->addWidget(table_);
    allColumns_ = new QPushButton(card);
    allColumns_->setProperty("kind", "chip");
    allColumns_->setCheckable(true);
    allColumns_->setToolTip(tr("All columns, which may scroll sideways, or those that fit"));
    card->controls()->addWidget(allColumns_);
    connect(table_, &RunTable::leftOutChanged, this, &QuantizationView::drawColumns);
    connect(allColumns_, &QPushButton::clicked, this, [this](bool on) {
        RoomView::put("columns", on ? QJsonValue("all") : QJsonValue(),
                      on ? tr("Show all columns") : tr("Show the columns that fit"));
    });
    connect(table_->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& row) {
                const int of = table_->rowOf(row);
                if (!filling_ && of >= 0 && of < static_cast<int>(versions_.runOf.size()))
                    selectRun(versions_.runOf[static_cast<std::size_t>(of)]);
            });
    return card;
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
    stepWords_ = saidLabel("muted", tr("What is looked up"), stepsCard_);
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

PlotCard* QuantizationView::plotCard(const char* figure)
{
    auto* card = new PlotCard(figure, context_, this);
    connect(card, &PlotCard::zoomed, this, [this](const QJsonObject& ranges, const QString& key) {
        RoomView::put("ranges", ranges, tr("Zoom"), key);
    });
    connect(card, &PlotCard::clicked, this,
            [this, name = std::string(figure)](double x, double y) { clickPlot(name, x, y); });
    plots_.push_back(card);
    return card;
}

// In a narrow window cards stand below each other.
void QuantizationView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    for (QBoxLayout* row : rows_)
        row->setDirection(width() < kBeside ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

} // namespace vitrine::quantization_plugin
