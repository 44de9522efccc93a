#include "core/figure/upsample.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace vitrine::figure
{
namespace
{

// The cells around a place along one axis, and how much of each is in it.
template <std::size_t Taps>
struct Around {
    std::array<std::int64_t, Taps> cells{};
    std::array<double, Taps> weights{};
};

double heldInside(double place, std::int64_t cells)
{
    return std::clamp(place, 0.0, static_cast<double>(cells - 1));
}

Around<2> linearAround(double place, std::int64_t cells)
{
    const double inside = heldInside(place, cells);
    const auto first = static_cast<std::int64_t>(inside);
    const double t = inside - static_cast<double>(first);
    return {{first, std::min(first + 1, cells - 1)}, {1 - t, t}};
}

// Catmull-Rom: cubic convolution with a = -1/2 (Keys 1981, eq. (4)).
Around<4> cubicAround(double place, std::int64_t cells)
{
    const double inside = heldInside(place, cells);
    const auto first = static_cast<std::int64_t>(inside);
    const double t = inside - static_cast<double>(first);
    Around<4> around;
    for (std::int64_t i = 0; i < 4; ++i)
        around.cells[static_cast<std::size_t>(i)] =
            std::clamp<std::int64_t>(first + i - 1, 0, cells - 1);
    around.weights = {((-0.5 * t + 1) * t - 0.5) * t, (1.5 * t - 2.5) * t * t + 1,
                      ((-1.5 * t + 2) * t + 0.5) * t, (0.5 * t - 0.5) * t * t};
    return around;
}

struct Mixed {
    double sum = 0, weight = 0;
    float least = std::numeric_limits<float>::max(), most = std::numeric_limits<float>::lowest();
    bool whole = true; // every cell is finite
};

template <std::size_t Taps>
Mixed mix(std::span<const float> values, std::int64_t columns, const Around<Taps>& down,
          const Around<Taps>& across)
{
    Mixed mixed;
    for (std::size_t i = 0; i < Taps; ++i)
        for (std::size_t j = 0; j < Taps; ++j) {
            const double weight = down.weights[i] * across.weights[j];
            if (weight == 0)
                continue;
            const float value =
                values[static_cast<std::size_t>(down.cells[i] * columns + across.cells[j])];
            if (!std::isfinite(value)) {
                mixed.whole = false;
                continue;
            }
            mixed.sum += weight * static_cast<double>(value);
            mixed.weight += weight;
            mixed.least = std::min(mixed.least, value);
            mixed.most = std::max(mixed.most, value);
        }
    return mixed;
}

} // namespace

float valueBetween(std::span<const float> values, std::int64_t rows, std::int64_t columns,
                   double row, double column, Upsampling upsampling)
{
    const auto nearest = [](double place, std::int64_t cells) {
        return static_cast<std::int64_t>(std::floor(heldInside(place, cells) + 0.5));
    };
    const float cell =
        values[static_cast<std::size_t>(nearest(row, rows) * columns + nearest(column, columns))];
    if (upsampling == Upsampling::nearest || !std::isfinite(cell))
        return cell;
    if (upsampling == Upsampling::bicubic) {
        const Mixed mixed =
            mix(values, columns, cubicAround(row, rows), cubicAround(column, columns));
        if (mixed.whole) // with cells left out its weights, some negative, could sum to nothing
            return std::clamp(static_cast<float>(mixed.sum), mixed.least, mixed.most);
    }
    const Mixed mixed =
        mix(values, columns, linearAround(row, rows), linearAround(column, columns));
    return static_cast<float>(mixed.sum / mixed.weight); // the nearest cell counts at least 1/4
}

std::vector<float> upsampled(std::span<const float> values, std::int64_t rows, std::int64_t columns,
                             std::int64_t height, std::int64_t width, Upsampling upsampling)
{
    if (rows <= 0 || columns <= 0 || height <= 0 || width <= 0 ||
        columns > static_cast<std::int64_t>(values.size()) / rows)
        return {};
    const double down = static_cast<double>(rows) / static_cast<double>(height);
    const double across = static_cast<double>(columns) / static_cast<double>(width);
    std::vector<float> all;
    all.reserve(static_cast<std::size_t>(height) * static_cast<std::size_t>(width));
    for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t x = 0; x < width; ++x)
            all.push_back(valueBetween(values, rows, columns,
                                       (static_cast<double>(y) + 0.5) * down - 0.5,
                                       (static_cast<double>(x) + 0.5) * across - 0.5, upsampling));
    return all;
}

} // namespace vitrine::figure
