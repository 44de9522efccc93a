#include "app/window/history.h"

#include <QUndoCommand>

#include <chrono>
#include <utility>

namespace vitrine
{
namespace
{

constexpr int kMostSteps = 100;
constexpr qint64 kMergeMs = 1500;
constexpr int kMergeId = 1;

// The wall clock may go back, and every later step would then merge.
qint64 monotonicMs()
{
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

} // namespace

class History::Step : public QUndoCommand
{
public:
    Step(History& history, Change change)
        : QUndoCommand(change.label),
          change_(std::move(change)),
          history_(history),
          time_(monotonicMs())
    {
    }

    const Change& change() const { return change_; }
    void undo() override { apply(change_.before); }
    void redo() override { apply(change_.after); }
    int id() const override { return change_.mergeKey.isEmpty() ? -1 : kMergeId; }
    bool mergeWith(const QUndoCommand* other) override
    {
        const auto& next = static_cast<const Step&>(*other);
        if (next.change_.room != change_.room || next.change_.mergeKey != change_.mergeKey ||
            next.time_ - time_ > kMergeMs)
            return false;
        change_.after = next.change_.after;
        time_ = next.time_;
        return true;
    }

private:
    void apply(const RoomState& state)
    {
        if (!history_.quiet_)
            history_.apply_(change_.room, state);
    }

    Change change_;
    History& history_;
    qint64 time_;
};

History::History(Apply apply, QObject* parent) : QObject(parent), apply_(std::move(apply))
{
    stack_.setUndoLimit(kMostSteps);
}

void History::push(Change change)
{
    if (change.before == change.after)
        return;
    stack_.push(new Step(*this, std::move(change)));
}

void History::record(Change change)
{
    quiet_ = true;
    push(std::move(change));
    quiet_ = false;
}

QJsonObject History::save() const
{
    QJsonArray steps;
    for (int i = 0; i < stack_.count(); ++i) {
        const Change& change = static_cast<const Step*>(stack_.command(i))->change();
        steps.append(QJsonObject{{"room", change.room},
                                 {"label", change.label},
                                 {"before", toJson(change.before)},
                                 {"after", toJson(change.after)}});
    }
    return {{"steps", steps}, {"index", stack_.index()}};
}

void History::restore(const QJsonObject& json)
{
    quiet_ = true;
    stack_.clear();
    for (const auto& value : json["steps"].toArray()) {
        const QJsonObject step = value.toObject();
        push({step["room"].toString(),
              step["label"].toString(),
              {},
              roomStateFrom(step["before"].toObject()),
              roomStateFrom(step["after"].toObject())});
    }
    stack_.setIndex(json["index"].toInt(stack_.count()));
    quiet_ = false;
}

} // namespace vitrine
