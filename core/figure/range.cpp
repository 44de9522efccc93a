#include "core/figure/figure.h"

#include <algorithm>
#include <cmath>

namespace vitrine::figure
{
namespace
{

constexpr double kMargin = 0.04;
constexpr double kCaptionLine = 0.14; // of the picture's height, where the axis does not say more
constexpr double kLargest = 1e300;    // differences of what is larger are infinite
constexpr double kNarrowest =
    1e-12; // of a linear range's largest value: below, ticks would fall together

// Collects the values of one axis.
struct Extent {
    bool logarithmic = false;
    double low = std::numeric_limits<double>::infinity();
    double high = -std::numeric_limits<double>::infinity();

    void add(double value)
    {
        if (!(std::abs(value) <= kLargest) || (logarithmic && value < 1 / kLargest))
            return;
        low = std::min(low, value);
        high = std::max(high, value);
    }
    bool empty() const { return low > high; }
};

void addCells(double first, double step, std::int64_t cells, Extent& extent)
{
    extent.add(first - step / 2);
    extent.add(first + step * (static_cast<double>(cells) - 0.5));
}

// Captions stand at the picture's foot, whichever way the axis runs.
void addCaption(const Image& image, bool reversed, Extent& extent)
{
    if (image.caption.empty())
        return;
    const double height = std::abs(image.dy) * static_cast<double>(image.height);
    const double one = image.y0 - image.dy / 2;
    const double other = one + image.dy * static_cast<double>(image.height);
    const double room =
        height * kCaptionLine * static_cast<double>(1 + std::ranges::count(image.caption, '\n'));
    extent.add(reversed ? std::max(one, other) + room : std::min(one, other) - room);
}

Extent cellExtent(const Figure& figure, bool vertical)
{
    Extent extent;
    for (const Image& image : figure.images) {
        addCells(vertical ? image.y0 : image.x0, vertical ? image.dy : image.dx,
                 vertical ? image.height : image.width, extent);
        if (vertical)
            addCaption(image, figure.y.reversed, extent);
    }
    for (const Grid& grid : figure.grids)
        addCells(vertical ? grid.y0 : grid.x0, vertical ? grid.dy : grid.dx,
                 vertical ? grid.rows : grid.columns, extent);
    return extent;
}

void addBars(const Bars& bars, bool vertical, Extent& extent)
{
    const bool along = bars.horizontal == vertical; // the axis that the positions lie on
    for (std::size_t i = 0; i < bars.position.size(); ++i) {
        if (along) {
            extent.add(bars.position[i] - bars.width / 2);
            extent.add(bars.position[i] + bars.width / 2);
        } else {
            const double base = i < bars.base.size() ? bars.base[i] : 0.0;
            extent.add(base);
            if (i < bars.height.size())
                extent.add(base + bars.height[i]);
        }
    }
}

Extent dataExtent(const Figure& figure, bool vertical, bool logarithmic)
{
    Extent extent{.logarithmic = logarithmic};
    for (const Series& series : figure.series)
        for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i)
            if (!std::isnan(series.x[i]) && !std::isnan(series.y[i]))
                extent.add(vertical ? series.y[i] : series.x[i]);
    for (const Bars& bars : figure.bars)
        addBars(bars, vertical, extent);
    for (const Span& span : figure.spans) {
        if (span.vertical == vertical)
            continue;
        extent.add(span.from);
        extent.add(span.to);
    }
    return extent;
}

// Bars stand on zero: no margin under it.
bool standsOnZero(const Figure& figure, bool vertical, const Extent& extent)
{
    return extent.low == 0 && std::ranges::any_of(figure.bars, [vertical](const Bars& bars) {
               return bars.horizontal != vertical;
           });
}

Range widened(const Extent& extent, bool atZero)
{
    if (extent.logarithmic) {
        const double factor = extent.high > extent.low ? std::pow(extent.high / extent.low, kMargin)
                                                       : std::sqrt(10.0);
        return {extent.low / factor, extent.high * factor};
    }
    const double width = extent.high - extent.low;
    const double margin = width > 0 ? width * kMargin : std::max(std::abs(extent.low) * 0.1, 0.5);
    return {atZero ? 0.0 : extent.low - margin, extent.high + margin};
}

Range automatic(const Figure& figure, bool vertical, bool logarithmic)
{
    const Extent cells = cellExtent(figure, vertical);
    if (!cells.empty())
        return {cells.low, cells.high};
    const Extent extent = dataExtent(figure, vertical, logarithmic);
    if (extent.empty())
        return logarithmic ? Range{0.1, 1} : Range{0, 1};
    return widened(extent, standsOnZero(figure, vertical, extent));
}

Range shown(const Figure& figure, const Axis& axis, bool vertical)
{
    const bool logarithmic = axis.scale == Scale::logarithmic;
    Range range = automatic(figure, vertical, logarithmic);
    const auto usable = [logarithmic](const std::optional<double>& limit) {
        return limit && std::abs(*limit) <= kLargest && !(logarithmic && *limit < 1 / kLargest);
    };
    if (usable(axis.minimum))
        range.low = *axis.minimum;
    if (usable(axis.maximum))
        range.high = *axis.maximum;
    const double least =
        std::max(std::abs(range.low), std::abs(range.high)) * (logarithmic ? 0 : kNarrowest);
    if (!(range.high - range.low > least))
        range.high = logarithmic ? range.low * 10 : range.low + std::max(1.0, 2 * least);
    return range;
}

} // namespace

Range xRange(const Figure& figure)
{
    return shown(figure, figure.x, false);
}

Range yRange(const Figure& figure)
{
    return shown(figure, figure.y, true);
}

} // namespace vitrine::figure
