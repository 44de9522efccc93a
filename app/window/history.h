#pragma once

#include "app/window/room_state.h"

#include <QJsonArray>
#include <QUndoStack>

#include <functional>

namespace vitrine
{

// One step back or forth: the state of a room before and after.
struct Change {
    QString room, label, mergeKey;
    RoomState before, after;
};

// Undo and redo of everything a person changes in the rooms, kept over a restart.
class History : public QObject
{
    Q_OBJECT
public:
    using Apply = std::function<void(const QString& room, const RoomState& state)>;

    History(Apply apply, QObject* parent);

    // Applies `after`. Steps with the same non-empty merge key within a second and a half are one.
    void push(Change change);
    void record(Change change); // likewise of what has been done already
    QUndoStack& stack() { return stack_; }

    QJsonObject save() const;
    void restore(const QJsonObject& json); // applies nothing

private:
    class Step;

    Apply apply_;
    bool quiet_ = false;
    QUndoStack stack_;
};

} // namespace vitrine
