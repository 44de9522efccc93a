#include "widgets/map/colour_legend.h"

#include "core/base/format.h"
#include "core/figure/not_finite.h"
#include "widgets/theme/hatch.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <QCoreApplication>
#include <QEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace vitrine
{
namespace
{

QString shortNumber(double value)
{
    return QString::fromStdString(significant(value, 2));
}

QString legendText(const char* text)
{
    return QCoreApplication::translate("vitrine::ColourLegend", text);
}

// `above`, `below`: values outside the ends exist.
LegendWords legendWords(const ColourScale& scale, bool above, bool below)
{
    const bool centred = scale.map == figure::ColourMap::difference;
    const bool log = scale.scale == figure::Scale::logarithmic;
    const double low = log && !centred ? std::max(scale.minimum, scale.maximum * figure::kLogFloor)
                                       : scale.minimum;
    const double middle = centred ? 0
                          : log   ? std::sqrt(low * scale.maximum)
                                  : (low + scale.maximum) / 2;
    LegendWords words;
    words.high = (above ? QStringLiteral("≥ ") : QString()) + shortNumber(scale.maximum);
    words.middle = shortNumber(middle);
    words.low = (below ? QStringLiteral("≤ ") : QString()) + shortNumber(low);
    words.scale = log ? legendText("log scale") : legendText("linear");
    return words;
}

QImage barOf(const ColourTable& table)
{
    QImage bar(256, 1, QImage::Format_RGB32);
    for (int i = 0; i < 256; ++i)
        bar.setPixel(i, 0, table.entry(i));
    return bar;
}

void prepareLegend(QPainter& painter)
{
    painter.setFont(theme::uiFont(11));
    painter.setPen(theme::palette().muted);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
}

} // namespace

LegendWords weightLegend(const ColourScale& scale, bool notFinite)
{
    const bool centred = scale.map == figure::ColourMap::difference;
    const bool log = scale.scale == figure::Scale::logarithmic;
    const bool clips = centred || scale.maximum < 1;
    LegendWords words = legendWords(scale, clips, centred || (log && scale.maximum > 0));
    if (clips)
        words.more = legendText("clipped");
    words.notFinite = notFinite;
    return words;
}

LegendWords valueLegend(const ColourScale& scale, std::span<const float> values, double opacity)
{
    const bool centred = scale.map == figure::ColourMap::difference;
    const bool log = scale.scale == figure::Scale::logarithmic;
    const double low = log && !centred ? std::max(scale.minimum, scale.maximum * figure::kLogFloor)
                                       : scale.minimum;
    const auto beyond = [&](auto isOutside) {
        return std::ranges::any_of(values, [&](float value) {
            return std::isfinite(value) && isOutside(static_cast<double>(value));
        });
    };
    const bool above = beyond([&](double value) { return value > scale.maximum; });
    const bool below = beyond([&](double value) { return value < low; });
    LegendWords words = legendWords(scale, above, below);
    if (above || below)
        words.more = legendText("clipped");
    if (opacity < 1) {
        if (!words.more.isEmpty())
            words.more += QStringLiteral(", ");
        words.more += legendText("%1 % opaque").arg(std::lround(opacity * 100));
    }
    words.notFinite = std::ranges::any_of(values, figure::isNotFinite);
    return words;
}

QString sentenceOf(const LegendWords& words)
{
    QString all = legendText("%1 to %2, %3").arg(words.low, words.high, words.scale);
    if (!words.more.isEmpty())
        all += QStringLiteral(", ") + words.more;
    if (words.notFinite)
        all += legendText(", hatched: not finite");
    return all;
}

void paintLegendBeside(QPainter& painter, const QRectF& map, const ColourTable& table,
                       const LegendWords& words)
{
    const double height = std::min(map.height() - 36, 200.0);
    if (height < 40)
        return;
    prepareLegend(painter);
    const QRectF place(map.right() + 12, map.top(), 10, height);
    painter.save();
    painter.translate(place.left(), place.bottom());
    painter.rotate(-90);
    painter.drawImage(QRectF(0, 0, height, place.width()), barOf(table));
    painter.restore();
    const auto text = [&](double y, const QString& line) {
        painter.drawText(QRectF(place.right() + 5, y - 8, 56, 16), Qt::AlignLeft | Qt::AlignVCenter,
                         line);
    };
    text(place.top() + 5, words.high);
    text(place.center().y(), words.middle);
    text(place.bottom() - 5, words.low);
    const bool two = !words.more.isEmpty();
    painter.drawText(QRectF(place.left(), place.bottom() + 6, 66, 32), Qt::AlignLeft | Qt::AlignTop,
                     two ? words.scale + QLatin1Char('\n') + words.more : words.scale);
    if (!words.notFinite)
        return;
    const double y = place.bottom() + (two ? 42 : 28);
    theme::fillNotFinite(painter, QRectF(place.left(), y + 3, 10, 10), theme::palette());
    painter.drawText(QRectF(place.right() + 5, y, 62, 16), Qt::AlignLeft | Qt::AlignVCenter,
                     legendText("not finite"));
}

void paintLegendLine(QPainter& painter, const QRectF& room, const ColourTable& table,
                     const LegendWords& words)
{
    prepareLegend(painter);
    const QFontMetricsF metrics(painter.font());
    const QString scaleLine =
        words.more.isEmpty() ? words.scale : words.scale + QStringLiteral(", ") + words.more;
    const double left = room.left() + metrics.horizontalAdvance(words.low) + 6;
    const double width = std::clamp(
        room.width() - metrics.horizontalAdvance(words.low + words.high + scaleLine) - 36, 30.0,
        160.0);
    const QRectF place(left, room.top() + 4, width, 8);
    painter.drawImage(place, barOf(table));
    painter.drawText(QRectF(room.left(), room.top(), left - room.left() - 6, 16),
                     Qt::AlignRight | Qt::AlignVCenter, words.low);
    // What is hatched must be said: "clipped" gives way, which the sign before the number says too.
    const QString hatchWords = words.notFinite ? legendText("not finite") : QString();
    const double swatch = words.notFinite ? metrics.horizontalAdvance(hatchWords) + 28 : 0;
    const double space = room.right() - place.right() - swatch;
    QString line = words.high + QStringLiteral("   ") + scaleLine;
    if (words.notFinite && metrics.horizontalAdvance(line) > space)
        line = words.high + QStringLiteral("   ") + words.scale;
    line = metrics.elidedText(line, Qt::ElideRight, space);
    const QRectF after(place.right() + 6, room.top(), room.right() - place.right(), 16);
    painter.drawText(after, Qt::AlignLeft | Qt::AlignVCenter, line);
    if (!words.notFinite)
        return;
    const double x = after.left() + metrics.horizontalAdvance(line) + 12;
    theme::fillNotFinite(painter, QRectF(x, place.top() - 1, 10, 10), theme::palette());
    painter.drawText(QRectF(x + 14, after.top(), room.right() - x, 16),
                     Qt::AlignLeft | Qt::AlignVCenter, hatchWords);
}

ColourLegend::ColourLegend(QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void ColourLegend::setLegend(const ColourScale& scale, const LegendWords& words,
                             const QString& quantity)
{
    table_ = ColourTable(scale);
    words_ = words;
    quantity_ = quantity;
    setAccessibleName(tr("Colours from %1 to %2").arg(words.low, words.high));
    setToolTip(quantity.isEmpty() ? text() : quantity + QStringLiteral(": ") + text());
    update();
}

void ColourLegend::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    QRectF room(2, 2, width() - 4, 16);
    prepareLegend(painter);
    const QFontMetricsF metrics(painter.font());
    const double name = quantity_.isEmpty() ? 0 : metrics.horizontalAdvance(quantity_) + 12;
    if (name > 0 && name < room.width() / 2) { // else under the pointer
        painter.drawText(room, Qt::AlignLeft | Qt::AlignVCenter, quantity_);
        room.setLeft(room.left() + name);
    }
    paintLegendLine(painter, room, table_, words_);
}

void ColourLegend::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange)
        update();
    QWidget::changeEvent(event);
}

} // namespace vitrine
