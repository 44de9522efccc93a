#include "plugins/quantization/view/coded_view.h"

#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/coded_figures.h"
#include "plugins/quantization/figures/coded_rungs.h"
#include "plugins/quantization/view/plot_cards.h"
#include "plugins/quantization/view/verdict_card.h"
#include "widgets/page/elided_choice.h"
#include "widgets/page/panel.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/table/claim_table.h"
#include "widgets/table/run_table.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/text.h"

#include <QLabel>
#include <QPushButton>

#include <cmath>

namespace vitrine::quantization_plugin
{
CodedView::CodedView(ViewContext& context, QWidget* parent)
    : ComparisonView(
          context,
          {.name = tr("Vision in codes"),
           .experiment = QStringLiteral("quantization.vision"),
           .empty = {tr("What is left of a vision transformer in codes?"),
                     tr("Weights and activations go into few bits, by P²-ViT's powers of two "
                        "or a rival, and the result stands beside the original: accuracy on "
                        "the same pictures, what stays in floating point, error layer by "
                        "layer, operations, energy, and the pictures whose answer changed."),
                     tr("Put vitrine-deit into 8 bits"),
                     tr("By P²-ViT, judged on 1,000 pictures; takes a few minutes"),
                     tr("Or choose a model and a method in the form (F4 shows it).")}},
          {.isOne = isCodedRun,
           .lack = "the run holds no accuracy of the original and in codes",
           .name = codedName,
           .title = codedTitle,
           .shows = tr("Show %1")},
          parent)
{
    makePage(makeContent(), comparisonSkeleton(120), {});
    addViewAction(tr("Simulate on an accelerator…"), [this] { simulate(); });
    addViewAction(tr("Run the ladder of this run"), [this] { climb(); });
    showPage();
}

void CodedView::startStudy()
{
    start({{"model", "vitrine-deit"}, {"method", "p2vit"}, {"limit", "1000"}}, false);
}

void CodedView::takeRuns(const Runs& runs)
{
    tablesOf_.clear();
    setVersions(codedTable(runs));
    verdict_->say(codedVerdict(runs), codedRemarks(runs));
}

void CodedView::drawRuns(const Runs& runs, const State& state)
{
    over_->setCurrent(state.isBitsShown ? 1 : 0);
    showFigures(codedFigures(runs, state));
    const Table inFloat = inFloatMatrix(CodedDrawing(runs, state));
    inFloatCard_->setVisible(!inFloat.rows.empty());
    inFloat_->setRows(inFloat, {});
    drawRun(selectedRecord());
    drawLadderButton(selectedRecord(), runs);
    drawChannelChoice(selectedRecord(), state);
    drawExpertChoice(selectedRecord(), state);
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
        hasBits ? tr("Opens the form of the accelerators with the network of %1")
                      .arg(shownText(codedName(run), 80))
                : tr("This run kept no widths of its layers: run again to simulate it"));
    const Table layers = codedLayersTable(run);
    layersCard_->setVisible(!layers.rows.empty());
    layersCard_->setHeading(tr("Layers") + of);
    layers_->setTable(layers);
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

void CodedView::drawExpertChoice(const RunRecord& run, const State& state)
{
    const std::string shown = expertBlock(run, state);
    expertChoice_->clear();
    for (const std::string& block : expertBlocks(run)) {
        expertChoice_->addItem(shownText(block, 80), fromUtf8(block));
        if (block == shown)
            expertChoice_->setCurrentIndex(expertChoice_->count() - 1);
    }
}

bool CodedView::isOfOneRun(const QString& page) const
{
    return page == QLatin1String("layers") || page == QLatin1String("operations") ||
           page == QLatin1String("flips") || page == QLatin1String("attention") ||
           page == QLatin1String("inside");
}

// A second click on a layer lets it go.
void CodedView::clickPlot(const std::string& figure, double x, double)
{
    if (figure != "coded-spread")
        return;
    const auto layers = channelLayers(selectedRecord());
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
        context_.openForm("accelerators.simulate", simulatorParams(selectedRecord()));
}

} // namespace vitrine::quantization_plugin
