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

std::vector<SkeletonCard> versionsSkeleton(QSize size)
{
    using Body = SkeletonCard::Body;
    const int gap = 8, said = 96, table = 148, half = (size.width() - gap) / 2;
    const int top = said + table + 2 * gap, height = std::max(0, size.height() - top);
    return {{{0, 0, size.width(), said}, Body::words},
            {{0, said + gap, size.width(), table}, Body::lines},
            {{0, top, half, height}},
            {{half + gap, top, half, height}}};
}

int rowNamed(const QAbstractItemModel& model, const std::string& name)
{
    for (int row = 0; row < model.rowCount(); ++row)
        if (model.index(row, 0).data(DataTableModel::kExactRole).toString().toStdString() == name)
            return row;
    return -1;
}

} // namespace

QuantizationView::QuantizationView(ViewContext& context, QWidget* parent)
    : RoomView(context, BoundState({"ranges"}),
               {.name = tr("Quantization"),
                .experiment = QStringLiteral("quantization.llm"),
                .failure = tr("There is nothing to show"),
                .empty = {tr("How few bits will do?"),
                          tr("This room rounds the weights of a language model to a few bits, in "
                             "several ways, and sets the result beside the original: perplexity "
                             "with its interval, errors layer by layer, size, speed and energy."),
                          tr("Quantize vitrine-lm to 3 bits"),
                          tr("By ShiftAddLLM, in blocks; takes less than a minute"),
                          tr("Or choose a model and a method in the form (F4 shows it).")}},
               parent)
{
    makePage(makeContent(), versionsSkeleton, {});
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

bool QuantizationView::isSound(const RunRecord& run) const
{
    return run.state == RunState::done && isVersion(run);
}

QString QuantizationView::troubleOf(const RunRecord& run) const
{
    const std::string why = !run.error.empty()            ? run.error
                            : run.state == RunState::done ? "the run holds no bits_per_weight"
                                                          : "the run did not finish";
    return fromUtf8(runs_.size() == 1 ? why : versionName(run) + ": " + why);
}

void QuantizationView::showRuns(const std::vector<RunHandle>& sound)
{
    done_ = sound;
    layersOf_.clear();
    probeOf_.clear();
    probe_.reset();
    whatIfOf_.clear();
    colours_.clear();
    versions_ = versionTable(records());
    bindTo(done_.empty() ? QString() : fromUtf8(done_.front()->uid));
    if (done_.empty()) {
        figures_.clear();
        live_->setNone();
        budget_->setNone();
        return;
    }
    verdict_->say(verdict(records()), remarks(records()));
    const QSignalBlocker silent(choice_);
    choice_->clear();
    for (const RunHandle& run : done_)
        choice_->addItem(shownText(versionName(*run)));
    draw();
}

void QuantizationView::setState(const QJsonObject& state)
{
    state_ = state;
    if (!done_.empty())
        draw();
}

Runs QuantizationView::records() const
{
    Runs all;
    for (const RunHandle& run : done_)
        all.push_back(run.get());
    return all;
}

std::size_t QuantizationView::selected() const
{
    return selectedRun(readState(coreJson(current())), records());
}

void QuantizationView::draw()
{
    const State state = readState(coreJson(current()));
    const Runs runs = records();
    filling_ = true;
    const auto looks =
        figure::runLooks(runs, state.places, [](const RunRecord* run) { return run->uid; });
    std::vector<int> colours;
    for (const int run : versions_.runOf)
        colours.push_back(run < 0 ? figure::kMuted : looks[static_cast<std::size_t>(run)].colour);
    if (colours != colours_) {
        table_->setRows(versions_.table, colours);
        table_->setGivingWay(versions_.givingWay);
    }
    drawColumns();
    colours_ = colours;
    const auto shown = std::ranges::find(versions_.runOf, static_cast<int>(selected()));
    table_->selectRow(runs.size() > 1 ? static_cast<int>(shown - versions_.runOf.begin()) : -1);
    const RunRecord& run = *runs[selected()];
    if (probeOf_ != run.uid || probeOf_.empty())
        probe_ = quantization_plugin::probeOf(run);
    probeOf_ = run.uid;
    figures_ = quantization_plugin::figures(runs, state, probe_);
    plots_->show(figures_, current());
    drawLayers();
    drawInside(state);
    drawTokens(state);
    drawEnergy(state);
    drawPages();
    filling_ = false;
    live_->setRuns(done_, selected(), current());
    budget_->setRuns(done_, state);
    showPage();
}

void QuantizationView::drawColumns()
{
    const bool isAll = current()["columns"].toString() == QLatin1String("all");
    table_->setAllShown(isAll);
    const int out = table_->leftOut();
    allColumns_->setChecked(isAll);
    allColumns_->setVisible(isAll || out > 0);
    allColumns_->setText(isAll      ? tr("All columns")
                         : out == 1 ? tr("1 more column")
                                    : tr("%1 more columns").arg(out));
    allColumns_->setAccessibleName(allColumns_->text());
}

void QuantizationView::drawLayers()
{
    const std::size_t place = selected();
    const RunRecord& run = *done_[place];
    const Table* layers = run.result.table("layers");
    layersCard_->setVisible(layers != nullptr);
    layersCard_->setHeading(done_.size() > 1 ? tr("Layers, %1").arg(shownText(versionTick(run), 80))
                                             : tr("Layers"));
    choice_->setCurrentIndex(static_cast<int>(place));
    if (!layers)
        return;
    if (layersOf_ != run.uid || layersOf_.empty())
        layers_->setTable(*layers);
    layersOf_ = run.uid;
    const int row = rowNamed(*layers_->model(), readState(coreJson(current())).layer);
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

void QuantizationView::drawInside(const State& state)
{
    const Runs runs = records();
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

void QuantizationView::drawTokens(const State& state)
{
    const Runs runs = records();
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

// The page of the state, the first where there is none of that name.
void QuantizationView::drawPages()
{
    const QString shown = pages_->show(current()["page"].toString());
    const bool isInside = shown == QLatin1String("inside"),
               isAttention = shown == QLatin1String("attention");
    choice_->setVisible(done_.size() > 1 &&
                        (isInside || isAttention || shown == QLatin1String("layers")));
    layerChoice_->setVisible(isInside && layerChoice_->count() > 0);
    for (QWidget* part : std::initializer_list<QWidget*>{mapLayer_, mapKind_})
        part->setVisible(isAttention && mapLayer_->count() > 0);
}

void QuantizationView::selectRun(int place)
{
    if (place < 0 || place >= static_cast<int>(done_.size()) ||
        place == static_cast<int>(selected()))
        return;
    const RunRecord& run = *done_[static_cast<std::size_t>(place)];
    RoomView::put("run", fromUtf8(run.uid),
                  tr("Show layers of %1").arg(shownText(versionName(run), 80)));
}

void QuantizationView::selectLayer(const std::string& layer, const QString& mergeKey)
{
    if (!layer.empty() && readState(coreJson(current())).layer != layer)
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
    const RunResult& result = done_[selected()]->result;
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
    if (!layer.empty() && readState(coreJson(current())).layer == layer)
        RoomView::put("layer", QJsonValue(), tr("Select no layer"));
    else
        selectLayer(layer, {});
}

void QuantizationView::put(const char* key, std::int64_t place, const QString& label)
{
    if (current()[QLatin1String(key)].toInteger(-1) != place)
        RoomView::put(key, static_cast<qint64>(place), label, QLatin1String(key));
}

QString QuantizationView::title() const
{
    if (done_.empty())
        return tr("Quantization");
    QStringList names;
    for (const RunHandle& run : done_)
        names << shownText(versionName(*run), 80);
    return besideTitle(names);
}

} // namespace vitrine::quantization_plugin
