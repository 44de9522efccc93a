#include "app/room_state.h"

#include <QJsonArray>

namespace vitrine
{

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
