#include "plugins/quantization/view/coded_view.h"

#include "core/base/json.h"
#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/coded_figures.h"
#include "plugins/quantization/figures/coded_ladder.h"
#include "plugins/quantization/view/card_pages.h"
#include "plugins/quantization/view/plot_cards.h"
#include "plugins/quantization/view/verdict_card.h"
#include "widgets/page/elided_choice.h"
#include "widgets/page/panel.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/plot/plot_view.h"
#include "widgets/state_json.h"
#include "widgets/table/claim_table.h"
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

constexpr int kSheetRowHeight = 150, kSheetMargins = 40; // pixels

std::vector<SkeletonCard> codedSkeleton(QSize size)
{
    using Body = SkeletonCard::Body;
    const int gap = 8, said = 96, table = 120, half = (size.width() - gap) / 2;
    const int top = said + table + 2 * gap, height = std::max(0, size.height() - top);
    return {{{0, 0, size.width(), said}, Body::words},
            {{0, said + gap, size.width(), table}, Body::lines},
            {{0, top, half, height}},
            {{half + gap, top, half, height}}};
}

} // namespace

CodedView::CodedView(ViewContext& context, QWidget* parent)
    : RoomView(context, BoundState({"ranges"}),
               {.name = tr("Vision in codes"),
                .experiment = QStringLiteral("quantization.vision"),
                .failure = tr("There is nothing to show"),
                .empty = {tr("What is left of a vision transformer in codes?"),
                          tr("Weights and activations go into few bits, by P²-ViT's powers of two "
                             "or a rival, and the result stands beside the original: accuracy on "
                             "the same pictures, what stays in floating point, error layer by "
                             "layer, operations, energy, and the pictures whose answer changed."),
                          tr("Put vitrine-deit into 8 bits"),
                          tr("By P²-ViT, judged on 1,000 pictures; takes a few minutes"),
                          tr("Or choose a model and a method in the form (F4 shows it).")}},
               parent)
{
    makePage(makeContent(), codedSkeleton, {});
    addViewAction(tr("Simulate on an accelerator…"), [this] { simulate(); });
    addViewAction(tr("Run the ladder of this run"), [this] { climb(); });
    showPage();
}

void CodedView::startStudy()
{
    start({{"model", "vitrine-deit"}, {"method", "p2vit"}, {"limit", "1000"}}, false);
}

bool CodedView::isSound(const RunRecord& run) const
{
    return run.state == RunState::done && isCodedRun(run);
}

QString CodedView::troubleOf(const RunRecord& run) const
{
    const std::string why = !run.error.empty() ? run.error
                            : run.state == RunState::done
                                ? "the run holds no accuracy of the original and in codes"
                                : "the run did not finish";
    return fromUtf8(runs_.size() == 1 ? why : codedName(run) + ": " + why);
}

void CodedView::showRuns(const std::vector<RunHandle>& sound)
{
    done_ = sound;
    tablesOf_.clear();
    colours_.clear();
    bindTo(done_.empty() ? QString() : fromUtf8(done_.front()->uid));
    if (done_.empty()) {
        figures_.clear();
        return;
    }
    const Runs runs = records();
    versions_ = codedTable(runs);
    verdict_->say(codedVerdict(runs), codedRemarks(runs));
    const QSignalBlocker silent(runChoice_);
    runChoice_->clear();
    for (const RunRecord* run : runs)
        runChoice_->addItem(shownText(codedName(*run), 80));
    draw();
}

void CodedView::setState(const QJsonObject& state)
{
    state_ = state;
    if (!done_.empty())
        draw();
}

Runs CodedView::records() const
{
    Runs all;
    for (const RunHandle& run : done_)
        all.push_back(run.get());
    return all;
}

std::size_t CodedView::selected() const
{
    return selectedRun(readState(coreJson(current())), records());
}

void CodedView::draw()
{
    const State state = readState(coreJson(current()));
    const Runs runs = records();
    filling_ = true;
    drawTable(runs);
    over_->setCurrent(state.isBitsShown ? 1 : 0);
    figures_ = codedFigures(runs, state);
    plots_->show(figures_, current());
    fitSheets();
    runChoice_->setCurrentIndex(static_cast<int>(selected()));
    const Table inFloat = inFloatMatrix(CodedDrawing(runs, state));
    inFloatCard_->setVisible(!inFloat.rows.empty());
    inFloat_->setRows(inFloat, {});
    drawRun(*runs[selected()]);
    drawLadderButton(*runs[selected()], runs);
    drawChannelChoice(*runs[selected()], state);
    drawPages();
    filling_ = false;
    showPage();
}

void CodedView::drawTable(const Runs& runs)
{
    const State state = readState(coreJson(current()));
    const auto looks =
        figure::runLooks(runs, state.places, [](const RunRecord* run) { return run->uid; });
    std::vector<int> colours;
    for (const int run : versions_.runOf)
        colours.push_back(run < 0 ? figure::kMuted : looks[static_cast<std::size_t>(run)].colour);
    if (colours != colours_) {
        table_->setRows(versions_.table, colours);
        table_->setGivingWay(versions_.givingWay);
    }
    colours_ = colours;
    drawColumns();
    const auto shown = std::ranges::find(versions_.runOf, static_cast<int>(selected()));
    table_->selectRow(runs.size() > 1 ? static_cast<int>(shown - versions_.runOf.begin()) : -1);
}

void CodedView::drawColumns()
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

void CodedView::drawRun(const RunRecord& run)
{
    if (tablesOf_ == run.uid && !tablesOf_.empty())
        return;
    tablesOf_ = run.uid;
    const QString of = done_.size() > 1 ? tr(", %1").arg(shownText(codedName(run), 80)) : QString();
    const bool hasBits = !simulatorParams(run).empty();
    simulate_->setEnabled(hasBits);
    simulate_->setToolTip(
        hasBits ? tr("Opens the form of the accelerators with the widths of %1")
                      .arg(shownText(codedName(run), 80))
                : tr("This run kept no widths of its layers: run again to simulate it"));
    const Table* layers = run.result.table("layers");
    layersCard_->setVisible(layers != nullptr);
    layersCard_->setHeading(tr("Layers") + of);
    if (layers)
        layers_->setTable(*layers);
    const Table energies = assumedEnergies(run);
    energiesCard_->setVisible(!energies.rows.empty());
    energiesCard_->setHeading(tr("What an operation is assumed to cost") + of);
    energies_->setClaims(energies);
    showText(*flipWords_, keptTogether(codedFlipWords(run)), kLongestShownLine);
}

void CodedView::drawChannelChoice(const RunRecord& run, const State& state)
{
    const std::string shown = channelLayer(run, state);
    channelChoice_->clear();
    for (const std::string& layer : channelLayers(run)) {
        channelChoice_->addItem(shownText(layer, 80), fromUtf8(layer));
        if (layer == shown)
            channelChoice_->setCurrentIndex(channelChoice_->count() - 1);
    }
}

void CodedView::fitSheets()
{
    for (auto* plot : findChildren<plot::PlotView*>()) {
        const figure::Figure& shown = plot->figure();
        if (shown.name != "coded-lost" && shown.name != "coded-gained")
            continue;
        const std::size_t rows = (shown.images.size() + kFlipsAcross - 1) / kFlipsAcross;
        plot->setFixedHeight(kSheetMargins + kSheetRowHeight * static_cast<int>(rows));
    }
}

// What is chosen in the bar is what the page shows.
void CodedView::drawPages()
{
    const QString shown = pages_->show(current()["page"].toString());
    const bool isOfOne = shown == QLatin1String("layers") || shown == QLatin1String("operations") ||
                         shown == QLatin1String("flips") || shown == QLatin1String("attention") ||
                         shown == QLatin1String("inside");
    runChoice_->setVisible(done_.size() > 1 && isOfOne);
}

// A second click on a layer lets it go.
void CodedView::clickPlot(const std::string& figure, double x)
{
    if (figure != "coded-spread" || done_.empty())
        return;
    const auto layers = channelLayers(*done_[selected()]);
    const auto place = wholeWithin(std::round(x), 0, static_cast<std::int64_t>(layers.size()) - 1);
    if (place)
        selectLayer(fromUtf8(layers[static_cast<std::size_t>(*place)]));
}

void CodedView::selectLayer(const QString& layer)
{
    const bool isChosen = current()["layer"].toString() == layer;
    put("layer", isChosen ? QJsonValue() : QJsonValue(layer),
        isChosen ? tr("Select no layer") : tr("Select a layer"));
}

void CodedView::drawLadderButton(const RunRecord& run, const Runs& runs)
{
    const auto missing = missingRungs(run, runs);
    ladder_->setEnabled(!missing.empty());
    ladder_->setToolTip(
        !missing.empty() ? tr("Runs what is missing of the ladder of %1, %n run(s): its steps put "
                              "on one after the other",
                              nullptr, static_cast<int>(missing.size()))
                               .arg(shownText(codedMethod(run), 80))
        : rungOf(run) ? tr("Every rung of its ladder at these widths is shown here")
                      : tr("This method has no steps that could be put on one after the other"));
}

void CodedView::climb()
{
    if (!done_.empty())
        context_.startRuns(this, "quantization.vision",
                           missingRungs(*done_[selected()], records()));
}

void CodedView::simulate()
{
    if (!done_.empty())
        context_.openForm("accelerators.simulate", simulatorParams(*done_[selected()]));
}

void CodedView::selectRun(int place)
{
    if (place < 0 || place >= static_cast<int>(done_.size()) ||
        place == static_cast<int>(selected()))
        return;
    const RunRecord& run = *done_[static_cast<std::size_t>(place)];
    put("run", fromUtf8(run.uid), tr("Show %1").arg(shownText(codedName(run), 80)));
}

QString CodedView::title() const
{
    if (done_.empty())
        return tr("Vision in codes");
    QStringList names;
    for (const RunHandle& run : done_)
        names << shownText(codedTitle(*run), 80);
    return besideTitle(names);
}

} // namespace vitrine::quantization_plugin
