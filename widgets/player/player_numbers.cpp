#include "core/base/format.h"
#include "core/base/number_text.h"
#include "core/video/quality.h"
#include "widgets/player/canvas.h"
#include "widgets/player/inspector.h"
#include "widgets/player/player.h"
#include "widgets/player/scopes.h"
#include "widgets/player/view_bar.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace vitrine::player
{
namespace
{

constexpr std::array<QLatin1String, 4> kLiveMeasures = {
    QLatin1String("psnr_y"), QLatin1String("psnr_u"), QLatin1String("psnr_v"),
    QLatin1String("ssim")};
constexpr std::array<double, 4> kNone = {NAN, NAN, NAN, NAN};
constexpr int kApart = 5; // frames between two that "next worst" visits

std::array<double, 4> measured(const video::Frame& reference, const video::Frame& test)
{
    if (!reference.sameShape(test))
        return kNone;
    video::QualityOptions options;
    options.ssimFfmpeg = options.msSsim = false;
    options.threads = 1;
    const auto quality = compareFrames(reference, test, options);
    if (!quality)
        return kNone;
    return {quality->error.psnr(0), quality->error.psnr(1), quality->error.psnr(2), quality->ssim};
}

double at(const std::vector<double>& values, std::optional<std::int64_t> index)
{
    return index && *index >= 0 && *index < static_cast<std::int64_t>(values.size())
               ? values[static_cast<std::size_t>(*index)]
               : NAN;
}

// Of the pairs that a run measured, whatever the panes are shifted by since.
std::optional<std::int64_t> storedFrameAt(const Pane& pane, std::int64_t moment)
{
    return video::frameAtPlace(pane.places, pane.frames, moment + pane.offset);
}

} // namespace

// A run's numbers are of its reference and of the pairs of frames that it measured.
bool Player::hasStoredMeasures(int pane) const
{
    const auto moved = [this](int i) {
        const auto offset = state_.offsets.find(panes_[static_cast<std::size_t>(i)].id);
        return offset == state_.offsets.end() ? 0 : offset->second;
    };
    return firstPane() == 0 && !panes_[static_cast<std::size_t>(pane)].quality.empty() &&
           moved(pane) == moved(0);
}

QString Player::pairKey(int pane) const
{
    const int first = firstPane();
    return QStringLiteral("%1|%2|%3|%4")
        .arg(panes_[static_cast<std::size_t>(first)].id, panes_[static_cast<std::size_t>(pane)].id)
        .arg(offsetOf(first))
        .arg(offsetOf(pane));
}

std::vector<double> Player::qualities(int pane, const QString& measure) const
{
    const std::int64_t moments = length();
    std::vector<double> values(static_cast<std::size_t>(moments), NAN);
    if (pane == firstPane())
        return values;
    const Pane& one = panes_[static_cast<std::size_t>(pane)];
    if (hasStoredMeasures(pane)) {
        if (const auto stored = one.quality.find(measure); stored != one.quality.end())
            for (std::int64_t moment = 0; moment < moments; ++moment)
                values[static_cast<std::size_t>(moment)] =
                    at(stored->second, storedFrameAt(one, moment));
        return values;
    }
    const auto* name = std::ranges::find(kLiveMeasures, measure);
    if (name == kLiveMeasures.end())
        return values;
    const auto column = static_cast<std::size_t>(name - kLiveMeasures.begin());
    const QString key = pairKey(pane);
    for (auto live = live_.lower_bound({key, 0}); live != live_.end() && live->first.first == key;
         ++live)
        if (live->first.second < moments)
            values[static_cast<std::size_t>(live->first.second)] = live->second[column];
    return values;
}

double Player::qualityOf(int pane, std::int64_t moment, const QString& measure) const
{
    if (pane == firstPane())
        return NAN;
    const Pane& one = panes_[static_cast<std::size_t>(pane)];
    if (hasStoredMeasures(pane)) {
        const auto stored = one.quality.find(measure);
        return stored == one.quality.end() ? NAN : at(stored->second, storedFrameAt(one, moment));
    }
    const auto* name = std::ranges::find(kLiveMeasures, measure);
    const auto live = live_.find({pairKey(pane), moment});
    return live == live_.end() || name == kLiveMeasures.end()
               ? NAN
               : live->second[static_cast<std::size_t>(name - kLiveMeasures.begin())];
}

// The pairs on the screen that no run has measured, one frame at a time.
void Player::measure()
{
    const Scene& scene = canvas_->scene();
    if (isMeasuring_ || panes_.size() < 2 || scene.panes.size() != panes_.size())
        return;
    const int first = firstPane();
    const PaneMoment& reference = scene.panes[static_cast<std::size_t>(first)];
    if (!reference.isExact() || !reference.frame->error.empty())
        return;
    struct Pair {
        QString key;
        FramePtr test;
    };
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < panes_.size(); ++i) {
        const int pane = static_cast<int>(i);
        const PaneMoment& test = scene.panes[i];
        if (pane != first && test.isExact() && test.frame->error.empty() &&
            !hasStoredMeasures(pane) && !live_.contains({pairKey(pane), scene.moment}))
            pairs.push_back({pairKey(pane), test.frame});
    }
    if (pairs.empty())
        return;
    isMeasuring_ = true;
    const auto results = std::make_shared<std::vector<std::array<double, 4>>>();
    compute_(
        this, QStringLiteral("measure"),
        [results, pairs, frame = reference.frame] {
            for (const Pair& pair : pairs)
                results->push_back(measured(frame->frame, pair.test->frame));
        },
        [this, results, pairs, moment = scene.moment] {
            isMeasuring_ = false;
            for (std::size_t i = 0; i < pairs.size(); ++i)
                live_[{pairs[i].key, moment}] = (*results)[i];
            updateLive();
            if (!timelineTimer_.isActive())
                timelineTimer_.start();
            measure();
        });
}

void Player::updateLive()
{
    const Scene& scene = canvas_->scene();
    if (scene.panes.size() != panes_.size())
        return;
    const Measure shownMeasure = measureNamed(state_.quality);
    std::vector<QString> lines;
    for (std::size_t i = 0; i < panes_.size(); ++i) {
        QStringList parts;
        const PaneMoment& moment = scene.panes[i];
        if (moment.frame && moment.frame->error.empty() && moment.isExact()) {
            const Pane& pane = panes_[i];
            if (moment.frame->type != '?' && !pane.bits.empty())
                parts << QString(QLatin1Char(moment.frame->type));
            if (moment.frame->isDamaged)
                parts << tr("damaged");
            const double value = qualityOf(static_cast<int>(i), scene.moment, state_.quality);
            if (std::isfinite(value))
                parts << QString::fromStdString(columnText(value, shownMeasure.decimals)) +
                             (shownMeasure.unit.isEmpty() ? QString()
                                                          : QChar(0x202f) + shownMeasure.unit);
            if (const double bits = at(pane.bits, moment.wanted); std::isfinite(bits))
                parts << QString::fromStdString(significant(bits / 1000, 3)) + QChar(0x202f) +
                             tr("kbit");
            const auto offset = state_.offsets.find(pane.id);
            if (offset != state_.offsets.end())
                parts << tr("shifted %1%2").arg(offset->second > 0 ? "+" : "").arg(offset->second);
        }
        lines.push_back(parts.join(QStringLiteral(" · ")));
    }
    canvas_->setLive(lines);
}

void Player::updateScopes()
{
    const Scene& scene = canvas_->scene();
    if (!state_.scopes || isScoping_ || scene.panes.size() != panes_.size() || panes_.empty() ||
        (scoped_ == scene.moment && scopedVersion_ == version_))
        return;
    const int first = firstPane(), second = secondPane() >= 0 ? secondPane() : first;
    const FramePtr one = scene.panes[static_cast<std::size_t>(first)].frame,
                   two = scene.panes[static_cast<std::size_t>(second)].frame;
    isScoping_ = true;
    const auto made = std::make_shared<ScopeData>();
    const Pane& left = panes_[static_cast<std::size_t>(first)];
    const Pane& right = panes_[static_cast<std::size_t>(second)];
    made->firstName = left.name;
    made->secondName = right.name;
    made->firstColour = left.colour;
    made->secondColour = right.colour;
    made->plane = state_.plane;
    scoped_ = scene.moment;
    scopedVersion_ = version_;
    compute_(
        this, QStringLiteral("scopes"),
        [made, one, two] {
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

std::vector<Measure> Player::measures() const
{
    std::vector<Measure> list;
    for (const Measure& measure : knownMeasures()) {
        if (std::ranges::find(kLiveMeasures, measure.name) != kLiveMeasures.end() ||
            std::ranges::any_of(
                panes_, [&](const Pane& pane) { return pane.quality.contains(measure.name); }))
            list.push_back(measure);
    }
    return list;
}

void Player::updateTimeline()
{
    TimelineData shownData;
    shownData.moments = length();
    const Measure shownMeasure = measureNamed(state_.quality);
    shownData.qualityTitle = shownMeasure.title;
    shownData.qualityUnit = shownMeasure.unit;
    shownData.qualityDecimals = shownMeasure.decimals;
    for (std::size_t i = 0; i < panes_.size(); ++i) {
        const Pane& pane = panes_[i];
        TimelineCurve curve{pane.name, pane.colour, pane.line, {}, {}};
        curve.quality = qualities(static_cast<int>(i), state_.quality);
        for (std::int64_t moment = 0; !pane.bits.empty() && moment < shownData.moments; ++moment)
            curve.bits.push_back(at(pane.bits, frameAt(static_cast<int>(i), moment)));
        shownData.curves.push_back(std::move(curve));
    }
    if (const int second = secondPane() >= 0 ? secondPane() : firstPane();
        second < static_cast<int>(panes_.size())) {
        const Pane& pane = panes_[static_cast<std::size_t>(second)];
        for (std::int64_t frame = 0; pane.stream && frame < pane.frames; ++frame)
            if (pane.stream->isIntra(frame))
                shownData.intra.push_back(momentAt(second, frame));
    }
    timeline_->setData(std::move(shownData));
    timeline_->setLoop(transport_.loop());
    timeline_->setPosition(transport_.position());
}

void Player::updateBars()
{
    std::vector<ViewBar::Choice> choices;
    for (const Pane& pane : panes_)
        choices.push_back({pane.id, pane.name});
    bar_->setPanes(choices, firstPane(), secondPane());
    const auto cells = canvas_->cells();
    const double ratio = devicePixelRatioF();
    bar_->setState(state_,
                   cells.empty() ? ratio : fitZoom(cells.front().place.size(), canvas_->common()));
    std::vector<TransportBar::Measure> list;
    for (const Measure& measure : measures())
        list.push_back({measure.name, measure.title});
    transportBar_->setMeasures(list, state_.quality);
    transportBar_->setSpeed(state_.speed);
    transportBar_->setLoop(state_.loop.has_value());
    transportBar_->setPosition(transport_.position(), length(),
                               double(transport_.position()) / transport_.rate());
    inspector_->setVisible(state_.inspector);
    scopes_->setVisible(state_.scopes);
    side_->setVisible(state_.inspector || state_.scopes);
}

QString Player::statusText() const
{
    const std::int64_t moments = length();
    if (moments < 1)
        return {};
    std::int64_t there = 0;
    for (const auto& [from, to] : cachedMoments())
        there += to - from + 1;
    double slowest = 0;
    for (const Pane& pane : panes_)
        if (pane.stream && pane.stream->decodeRate() > 0)
            slowest = slowest > 0 ? std::min(slowest, pane.stream->decodeRate())
                                  : pane.stream->decodeRate();
    const QString cached = tr("%1 of %2 cached").arg(there).arg(moments);
    if (transport_.isWaiting())
        return tr("%1 · decoder: %2 frames/s").arg(cached).arg(std::round(slowest));
    if (transport_.isPlaying() || transport_.count().dropped() > 0)
        return tr("%1 dropped · %2").arg(transport_.count().dropped()).arg(cached);
    return cached;
}

void Player::updateCached()
{
    timeline_->setCached(cachedMoments());
    std::size_t bytes = 0;
    for (const Pane& pane : panes_)
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

// From bad to good by the second pane's curve; neighbours of a visited frame are passed over.
void Player::goToWorst(bool back)
{
    const int second = secondPane();
    if (second < 0)
        return;
    std::vector<std::pair<double, std::int64_t>> order;
    const auto values = qualities(second, state_.quality);
    for (std::size_t moment = 0; moment < values.size(); ++moment)
        if (std::isfinite(values[moment]))
            order.emplace_back(values[moment], static_cast<std::int64_t>(moment));
    std::ranges::stable_sort(order);
    std::vector<std::int64_t> visited;
    for (const auto& [value, moment] : order)
        if (std::ranges::none_of(visited, [&, m = moment](std::int64_t other) {
                return std::abs(other - m) < kApart;
            }))
            visited.push_back(moment);
    if (visited.empty())
        return;
    const auto now = std::ranges::find(visited, transport_.position());
    std::ptrdiff_t next = 0;
    if (now != visited.end() && worst_ == transport_.position()) // where the last jump went
        next = (now - visited.begin()) + (back ? -1 : 1);
    const auto count = static_cast<std::ptrdiff_t>(visited.size());
    transport_.setPlaying(false);
    worst_ = visited[static_cast<std::size_t>((next + count) % count)];
    seek(*worst_, false);
}

void Player::goToKey(bool back)
{
    const int pane = secondPane() >= 0 ? secondPane() : 0;
    if (pane >= static_cast<int>(panes_.size()) || !panes_[static_cast<std::size_t>(pane)].stream)
        return;
    const Pane& one = panes_[static_cast<std::size_t>(pane)];
    const std::int64_t step = back ? -1 : 1, last = one.frames - 1;
    if (last < 0)
        return;
    const std::int64_t end = momentAt(pane, last);
    std::int64_t moment = transport_.position() + step;
    while (moment > momentAt(pane, 0) && moment <= end &&
           !one.stream->isIntra(frameAt(pane, moment).value_or(-1)))
        moment += step;
    if (moment <= end)
        seek(moment, false);
}

} // namespace vitrine::player
