#include "widgets/parallel/density.h"
#include "widgets/parallel/parallel_plot.h"

#include "core/base/format.h"
#include "core/base/parallel.h"
#include "core/figure/ticks.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace vitrine::parallel
{
namespace
{

constexpr int kLabel = 11; // pixels of tick labels

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

} // namespace

QColor ParallelPlot::colourOf(std::size_t row, bool kept) const
{
    const theme::Palette& palette = theme::palette();
    if (!kept)
        return faded(palette.muted, 0.35 * opacityOf(kept_.size()));
    const double alpha = opacityOf(keptCount_);
    const Axis* by = data_.find(state_.colour);
    if (!by)
        return faded(palette.series(0), alpha);
    const double value = by->values[row];
    if (std::isnan(value))
        return faded(palette.muted, alpha);
    if (!by->words.empty())
        return faded(palette.series(static_cast<int>(value)), alpha);
    return faded(mapped(heightOf(*by, rangeOf(*by), value), palette.dark), alpha);
}

void ParallelPlot::drawRow(QPainter& painter, std::size_t row) const
{
    QPolygonF line;
    for (std::size_t axis = 0; axis < shown_.size(); ++axis) {
        const float height = shown_[axis].heights[row];
        if (std::isnan(height)) { // a gap
            painter.drawPolyline(line);
            line.clear();
        } else
            line << QPointF(xOf(static_cast<int>(axis)), yOf(static_cast<double>(height)));
    }
    painter.drawPolyline(line);
}

void ParallelPlot::drawLines(QPainter& painter, bool kept) const
{
    painter.setRenderHint(QPainter::Antialiasing);
    for (std::size_t row = 0; row < kept_.size(); ++row) {
        if (static_cast<bool>(kept_[row]) != kept)
            continue;
        painter.setPen(QPen(colourOf(row, kept), 1.2));
        drawRow(painter, row);
    }
}

void ParallelPlot::drawDensity(QPainter& painter, bool kept) const
{
    const theme::Palette& palette = theme::palette();
    const QColor colour = kept ? palette.series(0) : faded(palette.muted, 1);
    const bool all = !kept || keptCount_ == kept_.size();
    const auto rows = all ? std::span<const std::uint8_t>{} : std::span(kept_);
    const std::size_t gaps = shown_.empty() ? 0 : shown_.size() - 1;
    const auto gap = [&](std::size_t axis) {
        return QRectF(QPointF(xOf(static_cast<int>(axis)), field().top()),
                      QPointF(xOf(static_cast<int>(axis) + 1), field().bottom()));
    };
    std::vector<QImage> images(gaps);
    parallelFor(gaps, [&](std::size_t axis) {
        const int width = std::max(1, static_cast<int>(gap(axis).width()));
        const int height = std::max(1, static_cast<int>(gap(axis).height()));
        const Bins bins = binLines(shown_[axis].heights, shown_[axis + 1].heights, rows);
        images[axis] = densityImage(lineDensity(bins, width, height), width, height, colour);
    });
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.setOpacity(kept ? 1 : 0.35);
    for (std::size_t axis = 0; axis < gaps; ++axis)
        painter.drawImage(gap(axis), images[axis]);
    painter.setOpacity(1);
}

QImage ParallelPlot::layer() const
{
    const qreal ratio = devicePixelRatioF();
    QImage image((QSizeF(size()) * ratio).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(ratio);
    image.fill(Qt::transparent);
    return image;
}

// Drawn once for all steps of a brush.
const QImage& ParallelPlot::densityOfAll()
{
    if (all_.isNull() || all_.devicePixelRatio() != devicePixelRatioF()) {
        all_ = layer();
        QPainter painter(&all_);
        drawDensity(painter, false);
    }
    return all_;
}

// Once per change of rows, size or colours; pointer and brush frames are drawn above.
void ParallelPlot::drawRows()
{
    rows_ = layer();
    QPainter painter(&rows_);
    if (kept_.size() - keptCount_ > kMostLines)
        painter.drawImage(QPoint(0, 0), densityOfAll());
    else if (keptCount_ < kept_.size())
        drawLines(painter, false);
    drawsSingleLines() ? drawLines(painter, true) : drawDensity(painter, true);
}

void ParallelPlot::paintEvent(QPaintEvent*)
{
    const theme::Palette& palette = theme::palette();
    QPainter painter(this);
    painter.fillRect(rect(), palette.surface);
    if (shown_.empty()) {
        painter.setFont(theme::uiFont());
        painter.setPen(palette.muted);
        painter.drawText(rect(), Qt::AlignCenter, tr("No column has more than one value."));
        return;
    }
    if (rows_.isNull() || rows_.devicePixelRatio() != devicePixelRatioF())
        drawRows();
    painter.drawImage(QPoint(0, 0), rows_);
    for (int axis = 0; axis < static_cast<int>(shown_.size()); ++axis)
        drawAxis(painter, axis);
    if (hovered_ >= 0)
        drawHovered(painter);
    if (hasFocus()) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(palette.accent, 2));
        painter.drawRoundedRect(titleOf(current_).adjusted(-2, -3, 2, 3), 4, 4);
    }
}

void ParallelPlot::drawAxis(QPainter& painter, int axis) const
{
    const theme::Palette& palette = theme::palette();
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.setPen(QPen(axis == current_ && hasFocus() ? palette.accent : palette.muted,
                        std::max(1, palette.lineWidth)));
    painter.drawLine(QPointF(xOf(axis), field().top()), QPointF(xOf(axis), field().bottom()));
    if (shown_[static_cast<std::size_t>(axis)].axis->name == state_.colour)
        drawColours(painter, axis);
    drawBrush(painter, axis);
    drawTicks(painter, axis);
    drawTitle(painter, axis);
}

// The legend of the colours is their axis.
void ParallelPlot::drawColours(QPainter& painter, int axis) const
{
    const theme::Palette& palette = theme::palette();
    const Shown& shown = shown_[static_cast<std::size_t>(axis)];
    painter.setPen(Qt::NoPen);
    const QRectF all = field();
    const int steps = static_cast<int>(all.height());
    for (int i = 0; i < steps; ++i) {
        const double share = 1 - (i + 0.5) / steps;
        const double up = shown.flipped ? 1 - share : share;
        painter.setBrush(shown.axis->words.empty() ? mapped(up, palette.dark)
                                                   : palette.series(static_cast<int>(std::lround(
                                                         valueAt(*shown.axis, shown.range, up)))));
        painter.drawRect(QRectF(xOf(axis) - 3, all.top() + i, 6, 1.5));
    }
}

void ParallelPlot::drawTicks(QPainter& painter, int axis) const
{
    const theme::Palette& palette = theme::palette();
    const Shown& shown = shown_[static_cast<std::size_t>(axis)];
    figure::Axis described;
    described.scale = shown.axis->scale;
    for (std::size_t word = 0; word < shown.axis->words.size(); ++word)
        described.ticks.push_back({static_cast<double>(word), shown.axis->words[word]});
    const int most = std::max(2, static_cast<int>(field().height() / 34));
    figure::Ticks ticks = figure::chooseTicks(described, shown.range, most);
    if (ticks.major.size() < 2)
        ticks.major = {{shown.range.low, significant(shown.range.low, 3)},
                       {shown.range.high, significant(shown.range.high, 3)}};
    const QFont font = theme::uiFont(kLabel);
    const QFontMetricsF metrics(font);
    painter.setFont(font);
    const double gap = axis == 0 ? 58.0 : (xOf(axis) - xOf(axis - 1)) - 16;
    for (const figure::Axis::Tick& tick : ticks.major) {
        const QPointF place = pointOn(axis, tick.position);
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

void ParallelPlot::drawTitle(QPainter& painter, int axis) const
{
    const theme::Palette& palette = theme::palette();
    const Shown& shown = shown_[static_cast<std::size_t>(axis)];
    const QRectF box = titleOf(axis);
    const bool dragged = drag_.grip == Grip::title && drag_.moved && drag_.axis == axis;
    if (dragged) {
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
        below = (below.isEmpty() ? QString() : below + ' ') + tr("↓ up is less");
    painter.setFont(bold);
    painter.setPen(palette.text);
    painter.drawText(QRectF(box.left(), box.top(), box.width(), 16), Qt::AlignCenter, name);
    painter.setFont(plain);
    painter.setPen(palette.muted);
    painter.drawText(QRectF(box.left(), box.top() + 16, box.width(), 15), Qt::AlignCenter,
                     QFontMetricsF(plain).elidedText(below, Qt::ElideRight, box.width()));
}

void ParallelPlot::drawBrush(QPainter& painter, int axis) const
{
    const QRectF box = brushRect(axis);
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

void ParallelPlot::drawHovered(QPainter& painter) const
{
    const theme::Palette& palette = theme::palette();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(palette.surface, 5));
    drawRow(painter, static_cast<std::size_t>(hovered_));
    painter.setPen(QPen(palette.accent, 2.5));
    drawRow(painter, static_cast<std::size_t>(hovered_));

    const QFont font = theme::uiFont(kLabel);
    const QString words = readingText();
    const QRectF need =
        QFontMetricsF(font).boundingRect(QRectF(0, 0, 2000, 2000), Qt::AlignLeft, words);
    QRectF box(pointer_ + QPointF(14, 12), QSizeF(need.width() + 18, need.height() + 12));
    if (box.right() > width() - 4)
        box.moveRight(pointer_.x() - 14);
    box.moveTop(std::clamp(box.top(), 4.0, std::max(4.0, height() - box.height() - 4)));
    painter.setPen(QPen(palette.line, palette.lineWidth));
    painter.setBrush(palette.surface);
    painter.drawRoundedRect(box, 6, 6);
    painter.setFont(font);
    painter.setPen(palette.text);
    painter.drawText(box.adjusted(9, 6, -9, -6), Qt::AlignLeft | Qt::AlignVCenter, words);
}

} // namespace vitrine::parallel
