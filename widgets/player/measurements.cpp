#include "widgets/player/measurements.h"

#include "core/base/format.h"
#include "core/base/number_text.h"
#include "core/video/quality.h"

#include <QObject>
#include <QStringList>

#include <algorithm>
#include <cmath>
#include <memory>

namespace vitrine::player
{
namespace
{

constexpr std::array<QLatin1String, 4> kLiveMeasures = {
    QLatin1String("psnr_y"), QLatin1String("psnr_u"), QLatin1String("psnr_v"),
    QLatin1String("ssim")};
constexpr std::array<double, 4> kNone = {NAN, NAN, NAN, NAN};
constexpr int kApart = 5; // frames between two that "next worst" visits

std::optional<std::size_t> liveColumn(const QString& measure)
{
    const auto* found = std::ranges::find(kLiveMeasures, measure);
    if (found == kLiveMeasures.end())
        return {};
    return static_cast<std::size_t>(found - kLiveMeasures.begin());
}

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
double storedAt(const Pane& pane, std::int64_t moment, const QString& measure)
{
    const auto stored = pane.quality.find(measure);
    return stored == pane.quality.end()
               ? NAN
               : at(stored->second,
                    video::frameAtPlace(pane.places, pane.frames, moment + pane.offset));
}

bool isMeasurable(const PaneMoment& moment)
{
    return moment.isExact() && moment.frame->error.empty();
}

} // namespace

Measurements::Measurements(Compute compute, QObject* owner, const PaneSet& panes,
                           std::function<void()> measured)
    : compute_(std::move(compute)), owner_(owner), panes_(panes), measured_(std::move(measured))
{
}

// A run's numbers are of its reference and of the pairs of frames that it measured.
bool Measurements::isStored(int pane) const
{
    return panes_.first() == 0 && !panes_.at(pane).quality.empty() &&
           panes_.shiftOf(pane) == panes_.shiftOf(0);
}

QString Measurements::pairKey(int pane) const
{
    const int first = panes_.first();
    return QStringLiteral("%1|%2|%3|%4")
        .arg(panes_.at(first).id, panes_.at(pane).id)
        .arg(panes_.offsetOf(first))
        .arg(panes_.offsetOf(pane));
}

std::vector<double> Measurements::qualities(int pane, const QString& measure) const
{
    const std::int64_t moments = panes_.length();
    std::vector<double> values(static_cast<std::size_t>(moments), NAN);
    if (pane == panes_.first())
        return values;
    if (isStored(pane)) {
        for (std::int64_t moment = 0; moment < moments; ++moment)
            values[static_cast<std::size_t>(moment)] = storedAt(panes_.at(pane), moment, measure);
        return values;
    }
    const auto column = liveColumn(measure);
    const QString key = pairKey(pane);
    for (auto live = live_.lower_bound({key, 0});
         column && live != live_.end() && live->first.first == key; ++live)
        if (live->first.second < moments)
            values[static_cast<std::size_t>(live->first.second)] = live->second[*column];
    return values;
}

double Measurements::qualityAt(int pane, std::int64_t moment, const QString& measure) const
{
    if (pane == panes_.first())
        return NAN;
    if (isStored(pane))
        return storedAt(panes_.at(pane), moment, measure);
    const auto column = liveColumn(measure);
    const auto live = live_.find({pairKey(pane), moment});
    return column && live != live_.end() ? live->second[*column] : NAN;
}

void Measurements::measure(const Scene& scene)
{
    if (isMeasuring_ || panes_.count() < 2 || scene.panes.size() != panes_.panes().size())
        return;
    const PaneMoment& reference = scene.panes[static_cast<std::size_t>(panes_.first())];
    if (!isMeasurable(reference))
        return;
    std::vector<std::pair<QString, FramePtr>> pairs;
    for (int pane = 0; pane < panes_.count(); ++pane) {
        const PaneMoment& test = scene.panes[static_cast<std::size_t>(pane)];
        if (pane != panes_.first() && isMeasurable(test) && !isStored(pane) &&
            !live_.contains({pairKey(pane), scene.moment}))
            pairs.emplace_back(pairKey(pane), test.frame);
    }
    if (pairs.empty())
        return;
    isMeasuring_ = true;
    const auto results = std::make_shared<std::vector<std::array<double, 4>>>();
    compute_(
        owner_, QStringLiteral("measure"),
        [results, pairs, frame = reference.frame] {
            for (const auto& [key, test] : pairs)
                results->push_back(measured(frame->frame, test->frame));
        },
        [this, results, pairs, moment = scene.moment] {
            isMeasuring_ = false;
            for (std::size_t i = 0; i < pairs.size(); ++i)
                live_[{pairs[i].first, moment}] = (*results)[i];
            measured_();
        });
}

std::vector<Measure> measuresOf(const std::vector<Pane>& panes)
{
    std::vector<Measure> list;
    for (const Measure& measure : knownMeasures())
        if (liveColumn(measure.name) || std::ranges::any_of(panes, [&](const Pane& pane) {
                return pane.quality.contains(measure.name);
            }))
            list.push_back(measure);
    return list;
}

std::vector<std::int64_t> worstMoments(const std::vector<double>& qualities)
{
    std::vector<std::pair<double, std::int64_t>> order;
    for (std::size_t moment = 0; moment < qualities.size(); ++moment)
        if (std::isfinite(qualities[moment]))
            order.emplace_back(qualities[moment], static_cast<std::int64_t>(moment));
    std::ranges::stable_sort(order);
    std::vector<std::int64_t> worst;
    for (const auto& [value, moment] : order)
        if (std::ranges::none_of(
                worst, [m = moment](std::int64_t other) { return std::abs(other - m) < kApart; }))
            worst.push_back(moment);
    return worst;
}

std::optional<std::int64_t> nextWorst(const std::vector<double>& qualities,
                                      std::optional<std::int64_t> from, int step)
{
    const auto moments = worstMoments(qualities);
    if (moments.empty())
        return {};
    const auto at = from ? std::ranges::find(moments, *from) : moments.end();
    const auto count = static_cast<std::ptrdiff_t>(moments.size());
    const std::ptrdiff_t next = at == moments.end() ? 0 : at - moments.begin() + step;
    return moments[static_cast<std::size_t>((next + count) % count)];
}

QString liveText(const PaneSet& panes, const Measurements& measurements, const Scene& scene,
                 int pane)
{
    const PaneMoment& moment = scene.panes[static_cast<std::size_t>(pane)];
    if (!isMeasurable(moment))
        return {};
    QStringList parts;
    const Pane& one = panes.at(pane);
    if (moment.frame->type != '?' && !one.bits.empty())
        parts << QString(QLatin1Char(moment.frame->type));
    if (moment.frame->isDamaged)
        parts << QObject::tr("damaged");
    const Measure measure = measureNamed(panes.state().quality);
    const double value = measurements.qualityAt(pane, scene.moment, panes.state().quality);
    if (std::isfinite(value))
        parts << QString::fromStdString(columnText(value, measure.decimals)) +
                     (measure.unit.isEmpty() ? QString() : QChar(0x202f) + measure.unit);
    if (const double bits = at(one.bits, moment.wanted); std::isfinite(bits))
        parts << QString::fromStdString(significant(bits / 1000, 3)) + QChar(0x202f) +
                     QObject::tr("kbit");
    if (panes.state().offsets.contains(one.id))
        parts << QObject::tr("shifted %1%2")
                     .arg(panes.shiftOf(pane) > 0 ? "+" : "")
                     .arg(panes.shiftOf(pane));
    return parts.join(QStringLiteral(" · "));
}

TimelineData timelineOf(const PaneSet& panes, const Measurements& measurements)
{
    const Measure measure = measureNamed(panes.state().quality);
    TimelineData data;
    data.moments = panes.length();
    data.qualityTitle = measure.title;
    data.qualityUnit = measure.unit;
    data.qualityDecimals = measure.decimals;
    for (int i = 0; i < panes.count(); ++i) {
        const Pane& pane = panes.at(i);
        TimelineCurve curve{pane.name, pane.colour, pane.line, {}, {}};
        curve.quality = measurements.qualities(i, panes.state().quality);
        for (std::int64_t moment = 0; !pane.bits.empty() && moment < data.moments; ++moment)
            curve.bits.push_back(at(pane.bits, panes.frameAt(i, moment)));
        data.curves.push_back(std::move(curve));
    }
    if (const int chosen = panes.chosen(); chosen < panes.count())
        for (std::int64_t frame = 0; panes.at(chosen).stream && frame < panes.at(chosen).frames;
             ++frame)
            if (panes.at(chosen).stream->isIntra(frame))
                data.intra.push_back(panes.momentAt(chosen, frame));
    return data;
}

} // namespace vitrine::player
