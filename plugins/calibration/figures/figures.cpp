#include "plugins/calibration/figures/figures.h"

#include "core/base/json.h"
#include "plugins/calibration/figures/study.h"

#include <algorithm>
#include <cmath>
#include <deque>

namespace vitrine::calibration_plugin
{
namespace
{

using attention::Capture;

std::vector<figure::Figure> tuneFigures(const std::vector<const RunRecord*>& runs,
                                        const Json& state)
{
    std::deque<Capture> captures; // addresses stay
    std::vector<TuneRun> shown;
    for (const RunRecord* run : runs) {
        const Artifact* before = run->result.artifact("before.safetensors");
        const Artifact* after = run->result.artifact("after.safetensors");
        if (!before || !after)
            continue;
        auto first = Capture::open(before->path), second = Capture::open(after->path);
        if (!first || !second || first->tokens() <= 0 || first->tokens() != second->tokens())
            continue;
        captures.push_back(*std::move(first));
        captures.push_back(*std::move(second));
        shown.push_back({run, &captures[captures.size() - 2], &captures.back()});
    }
    std::vector<figure::Figure> figures;
    for (std::size_t i = 0; i < shown.size(); ++i)
        for (const Side side : {Side::before, Side::after, Side::difference})
            if (auto map = calibrationMap(shown[i], side, state)) {
                if (i > 0)
                    map->name += fmt::format("-{}", i + 1);
                map->recipe.figure = map->name;
                figures.push_back(*std::move(map));
            }
    if (!shown.empty())
        figures.push_back(sinkProfile(shown, state));
    figures.push_back(sinkCensus(runs, state));
    figures.push_back(headMatrix(*runs.front(), state));
    figures.push_back(nextTokenBars(runs, state));
    if (!ablatedParameter(runs).empty())
        figures.push_back(ablation(runs, state));
    return figures;
}

std::vector<figure::Figure> evaluateFigures(const std::vector<const RunRecord*>& runs,
                                            const Json& state)
{
    std::vector<figure::Figure> figures;
    const auto any = [&](auto known) {
        return std::ranges::any_of(
            runs, [&](const RunRecord* run) { return known(evaluated(run->result)); });
    };
    if (any([](const Evaluated& run) { return run.calibrated.known(); }))
        figures.push_back(accuracyBars(runs, state));
    if (any([](const Evaluated& run) { return std::isfinite(run.perplexity); }))
        figures.push_back(perplexityBars(runs, state));
    if (!ablatedParameter(runs).empty())
        figures.push_back(ablation(runs, state));
    return figures;
}

std::vector<figure::Figure> searchFigures(const std::vector<const RunRecord*>& runs,
                                          const Json& state)
{
    std::vector<figure::Figure> figures;
    for (std::size_t i = 0; i < runs.size(); ++i)
        for (figure::Figure& figure :
             std::vector{searchGains(*runs[i], state), searchMatrix(*runs[i], state)}) {
            if (i > 0)
                figure.name += fmt::format("-{}", i + 1);
            figure.recipe.figure = figure.name;
            figures.push_back(std::move(figure));
        }
    return figures;
}

// Of runs of one experiment.
std::vector<figure::Figure> figuresOf(const std::string& experiment,
                                      const std::vector<const RunRecord*>& runs, const Json& state)
{
    if (experiment == "calibration.tune")
        return tuneFigures(runs, state);
    if (experiment == "calibration.evaluate")
        return evaluateFigures(runs, state);
    if (experiment == "calibration.search")
        return searchFigures(runs, state);
    return {};
}

} // namespace

std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs, const Json& state)
{
    // A report may hold runs of several experiments: each one's are compared among themselves.
    std::vector<std::pair<std::string, std::vector<const RunRecord*>>> groups;
    for (const RunRecord& run : runs) {
        if (run.state != RunState::done)
            continue;
        auto group =
            std::ranges::find(groups, run.experiment, [](const auto& g) { return g.first; });
        if (group == groups.end())
            group = groups.insert(groups.end(), {run.experiment, {}});
        group->second.push_back(&run);
    }
    std::vector<figure::Figure> all;
    for (const auto& [experiment, same] : groups)
        for (figure::Figure& figure : figuresOf(experiment, same, state))
            all.push_back(std::move(figure));
    return all;
}

} // namespace vitrine::calibration_plugin
