#include "widgets/runner/compute_pool.h"

namespace vitrine
{

ComputePool::ComputePool(QObject* parent) : QObject(parent) {}

ComputePool::~ComputePool()
{
    pool_.clear();
    pool_.waitForDone();
}

void ComputePool::compute(QObject* owner, const QString& key, std::function<void()> work,
                          std::function<void()> done)
{
    const Key place{owner, key};
    Request request{owner, std::move(work), std::move(done)};
    Line& line = lines_[place];
    if (line.running) {
        line.next = std::move(request);
        line.hasNext = true;
        return;
    }
    begin(place, std::move(request));
}

void ComputePool::begin(const Key& key, Request request)
{
    lines_[key].running = true;
    pool_.start([this, key, request = std::move(request)] {
        request.work();
        QMetaObject::invokeMethod(
            this, [this, key, request] { finish(key, request); }, Qt::QueuedConnection);
    });
}

void ComputePool::finish(const Key& key, const Request& request)
{
    Line& line = lines_[key];
    if (line.hasNext && line.next.owner != nullptr) {
        Request next = std::move(line.next);
        line.hasNext = false;
        begin(key, std::move(next));
        return;
    }
    lines_.erase(key);
    if (request.owner != nullptr)
        request.done();
}

} // namespace vitrine
