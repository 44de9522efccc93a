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

QJsonObject textsToJson(const std::map<std::string, std::string>& texts)
{
    QJsonObject json;
    for (const auto& [name, text] : texts)
        json[QString::fromStdString(name)] = QString::fromStdString(text);
    return json;
}

std::map<std::string, std::string> textsFrom(const QJsonObject& json)
{
    std::map<std::string, std::string> texts;
    for (auto it = json.begin(); it != json.end(); ++it)
        texts[it.key().toStdString()] = it.value().toString().toStdString();
    return texts;
}

QJsonObject toJson(const RoomState& state)
{
    return {{"experiment", state.experiment},
            {"runs", QJsonArray::fromStringList(state.runs)},
            {"view", state.view},
            {"params", textsToJson(state.params)}};
}

RoomState roomStateFrom(const QJsonObject& json)
{
    RoomState state;
    state.experiment = json["experiment"].toString();
    for (const auto& uid : json["runs"].toArray())
        state.runs << uid.toString();
    state.view = json["view"].toObject();
    state.params = textsFrom(json["params"].toObject());
    return state;
}

} // namespace vitrine
