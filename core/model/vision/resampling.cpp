#include "core/model/vision/resampling.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace vitrine::model
{
namespace
{

constexpr std::array<std::string_view, 6> kResamplingNames = {"nearest", "lanczos", "bilinear",
                                                              "bicubic", "box",     "hamming"};

double boxAt(double x)
{
    return x > -0.5 && x <= 0.5 ? 1 : 0;
}

double bilinearAt(double x)
{
    return std::max(0.0, 1 - std::abs(x));
}

double sincAt(double x)
{
    return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

// Pillow's: a sinc under the window of Hamming (0.54 and 0.46), one pixel to each side.
double hammingAt(double x)
{
    x = std::abs(x);
    return x >= 1 ? 0 : sincAt(x) * (0.54 + 0.46 * std::cos(std::numbers::pi * x));
}

// Keys (1981) with a = -0.5.
double bicubicAt(double x)
{
    constexpr double a = -0.5;
    x = std::abs(x);
    if (x < 1)
        return ((a + 2) * x - (a + 3)) * x * x + 1;
    if (x < 2)
        return (((x - 5) * x + 8) * x - 4) * a;
    return 0;
}

double lanczosAt(double x)
{
    return x >= -3 && x < 3 ? sincAt(x) * sincAt(x / 3) : 0;
}

struct Filter {
    double (*at)(double);
    double support; // pixels to each side
};

Filter filterOf(Resampling resampling)
{
    switch (resampling) {
    case Resampling::lanczos:
        return {lanczosAt, 3};
    case Resampling::bicubic:
        return {bicubicAt, 2};
    case Resampling::box:
        return {boxAt, 0.5};
    case Resampling::hamming:
        return {hammingAt, 1};
    default:
        return {bilinearAt, 1};
    }
}

// The same in 1 / 2^22, as Pillow has it.
struct FixedTaps {
    std::int64_t first = 0;
    std::vector<std::int32_t> weights;
};
constexpr int kPrecision = 32 - 8 - 2;

std::vector<FixedTaps> fixedTaps(std::int64_t from, std::int64_t to, Resampling resampling)
{
    std::vector<FixedTaps> all;
    for (const FilterTaps& taps : filterTaps(from, to, resampling)) {
        all.push_back({taps.first, {}});
        for (const double weight : taps.weights) {
            const double fixed = weight * (1 << kPrecision);
            all.back().weights.push_back(
                static_cast<std::int32_t>(fixed < 0 ? fixed - 0.5 : fixed + 0.5));
        }
    }
    return all;
}

std::uint8_t clip(std::int64_t sum)
{
    return static_cast<std::uint8_t>(std::clamp<std::int64_t>(sum >> kPrecision, 0, 255));
}

// One pass over lines: `step` is the distance between neighbours along it, in values.
void resizePass(const std::uint8_t* from, std::uint8_t* to, const std::vector<FixedTaps>& taps,
                std::int64_t lines, std::int64_t fromLine, std::int64_t toLine,
                std::int64_t fromStep, std::int64_t toStep, std::int64_t channels)
{
    for (std::int64_t line = 0; line < lines; ++line)
        for (std::size_t i = 0; i < taps.size(); ++i)
            for (std::int64_t c = 0; c < channels; ++c) {
                std::int64_t sum = 1 << (kPrecision - 1);
                const std::uint8_t* x = from + line * fromLine + taps[i].first * fromStep + c;
                for (std::size_t j = 0; j < taps[i].weights.size(); ++j)
                    sum += static_cast<std::int64_t>(taps[i].weights[j]) *
                           x[static_cast<std::int64_t>(j) * fromStep];
                to[line * toLine + static_cast<std::int64_t>(i) * toStep + c] = clip(sum);
            }
}

// Steps are added up, as Pillow does: the last bit may decide between two pixels.
std::vector<std::int64_t> nearestOf(std::int64_t from, std::int64_t to)
{
    const double step = static_cast<double>(from) / static_cast<double>(to);
    std::vector<std::int64_t> places;
    double place = step * 0.5;
    for (std::int64_t i = 0; i < to; ++i, place += step)
        places.push_back(std::min(from - 1, static_cast<std::int64_t>(place)));
    return places;
}

std::vector<std::uint8_t> nearest(const PictureView& picture, std::int64_t width,
                                  std::int64_t height)
{
    const auto rows = nearestOf(picture.height, height), columns = nearestOf(picture.width, width);
    std::vector<std::uint8_t> out;
    out.reserve(static_cast<std::size_t>(width * height * picture.channels));
    for (const std::int64_t row : rows)
        for (const std::int64_t column : columns) {
            const std::uint8_t* pixel =
                picture.values.data() + (row * picture.width + column) * picture.channels;
            out.insert(out.end(), pixel, pixel + picture.channels);
        }
    return out;
}

} // namespace

std::string_view resamplingName(Resampling resampling)
{
    return kResamplingNames[static_cast<std::size_t>(resampling)];
}

std::optional<Resampling> parseResampling(std::string_view name)
{
    const auto found = std::ranges::find(kResamplingNames, name);
    if (found == kResamplingNames.end())
        return {};
    return static_cast<Resampling>(found - kResamplingNames.begin());
}

std::vector<FilterTaps> filterTaps(std::int64_t from, std::int64_t to, Resampling resampling)
{
    const double scale = static_cast<double>(from) / static_cast<double>(to);
    const double widening = std::max(1.0, scale), narrowing = 1 / widening;
    const Filter filter = filterOf(resampling);
    const double support = filter.support * widening;
    std::vector<FilterTaps> all;
    for (std::int64_t i = 0; i < to; ++i) {
        const double centre = (static_cast<double>(i) + 0.5) * scale;
        const auto first =
            std::max<std::int64_t>(0, static_cast<std::int64_t>(centre - support + 0.5));
        const auto end = std::min(from, static_cast<std::int64_t>(centre + support + 0.5));
        FilterTaps taps{first, {}};
        double sum = 0;
        for (std::int64_t j = first; j < end; ++j) {
            taps.weights.push_back(filter.at((static_cast<double>(j) - centre + 0.5) * narrowing));
            sum += taps.weights.back();
        }
        for (double& weight : taps.weights)
            weight = sum != 0 ? weight / sum : weight;
        all.push_back(std::move(taps));
    }
    return all;
}

std::vector<std::uint8_t> resized(const PictureView& picture, std::int64_t width,
                                  std::int64_t height, Resampling resampling)
{
    if (resampling == Resampling::nearest)
        return nearest(picture, width, height);
    const std::int64_t channels = picture.channels;
    std::vector<std::uint8_t> across(static_cast<std::size_t>(width * picture.height * channels));
    resizePass(picture.values.data(), across.data(), fixedTaps(picture.width, width, resampling),
               picture.height, picture.width * channels, width * channels, channels, channels,
               channels);
    std::vector<std::uint8_t> down(static_cast<std::size_t>(width * height * channels));
    resizePass(across.data(), down.data(), fixedTaps(picture.height, height, resampling), width,
               channels, channels, width * channels, width * channels, channels);
    return down;
}

} // namespace vitrine::model
