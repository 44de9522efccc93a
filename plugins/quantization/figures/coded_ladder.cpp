#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/coded_figures.h"
#include "plugins/quantization/figures/coded_rungs.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

namespace vitrine::quantization_plugin
{
namespace
{

// Of one width of activations: accuracies by rung; of several runs of a rung the last one shown.
using LadderRungs = std::map<std::size_t, const RunRecord*>;

std::vector<std::string> rungTicks(const quant::VisionMethod& method)
{
    std::vector<std::string> names = {"no steps"};
    for (const quant::VisionTrick& trick : ladderTricks(method))
        names.push_back("+ " + trick.name);
    return names;
}

std::map<int, LadderRungs, std::greater<>> laddersOf(const CodedDrawing& drawing)
{
    std::map<int, LadderRungs, std::greater<>> all;
    for (const RunRecord* run : drawing.runs())
        if (const auto rung = rungOf(*run); rung && areOfOneLadder(drawing.selected(), *run) &&
                                            judgedAlike(drawing.selected(), *run))
            all[parameterWhole(run->params, "activation_bits", 1, 32, 8)][*rung] = run;
    std::erase_if(all, [](const auto& ladder) { return ladder.second.size() < 2; });
    return all;
}

// Neighbouring widths a little apart, so that their intervals do not cover each other.
void addLadder(figure::Figure& figure, int bits, const LadderRungs& rungs, int colour)
{
    const double aside = 0.06 * (static_cast<double>(colour) - 1);
    figure::Series line;
    line.name = fmt::format("A{}", bits), line.colour = colour;
    line.marker = figure::Marker::circle;
    for (const auto& [rung, run] : rungs) {
        const auto percent = [&, of = run](const char* name) {
            return 100 * metricOf(of->result, name);
        };
        const double x = static_cast<double>(rung) + aside, value = percent("accuracy_quantized"),
                     low = percent("accuracy_quantized_low"),
                     high = percent("accuracy_quantized_high");
        line.x.push_back(x), line.y.push_back(value);
        line.labels.push_back(fmt::format("{}: {:.2f} %", codedName(*run), value));
        if (!std::isfinite(low) || !std::isfinite(high))
            continue;
        figure::Series whisker;
        whisker.colour = colour, whisker.x = {x, x}, whisker.y = {low, high};
        figure.series.push_back(std::move(whisker));
    }
    figure.series.push_back(std::move(line));
}

} // namespace

figure::Figure codedLadder(const CodedDrawing& drawing)
{
    const RunRecord& selected = drawing.selected();
    figure::Figure figure = drawing.start("coded-ladder", "What each step is worth");
    const auto ladders = laddersOf(drawing);
    const auto method = quant::findVisionMethod(parameterText(selected.params, "method"));
    if (ladders.empty() || !method)
        return figure;
    figure.title = fmt::format("What each step of {} is worth", method->title);
    int colour = 0;
    for (const auto& [bits, rungs] : ladders)
        addLadder(figure, bits, rungs, colour++);
    const auto names = rungTicks(*method);
    for (std::size_t i = 0; i < names.size(); ++i)
        figure.x.ticks.push_back({static_cast<double>(i), names[i]});
    figure.x.minimum = -0.4, figure.x.maximum = static_cast<double>(names.size()) - 0.6;
    figure.y.label = "Right", figure.y.unit = "%";
    figure::Span original;
    original.name = "Original";
    original.from = original.to = 100 * metricOf(selected.result, "accuracy_original");
    if (std::isfinite(original.from))
        figure.spans = {original};
    figure.caption =
        "Each step is put on beside those left of it; a line for each width of activations, with "
        "Wilson's interval of 95 %, on the same pictures as the original (dashed).";
    figure.altText = "Accuracy over the steps of the method, a line for each width.";
    return figure;
}

} // namespace vitrine::quantization_plugin
