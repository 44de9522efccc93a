#include "plugins/quantization/figures/runs_drawing.h"

#include <algorithm>
#include <iterator>

namespace vitrine::quantization_plugin
{

figure::Figure startedFigure(const char* name, std::string title, const Runs& runs,
                             const char* experiment, const State& state)
{
    figure::Figure figure;
    figure.name = name;
    figure.title = std::move(title);
    for (const RunRecord* run : runs)
        figure.recipe.runs.push_back(run->uid);
    figure.recipe.experiment = experiment;
    figure.recipe.figure = name;
    figure.recipe.state = text(state);
    return figure;
}

std::vector<figure::RunLook> looksOf(const Runs& runs, const State& state)
{
    return figure::runLooks(runs, state.places, [](const RunRecord* run) { return run->uid; });
}

RunsDrawing::RunsDrawing(const Runs& runs, const State& state, Kind kind)
    : kind_(kind), state_(state)
{
    std::ranges::copy_if(runs, std::back_inserter(runs_),
                         [&](const RunRecord* run) { return kind_.isOne(*run); });
    looks_ = looksOf(runs_, state);
}

figure::Figure RunsDrawing::start(const char* name, std::string title) const
{
    return startedFigure(name, std::move(title), runs_, kind_.experiment, state_);
}

figure::Figure RunsDrawing::startOne(const char* name, std::string title,
                                     const RunRecord& run) const
{
    if (runs_.size() > 1)
        title += ", " + kind_.name(run);
    return startedFigure(name, std::move(title), {&run}, kind_.experiment, state_);
}

} // namespace vitrine::quantization_plugin
