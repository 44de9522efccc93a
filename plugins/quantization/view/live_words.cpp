#include "plugins/quantization/view/live_words.h"

#include "core/jobs/experiment/read_run.h"
#include "core/quant/quantizer.h"
#include "plugins/quantization/experiments/planes_experiment.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace vitrine::quantization_plugin
{
namespace
{

// Perplexities of original and version on the first windows of a run, as its table tells them.
struct FirstWindows {
    double original = 0, version = 0, predicted = 0;
};
FirstWindows firstWindows(const RunRecord& run)
{
    const auto predicted = columnNumbers(run.result, "windows", "predicted"),
               original = columnNumbers(run.result, "windows", "nat_original"),
               version = columnNumbers(run.result, "windows", "nat_quantized");
    FirstWindows sum;
    for (std::size_t i = 0; i < predicted.size() && i < kLiveWindows; ++i) {
        sum.predicted += predicted[i];
        sum.original += predicted[i] * original[i];
        sum.version += predicted[i] * version[i];
    }
    return {std::exp(sum.original / sum.predicted), std::exp(sum.version / sum.predicted),
            sum.predicted};
}

} // namespace

int mostPlanes(const RunRecord& run)
{
    int most = 0;
    for (const double bits : columnNumbers(run.result, "layers", "bits"))
        most = std::max(most, static_cast<int>(wholeWithin(bits, 1, 8).value_or(0)));
    return most;
}

int planesOf(const RunRecord& run, const std::string& layer)
{
    const auto names = columnTexts(run.result, "layers", "layer");
    const auto bits = columnNumbers(run.result, "layers", "bits");
    const auto place = static_cast<std::size_t>(std::ranges::find(names, layer) - names.begin());
    return layer.empty() || place == names.size()
               ? 0
               : static_cast<int>(wholeWithin(bits[place], 1, 8).value_or(0));
}

std::map<std::string, std::string> liveWish(const RunRecord& run, const std::string& folder,
                                            int planes, const std::map<std::string, int>& single,
                                            const std::string& prompt)
{
    std::map<std::string, std::string> wish = {{"packed", folder},
                                               {"planes", std::to_string(planes)},
                                               {"layer_planes", layerPlanesText(single)},
                                               {"evaluate_windows", std::to_string(kLiveWindows)}};
    for (const char* name : {"model", "evaluate", "window", "seed", "threads"})
        if (const std::string value = parameterText(run.params, name); !value.empty())
            wish[name] = value;
    if (!prompt.empty())
        wish["prompt"] = prompt;
    return wish;
}

std::string droppingWords(const RunRecord& run)
{
    const auto quantizer = quant::findQuantizer(parameterText(run.params, "method"));
    if (quantizer && quantizer->hasGrid)
        return "Planes are the binary digits of the weights' whole numbers. Without the last ones "
               "a coarser grid over the same range is left, each weight in the middle of its cell. "
               "That is not the grid that rounding to so few bits would choose; a run of so many "
               "bits beside this one shows which does better.";
    return "The first planes carry the largest scales. Without the last ones a coarser version of "
           "the same fit is left, and not the best that so few planes can be: codes and scales "
           "were chosen for use with all of them, and errors made up for with all of them.";
}

std::string fittedWords(const RunRecord& live, const RunRecord& run, const Runs& shown)
{
    const auto planes = static_cast<int>(metricOf(live.result, "planes"));
    const double before = metricOf(live.result, "perplexity_original"),
                 predicted = metricOf(live.result, "predicted");
    if (planes >= mostPlanes(run) || !std::isfinite(before))
        return {};
    const auto bits = std::to_string(planes);
    for (const RunRecord* other : shown) {
        if (other == &run || parameterText(other->params, "bits") != bits)
            continue;
        const FirstWindows same = firstWindows(*other);
        if (same.predicted == predicted && std::abs(same.original - before) <= 1e-4 * before &&
            std::isfinite(same.version))
            return fmt::format("{}, fitted with {} bit{}, has perplexity {:.4g} on the same "
                               "windows.",
                               spokenName(*other), planes, planes == 1 ? "" : "s", same.version);
    }
    return fmt::format("Show a run of {} bit{} beside this one to see what a fit with so many is.",
                       planes, planes == 1 ? "" : "s");
}

} // namespace vitrine::quantization_plugin
