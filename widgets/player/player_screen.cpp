// What a player puts on the screen: the pictures of a moment, and what stands beside them.
#include "core/base/format.h"
#include "widgets/player/canvas.h"
#include "widgets/player/inspector.h"
#include "widgets/player/player.h"
#include "widgets/player/scopes.h"
#include "widgets/player/view_bar.h"

#include <algorithm>
#include <cmath>

namespace vitrine::player
{
namespace
{

// Frames decoded before they are wished for: one and a half seconds at 60 a second, so that a
// stretch that is hard to decode is not seen.
constexpr int kAheadPlaying = 90, kAheadStill = 12;

} // namespace

// What is shown first; while playing the next moment that is not there, round the loop too.
void Player::want()
{
    std::int64_t moment = transport_.position();
    if (transport_.isPlaying() && panes_.isReady(moment)) {
        const auto& loop = transport_.loop();
        const std::int64_t end = loop ? loop->second : panes_.length() - 1;
        std::int64_t next = moment;
        while (next < end && next - moment < kAheadPlaying && panes_.isReady(next))
            ++next;
        const bool isAround = next >= end && loop && next - moment < kAheadPlaying;
        moment = isAround && panes_.isReady(next) ? loop->first : next;
    }
    panes_.want(moment, transport_.isPlaying() ? kAheadPlaying
                        : isGoingBack_         ? -kAheadStill
                                               : kAheadStill);
}

void Player::frameArrived()
{
    arrival_ = false;
    const Scene& scene = canvas_->scene();
    if (!scene.isExact() || scene.moment != transport_.position())
        scenes_.make(transport_.position());
    else
        scenes_.makeNext();
    if (!cachedTimer_.isActive())
        cachedTimer_.start();
}

void Player::moved(std::int64_t moment)
{
    timeline_->setPosition(moment);
    transportBar_->setPosition(moment, panes_.length(), double(moment) / transport_.rate());
    want();
    scenes_.show(moment);
}

void Player::redraw()
{
    scenes_.renew();
    scenes_.make(transport_.position());
}

std::optional<SceneRequest> Player::request(std::int64_t moment) const
{
    if (panes().empty() || canvas_->width() < 2)
        return {};
    SceneRequest wished;
    wished.moment = moment;
    const Scene& before = canvas_->scene();
    for (int pane = 0; pane < panes_.count(); ++pane) {
        PaneMoment found = panes_.momentOf(pane, moment);
        // Until anything of it is there, what was shown before stays, marked.
        if (!found.frame && found.absent.isEmpty() && before.version != 0 &&
            before.panes.size() == panes().size())
            found.frame = before.panes[static_cast<std::size_t>(pane)].frame;
        wished.panes.push_back(std::move(found));
    }
    wished.wishes = canvas_->wishes();
    wished.common = canvas_->common();
    wished.state = state();
    wished.ink = QColor(0xFF, 0xD4, 0x00);
    wished.paper = QColor(0, 0, 0, 150);
    wished.pixelRatio = devicePixelRatioF();
    return wished;
}

void Player::present(Scene scene)
{
    const std::int64_t moment = scene.moment;
    canvas_->setScene(std::move(scene));
    if (state().inspector) {
        std::vector<Inspector::Stream> streams;
        for (std::size_t i = 0; i < panes().size(); ++i)
            streams.push_back(
                {panes()[i].name, panes()[i].colour, canvas_->scene().panes[i].frame});
        inspector_->setStreams(std::move(streams), canvas_->common(),
                               {panes_.first(), panes_.second()}, state().plane);
    }
    updateLive();
    measurements_.measure(canvas_->scene());
    updateScopes();
    emit shown(moment);
}

bool Player::isSettled() const
{
    const Scene& scene = canvas_->scene();
    return !scenes_.isMaking() && !measurements_.isMeasuring() && !isScoping_ &&
           scene.moment == transport_.position() && scene.version == scenes_.version() &&
           scene.isExact();
}

void Player::updateLive()
{
    const Scene& scene = canvas_->scene();
    if (scene.panes.size() != panes().size())
        return;
    std::vector<QString> lines;
    for (int pane = 0; pane < panes_.count(); ++pane)
        lines.push_back(liveText(panes_, measurements_, scene, pane));
    canvas_->setLive(lines);
}

void Player::updateScopes()
{
    const Scene& scene = canvas_->scene();
    if (!state().scopes || isScoping_ || scene.panes.size() != panes().size() || panes().empty() ||
        (scoped_ == scene.moment && scopedVersion_ == scenes_.version()))
        return;
    const int first = panes_.first(), second = panes_.chosen();
    const Pane &left = panes_.at(first), &right = panes_.at(second);
    const auto made = std::make_shared<ScopeData>();
    made->firstName = left.name;
    made->secondName = right.name;
    made->firstColour = left.colour;
    made->secondColour = right.colour;
    made->plane = state().plane;
    scoped_ = scene.moment;
    scopedVersion_ = scenes_.version();
    isScoping_ = true;
    compute_(
        this, QStringLiteral("scopes"),
        [made, one = scene.panes[static_cast<std::size_t>(first)].frame,
         two = scene.panes[static_cast<std::size_t>(second)].frame] {
            if (one && one->error.empty())
                made->first = video::histogram(one->frame);
            if (two && two->error.empty()) {
                made->second = video::histogram(two->frame);
                made->plane = std::min(made->plane, two->frame.format().planes() - 1);
                made->waveform =
                    video::waveform(two->frame, made->plane, kWaveformColumns, kWaveformLevels);
            }
        },
        [this, made] {
            isScoping_ = false;
            scopes_->setData(std::move(*made));
            updateScopes();
        });
}

void Player::updateTimeline()
{
    timeline_->setData(timelineOf(panes_, measurements_));
    timeline_->setLoop(transport_.loop());
    timeline_->setPosition(transport_.position());
}

void Player::updateBars()
{
    std::vector<ViewBar::Choice> choices;
    for (const Pane& pane : panes())
        choices.push_back({pane.id, pane.name});
    bar_->setPanes(choices, panes_.first(), panes_.second());
    const auto cells = canvas_->cells();
    bar_->setState(state(), cells.empty() ? devicePixelRatioF()
                                          : fitZoom(cells.front().place.size(), canvas_->common()));
    std::vector<TransportBar::Measure> list;
    for (const Measure& measure : measuresOf(panes()))
        list.push_back({measure.name, measure.title});
    transportBar_->setMeasures(list, state().quality);
    transportBar_->setSpeed(state().speed);
    transportBar_->setLoop(state().loop.has_value());
    transportBar_->setPosition(transport_.position(), panes_.length(),
                               double(transport_.position()) / transport_.rate());
    inspector_->setVisible(state().inspector);
    scopes_->setVisible(state().scopes);
    side_->setVisible(state().inspector || state().scopes);
}

QString Player::statusText() const
{
    const std::int64_t moments = panes_.length();
    if (moments < 1)
        return {};
    std::int64_t there = 0;
    for (const auto& [from, to] : panes_.cached())
        there += to - from + 1;
    const QString cached = tr("%1 of %2 cached").arg(there).arg(moments);
    if (transport_.isWaiting()) {
        double slowest = 0;
        for (const Pane& pane : panes())
            if (const double rate = pane.stream ? pane.stream->decodeRate() : 0; rate > 0)
                slowest = slowest > 0 ? std::min(slowest, rate) : rate;
        return tr("%1 · decoder: %2 frames/s").arg(cached).arg(std::round(slowest));
    }
    if (transport_.isPlaying() || transport_.count().dropped() > 0)
        return tr("%1 dropped · %2").arg(transport_.count().dropped()).arg(cached);
    return cached;
}

void Player::updateCached()
{
    timeline_->setCached(panes_.cached());
    std::size_t bytes = 0;
    for (const Pane& pane : panes())
        bytes += pane.stream ? pane.stream->cachedBytes() : 0;
    const auto& count = transport_.count();
    transportBar_->setStatus(
        statusText(),
        tr("Decoded frames take %1. Since playing began: %2 shown in time, %3 late, %4 skipped, "
           "%5 waits for the decoder. Frames are dropped in the display only, never in "
           "measurements.")
            .arg(QString::fromStdString(bytesText(bytes)))
            .arg(count.shown)
            .arg(count.late)
            .arg(count.skipped)
            .arg(count.waits));
    if (transport_.isPlaying() && !cachedTimer_.isActive())
        cachedTimer_.start();
}

} // namespace vitrine::player
