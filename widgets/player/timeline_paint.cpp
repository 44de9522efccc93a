#include "core/base/format.h"
#include "core/base/number_text.h"
#include "widgets/player/timeline.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>

namespace vitrine::player
{
namespace
{

constexpr double kGutter = 60, kRight = 10, kTop = 4, kStrip = 4; // pixels
constexpr double kLogarithmicFrom = 20; // of the largest over the smallest number of bits

Qt::PenStyle penStyle(int line)
{
    constexpr Qt::PenStyle kStyles[] = {Qt::SolidLine, Qt::DashLine, Qt::DotLine, Qt::DashDotLine};
    return kStyles[line & 3];
}

// Through all points, or between the extremes of each pixel column.
QPainterPath pathOf(const std::vector<double>& values, std::int64_t moments, const QRectF& plot,
                    const auto& yOf)
{
    QPainterPath path;
    bool isDown = false;
    const auto to = [&](double x, double y) {
        isDown ? path.lineTo(x, y) : path.moveTo(x, y);
        isDown = true;
    };
    const auto columns = static_cast<int>(plot.width());
    if (moments <= columns) {
        const double step = plot.width() / static_cast<double>(std::max<std::int64_t>(1, moments));
        for (std::size_t i = 0; i < values.size(); ++i) {
            if (std::isfinite(values[i]))
                to(plot.left() + (static_cast<double>(i) + 0.5) * step, yOf(values[i]));
            else
                isDown = false;
        }
        return path;
    }
    const auto ends = minMaxColumns(values, moments, columns);
    for (std::size_t i = 0; i < ends.size(); ++i) {
        if (std::isnan(ends[i].first)) {
            isDown = false;
            continue;
        }
        const double x = plot.left() + static_cast<double>(i) + 0.5;
        to(x, yOf(ends[i].second));
        to(x, yOf(ends[i].first));
    }
    return path;
}

void spread(const std::vector<double>& values, double& low, double& high, bool positive)
{
    for (const double value : values)
        if (std::isfinite(value) && (!positive || value > 0)) {
            low = std::min(low, value);
            high = std::max(high, value);
        }
}

} // namespace

QRectF Timeline::plot() const
{
    return QRectF(kGutter, kTop, std::max(1.0, width() - kGutter - kRight),
                  std::max(1.0, height() - kTop - kStrip - 4));
}

double Timeline::Row::yOf(double value) const
{
    const double share = isLogarithmic ? std::log(std::max(value, low) / low) / std::log(high / low)
                                       : (value - low) / (high - low);
    return place.bottom() - place.height() * std::clamp(share, 0.0, 1.0);
}

Timeline::Row Timeline::row(bool quality) const
{
    const QRectF all = plot();
    const double upper = std::round(all.height() * 0.55);
    Row row;
    row.place =
        quality ? QRectF(all.left(), all.top(), all.width(), upper)
                : QRectF(all.left(), all.top() + upper + 4, all.width(), all.height() - upper - 4);
    double low = INFINITY, high = -INFINITY;
    for (const TimelineCurve& curve : data_.curves)
        spread(quality ? curve.quality : curve.bits, low, high, !quality);
    if (!(low <= high))
        return row;
    if (quality) {
        const double margin = std::max((high - low) * 0.06, 1e-4);
        row.low = low - margin;
        row.high = high + margin;
    } else {
        row.isLogarithmic = high / low > kLogarithmicFrom;
        row.low = row.isLogarithmic ? low : 0;
        row.high = high * 1.02;
    }
    return row;
}

void Timeline::paintRow(QPainter& painter, const Row& row, bool quality) const
{
    const theme::Palette& colours = theme::palette();
    painter.fillRect(row.place, colours.sunken);
    painter.setFont(theme::uiFont(11));
    painter.setPen(colours.muted);
    const QRectF gutter(0, row.place.top(), kGutter - 6, row.place.height());
    const bool any = std::ranges::any_of(data_.curves, [&](const TimelineCurve& curve) {
        return std::ranges::any_of(quality ? curve.quality : curve.bits,
                                   [](double v) { return std::isfinite(v); });
    });
    const QString title = quality             ? data_.qualityTitle
                          : row.isLogarithmic ? tr("kbit, log")
                                              : tr("kbit");
    if (!any) {
        painter.drawText(gutter, Qt::AlignRight | Qt::AlignVCenter, title);
        if (data_.moments > 0)
            painter.drawText(row.place.adjusted(8, 0, -8, 0), Qt::AlignLeft | Qt::AlignVCenter,
                             quality ? tr("measured as frames are shown")
                                     : tr("no bit counts: the streams are not coded"));
        return;
    }
    const auto label = [&](double value) {
        return quality
                   ? QString::fromStdString(columnText(value, data_.qualityDecimals > 2 ? 3 : 1))
                   : QString::fromStdString(significant(value / 1000, 2));
    };
    painter.drawText(gutter, Qt::AlignRight | Qt::AlignTop,
                     label(row.high) + (quality && !data_.qualityUnit.isEmpty()
                                            ? QChar(0x202f) + data_.qualityUnit
                                            : QString()));
    painter.drawText(gutter, Qt::AlignRight | Qt::AlignBottom, label(row.low));
    if (row.place.height() > 36)
        painter.drawText(gutter, Qt::AlignRight | Qt::AlignVCenter, title);
    painter.save();
    painter.setClipRect(row.place);
    painter.setRenderHint(QPainter::Antialiasing);
    if (quality && static_cast<double>(data_.intra.size()) * 6 < row.place.width())
        for (const std::int64_t moment : data_.intra) {
            QColor mark = colours.muted;
            mark.setAlpha(70);
            painter.setPen(QPen(mark, 1));
            const double x = std::round(xOf(moment)) + 0.5;
            painter.drawLine(QPointF(x, plot().top()), QPointF(x, plot().bottom()));
        }
    for (const TimelineCurve& curve : data_.curves) {
        painter.setPen(QPen(colours.series(curve.colour), 1.4, penStyle(curve.line)));
        painter.drawPath(pathOf(quality ? curve.quality : curve.bits, data_.moments, row.place,
                                [&](double value) { return row.yOf(value); }));
    }
    painter.restore();
}

QPixmap Timeline::curves() const
{
    QPixmap pixmap(size() * devicePixelRatioF());
    pixmap.setDevicePixelRatio(devicePixelRatioF());
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    paintRow(painter, row(true), true);
    paintRow(painter, row(false), false);
    // Intra frames: a tick on the top edge, whatever their number.
    painter.setPen(QPen(theme::palette().muted, 1));
    if (static_cast<double>(data_.intra.size()) * 3 < plot().width())
        for (const std::int64_t moment : data_.intra) {
            const double x = std::round(xOf(moment)) + 0.5;
            painter.drawLine(QPointF(x, plot().top()), QPointF(x, plot().top() + 4));
        }
    return pixmap;
}

void Timeline::paintReading(QPainter& painter) const
{
    if (!hovered_)
        return;
    const theme::Palette& colours = theme::palette();
    const QStringList lines = readingAt(*hovered_);
    const QFont font = theme::uiFont(11);
    const QFontMetricsF metrics(font);
    double width = 0;
    for (const QString& line : lines)
        width = std::max(width, metrics.horizontalAdvance(line));
    const double high = metrics.height() * static_cast<double>(lines.size()) + 8;
    const double x = xOf(*hovered_);
    QColor hair = colours.muted;
    painter.setPen(QPen(hair, 1, Qt::DotLine));
    painter.drawLine(QPointF(x, plot().top()), QPointF(x, plot().bottom()));
    const double left = x + width + 28 > this->width() ? x - width - 24 : x + 8;
    const QRectF box(left, plot().top() + 2, width + 16, std::min(high, height() - 6.0));
    painter.setPen(QPen(colours.line, colours.lineWidth));
    painter.setBrush(colours.surface);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.drawRoundedRect(box, 4, 4);
    painter.setFont(font);
    for (int i = 0; i < lines.size(); ++i) {
        painter.setPen(i == 0 ? colours.muted : colours.text);
        painter.drawText(
            QPointF(box.left() + 8, box.top() + 4 + metrics.ascent() + metrics.height() * i),
            lines[i]);
    }
}

void Timeline::paintEvent(QPaintEvent*)
{
    if (drawn_.isNull())
        drawn_ = curves();
    const theme::Palette& colours = theme::palette();
    QPainter painter(this);
    painter.drawPixmap(0, 0, drawn_);
    const QRectF place = plot();
    if (data_.moments < 1)
        return;
    if (loop_) {
        const QRectF band(QPointF(xOf(loop_->first), place.top()),
                          QPointF(xOf(loop_->second), place.bottom()));
        QColor tint = colours.accent;
        tint.setAlpha(36);
        painter.fillRect(band, tint);
        painter.setPen(QPen(colours.accent, 2));
        painter.drawLine(band.topLeft(), band.bottomLeft());
        painter.drawLine(band.topRight(), band.bottomRight());
    }
    const QRectF strip(place.left(), place.bottom() + 2, place.width(), kStrip - 1);
    painter.fillRect(strip, colours.sunken);
    const double step = place.width() / static_cast<double>(data_.moments);
    for (const auto& [from, to] : cached_)
        painter.fillRect(QRectF(place.left() + static_cast<double>(from) * step, strip.top(),
                                std::max(1.0, static_cast<double>(to - from + 1) * step),
                                strip.height()),
                         colours.muted);
    const double x = std::round(xOf(position_));
    painter.fillRect(QRectF(x - 1, place.top(), 2, place.height()), colours.text);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours.text);
    painter.drawPolygon(QPolygonF({QPointF(x - 5, 0), QPointF(x + 5, 0), QPointF(x, 6)}));
    if (!isDragging_)
        paintReading(painter);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colours.accent, 2));
        painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
    }
}

} // namespace vitrine::player
