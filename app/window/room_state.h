#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <map>
#include <string>

namespace vitrine
{

// All that a person changed in one room: what undo goes back to and a restart comes back to.
struct RoomState {
    QString experiment{};
    QStringList runs{}; // uids, in the order of the columns
    QJsonObject view{}; // the view's own state
    std::map<std::string, std::string> params{};

    friend bool operator==(const RoomState&, const RoomState&) = default;
};

// `after` with a place among the colours for each of its runs (widgets/page/run_places.h): those
// that `before` shows keep theirs, a new one takes the first that is free. Where `after` names no
// state of the view, the rest is `shown`: what the view shows its runs with.
RoomState withPlaces(const RoomState& before, RoomState after, const QJsonObject& shown);

QJsonObject toJson(const RoomState& state);
QJsonObject textsToJson(const std::map<std::string, std::string>& texts);
std::map<std::string, std::string> textsFrom(const QJsonObject& json);
RoomState roomStateFrom(const QJsonObject& json);

} // namespace vitrine
