#include "widgets/player/scene_maker.h"

#include <memory>
#include <utility>

namespace vitrine::player
{

SceneMaker::SceneMaker(Compute compute, QObject* owner, const PaneSet& panes,
                       const Transport& transport, Request request, Present present)
    : compute_(std::move(compute)),
      owner_(owner),
      panes_(panes),
      transport_(transport),
      request_(std::move(request)),
      present_(std::move(present))
{
}

void SceneMaker::renew()
{
    ++version_;
    next_.reset();
}

void SceneMaker::make(std::int64_t moment)
{
    auto request = isMaking_ ? std::nullopt : request_(moment);
    if (!request)
        return;
    request->version = version_;
    isMaking_ = true;
    const auto made = std::make_shared<Scene>();
    compute_(
        owner_, QStringLiteral("scene"),
        [made, request = std::move(*request)] { *made = makeScene(request); },
        [this, made] { take(std::move(*made)); });
}

void SceneMaker::take(Scene scene)
{
    isMaking_ = false;
    const std::int64_t now = transport_.position();
    if (scene.panes.size() != panes_.panes().size())
        return make(now);
    const bool isCurrent = scene.version == version_, isNow = scene.moment == now;
    if (transport_.isPlaying() && !isNow && isCurrent && scene.moment == transport_.next()) {
        next_ = std::move(scene);
        return;
    }
    const bool wasExact = scene.isExact();
    present_(std::move(scene));
    // A frame may have come while the picture was made.
    if (!isNow || !isCurrent || (!wasExact && panes_.isReady(now)))
        return make(now);
    makeNext();
}

void SceneMaker::makeNext()
{
    if (!transport_.isPlaying() || next_ || isMaking_)
        return;
    const std::int64_t next = transport_.next();
    if (next != transport_.position() && panes_.isReady(next))
        make(next);
}

void SceneMaker::show(std::int64_t moment)
{
    if (!next_ || next_->moment != moment || next_->version != version_)
        return make(moment);
    present_(*std::exchange(next_, std::nullopt));
    makeNext();
}

} // namespace vitrine::player
