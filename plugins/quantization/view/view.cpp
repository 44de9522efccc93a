#include "plugins/quantization/view/view.h"

#include "core/base/json.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/attention.h"
#include "plugins/quantization/figures/figures.h"
#include "plugins/quantization/figures/layer.h"
#include "plugins/quantization/figures/tokens.h"
#include "plugins/quantization/view/budget_card.h"
#include "plugins/quantization/view/card_pages.h"
#include "plugins/quantization/view/live_card.h"
#include "plugins/quantization/view/plot_cards.h"
#include "plugins/quantization/view/verdict_card.h"
#include "widgets/page/elided_choice.h"
#include "widgets/page/panel.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/state_json.h"
#include "widgets/table/run_table.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/text.h"

#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>

#include <algorithm>
#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

int rowNamed(const QAbstractItemModel& model, const std::string& name)
{
    for (int row = 0; row < model.rowCount(); ++row)
        if (model.index(row, 0).data(DataTableModel::kExactRole).toString().toStdString() == name)
            return row;
    return -1;
}

} // namespace

QuantizationView::QuantizationView(ViewContext& context, QWidget* parent)
    : ComparisonView(
          context,
          {.name = tr("Quantization"),
           .experiment = QStringLiteral("quantization.llm"),
           .empty = {tr("How few bits will do?"),
                     tr("This room rounds the weights of a language model to a few bits, in "
                        "several ways, and sets the result beside the original: perplexity "
                        "with its interval, errors layer by layer, size, speed and energy."),
                     tr("Quantize vitrine-lm to 3 bits"),
                     tr("By ShiftAddLLM, in blocks; takes less than a minute"),
                     tr("Or choose a model and a method in the form (F4 shows it).")}},
          {.isOne = isVersion,
           .lack = "the run holds no bits_per_weight",
           .name = versionName,
           .title = versionName,
           .shows = tr("Show layers of %1")},
          parent)
{
    makePage(makeContent(), comparisonSkeleton(148), {});
    showPage();
}

void QuantizationView::startStudy()
{
    start({{"model", "vitrine-lm"},
           {"method", "shiftadd"},
           {"layout", "block"},
           {"group", "160"},
           {"bits", "3"}},
          false);
}

void QuantizationView::takeRuns(const Runs& runs)
{
    layersOf_.clear();
    probeOf_.clear();
    whatIfOf_.clear();
    setVersions(versionTable(runs));
    verdict_->say(verdict(runs), remarks(runs));
}

void QuantizationView::dropRuns()
{
    probe_.reset();
    live_->setNone();
    budget_->setNone();
}

void QuantizationView::drawRuns(const Runs& runs, const State& state)
{
    const RunRecord& run = selectedRecord();
    if (probeOf_ != run.uid || probeOf_.empty())
        probe_ = quantization_plugin::probeOf(run);
    probeOf_ = run.uid;
    showFigures(quantization_plugin::figures(runs, state, probe_));
    drawLayers();
    drawInside(runs, state);
    drawTokens(runs, state);
    drawEnergy(runs, state);
    live_->setRuns(done_, selected(), current());
    budget_->setRuns(done_, state);
}

void QuantizationView::drawLayers()
{
    const RunRecord& run = selectedRecord();
    const Table* layers = run.result.table("layers");
    layersCard_->setVisible(layers != nullptr);
    layersCard_->setHeading(done_.size() > 1 ? tr("Layers, %1").arg(shownText(versionTick(run), 80))
                                             : tr("Layers"));
    if (!layers)
        return;
    if (layersOf_ != run.uid || layersOf_.empty())
        layers_->setTable(*layers);
    layersOf_ = run.uid;
    const int row = rowNamed(*layers_->model(), wanted().layer);
    if (row < 0)
        return layers_->setCurrentIndex({});
    layers_->setCurrentIndex(layers_->model()->index(row, 0));
}

void QuantizationView::fill(NumbersCard& card, const Table& table)
{
    card.card->setVisible(!table.rows.empty());
    if (const std::string text = dumpJson(toJson(table)); text != card.shown) {
        card.table->setTable(table);
        card.shown = text;
    }
}

void QuantizationView::drawInside(const Runs& runs, const State& state)
{
    const Drawing drawing(runs, state);
    const ProbeLayer* layer = probe_ ? layerOf(drawing, *probe_) : nullptr;
    stepsCard_->setVisible(layer != nullptr);
    layerChoice_->clear();
    output_->clear();
    if (!layer)
        return;
    for (const ProbeLayer& each : probe_->layers)
        layerChoice_->addItem(shownText(each.name, 80), fromUtf8(each.name));
    layerChoice_->setCurrentIndex(static_cast<int>(layer - probe_->layers.data()));
    const std::size_t output = outputOf(drawing, *layer), plane = planeOf(drawing, *layer);
    for (const std::int64_t each : layer->outputs)
        output_->addItem(tr("Output %1").arg(each));
    output_->setCurrentIndex(static_cast<int>(output));
    output_->setVisible(layer->planes > 0);
    showText(*stepWords_, fromUtf8(productWords(*layer, output, plane)));
    NumbersCard& steps = numbers_["product"];
    fill(steps, productTable(*layer, output));
    stepsCard_->setVisible(true); // it says why there are no steps
    steps.table->setVisible(layer->planes > 0);
    steps.table->setCurrentIndex(steps.table->model()->index(static_cast<int>(plane), 0));
}

void QuantizationView::drawTokens(const Runs& runs, const State& state)
{
    const Drawing drawing(runs, state);
    NumbersCard &next = numbers_["next-tokens"], &ranks = numbers_["likeliest"];
    const Table tokens = nextTokensTable(drawing);
    fill(next, tokens);
    fill(ranks, likeliestTable(drawing));
    if (!tokens.rows.empty()) {
        const auto at = std::min(static_cast<std::size_t>(state.position), tokens.rows.size() - 1);
        next.table->setCurrentIndex(next.table->model()->index(static_cast<int>(at), 0));
        ranks.card->setHeading(tr("After “%1”").arg(shownText(textOf(tokens.rows[at][1]), 40)));
    }
    mapLayer_->clear();
    mapKind_->setCurrent(state.isHeadShown ? 1 : 0);
    for (std::size_t layer = 0; probe_ && layer < probe_->maps.size(); ++layer)
        mapLayer_->addItem(tr("Layer %1").arg(layer));
    if (probe_)
        mapLayer_->setCurrentIndex(static_cast<int>(mapLayerOf(drawing, *probe_)));
}

bool QuantizationView::isOfOneRun(const QString& page) const
{
    return page == QLatin1String("inside") || page == QLatin1String("attention") ||
           page == QLatin1String("layers");
}

// What is chosen in the bar is what the page shows.
void QuantizationView::choosePage(const QString& page)
{
    layerChoice_->setVisible(page == QLatin1String("inside") && layerChoice_->count() > 0);
    for (QWidget* part : std::initializer_list<QWidget*>{mapLayer_, mapKind_})
        part->setVisible(page == QLatin1String("attention") && mapLayer_->count() > 0);
}

void QuantizationView::selectLayer(const std::string& layer, const QString& mergeKey)
{
    if (!layer.empty() && wanted().layer != layer)
        RoomView::put("layer", fromUtf8(layer), tr("Select a layer"), mergeKey);
}

std::string QuantizationView::layerAt(const std::string& figure, double x, double y) const
{
    const auto found = std::ranges::find(figures_, figure, &figure::Figure::name);
    if (found == figures_.end())
        return {};
    const double column = std::round(x), row = std::round(y);
    for (const figure::Series& series : found->series)
        for (std::size_t i = 0; i < series.labels.size() && i < series.x.size(); ++i)
            if (series.x[i] == column)
                return series.labels[i];
    const RunResult& result = selectedRecord().result;
    const auto names = columnTexts(result, "layers", "layer");
    const auto blocks = columnNumbers(result, "layers", "block");
    const auto tick = std::ranges::find(found->x.ticks, column, &figure::Axis::Tick::position);
    for (std::size_t i = 0; i < names.size() && tick != found->x.ticks.end(); ++i)
        if (blocks[i] == row && projectionOf(names[i]) == tick->label)
            return names[i];
    return {};
}

// A second click on a layer lets it go.
void QuantizationView::clickPlot(const std::string& figure, double x, double y)
{
    if (figure == "kl-tokens")
        return put("position", std::max(0ll, std::llround(x)), tr("Select a token"));
    if (figure == "sinks")
        return put("map_layer", std::max(0ll, std::llround(x)), tr("Show a layer's maps"));
    if (figure == "product")
        return put("plane", std::max(0ll, std::llround(x)), tr("Select a plane"));
    if (figure != "layer-errors" && figure != "bit-map")
        return;
    const std::string layer = layerAt(figure, x, y);
    if (!layer.empty() && wanted().layer == layer)
        RoomView::put("layer", QJsonValue(), tr("Select no layer"));
    else
        selectLayer(layer, {});
}

void QuantizationView::put(const char* key, std::int64_t place, const QString& label)
{
    if (current()[QLatin1String(key)].toInteger(-1) != place)
        RoomView::put(key, static_cast<qint64>(place), label, QLatin1String(key));
}

} // namespace vitrine::quantization_plugin
