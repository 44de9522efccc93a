#include "widgets/plot/reading.h"

#include <QStringList>

#include "core/base/number_text.h"
#include "core/figure/not_finite.h"
#include "widgets/plot/picture_image.h"

#include <algorithm>
#include <cmath>

namespace vitrine::plot
{
namespace
{

constexpr double kReach = 24;

// "query 12 “peace”", "size 3.5 MiB"
QString coordinate(const figure::Axis& axis, double value, const char* otherwise)
{
    QString text = axis.label.empty() ? QString(otherwise) : QString::fromStdString(axis.label);
    text += ' ' + QString::fromStdString(readOut(value));
    if (!axis.unit.empty() && axis.unit != "1")
        text += QChar(0x2009) + QString::fromStdString(axis.unit);
    const auto named = std::ranges::find(axis.ticks, value, &figure::Axis::Tick::position);
    if (named != axis.ticks.end())
        text += QStringLiteral(" “%1”").arg(QString::fromStdString(named->label).trimmed());
    return text;
}

QString withName(const std::string& name, const QStringList& parts)
{
    QStringList lines = parts;
    if (!name.empty())
        lines.prepend(QString::fromStdString(name));
    return lines.join('\n');
}

// With what the point or bar is.
template <typename Item>
QString withLabel(const Item& item, std::size_t index, QStringList parts)
{
    if (index < item.labels.size() && !item.labels[index].empty())
        parts.prepend(QString::fromStdString(item.labels[index]));
    return withName(item.name, parts);
}

std::optional<Reading> inGrid(const figure::Figure& figure, const figure::Grid& grid,
                              const Frame& frame, QPointF pixel)
{
    const double c = std::floor((frame.valueX(pixel.x()) - grid.x0) / grid.dx + 0.5);
    const double r = std::floor((frame.valueY(pixel.y()) - grid.y0) / grid.dy + 0.5);
    if (!(c >= 0 && r >= 0 && c < static_cast<double>(grid.columns) &&
          r < static_cast<double>(grid.rows)))
        return {};
    const auto cell = static_cast<std::size_t>(r) * static_cast<std::size_t>(grid.columns) +
                      static_cast<std::size_t>(c);
    if (cell >= grid.values.size() || std::isnan(grid.values[cell]))
        return {};
    const double x = grid.x0 + c * grid.dx, y = grid.y0 + r * grid.dy;
    QString value = grid.name.empty() ? QString("value") : QString::fromStdString(grid.name);
    const bool finite = !figure::isNotFinite(grid.values[cell]);
    value += ' ' + (finite ? QString::fromStdString(readOut(static_cast<double>(grid.values[cell])))
                           : QStringLiteral("not finite"));
    if (finite && !grid.unit.empty() && grid.unit != "1")
        value += QChar(0x2009) + QString::fromStdString(grid.unit);
    return Reading{
        frame.at(x, y), x, y,
        withName("", {coordinate(figure.y, y, "row"), coordinate(figure.x, x, "column"), value})};
}

// What the picture shows, read at its middle.
std::optional<Reading> inImage(const figure::Image& image, const Frame& frame, QPointF pixel)
{
    const auto place = placeOf(image, frame);
    if (!place || !place->contains(pixel) || (image.name.empty() && image.caption.empty()))
        return {};
    const QPointF middle = place->intersected(frame.rect).center();
    QStringList lines;
    for (const std::string& text : {image.name, image.caption})
        if (!text.empty())
            lines << QString::fromStdString(text);
    return Reading{middle, frame.valueX(middle.x()), frame.valueY(middle.y()), lines.join('\n')};
}

std::optional<Reading> inBars(const figure::Figure& figure, const figure::Bars& bars,
                              const Frame& frame, QPointF pixel)
{
    const double vx = frame.valueX(pixel.x()), vy = frame.valueY(pixel.y());
    const double along = bars.horizontal ? vy : vx, across = bars.horizontal ? vx : vy;
    for (std::size_t i = 0; i < std::min(bars.position.size(), bars.height.size()); ++i) {
        const double base = i < bars.base.size() ? bars.base[i] : 0.0;
        const double end = base + bars.height[i];
        if (std::abs(along - bars.position[i]) > bars.width / 2 || across < std::min(base, end) ||
            across > std::max(base, end))
            continue;
        const double x = bars.horizontal ? end : bars.position[i];
        const double y = bars.horizontal ? bars.position[i] : end;
        return Reading{
            frame.at(x, y), x, y,
            withLabel(bars, i, {coordinate(figure.x, x, "x"), coordinate(figure.y, y, "y")})};
    }
    return {};
}

} // namespace

std::optional<Reading> readingAt(const figure::Figure& figure, const Frame& frame, QPointF pixel)
{
    if (!frame.rect.contains(pixel))
        return {};
    std::optional<Reading> best;
    double nearest = kReach;
    for (const figure::Series& series : figure.series) {
        for (std::size_t i = 0; i < std::min(series.x.size(), series.y.size()); ++i) {
            const QPointF point = frame.at(series.x[i], series.y[i]);
            const double distance = std::hypot(point.x() - pixel.x(), point.y() - pixel.y());
            if (!(distance < nearest) || !frame.rect.contains(point))
                continue;
            nearest = distance;
            best = Reading{point, series.x[i], series.y[i],
                           withLabel(series, i,
                                     {coordinate(figure.x, series.x[i], "x"),
                                      coordinate(figure.y, series.y[i], "y")})};
        }
    }
    for (auto bars = figure.bars.rbegin(); !best && bars != figure.bars.rend(); ++bars)
        best = inBars(figure, *bars, frame, pixel);
    for (auto grid = figure.grids.rbegin(); !best && grid != figure.grids.rend(); ++grid)
        best = inGrid(figure, *grid, frame, pixel);
    for (auto image = figure.images.rbegin(); !best && image != figure.images.rend(); ++image)
        best = inImage(*image, frame, pixel);
    return best;
}

} // namespace vitrine::plot
