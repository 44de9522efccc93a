#include "plugins/quantization/view/view.h"
#include "widgets/page/elided_choice.h"
#include "widgets/page/panel.h"
#include "widgets/plot/plot_view.h"
#include "widgets/table/run_table.h"

#include <QBoxLayout>
#include <QLabel>

namespace vitrine::quantization_plugin
{
namespace
{

constexpr int kBeside = 720; // pixels with room for two plots side by side
constexpr int kPlotHeight = 300, kLayersHeight = 330;

QLabel* wordsFor(const char* role, const QString& name, QWidget* parent)
{
    auto* label = new QLabel(parent);
    label->setProperty("role", role);
    label->setAccessibleName(name);
    label->setWordWrap(true);
    label->setTextFormat(Qt::PlainText);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    return label;
}

} // namespace

Panel* QuantizationView::makeVerdict()
{
    auto* card = new Panel(tr("What it costs"), this);
    card->setEnlargeable(false);
    verdict_ = wordsFor("section", tr("What the runs show"), card);
    remarks_ = wordsFor("muted", tr("What the runs say of themselves"), card);
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
    table_->setToolTip(tr("A click on a version shows its layers below"));
    card->body()->addWidget(table_);
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
    choice_ = new ElidedChoice(layersCard_);
    choice_->setAccessibleName(tr("Whose layers are shown"));
    choice_->setToolTip(tr("The version whose layers, bits and scales are shown"));
    choice_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    choice_->setMinimumContentsLength(24);
    layersCard_->controls()->addWidget(choice_);
    connect(choice_, &QComboBox::activated, this, &QuantizationView::selectRun);
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

Panel* QuantizationView::plotCard(const char* figure)
{
    Plot plot{new Panel(QString(), this), nullptr};
    plot.view = new plot::PlotView(plot.card);
    plot.view->setTitleVisible(false);
    plot.view->setMinimumHeight(kPlotHeight);
    plot::forwardActions(*plot.view, context_);
    plot.card->body()->addWidget(plot.view, 1);
    const QString key = QString::fromLatin1(figure);
    connect(plot.view, &plot::PlotView::rangeEdited, this, [this, key](const QJsonObject& range) {
        QJsonObject ranges = current()["ranges"].toObject();
        ranges[key] = range;
        put("ranges", ranges, tr("Zoom"), QStringLiteral("zoom ") + key);
    });
    if (key == "layer-errors" || key == "bit-map")
        connect(plot.view, &plot::PlotView::clicked, this,
                [this, name = std::string(figure)](double x, double y) { clickPlot(name, x, y); });
    plots_[figure] = plot;
    return plot.card;
}

QBoxLayout* QuantizationView::besides(Panel* left, int leftShare, Panel* right, int rightShare)
{
    auto* row = new QBoxLayout(QBoxLayout::LeftToRight);
    row->setSpacing(8);
    row->addWidget(left, leftShare);
    row->addWidget(right, rightShare);
    pairs_.push_back(row);
    return row;
}

QWidget* QuantizationView::makeContent()
{
    auto* page = new QWidget(this);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(makeVerdict());
    column->addWidget(makeVersions());
    Panel* perplexity = plotCard("perplexity");
    column->addLayout(besides(perplexity, 1, plotCard("kl-windows"), 1), 3);
    Panel* errors = plotCard("layer-errors");
    column->addLayout(besides(errors, 3, plotCard("bit-map"), 2), 3);
    column->addWidget(makeLayers(), 3);
    Panel* energy = plotCard("energy");
    column->addLayout(besides(energy, 1, plotCard("exponents"), 1), 3);
    column->addWidget(plotCard("rounds"), 2);
    return page;
}

// In a narrow window cards stand below each other.
void QuantizationView::resizeEvent(QResizeEvent* event)
{
    View::resizeEvent(event);
    for (QBoxLayout* pair : pairs_)
        pair->setDirection(width() < kBeside ? QBoxLayout::TopToBottom : QBoxLayout::LeftToRight);
}

} // namespace vitrine::quantization_plugin
