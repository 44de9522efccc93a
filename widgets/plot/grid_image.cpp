#include "widgets/plot/grid_image.h"

#include "core/figure/not_finite.h"
#include "core/figure/upsample.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace vitrine::plot
{
namespace
{

struct Cells {
    std::int64_t from = 0, to = 0; // [from, to)
};

// The cells that each of `pixels` image pixels shows; `edge(i)` is the cell coordinate (0.5 =
// middle of the first cell) at the border before pixel i.
template <typename Edge>
std::vector<Cells> cellsOfPixels(int pixels, std::int64_t cells, Edge edge)
{
    std::vector<Cells> shown(static_cast<std::size_t>(pixels));
    for (int i = 0; i < pixels; ++i) {
        const auto [low, high] = std::minmax({edge(i), edge(i + 1)});
        const double middle = (low + high) / 2;
        if (!(middle >= 0 && middle < static_cast<double>(cells)))
            continue;
        auto from = static_cast<std::int64_t>(std::floor(middle));
        auto to = from + 1;
        if (high - low > 1) { // several to a pixel: those whose lower border lies in it, none twice
            from = std::max<std::int64_t>(0, static_cast<std::int64_t>(std::ceil(low)));
            to = std::min(cells, static_cast<std::int64_t>(std::ceil(high)));
        }
        shown[static_cast<std::size_t>(i)] = {from, std::max(to, from + 1)};
    }
    return shown;
}

std::array<QRgb, 256> coloursOf(const figure::Grid& grid)
{
    const int alpha = static_cast<int>(std::lround(std::clamp(grid.opacity, 0.0, 1.0) * 255));
    std::array<QRgb, 256> colours;
    for (std::size_t i = 0; i < colours.size(); ++i) {
        const figure::Colour c = figure::colourOf(grid.map, static_cast<double>(i) / 255);
        colours[i] = qPremultiply(qRgba(c.red, c.green, c.blue, alpha));
    }
    return colours;
}

// The most telling value of a block, NaN where it has none.
float pooled(const figure::Grid& grid, Cells rows, Cells columns)
{
    const bool bySize = grid.map == figure::ColourMap::difference;
    float best = std::numeric_limits<float>::quiet_NaN();
    for (std::int64_t row = rows.from; row < rows.to; ++row) {
        const float* values = grid.values.data() + row * grid.columns;
        for (std::int64_t column = columns.from; column < columns.to; ++column) {
            const float value = values[column];
            if (std::isnan(value))
                continue;
            if (std::isnan(best) || (bySize ? std::abs(value) > std::abs(best) : value > best))
                best = value;
        }
    }
    return best;
}

} // namespace

QImage gridImage(const figure::Grid& grid, const Frame& frame, double scale)
{
    const int width = std::max(1, static_cast<int>(std::lround(frame.rect.width() * scale)));
    const int height = std::max(1, static_cast<int>(std::lround(frame.rect.height() * scale)));
    QImage image(width, height, QImage::Format_ARGB32_Premultiplied);
    image.fill(Qt::transparent);
    const auto size = static_cast<std::int64_t>(grid.values.size());
    if (grid.rows <= 0 || grid.columns > size / grid.rows || grid.dx == 0 || grid.dy == 0 ||
        frame.rect.isEmpty())
        return image;

    const double stepX = frame.rect.width() / width, stepY = frame.rect.height() / height;
    const auto columnAt = [&](double pixel) {
        return (frame.valueX(frame.rect.left() + pixel * stepX) - grid.x0) / grid.dx + 0.5;
    };
    const auto rowAt = [&](double pixel) {
        return (frame.valueY(frame.rect.top() + pixel * stepY) - grid.y0) / grid.dy + 0.5;
    };
    const auto columns = cellsOfPixels(width, grid.columns, columnAt);
    const auto rows = cellsOfPixels(height, grid.rows, rowAt);
    const auto isOne = [](const Cells& cells) { return cells.to - cells.from <= 1; };
    const bool between = grid.upsampling != figure::Upsampling::nearest &&
                         std::ranges::all_of(columns, isOne) && std::ranges::all_of(rows, isOne);
    const auto colours = coloursOf(grid);
    for (int y = 0; y < height; ++y) {
        const Cells block = rows[static_cast<std::size_t>(y)];
        if (block.to == 0)
            continue;
        auto* line = reinterpret_cast<QRgb*>(image.scanLine(y));
        const bool repeated = !between && y > 0 &&
                              rows[static_cast<std::size_t>(y - 1)].from == block.from &&
                              rows[static_cast<std::size_t>(y - 1)].to == block.to;
        if (repeated) {
            std::copy_n(reinterpret_cast<const QRgb*>(image.constScanLine(y - 1)), width, line);
            continue;
        }
        for (int x = 0; x < width; ++x) {
            const Cells across = columns[static_cast<std::size_t>(x)];
            if (across.to == 0)
                continue;
            const float value = between
                                    ? figure::valueBetween(grid.values, grid.rows, grid.columns,
                                                           rowAt(y + 0.5) - 0.5,
                                                           columnAt(x + 0.5) - 0.5, grid.upsampling)
                                    : pooled(grid, block, across);
            const double share = figure::normalised(grid, value);
            if (!std::isnan(share) && !figure::isNotFinite(value))
                line[x] = colours[static_cast<std::size_t>(std::lround(share * 255))];
        }
    }
    return image;
}

QRectF placeOf(const figure::Grid& grid, const Frame& frame)
{
    return {frame.at(grid.x0 - grid.dx / 2, grid.y0 - grid.dy / 2),
            frame.at(grid.x0 + (static_cast<double>(grid.columns) - 0.5) * grid.dx,
                     grid.y0 + (static_cast<double>(grid.rows) - 0.5) * grid.dy)};
}

} // namespace vitrine::plot
