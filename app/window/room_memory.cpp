#include "app/window/room_memory.h"

namespace vitrine
{

RoomState RoomMemory::of(const QString& experiment) const
{
    if (experiment == shown_.experiment)
        return shown_;
    const auto left = others_.find(experiment);
    return left == others_.end() ? RoomState{.experiment = experiment} : left->second;
}

void RoomMemory::show(const RoomState& state)
{
    if (state.experiment != shown_.experiment && !shown_.experiment.isEmpty())
        others_[shown_.experiment] = shown_;
    shown_ = state;
}

QJsonObject RoomMemory::toJson() const
{
    QJsonObject others;
    for (const auto& [experiment, left] : others_)
        others[experiment] = vitrine::toJson(left);
    QJsonObject json = vitrine::toJson(shown_);
    json["others"] = others;
    QJsonObject carried;
    for (const auto& [experiment, texts] : carried_)
        if (!texts.empty())
            carried[experiment] = textsToJson(texts);
    if (!carried.isEmpty())
        json["carried"] = carried;
    return json;
}

void RoomMemory::restoreOthers(const QJsonObject& json,
                               const std::function<bool(const QString& experiment)>& knows)
{
    const QJsonObject others = json["others"].toObject();
    others_.clear();
    for (auto it = others.begin(); it != others.end(); ++it)
        if (knows(it.key()))
            others_[it.key()] = roomStateFrom(it.value().toObject());
    const QJsonObject carried = json["carried"].toObject();
    carried_.clear();
    for (auto it = carried.begin(); it != carried.end(); ++it)
        if (knows(it.key()))
            carried_[it.key()] = textsFrom(it.value().toObject());
}

} // namespace vitrine
