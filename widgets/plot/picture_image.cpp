#include "widgets/plot/picture_image.h"

#include <QPainter>

#include <cmath>

namespace vitrine::plot
{
namespace
{

constexpr std::int64_t kMostSide = 1 << 15; // pixels

bool isDrawn(const figure::Image& image)
{
    return image.width > 0 && image.height > 0 && image.width <= kMostSide &&
           image.height <= kMostSide && image.dx != 0 && image.dy != 0 &&
           static_cast<std::int64_t>(image.rgb.size()) == 3 * image.width * image.height;
}

QPointF corner(const figure::Image& image, const Frame& frame, double column, double row)
{
    return frame.at(image.x0 + (column - 0.5) * image.dx, image.y0 + (row - 0.5) * image.dy);
}

// As it stands between the axes, which may run either way.
QImage turned(const figure::Image& image, const Frame& frame)
{
    const QImage pixels(image.rgb.data(), static_cast<int>(image.width),
                        static_cast<int>(image.height), 3 * image.width, QImage::Format_RGB888);
    const QPointF first = corner(image, frame, 0, 0), second = corner(image, frame, 1, 1);
    return pixels.mirrored(second.x() < first.x(), second.y() < first.y())
        .convertToFormat(QImage::Format_RGB32);
}

} // namespace

std::optional<QRectF> placeOf(const figure::Image& image, const Frame& frame)
{
    if (!isDrawn(image))
        return {};
    const QRectF place =
        QRectF(corner(image, frame, 0, 0), corner(image, frame, static_cast<double>(image.width),
                                                  static_cast<double>(image.height)))
            .normalized();
    if (!std::isfinite(place.width()) || !std::isfinite(place.height()) || place.isEmpty())
        return {};
    return place;
}

PlacedImage placedImage(const figure::Image& image, const Frame& frame, double scale)
{
    const auto whole = placeOf(image, frame);
    const QRectF seen = whole ? whole->intersected(frame.rect) : QRectF();
    if (seen.isEmpty())
        return {};
    const QImage pixels = turned(image, frame);
    const QSize most(std::max(1, static_cast<int>(std::lround(seen.width() * scale))),
                     std::max(1, static_cast<int>(std::lround(seen.height() * scale))));
    const bool isWhole = std::abs(seen.width() - whole->width()) < 1e-6 &&
                         std::abs(seen.height() - whole->height()) < 1e-6;
    if (isWhole && pixels.width() <= most.width() && pixels.height() <= most.height())
        return {pixels, seen};
    if (isWhole)
        return {pixels.scaled(most, Qt::IgnoreAspectRatio, Qt::SmoothTransformation), seen};
    const double across = pixels.width() / whole->width(), down = pixels.height() / whole->height();
    const QRectF part((seen.left() - whole->left()) * across, (seen.top() - whole->top()) * down,
                      seen.width() * across, seen.height() * down);
    QImage cut(most, QImage::Format_RGB32);
    QPainter painter(&cut);
    painter.setRenderHint(QPainter::SmoothPixmapTransform);
    painter.drawImage(QRectF(QPointF(0, 0), QSizeF(most)), pixels, part);
    return {cut, seen};
}

} // namespace vitrine::plot
