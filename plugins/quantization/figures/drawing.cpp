#include "plugins/quantization/figures/drawing.h"

#include <algorithm>
#include <iterator>

namespace vitrine::quantization_plugin
{

Drawing::Drawing(const Runs& runs, const State& state) : state_(state)
{
    std::ranges::copy_if(runs, std::back_inserter(runs_),
                         [](const RunRecord* run) { return isVersion(*run); });
    looks_ = figure::runLooks(runs_, state.places, [](const RunRecord* run) { return run->uid; });
}

figure::Figure Drawing::start(const char* name, std::string title) const
{
    figure::Figure figure;
    figure.name = name;
    figure.title = std::move(title);
    for (const RunRecord* run : runs_)
        figure.recipe.runs.push_back(run->uid);
    figure.recipe.experiment = "quantization.llm";
    figure.recipe.figure = name;
    figure.recipe.state = text(state_);
    return figure;
}

figure::Figure Drawing::startOne(const char* name, std::string title, const RunRecord& run) const
{
    if (runs_.size() > 1)
        title += ", " + versionTick(run);
    figure::Figure figure = start(name, std::move(title));
    figure.recipe.runs = {run.uid};
    return figure;
}

figure::Series Drawing::line(std::size_t run) const
{
    figure::Series series;
    series.name = versionName(*runs_[run]);
    series.colour = looks_[run].colour;
    series.line = looks_[run].line;
    return series;
}

figure::Span lineAt(bool isVertical, double place, int colour)
{
    figure::Span span;
    span.vertical = isVertical;
    span.from = span.to = place;
    span.colour = colour;
    return span;
}

figure::Span bandAround(bool isVertical, double place)
{
    figure::Span band = lineAt(isVertical, place - 0.5, kSelected);
    band.to = place + 0.5;
    return band;
}

} // namespace vitrine::quantization_plugin
