#include "app/window/room_state.h"

#include <QJsonArray>

#include "widgets/page/run_places.h"

namespace vitrine
{

namespace
{

std::vector<std::string> uidsOf(const RoomState& state)
{
    std::vector<std::string> uids;
    for (const QString& uid : state.runs)
        uids.push_back(uid.toStdString());
    return uids;
}

} // namespace

RoomState withPlaces(const RoomState& before, RoomState after, const QJsonObject& shown)
{
    if (after == before || after.runs.isEmpty())
        return after;
    const std::vector<std::string> uids = uidsOf(after);
    figure::RunPlaces known = runPlacesIn(after.view);
    const bool remembers = !known.empty();
    if (before.experiment == after.experiment) {
        const std::vector<std::string> open = uidsOf(before);
        const std::vector<int> places = figure::runPlaces(open, runPlacesIn(before.view));
        for (std::size_t i = 0; i < open.size(); ++i)
            known[open[i]] = places[i];
    }
    const std::vector<int> places = figure::runPlaces(uids, known);
    if (!remembers && places == std::vector{0})
        return after; // what every run has alone
    after.view = withRunPlaces(after.view.isEmpty() ? shown : after.view, uids, places);
    return after;
}

QJsonObject toJson(const RoomState& state)
{
    QJsonObject params;
    for (const auto& [name, text] : state.params)
        params[QString::fromStdString(name)] = QString::fromStdString(text);
    return {{"experiment", state.experiment},
            {"runs", QJsonArray::fromStringList(state.runs)},
            {"view", state.view},
            {"params", params}};
}

RoomState roomStateFrom(const QJsonObject& json)
{
    RoomState state;
    state.experiment = json["experiment"].toString();
    for (const auto& uid : json["runs"].toArray())
        state.runs << uid.toString();
    state.view = json["view"].toObject();
    const QJsonObject params = json["params"].toObject();
    for (auto it = params.begin(); it != params.end(); ++it)
        state.params[it.key().toStdString()] = it.value().toString().toStdString();
    return state;
}

} // namespace vitrine
