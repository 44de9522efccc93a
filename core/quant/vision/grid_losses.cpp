#include "core/quant/vision/grid_losses.h"

#include <cassert>
#include <utility>

namespace vitrine::quant
{
namespace
{

// Numbers within the ends of a grid, which are far below 2^51: adding 1.5 * 2^52 leaves no room for
// a fraction, and the sum is rounded half to even.
double evenNeighbour(double x)
{
    constexpr double kWhole = 6755399441055744.0;
    return (x + kWhole) - kWhole;
}

// Whether a number is held at the grid's ends before it is rounded or after makes no difference.
template <typename T, typename Round>
double squaredLosses(const CodeGrid& grid, std::span<const T> values, const Round& round)
{
    const auto zero = static_cast<double>(grid.zero);
    const auto low = static_cast<double>(grid.low()), high = static_cast<double>(grid.high());
    double sum = 0;
    for (const T value : values) {
        const auto x = static_cast<double>(value);
        const double code = round(std::clamp(x / grid.scale + zero, low, high));
        const double loss = x - (code - zero) * grid.scale;
        sum += loss * loss;
    }
    return sum;
}

} // namespace

GridLosses::GridLosses(std::vector<CodeGrid> grids, Rounding rounding)
    : grids_(std::move(grids)), rounding_(rounding), sums_(grids_.size())
{
}

template <typename T>
void GridLosses::addAll(std::span<const T> values)
{
    for (std::size_t i = 0; i < grids_.size(); ++i) {
        assert(grids_[i].shifts.empty());
        sums_[i] += rounding_ == Rounding::halfEven
                        ? squaredLosses(grids_[i], values, evenNeighbour)
                        : squaredLosses(grids_[i], values,
                                        [](double x) { return rounded(x, Rounding::halfUp); });
    }
    count_ += static_cast<std::int64_t>(values.size());
}

void GridLosses::add(std::span<const float> values)
{
    addAll(values);
}

void GridLosses::add(std::span<const double> values)
{
    addAll(values);
}

std::vector<double> GridLosses::means() const
{
    std::vector<double> means = sums_;
    for (double& mean : means)
        mean /= static_cast<double>(std::max<std::int64_t>(count_, 1));
    return means;
}

} // namespace vitrine::quant
