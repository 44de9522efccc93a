#include "widgets/theme/hatch.h"

#include <QPainter>

#include "core/figure/not_finite.h"
#include "widgets/theme/palette.h"

namespace vitrine::theme
{

void fillNotFinite(QPainter& painter, const QRectF& place, const Palette& palette)
{
    painter.fillRect(place, palette.surface);
    painter.fillRect(place, QBrush(palette.error, Qt::BDiagPattern));
}

bool hatchNotFinite(QPainter& painter, const QRectF& target, std::span<const float> values,
                    int width, int height, const Palette& palette)
{
    const double across = target.width() / width, down = target.height() / height;
    bool any = false;
    for (int row = 0; row < height; ++row) {
        const auto line =
            values.subspan(static_cast<std::size_t>(row) * static_cast<std::size_t>(width),
                           static_cast<std::size_t>(width));
        for (int column = 0; column < width;) {
            int end = column; // of a run
            while (end < width && figure::isNotFinite(line[static_cast<std::size_t>(end)]))
                ++end;
            if (end == column) {
                ++column;
                continue;
            }
            any = true;
            fillNotFinite(
                painter,
                QRectF(QPointF(target.left() + column * across, target.top() + row * down),
                       QPointF(target.left() + end * across, target.top() + (row + 1) * down))
                    .normalized(),
                palette);
            column = end;
        }
    }
    return any;
}

} // namespace vitrine::theme
