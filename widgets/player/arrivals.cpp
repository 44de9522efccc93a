#include "widgets/player/arrivals.h"

#include <QObject>

#include <utility>

namespace vitrine::player
{

Arrivals::Arrivals(QObject* owner, std::function<void()> arrived)
    : owner_(owner), arrived_(std::move(arrived))
{
}

void Arrivals::listenTo(const std::vector<Pane>& panes)
{
    for (const auto& stream : streams_)
        stream->setArrived({});
    streams_.clear();
    for (const Pane& pane : panes)
        if (pane.stream)
            streams_.push_back(pane.stream);
    const auto tell = [this](std::int64_t) {
        if (isTold_.exchange(true))
            return;
        const auto hear = [this] {
            isTold_ = false;
            arrived_();
        };
        QMetaObject::invokeMethod(owner_, hear, Qt::QueuedConnection);
    };
    for (const auto& stream : streams_)
        stream->setArrived(tell);
}

} // namespace vitrine::player
