#include "widgets/parallel/density.h"

#include <algorithm>
#include <bit>
#include <cmath>

namespace vitrine::parallel
{
namespace
{

constexpr double kFaintest = 0.10; // opacity of a single line among many

int binOf(float height, int bins)
{
    return std::clamp(static_cast<int>(height * static_cast<float>(bins)), 0, bins - 1);
}

// The lines of one pair of bins: their row where they start, and how it goes on by the pixel.
struct Bundle {
    float from, step, weight;
};

std::vector<Bundle> bundlesOf(const Bins& bins, int width, int height)
{
    const float lowest = static_cast<float>(height) - 1; // the row of height 0
    const float scale = lowest / static_cast<float>(bins.perAxis);
    std::vector<Bundle> bundles;
    for (int l = 0; l < bins.perAxis; ++l)
        for (int r = 0; r < bins.perAxis; ++r)
            if (const auto count = bins.counts[static_cast<std::size_t>(l * bins.perAxis + r)])
                bundles.push_back({lowest - (static_cast<float>(l) + 0.5F) * scale,
                                   static_cast<float>(l - r) * scale / static_cast<float>(width),
                                   static_cast<float>(count)});
    return bundles;
}

// A float's leading bits order positive numbers in steps of 1/128 of their size: fine enough for
// 255 opacities over a logarithm, and no logarithm per pixel.
constexpr int kStepBits = 16;
constexpr std::uint32_t kFirstStep = std::bit_cast<std::uint32_t>(1.0F) >> kStepBits;

std::size_t stepOf(float lines)
{
    return (std::bit_cast<std::uint32_t>(1 + lines) >> kStepBits) - kFirstStep;
}

std::vector<QRgb> coloursUpTo(float most, const QColor& colour)
{
    const double scale = 1 / std::log1p(std::max(most, 1.0F));
    std::vector<QRgb> colours(stepOf(most) + 1);
    for (std::uint32_t step = 0; step < colours.size(); ++step) {
        const std::uint32_t bits = ((kFirstStep + step) << kStepBits) | (1U << (kStepBits - 1));
        const double lines = static_cast<double>(std::bit_cast<float>(bits)) - 1; // its middle
        const double floor = kFaintest * std::min(1.0, lines);
        const double alpha = std::clamp(std::max(floor, std::log1p(lines) * scale), 0.0, 1.0);
        colours[step] = qPremultiply(qRgba(colour.red(), colour.green(), colour.blue(),
                                           static_cast<int>(std::lround(255 * alpha))));
    }
    return colours;
}

} // namespace

Bins binLines(std::span<const float> left, std::span<const float> right,
              std::span<const std::uint8_t> kept, int perAxis)
{
    Bins bins;
    bins.perAxis = perAxis;
    bins.counts.assign(static_cast<std::size_t>(perAxis) * static_cast<std::size_t>(perAxis), 0);
    for (std::size_t row = 0; row < left.size(); ++row) {
        if ((!kept.empty() && !kept[row]) || std::isnan(left[row]) || std::isnan(right[row]))
            continue;
        ++bins.counts[static_cast<std::size_t>(binOf(left[row], perAxis) * perAxis +
                                               binOf(right[row], perAxis))];
        ++bins.total;
    }
    return bins;
}

std::vector<float> lineDensity(const Bins& bins, int width, int height)
{
    std::vector<float> density(static_cast<std::size_t>(width) * static_cast<std::size_t>(height));
    const std::vector<Bundle> bundles = bundlesOf(bins, width, height);
    // A column at a time: it stays in the nearest cache, whatever the slope of the lines.
    std::vector<float> column(static_cast<std::size_t>(height) + 1);
    const int last = std::max(0, height - 2);
    for (int x = 0; x < width; ++x) {
        std::ranges::fill(column, 0.0F);
        for (const Bundle& each : bundles) {
            const float y = each.from + (static_cast<float>(x) + 0.5F) * each.step;
            const int row = std::clamp(static_cast<int>(y), 0, last);
            const float below = std::min(y - static_cast<float>(row), 1.0F);
            column[static_cast<std::size_t>(row)] += each.weight * (1 - below);
            column[static_cast<std::size_t>(row) + 1] += each.weight * below;
        }
        for (int y = 0; y < height; ++y)
            density[static_cast<std::size_t>(y * width + x)] = column[static_cast<std::size_t>(y)];
    }
    return density;
}

QImage densityImage(std::span<const float> density, int width, int height, const QColor& colour)
{
    QImage image(width, height, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    const float most = density.empty() ? 0.0F : *std::ranges::max_element(density);
    if (most <= 0)
        return image;
    const std::vector<QRgb> colours = coloursUpTo(most, colour);
    for (int y = 0; y < height; ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < width; ++x)
            if (const float lines = density[static_cast<std::size_t>(y * width + x)]; lines > 0)
                line[x] = colours[stepOf(lines)];
    }
    return image;
}

} // namespace vitrine::parallel
