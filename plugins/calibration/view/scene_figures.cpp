#include "plugins/calibration/view/scene_figures.h"

#include "core/base/json.h"
#include "plugins/calibration/view/maps_panel.h"
#include "widgets/state_json.h"

#include <QStringList>

namespace vitrine::calibration_plugin
{
namespace
{

// The state with the head that is shown, also where nobody has chosen one, and with the colour of
// the run whose live result is shown.
Json stateOf(const Scene& scene, const QJsonObject& state)
{
    Json json = coreJson(state);
    putSelection(json, {scene.head, scene.state.selection.token}, {});
    if (scene.live)
        json["run_places"][scene.first().run->uid] = scene.places.front();
    return json;
}

std::vector<TuneRun> runsOf(const Scene& scene)
{
    std::vector<TuneRun> runs;
    for (const TunedRun& run : scene.runs)
        runs.push_back(run.forFigures());
    return runs;
}

std::vector<const RunRecord*> recordsOf(const Scene& scene)
{
    std::vector<const RunRecord*> records;
    for (const TunedRun& run : scene.runs)
        records.push_back(run.run.get());
    return records;
}

} // namespace

std::optional<figure::Figure> figureOf(const Scene& scene, const QJsonObject& state,
                                       const QString& name)
{
    const Json json = stateOf(scene, state);
    if (name == QLatin1String("sink-profile"))
        return sinkProfile(runsOf(scene), json);
    if (name == QLatin1String("sink-census"))
        return sinkCensus(recordsOf(scene), json);
    if (name == QLatin1String("head-matrix"))
        return headMatrix(*scene.first().run, json);
    if (name == QLatin1String("next-tokens"))
        return nextTokenBars(recordsOf(scene), json);
    const int maps = static_cast<int>(scene.runs.size()) * 3;
    for (int map = 0; map < maps; ++map)
        if (name == mapFigureName(map)) {
            const TunedRun& run = scene.runs[static_cast<std::size_t>(map / 3)];
            auto made = calibrationMap(run.forFigures(), static_cast<Side>(map % 3), json);
            if (!made)
                return std::nullopt;
            made->name = name.toStdString();
            return std::move(*made);
        }
    return std::nullopt;
}

std::vector<figure::Figure> figuresOf(const Scene& scene, const QJsonObject& state)
{
    QStringList names;
    for (int map = 0; map < static_cast<int>(scene.runs.size()) * 3; ++map)
        names << mapFigureName(map);
    names << "sink-profile"
          << "sink-census"
          << "head-matrix"
          << "next-tokens";
    std::vector<figure::Figure> figures;
    for (const QString& name : names)
        if (auto made = figureOf(scene, state, name))
            figures.push_back(std::move(*made));
    return figures;
}

} // namespace vitrine::calibration_plugin
