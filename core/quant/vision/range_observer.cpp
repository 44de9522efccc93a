#include "core/quant/vision/range_observer.h"

#include <cassert>

namespace vitrine::quant
{

RangeObserver::RangeObserver(const ObserverSettings& settings) : settings_(settings)
{
    startBatch();
}

void RangeObserver::startBatch()
{
    batch_ = {INFINITY, -INFINITY};
    count_ = 0;
    if (settings_.kind == Observer::percentile)
        tails_.assign(2, LargestValues(settings_.kept));
}

template <typename T>
void RangeObserver::addAll(std::span<const T> values)
{
    for (const T value : values) {
        const auto x = static_cast<double>(value);
        batch_.low = std::min(batch_.low, x);
        batch_.high = std::max(batch_.high, x);
        if (!tails_.empty()) {
            tails_[0].add(x);
            tails_[1].add(-x);
        }
    }
    count_ += static_cast<std::int64_t>(values.size());
}

void RangeObserver::add(std::span<const float> values)
{
    addAll(values);
}

void RangeObserver::add(std::span<const double> values)
{
    addAll(values);
}

Result<double> RangeObserver::ofTail(const LargestValues& tail) const
{
    const double place = settings_.percentile * static_cast<double>(count_ - 1);
    const double below = std::floor(place);
    const auto above = static_cast<std::size_t>(count_ - 1 - static_cast<std::int64_t>(below));
    if (above >= settings_.kept)
        return failure("the percentile {} of {} values needs the {} largest, {} were kept",
                       settings_.percentile, count_, above + 1, settings_.kept);
    const double low = tail.fromTop(above), high = above == 0 ? low : tail.fromTop(above - 1);
    return low + (place - below) * (high - low);
}

Result<Range> RangeObserver::batchRange() const
{
    if (settings_.kind != Observer::percentile)
        return batch_;
    VITRINE_TRY(const double high, ofTail(tails_[0]));
    VITRINE_TRY(const double negative, ofTail(tails_[1]));
    return Range{-negative, high};
}

Range RangeObserver::moved(Range batch) const
{
    if (!average_)
        return batch;
    if (settings_.kind == Observer::minMax || settings_.kind == Observer::omse)
        return {std::min(average_->low, batch.low), std::max(average_->high, batch.high)};
    const auto towards = [&](double from, double to) {
        return from + settings_.sigma * (to - from);
    };
    return {towards(average_->low, batch.low), towards(average_->high, batch.high)};
}

void RangeObserver::endBatch()
{
    if (count_ == 0)
        return;
    if (const auto batch = batchRange())
        average_ = moved(*batch);
    else if (!problem_)
        problem_ = batch.error();
    startBatch();
}

Result<Range> RangeObserver::range() const
{
    if (problem_)
        return tl::unexpected(*problem_);
    if (count_ == 0)
        return average_.value_or(Range{});
    VITRINE_TRY(const Range batch, batchRange());
    return moved(batch);
}

std::vector<CodeGrid> shrunkGrids(Range range, int bits, bool isSigned, int steps)
{
    assert(steps >= 1 && steps <= 100);
    std::vector<CodeGrid> grids;
    for (int step = 0; step < steps; ++step) {
        const double kept = 1 - 0.01 * step;
        grids.push_back(asymmetricGrid({range.low * kept, range.high * kept}, bits, isSigned));
    }
    return grids;
}

} // namespace vitrine::quant
