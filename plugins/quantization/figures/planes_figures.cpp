#include "plugins/quantization/figures/planes_figures.h"

#include "core/jobs/experiment/read_run.h"
#include "plugins/quantization/figures/drawing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

namespace vitrine::quantization_plugin
{
namespace
{

figure::Figure startPlanes(const Runs& runs, const State& state, const char* name,
                           const char* title)
{
    return startedFigure(name, title, runs, "quantization.planes", state);
}

figure::Figure planesPerplexity(const Runs& runs, const State& state)
{
    figure::Figure figure =
        startPlanes(runs, state, "planes-perplexity", "Perplexity and bits of the planes");
    figure.caption = "Perplexity on the windows that judge over bits per weight of the planes that "
                     "are used, scales among them; dashed: the original.";
    figure.altText = "Perplexity of a packed model on its first planes over their bits per weight.";
    figure.x.label = "Bits per weight";
    figure.y.label = "Perplexity";
    const auto looks = looksOf(runs, state);
    std::vector<double> originals;
    for (std::size_t r = 0; r < runs.size(); ++r) {
        const auto metric = [&](const char* name) { return metricOf(runs[r]->result, name); };
        const double bits = metric("bits_per_weight"), perplexity = metric("perplexity_planes"),
                     original = metric("perplexity_original");
        if (!std::isfinite(bits) || !std::isfinite(perplexity))
            continue;
        figure::Series point;
        point.name = planesName(*runs[r]);
        point.colour = looks[r].colour;
        point.line = figure::Line::none;
        point.marker = figure::Marker::circle;
        point.x = {bits};
        point.y = {perplexity};
        figure.series.push_back(std::move(point));
        if (!std::isfinite(original) || std::ranges::count(originals, original) > 0)
            continue;
        figure.spans.push_back(lineAt(false, original, figure::kMuted));
        figure.spans.back().name =
            originals.empty() ? "original" : "original of " + versionTick(*runs[r]);
        originals.push_back(original);
    }
    if (figure.series.empty())
        return figure;
    const auto bits = figure::xRange(figure);
    figure.x.minimum = std::max(0.0, bits.low - 0.5), figure.x.maximum = bits.high + 0.5;
    return figure;
}

// Tokens from the top down, those of the original first.
figure::Figure planesNext(const RunRecord& run, int colour, const State& state)
{
    figure::Figure figure =
        startPlanes({&run}, state, "planes-next", "Next token behind the prompt");
    figure.caption = "Probability of the likeliest next tokens; a token without a bar is not among "
                     "the likeliest of that model.";
    figure.altText = "Probabilities of the next token by the original and by the planes.";
    figure.x.label = "Probability";
    figure.x.unit = "%";
    figure.x.minimum = 0;
    figure.y.reversed = true;
    const auto placeOf = [&](const std::string& token) {
        const auto found = std::ranges::find(figure.y.ticks, token, &figure::Axis::Tick::label);
        if (found != figure.y.ticks.end())
            return found->position;
        figure.y.ticks.push_back({static_cast<double>(figure.y.ticks.size()), token});
        return figure.y.ticks.back().position;
    };
    const auto add = [&](std::string name, int of, const char* token, const char* probability,
                         double beside) {
        figure::Bars bars;
        bars.name = std::move(name);
        bars.colour = of;
        bars.horizontal = true;
        bars.width = 0.37;
        const auto tokens = columnTexts(run.result, "next", token);
        const auto values = columnNumbers(run.result, "next", probability);
        for (std::size_t i = 0; i < std::min(tokens.size(), values.size()); ++i) {
            if (!std::isfinite(values[i]))
                continue;
            bars.position.push_back(placeOf(tokens[i]) + beside);
            bars.height.push_back(100 * values[i]);
            bars.labels.push_back(fmt::format("{}, {}", tokens[i], bars.name));
        }
        if (!bars.height.empty())
            figure.bars.push_back(std::move(bars));
    };
    add("original", figure::kMuted, "token_original", "p_original", -0.2);
    add(planesName(run), colour, "token_planes", "p_planes", 0.2);
    return figure;
}

} // namespace

bool isPlanesRun(const RunRecord& run)
{
    return run.experiment == "quantization.planes" &&
           std::isfinite(metricOf(run.result, "bits_per_weight"));
}

std::string planesName(const RunRecord& run)
{
    const double planes = metricOf(run.result, "planes");
    const std::string name = std::isfinite(planes)
                                 ? fmt::format("{:g} plane{}", planes, planes == 1 ? "" : "s")
                                 : "planes";
    return run.number > 0 ? fmt::format("#{} {}", run.number, name) : name;
}

std::vector<figure::Figure> planesFigures(const Runs& all, const State& state)
{
    Runs runs;
    std::ranges::copy_if(all, std::back_inserter(runs),
                         [](const RunRecord* run) { return isPlanesRun(*run); });
    if (runs.empty())
        return {};
    const std::size_t selected = selectedRun(state, runs);
    std::vector<figure::Figure> figures;
    for (figure::Figure& figure :
         std::vector{planesPerplexity(runs, state),
                     planesNext(*runs[selected], looksOf(runs, state)[selected].colour, state)})
        if (!figure.series.empty() || !figure.bars.empty())
            figures.push_back(std::move(figure));
    return figures;
}

} // namespace vitrine::quantization_plugin
