#include "widgets/player/overlays.h"

#include "core/base/number_text.h"
#include "core/figure/figure.h"

#include <QPainter>

#include <algorithm>
#include <cmath>

namespace vitrine::player
{
namespace
{

// Luma samples to pixels of the image.
struct ToImage {
    explicit ToImage(const Fitted& fit)
        : x0(fit.window.x),
          y0(fit.window.y),
          sx(fit.target.width() / fit.window.width),
          sy(fit.target.height() / fit.window.height)
    {
    }
    QPointF point(double x, double y) const { return {(x - x0) * sx, (y - y0) * sy}; }
    QRectF rect(double x, double y, double width, double height) const
    {
        return {point(x, y), point(x + width, y + height)};
    }
    double x0, y0, sx, sy;
};

QColor colourOf(figure::ColourMap map, double share, int alpha)
{
    const figure::Colour c = figure::colourOf(map, share);
    return QColor(c.red, c.green, c.blue, alpha);
}

void arrow(QPainter& painter, QPointF from, QPointF to, double head)
{
    painter.drawLine(from, to);
    const QPointF along = to - from;
    const double length = std::hypot(along.x(), along.y());
    if (length < head)
        return;
    const QPointF unit = along / length, across(-unit.y(), unit.x());
    painter.drawLine(to, to - unit * head + across * head * 0.5);
    painter.drawLine(to, to - unit * head - across * head * 0.5);
}

} // namespace

void paintMotion(QPainter& painter, const OverlayPlace& place, const codec::SideData& side)
{
    const ToImage map(place.fit);
    const double pixel = place.pixelRatio;
    const QRectF sight(QPointF(0, 0), QSizeF(place.fit.target.size()));
    painter.setRenderHint(QPainter::Antialiasing);
    // A dark line under a bright one: seen on every picture.
    for (const auto& [colour, width] :
         {std::pair{place.paper, 3.0 * pixel}, std::pair{place.ink, 1.25 * pixel}}) {
        for (const codec::MotionVector& v : side.motion) {
            const QPointF at = map.point(v.x, v.y), from = map.point(v.x + v.dx, v.y + v.dy);
            if (!sight.contains(at) && !sight.contains(from))
                continue;
            QColor shade = colour;
            if (colour == place.ink && v.isFuture) // from a frame shown later
                shade = QColor(0x56, 0xB4, 0xE9);
            painter.setPen(QPen(shade, width, Qt::SolidLine, Qt::RoundCap));
            if (std::hypot(from.x() - at.x(), from.y() - at.y()) >= 1.5 * pixel)
                arrow(painter, from, at, 5 * pixel);
        }
    }
}

std::pair<int, int> quantizerRange(const codec::SideData& side)
{
    if (side.qp.empty())
        return {0, 0};
    const auto [low, high] = std::ranges::minmax_element(side.qp, {}, &codec::BlockQp::qp);
    return {low->qp, high->qp};
}

void paintQuantizers(QPainter& painter, const OverlayPlace& place, const codec::SideData& side)
{
    const ToImage map(place.fit);
    const auto [low, high] = quantizerRange(side);
    const QRectF sight(QPointF(0, 0), QSizeF(place.fit.target.size()));
    QFont font = painter.font();
    font.setPixelSize(std::max(1, static_cast<int>(std::lround(10 * place.pixelRatio))));
    painter.setFont(font);
    for (const codec::BlockQp& block : side.qp) {
        const QRectF rect = map.rect(block.x, block.y, block.width, block.height);
        if (!rect.intersects(sight))
            continue;
        const double share = high > low ? double(block.qp - low) / (high - low) : 0.5;
        painter.fillRect(rect, colourOf(figure::ColourMap::viridis, share, 120));
        if (std::min(rect.width(), rect.height()) > 22 * place.pixelRatio) {
            painter.setPen(share > 0.7 ? Qt::black : Qt::white);
            painter.drawText(rect, Qt::AlignCenter, QString::fromStdString(wholeText(block.qp)));
        }
    }
}

void paintBlocks(QPainter& painter, const OverlayPlace& place, const video::BlockMap& blocks,
                 BlockMeasure measure)
{
    const ToImage map(place.fit);
    const auto [low, high] = blockScale(measure);
    for (int row = 0; row < blocks.rows; ++row)
        for (int column = 0; column < blocks.columns; ++column) {
            const float value =
                blocks.values[static_cast<std::size_t>(row * blocks.columns + column)];
            if (std::isnan(value))
                continue;
            const double bad = std::clamp((high - value) / (high - low), 0.0, 1.0);
            const QRectF rect =
                map.rect(column * blocks.size, row * blocks.size, blocks.size, blocks.size);
            painter.fillRect(rect, colourOf(figure::ColourMap::magma, bad,
                                            static_cast<int>(std::lround(40 + 180 * bad))));
        }
}

} // namespace vitrine::player
