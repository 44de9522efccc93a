#include "core/superres/picture/resampling.h"

#include "core/base/parallel.h"
#include "core/superres/picture/last_rows.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <span>

namespace vitrine::superres
{
namespace
{

double triangle(double x)
{
    return std::max(0.0, 1.0 - std::abs(x));
}

// Keys 1981, eq. (15).
double keysCubic(double x)
{
    const double d = std::abs(x);
    if (d <= 1.0)
        return 1.5 * d * d * d - 2.5 * d * d + 1.0;
    return d < 2.0 ? -0.5 * d * d * d + 2.5 * d * d - 4.0 * d + 2.0 : 0.0;
}

double sinc(double x)
{
    const double angle = std::numbers::pi * x;
    return x == 0.0 ? 1.0 : std::sin(angle) / angle;
}

double lanczos3(double x)
{
    return std::abs(x) < 3.0 ? sinc(x) * sinc(x / 3.0) : 0.0;
}

struct FilterShape {
    double (*value)(double);
    double reach;
};

FilterShape shapeOf(Filter filter)
{
    switch (filter) {
    case Filter::bilinear:
        return {triangle, 1.0};
    case Filter::bicubic:
        return {keysCubic, 2.0};
    default:
        return {lanczos3, 3.0};
    }
}

// Weights of the samples from `first` on, brought inside and added up where they meet.
Taps reflectedTaps(std::span<const double> weights, std::int64_t first, std::int64_t size)
{
    std::int64_t low = size, high = 0;
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const std::int64_t at = reflected(first + static_cast<std::int64_t>(i), size);
        low = std::min(low, at);
        high = std::max(high, at);
    }
    Taps taps{low, std::vector<double>(static_cast<std::size_t>(high - low + 1))};
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const std::int64_t at = reflected(first + static_cast<std::int64_t>(i), size);
        taps.weights[static_cast<std::size_t>(at - low)] += weights[i];
    }
    return taps;
}

// Without the zeros at both ends, where the kernel ends between two samples.
Taps insideTaps(std::span<const double> weights, std::int64_t first, std::int64_t size)
{
    const auto isZero = [](double weight) { return weight == 0.0; };
    const auto leading = std::ranges::find_if_not(weights, isZero) - weights.begin();
    weights = weights.subspan(static_cast<std::size_t>(leading));
    while (isZero(weights.back()))
        weights = weights.first(weights.size() - 1);
    return reflectedTaps(weights, first + leading, size);
}

void sumOfRows(LastRows& rows, const Taps& taps, std::vector<double>& sum)
{
    std::ranges::fill(sum, 0.0);
    for (std::size_t k = 0; k < taps.weights.size(); ++k) {
        const double* row = rows.row(taps.first + static_cast<std::int64_t>(k));
        const double weight = taps.weights[k];
        for (std::size_t i = 0; i < sum.size(); ++i)
            sum[i] += weight * row[i];
    }
}

template <std::size_t channels>
void alongRow(const double* from, const std::vector<Taps>& columns, double* to)
{
    for (const Taps& taps : columns) {
        double sum[channels] = {};
        const double* pixel = from + static_cast<std::size_t>(taps.first) * channels;
        for (const double weight : taps.weights)
            for (std::size_t c = 0; c < channels; ++c)
                sum[c] += weight * *pixel++;
        to = std::copy_n(sum, channels, to);
    }
}

} // namespace

std::vector<Taps> tapsOf(std::int64_t from, std::int64_t to, Filter filter)
{
    std::vector<Taps> all;
    const double scale = static_cast<double>(to) / static_cast<double>(from);
    const double narrow = std::min(scale, 1.0);
    for (std::int64_t i = 0; i < to; ++i) {
        const double centre = (static_cast<double>(i) + 0.5) / scale - 0.5;
        if (filter == Filter::nearest) {
            const auto nearest = static_cast<std::int64_t>(std::floor(centre + 0.5));
            all.push_back({std::clamp<std::int64_t>(nearest, 0, from - 1), {1.0}});
            continue;
        }
        const FilterShape kernel = shapeOf(filter);
        const auto first = static_cast<std::int64_t>(std::floor(centre - kernel.reach / narrow));
        const auto last = static_cast<std::int64_t>(std::ceil(centre + kernel.reach / narrow));
        std::vector<double> weights;
        double sum = 0.0;
        for (std::int64_t j = first; j <= last; ++j)
            sum += weights.emplace_back(kernel.value((centre - static_cast<double>(j)) * narrow));
        for (double& weight : weights)
            weight /= sum;
        all.push_back(insideTaps(weights, first, from));
    }
    return all;
}

void resample(const RowSource& source, std::int64_t width, std::int64_t height, Filter filter,
              const RowSink& sink, int threads)
{
    const std::vector<Taps> rows = tapsOf(source.height, height, filter);
    const std::vector<Taps> columns = tapsOf(source.width, width, filter);
    std::size_t most = 1;
    for (const Taps& taps : rows)
        most = std::max(most, taps.weights.size());

    constexpr std::size_t kBand = 32;
    const auto count = static_cast<std::size_t>(height);
    parallelFor(
        (count + kBand - 1) / kBand,
        [&](std::size_t band) {
            LastRows last(source, most);
            std::vector<double> sum(static_cast<std::size_t>(source.width * source.channels));
            std::vector<double> row(static_cast<std::size_t>(width * source.channels));
            for (std::size_t y = band * kBand; y < std::min(count, (band + 1) * kBand); ++y) {
                sumOfRows(last, rows[y], sum);
                (source.channels == 3 ? alongRow<3> : alongRow<1>)(sum.data(), columns, row.data());
                sink(static_cast<std::int64_t>(y), row.data());
            }
        },
        threads);
}

Picture resampled(const Picture& picture, std::int64_t width, std::int64_t height, Filter filter,
                  int threads)
{
    Picture result{width, height, picture.channels, {}};
    result.values.resize(static_cast<std::size_t>(width * height * picture.channels));
    resample(rowsOf(picture), width, height, filter, into(result), threads);
    return result;
}

Image resampled(const Image& image, std::int64_t width, std::int64_t height, Filter filter,
                int threads)
{
    Image result = blankImage(width, height);
    resample(rowsOf(image), width, height, filter, into(result), threads);
    return result;
}

} // namespace vitrine::superres
