#include "widgets/player/canvas.h"
#include "widgets/player/inspector.h"
#include "widgets/player/player.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/text.h"

#include <algorithm>

namespace vitrine::player
{
namespace
{

// Frames decoded before they are wished for: one and a half seconds at 60 a second, so that a
// stretch that is hard to decode is not seen.
constexpr int kAheadPlaying = 90, kAheadStill = 12;

} // namespace

// Told from decoding threads; a burst is one event here.
void Player::listen()
{
    for (const Pane& pane : panes_)
        if (pane.stream)
            pane.stream->setArrived([this](std::int64_t) {
                if (!arrival_.exchange(true))
                    QMetaObject::invokeMethod(this, &Player::frameArrived, Qt::QueuedConnection);
            });
}

std::int64_t Player::length() const
{
    std::int64_t moments = 0;
    for (std::size_t i = 0; i < panes_.size(); ++i)
        if (panes_[i].stream && panes_[i].frames > 0)
            moments = std::max(moments, momentAt(static_cast<int>(i), panes_[i].frames - 1) + 1);
    return moments;
}

PaneMoment Player::momentOf(int pane, std::int64_t moment) const
{
    const Pane& one = panes_[static_cast<std::size_t>(pane)];
    PaneMoment found;
    const std::int64_t place = moment + offsetOf(pane);
    found.wanted = place;
    if (!one.stream) {
        found.absent = one.trouble.isEmpty() ? tr("no picture") : one.trouble;
        return found;
    }
    const auto frame = frameAt(pane, moment);
    if (!frame) {
        const bool isHole = one.frames > 0 && place > 0 && moment < momentAt(pane, one.frames - 1);
        found.absent =
            isHole ? tr("no frame at this moment: a hole in its times")
                   : tr("no frame %1: there are %2").arg(countWords(place), countWords(one.frames));
        found.wanted = -1;
        return found;
    }
    found.wanted = *frame;
    found.readsSideData = one.stream->readsSideData();
    found.frame = one.stream->cached(found.wanted);
    if (!found.frame) { // on the way: its key frame, which decoding begins with
        const std::int64_t key = one.stream->keyFrameBefore(found.wanted);
        found.frame = key != found.wanted ? one.stream->cached(key) : nullptr;
        found.isKey = found.frame != nullptr;
    }
    return found;
}

bool Player::isReady(std::int64_t moment) const
{
    for (std::size_t i = 0; i < panes_.size(); ++i) {
        const Pane& pane = panes_[i];
        const auto frame = frameAt(static_cast<int>(i), moment);
        if (pane.stream && frame && !pane.stream->cached(*frame))
            return false;
    }
    return true;
}

// What is shown first; while playing the next moment that is not there, round the loop too.
void Player::want()
{
    std::int64_t moment = transport_.position();
    if (transport_.isPlaying() && isReady(moment)) {
        const auto& loop = transport_.loop();
        const std::int64_t end = loop ? loop->second : length() - 1;
        std::int64_t next = moment;
        while (next < end && next - moment < kAheadPlaying && isReady(next))
            ++next;
        moment = next >= end && loop && next - moment < kAheadPlaying && isReady(next) ? loop->first
                                                                                       : next;
    }
    const int ahead = transport_.isPlaying() ? kAheadPlaying
                      : isGoingBack_         ? -kAheadStill
                                             : kAheadStill;
    for (std::size_t i = 0; i < panes_.size(); ++i) {
        const Pane& pane = panes_[i];
        if (!pane.stream || pane.frames < 1)
            continue;
        std::int64_t frame = moment + offsetOf(static_cast<int>(i));
        if (!pane.places.empty()) // in a hole: what comes behind it
            frame = std::ranges::lower_bound(pane.places, frame) - pane.places.begin();
        pane.stream->want(std::clamp<std::int64_t>(frame, 0, pane.frames - 1), ahead);
    }
}

void Player::frameArrived()
{
    arrival_ = false;
    if (!canvas_->scene().isExact() || canvas_->scene().moment != transport_.position())
        makeScene(transport_.position());
    else
        makeNext();
    if (!cachedTimer_.isActive())
        cachedTimer_.start();
}

void Player::placesChanged()
{
    ++version_;
    ready_.reset();
    updateBars();
    makeScene(transport_.position());
}

void Player::moved(std::int64_t moment)
{
    timeline_->setPosition(moment);
    transportBar_->setPosition(moment, length(), double(moment) / transport_.rate());
    want();
    if (ready_ && ready_->moment == moment && ready_->version == version_) {
        Scene scene = std::move(*ready_);
        ready_.reset();
        present(std::move(scene));
        makeNext();
        return;
    }
    makeScene(moment);
}

SceneRequest Player::request(std::int64_t moment) const
{
    SceneRequest wish;
    wish.moment = moment;
    wish.version = version_;
    for (std::size_t i = 0; i < panes_.size(); ++i) {
        PaneMoment found = momentOf(static_cast<int>(i), moment);
        const Scene& shown = canvas_->scene();
        // Until anything of it is there, what was shown before stays, marked.
        if (!found.frame && found.absent.isEmpty() && shown.version != 0 &&
            shown.panes.size() == panes_.size())
            found.frame = shown.panes[i].frame;
        wish.panes.push_back(std::move(found));
    }
    wish.wishes = canvas_->wishes();
    wish.common = canvas_->common();
    wish.state = state_;
    wish.ink = QColor(0xFF, 0xD4, 0x00);
    wish.paper = QColor(0, 0, 0, 150);
    wish.pixelRatio = devicePixelRatioF();
    return wish;
}

// One at a time: what comes while it is made is looked at when it is done.
void Player::makeScene(std::int64_t moment)
{
    if (isMaking_ || panes_.empty() || canvas_->width() < 2)
        return;
    isMaking_ = true;
    const auto made = std::make_shared<Scene>();
    compute_(
        this, QStringLiteral("scene"),
        [made, wish = request(moment)] { *made = player::makeScene(wish); },
        [this, made] { takeScene(std::move(*made)); });
}

void Player::takeScene(Scene scene)
{
    isMaking_ = false;
    const std::int64_t now = transport_.position();
    if (scene.panes.size() != panes_.size())
        return makeScene(now);
    const bool isCurrent = scene.version == version_;
    if (transport_.isPlaying() && scene.moment != now && isCurrent &&
        scene.moment == transport_.next()) {
        ready_ = std::move(scene);
        return;
    }
    const bool isNow = scene.moment == now;
    const bool wasExact = scene.isExact();
    present(std::move(scene));
    if (!isNow || !isCurrent)
        return makeScene(now);
    // A frame may have come while the picture was made.
    if (!wasExact && isReady(now))
        return makeScene(now);
    makeNext();
}

void Player::makeNext()
{
    if (!transport_.isPlaying() || ready_ || isMaking_)
        return;
    const std::int64_t next = transport_.next();
    if (next != transport_.position() && isReady(next))
        makeScene(next);
}

void Player::present(Scene scene)
{
    const std::int64_t moment = scene.moment;
    canvas_->setScene(std::move(scene));
    std::vector<Inspector::Stream> streams;
    if (state_.inspector) {
        for (std::size_t i = 0; i < panes_.size(); ++i)
            streams.push_back({panes_[i].name, panes_[i].colour, canvas_->scene().panes[i].frame});
        inspector_->setStreams(std::move(streams), canvas_->common(), {firstPane(), secondPane()},
                               state_.plane);
    }
    updateLive();
    measure();
    updateScopes();
    emit shown(moment);
}

Timeline::Ranges Player::cachedMoments() const
{
    // Moments that all panes have: each range cut by each pane's.
    Timeline::Ranges all{{0, std::max<std::int64_t>(0, length() - 1)}};
    for (std::size_t i = 0; i < panes_.size(); ++i) {
        if (!panes_[i].stream)
            continue;
        const int pane = static_cast<int>(i);
        const std::int64_t last = panes_[i].frames - 1;
        if (last < 0)
            continue;
        Timeline::Ranges own;
        for (const auto& [from, to] : panes_[i].stream->cachedRanges())
            if (from <= last)
                own.push_back({momentAt(pane, from), momentAt(pane, std::min(to, last))});
        // where it has none
        own.insert(own.begin(), {-(std::int64_t{1} << 40), momentAt(pane, 0) - 1});
        own.push_back({momentAt(pane, last) + 1, std::int64_t{1} << 40});
        Timeline::Ranges both;
        for (const auto& [from, to] : all)
            for (const auto& [low, high] : own)
                if (std::max(from, low) <= std::min(to, high))
                    both.push_back({std::max(from, low), std::min(to, high)});
        all = std::move(both);
    }
    return all;
}

bool Player::isSettled() const
{
    const Scene& scene = canvas_->scene();
    return !isMaking_ && !isMeasuring_ && !isScoping_ && scene.moment == transport_.position() &&
           scene.version == version_ && scene.isExact();
}

} // namespace vitrine::player
