#include "widgets/parallel/parallel_painter.h"

#include "core/base/format.h"
#include "core/base/parallel.h"
#include "core/figure/ticks.h"
#include "widgets/parallel/density.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <QObject>
#include <QPainter>

#include <algorithm>
#include <cmath>
#include <functional>

namespace vitrine::parallel
{
namespace
{

constexpr int kLabel = 11; // pixels of tick labels

enum class Rows { kept, others };

// Single lines get fainter the more there are: bundles then show by themselves.
double opacityOf(std::size_t lines)
{
    return std::clamp(9.0 / std::sqrt(static_cast<double>(std::max<std::size_t>(lines, 1))), 0.14,
                      0.9);
}

QColor faded(QColor colour, double alpha)
{
    colour.setAlphaF(static_cast<float>(alpha));
    return colour;
}

// The part of viridis that stands out from the ground.
QColor mapped(double share, bool dark)
{
    const figure::Colour c =
        figure::colourOf(figure::ColourMap::viridis, dark ? 0.2 + 0.8 * share : 0.92 * share);
    return {c.red, c.green, c.blue};
}

std::function<QColor(std::size_t row)> coloursOf(const ShownData& shown, Rows rows)
{
    const theme::Palette& palette = theme::palette();
    const auto always = [](const QColor& colour) {
        return [colour](std::size_t) { return colour; };
    };
    if (rows == Rows::others)
        return always(faded(palette.muted, 0.35 * opacityOf(shown.kept().size())));
    const double alpha = opacityOf(shown.keptCount());
    const Axis* by = shown.data().find(shown.state().colour);
    if (!by)
        return always(faded(palette.series(0), alpha));
    return [&palette, alpha, by, range = rangeOf(*by)](std::size_t row) {
        const double value = by->values[row];
        if (std::isnan(value))
            return faded(palette.muted, alpha);
        if (!by->words.empty())
            return faded(palette.series(static_cast<int>(value)), alpha);
        return faded(mapped(heightOf(*by, range, value), palette.dark), alpha);
    };
}

void drawRow(QPainter& painter, const Geometry& plot, std::size_t row)
{
    QPolygonF line;
    for (int axis = 0; axis < plot.shown().count(); ++axis) {
        const float height = plot.shown().axis(axis).heights[row];
        if (std::isnan(height)) { // a gap
            painter.drawPolyline(line);
            line.clear();
        } else
            line << QPointF(plot.xOf(axis), plot.yOf(static_cast<double>(height)));
    }
    painter.drawPolyline(line);
}

void drawLines(QPainter& painter, const Geometry& plot, Rows rows)
{
    const std::vector<std::uint8_t>& kept = plot.shown().kept();
    const auto colourOf = coloursOf(plot.shown(), rows);
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t row = 0; row < kept.size(); ++row) {
        if (static_cast<bool>(kept[row]) != (rows == Rows::kept))
            continue;
        painter.setPen(QPen(colourOf(row), 1.2));
        drawRow(painter, plot, row);
    }
}

// Of the kept rows, or of all of them, muted.
void drawDensity(QPainter& painter, const Geometry& plot, Rows which)
{
    const theme::Palette& palette = theme::palette();
    const ShownData& shown = plot.shown();
    const bool isKept = which == Rows::kept;
    const QColor colour = isKept ? palette.series(0) : faded(palette.muted, 1);
    const bool all = !isKept || shown.keptCount() == shown.kept().size();
    const auto rows = all ? std::span<const std::uint8_t>{} : std::span(shown.kept());
    const int gaps = std::max(0, shown.count() - 1);
    const auto gap = [&](int axis) {
        return QRectF(QPointF(plot.xOf(axis), plot.field().top()),
                      QPointF(plot.xOf(axis + 1), plot.field().bottom()));
    };
    std::vector<QImage> images(static_cast<std::size_t>(gaps));
    parallelFor(images.size(), [&](std::size_t i) {
        const int axis = static_cast<int>(i);
        const int width = std::max(1, static_cast<int>(gap(axis).width()));
        const int height = std::max(1, static_cast<int>(gap(axis).height()));
        const Bins bins = binLines(shown.axis(axis).heights, shown.axis(axis + 1).heights, rows);
        images[i] = densityImage(lineDensity(bins, width, height), width, height, colour);
    });
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.setOpacity(isKept ? 1 : 0.35);
    for (int axis = 0; axis < gaps; ++axis)
        painter.drawImage(gap(axis), images[static_cast<std::size_t>(axis)]);
    painter.setOpacity(1);
}

QImage layerOf(const Geometry& plot, qreal ratio)
{
    QImage image((plot.size() * ratio).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(ratio);
    image.fill(Qt::transparent);
    return image;
}

bool isOld(const QImage& image, qreal ratio)
{
    return image.isNull() || image.devicePixelRatio() != ratio;
}

// The legend of the colours is their axis.
void drawColours(QPainter& painter, const Geometry& plot, int axis)
{
    const theme::Palette& palette = theme::palette();
    const ShownAxis& shown = plot.shown().axis(axis);
    painter.setPen(Qt::NoPen);
    const QRectF all = plot.field();
    const int steps = static_cast<int>(all.height());
    for (int i = 0; i < steps; ++i) {
        const double share = 1 - (i + 0.5) / steps;
        const double up = shown.flipped ? 1 - share : share;
        painter.setBrush(shown.axis->words.empty()
                             ? mapped(up, palette.dark)
                             : palette.series(static_cast<int>(std::lround(shown.value(up)))));
        painter.drawRect(QRectF(plot.xOf(axis) - 3, all.top() + i, 6, 1.5));
    }
}

void drawBrush(QPainter& painter, const QRectF& box)
{
    if (box.isEmpty())
        return;
    const theme::Palette& palette = theme::palette();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(palette.accent, 1.5));
    painter.setBrush(faded(palette.accent, 0.22));
    painter.drawRoundedRect(box, 3, 3);
    painter.setPen(QPen(palette.accent, 3, Qt::SolidLine, Qt::RoundCap));
    for (const double y : {box.top(), box.bottom()})
        painter.drawLine(QPointF(box.center().x() - 5, y), QPointF(box.center().x() + 5, y));
}

void drawTicks(QPainter& painter, const Geometry& plot, int axis)
{
    const theme::Palette& palette = theme::palette();
    const ShownAxis& shown = plot.shown().axis(axis);
    figure::Axis described;
    described.scale = shown.axis->scale;
    for (std::size_t word = 0; word < shown.axis->words.size(); ++word)
        described.ticks.push_back({static_cast<double>(word), shown.axis->words[word]});
    const int most = std::max(2, static_cast<int>(plot.field().height() / 34));
    figure::Ticks ticks = figure::chooseTicks(described, shown.range, most);
    if (ticks.major.size() < 2)
        ticks.major = {{shown.range.low, significant(shown.range.low, 3)},
                       {shown.range.high, significant(shown.range.high, 3)}};
    const QFont font = theme::uiFont(kLabel);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    const double gap = axis == 0 ? 58.0 : (plot.xOf(axis) - plot.xOf(axis - 1)) - 16;
    for (const figure::Axis::Tick& tick : ticks.major) {
        const QPointF place = plot.pointOn(axis, tick.position);
        const QString label = metrics.elidedText(QString::fromStdString(tick.label),
                                                 Qt::ElideMiddle, std::max(20.0, gap));
        const double width = metrics.horizontalAdvance(label);
        const QRectF box(place.x() - width - 9, place.y() - 7, width + 4, 14);
        painter.fillRect(box, faded(palette.surface, 0.82)); // lines do not cross the numbers
        painter.setPen(palette.muted);
        painter.drawText(box, Qt::AlignCenter, label);
        painter.drawLine(place - QPointF(4, 0), place);
    }
}

void drawTitle(QPainter& painter, const Geometry& plot, int axis)
{
    const theme::Palette& palette = theme::palette();
    const ShownAxis& shown = plot.shown().axis(axis);
    const QRectF box = plot.titleOf(axis);
    if (plot.isMoved(axis)) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(palette.accent, 1));
        painter.setBrush(palette.accentSoft);
        painter.drawRoundedRect(box.adjusted(-2, -2, 2, 2), 4, 4);
    }
    const QFont bold = theme::uiFont(12, QFont::DemiBold), plain = theme::uiFont(kLabel);
    const QString name = QFontMetricsF(bold).elidedText(QString::fromStdString(shown.axis->label),
                                                        Qt::ElideRight, box.width());
    QString below = QString::fromStdString(shown.axis->unit == "1" ? "" : shown.axis->unit);
    if (shown.flipped)
        below = (below.isEmpty() ? QString() : below + ' ') + QObject::tr("↓ up is less");
    painter.setFont(bold);
    painter.setPen(palette.text);
    painter.drawText(QRectF(box.left(), box.top(), box.width(), 16), Qt::AlignCenter, name);
    painter.setFont(plain);
    painter.setPen(palette.muted);
    painter.drawText(QRectF(box.left(), box.top() + 16, box.width(), 15), Qt::AlignCenter,
                     QFontMetricsF(plain).elidedText(below, Qt::ElideRight, box.width()));
}

void drawHovered(QPainter& painter, const Geometry& plot, int row, QPointF pointer)
{
    const theme::Palette& palette = theme::palette();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(palette.surface, 5));
    drawRow(painter, plot, static_cast<std::size_t>(row));
    painter.setPen(QPen(palette.accent, 2.5));
    drawRow(painter, plot, static_cast<std::size_t>(row));

    const QFont font = theme::uiFont(kLabel);
    const QString words = rowText(plot.shown(), row);
    const QRectF need =
        QFontMetricsF(font).boundingRect(QRectF(0, 0, 2000, 2000), Qt::AlignLeft, words);
    QRectF box(pointer + QPointF(14, 12), QSizeF(need.width() + 18, need.height() + 12));
    if (box.right() > plot.size().width() - 4)
        box.moveRight(pointer.x() - 14);
    box.moveTop(std::clamp(box.top(), 4.0, std::max(4.0, plot.size().height() - box.height() - 4)));
    painter.setPen(QPen(palette.line, palette.lineWidth));
    painter.setBrush(palette.surface);
    painter.drawRoundedRect(box, 6, 6);
    painter.setFont(font);
    painter.setPen(palette.text);
    painter.drawText(box.adjusted(9, 6, -9, -6), Qt::AlignLeft | Qt::AlignVCenter, words);
}

} // namespace

const QImage& RowLayer::image(const Geometry& plot, qreal pixelRatio)
{
    if (!isOld(rows_, pixelRatio))
        return rows_;
    const std::size_t kept = plot.shown().keptCount();
    const std::size_t others = plot.shown().kept().size() - kept;
    rows_ = layerOf(plot, pixelRatio);
    QPainter painter(&rows_);
    if (others > kMostLines) {
        if (isOld(all_, pixelRatio)) {
            all_ = layerOf(plot, pixelRatio);
            QPainter behind(&all_);
            drawDensity(behind, plot, Rows::others);
        }
        painter.drawImage(QPoint(0, 0), all_);
    } else if (others > 0)
        drawLines(painter, plot, Rows::others);
    kept <= kMostLines ? drawLines(painter, plot, Rows::kept)
                       : drawDensity(painter, plot, Rows::kept);
    return rows_;
}

void paintAxes(QPainter& painter, const Geometry& plot, const Pointers& pointers)
{
    const theme::Palette& palette = theme::palette();
    for (int axis = 0; axis < plot.shown().count(); ++axis) {
        const double x = plot.xOf(axis);
        painter.setRenderHint(QPainter::Antialiasing, false);
        painter.setPen(QPen(axis == pointers.current ? palette.accent : palette.muted,
                            std::max(1, palette.lineWidth)));
        painter.drawLine(QPointF(x, plot.field().top()), QPointF(x, plot.field().bottom()));
        if (plot.shown().axis(axis).axis->name == plot.shown().state().colour)
            drawColours(painter, plot, axis);
        drawBrush(painter, plot.brushOf(axis));
        drawTicks(painter, plot, axis);
        drawTitle(painter, plot, axis);
    }
    if (pointers.hovered >= 0)
        drawHovered(painter, plot, pointers.hovered, pointers.pointer);
    if (pointers.current >= 0) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(palette.accent, 2));
        painter.drawRoundedRect(plot.titleOf(pointers.current).adjusted(-2, -3, 2, 3), 4, 4);
    }
}

} // namespace vitrine::parallel
