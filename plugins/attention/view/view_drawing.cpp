#include "plugins/attention/view/view_drawing.h"

#include "core/base/json.h"
#include "widgets/state_json.h"

namespace vitrine::attention_plugin
{
namespace
{

std::vector<FigureRun> runsOf(const Scene& scene)
{
    std::vector<FigureRun> runs;
    for (const ShownRun& run : scene.runs)
        runs.push_back({run.run.get(), run.capture.get()});
    return runs;
}

// The state with the head that is shown, also where nobody has chosen one.
Json withShownHead(const Scene& scene, const QJsonObject& state)
{
    Json json = coreJson(state);
    putSelection(json, {scene.head, scene.state.selection.token}, {});
    return json;
}

} // namespace

figure::Figure sinkProfileOf(const Scene& scene, const QJsonObject& state)
{
    return sinkProfile(runsOf(scene), withShownHead(scene, state));
}

std::optional<figure::Figure> figureOf(const Scene& scene, const QJsonObject& state,
                                       const QString& name)
{
    const auto runs = runsOf(scene);
    const Json json = withShownHead(scene, state);
    if (name == QLatin1String("sink-profile"))
        return sinkProfile(runs, json);
    if (name == QLatin1String("head-overview"))
        return headOverview(runs, json);
    if (name == QLatin1String("attention-difference") && runs.size() > 1) {
        auto difference = attentionDifference(runs[0], runs[1], json);
        return difference ? std::optional(std::move(*difference)) : std::nullopt;
    }
    for (std::size_t run = 0; run < runs.size(); ++run)
        if (name == mapFigureName(static_cast<int>(run))) {
            figure::Figure map = attentionMap(runs[run], json);
            map.name = name.toStdString();
            return map;
        }
    return std::nullopt;
}

std::vector<figure::Figure> figuresOf(const Scene& scene, const QJsonObject& state)
{
    std::vector<figure::Figure> figures;
    QStringList names = {"sink-profile", "head-overview"};
    for (int run = 0; run < static_cast<int>(scene.runs.size()); ++run)
        names.append(mapFigureName(run));
    if (scene.runs.size() > 1 && whyNoDifference(scene.runs[0], scene.runs[1]).isEmpty())
        names.append("attention-difference");
    for (const QString& name : names)
        if (auto made = figureOf(scene, state, name))
            figures.push_back(std::move(*made));
    return figures;
}

QString mapFigureName(int run)
{
    return run == 0 ? QStringLiteral("attention-map")
                    : QStringLiteral("attention-map-%1").arg(run + 1);
}

} // namespace vitrine::attention_plugin
