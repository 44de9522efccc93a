#include "core/quant/vision/scale_search.h"

#include "core/base/parallel.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>

namespace vitrine::quant
{
namespace
{

// u^2.4 for 0 <= u <= 0.5, between neighbours of a table: off by less than 8e-8, where the mean
// over evenly spread u is 0.056.
class ErrorPowers
{
public:
    ErrorPowers()
    {
        for (std::size_t i = 0; i < table_.size(); ++i)
            table_[i] = std::pow(static_cast<double>(i) / kPerUnit, ScaleSearch::kPower);
    }
    double operator()(double u) const
    {
        const double place = u * kPerUnit;
        const auto below = static_cast<std::size_t>(place);
        return table_[below] +
               (place - static_cast<double>(below)) * (table_[below + 1] - table_[below]);
    }

private:
    static constexpr double kPerUnit = 2048;
    std::array<double, 1026> table_;
};

// Sum of (|x - x^| / step)^2.4.
double errorPowerSum(std::span<const float> values, const CodeGrid& grid)
{
    static const ErrorPowers kPowers;
    const double perStep = 1 / grid.scale, last = static_cast<double>(grid.high() - grid.low());
    const auto zero = static_cast<double>(grid.zero - grid.low());
    double sum = 0;
    for (const float x : values) {
        const double place = static_cast<double>(x) * perStep + zero; // low() is at 0
        const auto code = static_cast<int>(std::clamp(place, 0.0, last) + 0.5);
        const double error = std::abs(place - code);
        sum += error <= 0.5 ? kPowers(error) : std::pow(error, ScaleSearch::kPower);
    }
    return sum;
}

} // namespace

CodeGrid gridOver(ValueRange range, GridKind kind, int bits)
{
    assert(!range.isEmpty());
    if (range.low == range.high)
        range = range.withZero();
    const double width = kind == GridKind::affine
                             ? range.high - range.low
                             : std::max(std::abs(range.low), std::abs(range.high));
    const int valueBits = kind == GridKind::affine ? bits : bits - 1;
    CodeGrid grid{.bits = bits, .isSigned = kind == GridKind::symmetric};
    if (width == 0)
        return grid;
    grid.scale = width / static_cast<double>((std::int64_t{1} << valueBits) - 1);
    if (kind == GridKind::affine)
        grid.zero = static_cast<std::int64_t>(rounded(-range.low / grid.scale, Rounding::halfUp));
    return grid;
}

Result<ScaleSearch> ScaleSearch::over(ValueRange range, GridKind kind, int bits)
{
    assert(bits >= 2 && bits <= 16);
    if (range.isEmpty())
        return inputError("there are no values to find a scale for");
    if (!range.isFinite)
        return inputError("a scale cannot be found: NaN or infinity among the values");
    ScaleSearch search;
    for (int i = 0; i < kCandidates; ++i) {
        const double share = (100 - i) / 100.0;
        ValueRange shrunk = range;
        shrunk.low *= share;
        shrunk.high *= share;
        search.grids_.push_back(gridOver(shrunk, kind, bits));
    }
    search.sums_.resize(kCandidates);
    return search;
}

void ScaleSearch::add(std::span<const float> values)
{
    parallelFor(grids_.size(),
                [&](std::size_t i) { sums_[i] += errorPowerSum(values, grids_[i]); });
    count_ += static_cast<std::int64_t>(values.size());
}

double ScaleSearch::meanLoss(std::size_t candidate) const
{
    assert(count_ > 0);
    return sums_[candidate] * std::pow(grids_[candidate].scale, kPower) /
           static_cast<double>(count_);
}

std::size_t ScaleSearch::bestCandidate() const
{
    std::size_t best = 0;
    for (std::size_t i = 1; i < grids_.size(); ++i)
        if (meanLoss(i) < meanLoss(best))
            best = i;
    return best;
}

Result<CodeGrid> searchedGrid(std::span<const float> values, GridKind kind, int bits)
{
    VITRINE_TRY(ScaleSearch search, ScaleSearch::over(rangeOf(values), kind, bits));
    search.add(values);
    return search.best();
}

Result<std::vector<CodeGrid>> searchedFilterGrids(std::span<const float> weights,
                                                  std::size_t filters, GridKind kind, int bits)
{
    assert(filters > 0 && weights.size() % filters == 0);
    const std::size_t size = weights.size() / filters;
    std::vector<Result<CodeGrid>> found(filters);
    parallelFor(filters, [&](std::size_t filter) {
        found[filter] = searchedGrid(weights.subspan(filter * size, size), kind, bits);
    });
    std::vector<CodeGrid> grids;
    for (std::size_t filter = 0; filter < filters; ++filter) {
        if (!found[filter])
            return inputError("filter {}: {}", filter, found[filter].error().message);
        grids.push_back(*found[filter]);
    }
    return grids;
}

} // namespace vitrine::quant
