#include "widgets/parallel/density.h"

#include <algorithm>
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
    const float lowest = static_cast<float>(height) - 1; // the row of height 0
    for (int l = 0; l < bins.perAxis; ++l)
        for (int r = 0; r < bins.perAxis; ++r) {
            const std::uint32_t count = bins.counts[static_cast<std::size_t>(l * bins.perAxis + r)];
            if (count == 0)
                continue;
            const auto weight = static_cast<float>(count);
            const float scale = lowest / static_cast<float>(bins.perAxis);
            const float from = lowest - (static_cast<float>(l) + 0.5F) * scale;
            const float step = static_cast<float>(l - r) * scale / static_cast<float>(width);
            for (int x = 0; x < width; ++x) {
                const float y = from + (static_cast<float>(x) + 0.5F) * step;
                const int row = std::clamp(static_cast<int>(y), 0, std::max(0, height - 2));
                const float below = std::min(y - static_cast<float>(row), 1.0F);
                float* pixel = &density[static_cast<std::size_t>(row * width + x)];
                *pixel += weight * (1 - below);
                if (height > 1)
                    pixel[width] += weight * below;
            }
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
    const double scale = 1 / std::log1p(std::max(most, 1.0F));
    for (int y = 0; y < height; ++y) {
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        for (int x = 0; x < width; ++x) {
            const float lines = density[static_cast<std::size_t>(y * width + x)];
            if (lines <= 0)
                continue;
            const double floor = kFaintest * std::min(1.0, static_cast<double>(lines));
            const double alpha = std::max(floor, std::log1p(lines) * scale);
            line[x] = qPremultiply(qRgba(colour.red(), colour.green(), colour.blue(),
                                         static_cast<int>(std::lround(255 * alpha))));
        }
    }
    return image;
}

} // namespace vitrine::parallel
