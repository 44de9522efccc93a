#include "core/model/vision/position_resampling.h"

#include "core/model/vision/resampling.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vitrine::model
{
namespace
{

// Keys (1981) with torch's a = -0.75, at 1 + t, t, 1 - t and 2 - t.
std::array<double, 4> cubicWeights(double t)
{
    constexpr double a = -0.75;
    const auto near = [](double x) { return ((a + 2) * x - (a + 3)) * x * x + 1; };
    const auto far = [](double x) { return ((a * x - 5 * a) * x + 8 * a) * x - 4 * a; };
    return {far(1 + t), near(t), near(1 - t), far(2 - t)};
}

// Beyond the border stands what is at the border.
std::vector<FilterTaps> plainTaps(std::int64_t from, std::int64_t to)
{
    std::vector<FilterTaps> all;
    for (std::int64_t i = 0; i < to; ++i) {
        const double place =
            (static_cast<double>(i) + 0.5) * static_cast<double>(from) / static_cast<double>(to) -
            0.5;
        const auto below = static_cast<std::int64_t>(std::floor(place));
        const auto weights = cubicWeights(place - static_cast<double>(below));
        FilterTaps taps{0, std::vector<double>(static_cast<std::size_t>(from))};
        for (std::int64_t j = 0; j < 4; ++j)
            taps.weights[static_cast<std::size_t>(std::clamp<std::int64_t>(
                below - 1 + j, 0, from - 1))] += weights[static_cast<std::size_t>(j)];
        all.push_back(std::move(taps));
    }
    return all;
}

// Rows of `width` values, `step` rows apart, summed by the taps.
template <typename From>
void sumRows(const From* from, std::int64_t step, const FilterTaps& taps, std::int64_t width,
             double* sums)
{
    std::fill_n(sums, width, 0.0);
    for (std::size_t j = 0; j < taps.weights.size(); ++j) {
        if (taps.weights[j] == 0)
            continue;
        const From* row = from + (taps.first + static_cast<std::int64_t>(j)) * step * width;
        for (std::int64_t c = 0; c < width; ++c)
            sums[c] += taps.weights[j] * static_cast<double>(row[c]);
    }
}

} // namespace

std::vector<float> resampledPositions(std::span<const float> positions, std::int64_t width,
                                      const PositionGrids& grids)
{
    const std::int64_t from = grids.from, to = grids.to;
    const auto taps =
        grids.antialiased ? filterTaps(from, to, Resampling::bicubic) : plainTaps(from, to);
    const float* patches = positions.data() + grids.placed * width;
    std::vector<double> across(static_cast<std::size_t>(from * to * width));
    for (std::int64_t y = 0; y < from; ++y)
        for (std::int64_t x = 0; x < to; ++x)
            sumRows(patches + y * from * width, 1, taps[static_cast<std::size_t>(x)], width,
                    across.data() + (y * to + x) * width);
    std::vector<float> all(positions.begin(), positions.begin() + grids.placed * width);
    all.reserve(static_cast<std::size_t>((grids.placed + to * to) * width));
    std::vector<double> sums(static_cast<std::size_t>(width));
    for (std::int64_t y = 0; y < to; ++y)
        for (std::int64_t x = 0; x < to; ++x) {
            sumRows(across.data() + x * width, to, taps[static_cast<std::size_t>(y)], width,
                    sums.data());
            std::ranges::transform(sums, std::back_inserter(all),
                                   [](double sum) { return static_cast<float>(sum); });
        }
    return all;
}

} // namespace vitrine::model
