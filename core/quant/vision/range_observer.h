#pragma once

#include "core/base/result.h"
#include "core/quant/vision/extreme_values.h"
#include "core/quant/vision/power_scale.h"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace vitrine::quant
{

// How calibration finds a tensor's range. The release has code for powers of two with minMax alone
// [R]; we round the scale of any observer in the same way [D].
enum class Observer {
    minMax,
    ema,        // a moving average of each batch's ends: + sigma (batch - average)
    percentile, // of each batch, then averaged as ema
    omse,       // that of minMax, shrunk to what loses least: see shrunkGrids
};

struct ObserverSettings {
    Observer kind = Observer::minMax;
    double sigma = 0.01;
    double percentile = 0.99999;
    std::size_t kept = std::size_t{1} << 15; // values of a batch, of either end
};

// A tensor's range over pictures that are seen one after the other and not kept. A batch is what
// endBatch ends; the release calibrates with one batch of 100 pictures, where ema is minMax. The
// percentile is exact, between two neighbours in proportion: of a batch the `kept` values at either
// end suffice for kept / (1 - percentile) values, 3.2 * 10^9 by default.
class RangeObserver
{
public:
    explicit RangeObserver(const ObserverSettings& settings = {});

    void add(std::span<const float> values);
    void add(std::span<const double> values);
    void endBatch(); // nothing where the batch is empty

    // With the batch that is still open. Failure where the batch had too many values for the
    // percentile.
    Result<Range> range() const;

private:
    template <typename T>
    void addAll(std::span<const T> values);
    void startBatch();
    Result<Range> batchRange() const;
    Result<double> ofTail(const LargestValues& tail) const;
    Range moved(Range batch) const;

    ObserverSettings settings_;
    std::optional<Range> average_;
    std::optional<Error> problem_;
    Range batch_;
    std::int64_t count_ = 0;                // of the batch
    std::vector<LargestValues> tails_ = {}; // of the values and of their negatives
};

// OMSE's candidates: the asymmetric grids of the range, shrunk by 0, 1, .. 89 %. GridLosses over a
// second pass and firstSmallest choose.
std::vector<CodeGrid> shrunkGrids(Range range, int bits, bool isSigned, int steps = 90);

} // namespace vitrine::quant
