#pragma once

#include "widgets/player/compute.h"
#include "widgets/player/pane_set.h"
#include "widgets/player/timeline.h"

#include <array>
#include <functional>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace vitrine::player
{

// Quality of panes against the first one: what a run stored of the pairs of frames it measured;
// of others what was measured here, once both were on the screen. NaN: not known. Window's thread.
class Measurements
{
public:
    // Outlived by owner and panes. `measured`: there are new ones.
    Measurements(Compute compute, QObject* owner, const PaneSet& panes,
                 std::function<void()> measured);

    // The pairs of the scene that are not known, on another thread, one scene at a time.
    void measure(const Scene& scene);
    bool isMeasuring() const { return isMeasuring_; }

    std::vector<double> qualities(int pane, const QString& measure) const; // by moment
    double qualityAt(int pane, std::int64_t moment, const QString& measure) const;

private:
    bool isStored(int pane) const; // of these pairs of frames
    QString pairKey(int pane) const;

    Compute compute_;
    QObject* owner_;
    const PaneSet& panes_;
    std::function<void()> measured_;
    bool isMeasuring_ = false;
    // By pair of panes and moment: PSNR Y, U, V, SSIM; NaN: cannot be measured.
    std::map<std::pair<QString, std::int64_t>, std::array<double, 4>> live_;
};

// Those that a run stored of a pane, and those that can be measured here.
std::vector<Measure> measuresOf(const std::vector<Pane>& panes);

// Moments from bad to good, neighbours of an earlier one passed over.
std::vector<std::int64_t> worstMoments(const std::vector<double>& qualities);
// Where the next jump to the worst goes: `step` on from `from` in that order, round its ends; the
// worst where `from` is none of them. None: no quality is known.
std::optional<std::int64_t> nextWorst(const std::vector<double>& qualities,
                                      std::optional<std::int64_t> from, int step);

// Over a pane of the scene: "P · 38.21 dB · 12.3 kbit".
QString liveText(const PaneSet& panes, const Measurements& measurements, const Scene& scene,
                 int pane);
// Curves of quality and bits of all panes, intra frames of the chosen one.
TimelineData timelineOf(const PaneSet& panes, const Measurements& measurements);

} // namespace vitrine::player
