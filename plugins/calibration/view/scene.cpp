#include "plugins/calibration/view/scene.h"

#include "core/base/json.h"

#include <QStringList>

namespace vitrine::calibration_plugin
{
namespace
{

// As the state names them, else as the shown result has them.
std::set<LayerHead> chosenHeads(const Scene& scene)
{
    std::set<LayerHead> chosen;
    const std::string named = headsOf(scene.wished);
    if (named == "none")
        return chosen;
    const bool all = named == "all";
    bool listed = true; // "3.1,4.0"
    for (const QString& part : text(named).split(QLatin1Char(','), Qt::SkipEmptyParts)) {
        const auto head = parseHead(part.trimmed().toStdString());
        listed = listed && head;
        if (head)
            chosen.insert(*head);
    }
    if (listed && !all)
        return chosen;
    chosen.clear();
    for (const TunedHead& head : scene.first().heads)
        if (all ? head.eligible : head.calibrated)
            chosen.insert(head.id);
    return chosen;
}

} // namespace

void Scene::read(State newState, const TunedRun& stored)
{
    state = std::move(newState);
    wished = tuned(stored.run->params, state.tune);
    const auto selected = state.selection.head;
    head = selected && stored.head(*selected) ? *selected : shownHead(*stored.run, Json::object());
    chosen = chosenHeads(*this);
}

const TunedSink* Scene::sinkAt(std::int64_t token) const
{
    for (const TunedSink& sink : first().sinks)
        if (sink.head == head && sink.position == token)
            return &sink;
    return nullptr;
}

} // namespace vitrine::calibration_plugin
