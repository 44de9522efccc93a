#pragma once

#include "app/window/room_state.h"

#include <functional>
#include <map>

namespace vitrine
{

// What a room shows, and what each of its other experiments was left at: runs, form and the view's
// own state come back when it is chosen again, also after a restart.
class RoomMemory
{
public:
    const RoomState& shown() const { return shown_; }
    // Of an experiment that was never shown: a fresh one.
    RoomState of(const QString& experiment) const;

    // Shows another state; where it is another experiment's, the one before is kept as it was left.
    void show(const RoomState& state);

    // Form texts of an experiment that came from another one (shared_params.h).
    std::map<std::string, std::string>& carriedTo(const QString& experiment)
    {
        return carried_[experiment];
    }

    QJsonObject toJson() const;
    // Takes the other experiments of what was stored, as far as the room knows them; what it showed
    // is for the caller to show.
    void restoreOthers(const QJsonObject& json,
                       const std::function<bool(const QString& experiment)>& knows);

private:
    RoomState shown_;
    std::map<QString, RoomState> others_;                           // by experiment
    std::map<QString, std::map<std::string, std::string>> carried_; // likewise
};

} // namespace vitrine
