#include "core/figure/upsample.h"
#include "widgets/map/colour_legend.h"
#include "widgets/picture/picture_map.h"
#include "widgets/theme/hatch.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr int kFinest = 512; // values between patches are computed for so many pixels a side

// A dark rim and a bright line beside it are seen on every colour.
void outline(QPainter& painter, const QRectF& patch, const QColor& colour, double width)
{
    constexpr double kLeast = 5; // pixels; patches of large models are smaller
    QRectF box(0, 0, std::max(patch.width(), kLeast), std::max(patch.height(), kLeast));
    box.moveCenter(patch.center());
    const double inside = width / 2;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(
        QPen(QColor(0, 0, 0, 130), width + 2, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(box.adjusted(inside, inside, -inside, -inside));
    painter.setPen(QPen(colour, width, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.drawRect(box.adjusted(inside, inside, -inside, -inside));
}

QColor veil(double opacity)
{
    QColor surface = theme::palette().surface;
    surface.setAlphaF(static_cast<float>(opacity));
    return surface;
}

} // namespace

void PictureMap::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const theme::Palette& colours = theme::palette();
    const QRectF place = pictureRect();
    paintCaption(painter, place);
    if (place.isEmpty()) {
        painter.setFont(theme::uiFont(12));
        painter.setPen(colours.muted);
        painter.drawText(QRectF(rect()).adjusted(8, 8, -8, -8), Qt::AlignCenter | Qt::TextWordWrap,
                         data_.notice.isEmpty() ? tr("No picture") : data_.notice);
        return;
    }
    prepare((place.size() * devicePixelRatioF()).toSize());
    painter.drawImage(place, scaled_);
    if (hasMap())
        paintCells(painter, place);
    paintMarks(painter);
    if (hovered_)
        outline(painter, patchRect(*hovered_), Qt::white, 1);
    if (data_.selected)
        outline(painter, patchRect(*data_.selected), Qt::white, 2);
    if (!data_.notice.isEmpty()) {
        painter.fillRect(place, veil(0.85));
        painter.setFont(theme::uiFont(place.width() < 200 ? 11 : 13));
        painter.setPen(colours.text);
        painter.drawText(place.adjusted(8, 8, -8, -8), Qt::AlignCenter | Qt::TextWordWrap,
                         data_.notice);
    }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(hasFocus() ? QPen(colours.accent, 2) : QPen(colours.line, colours.lineWidth));
    painter.drawRect(place.adjusted(-1, -1, hasFocus() ? 1 : 0, hasFocus() ? 1 : 0));
    paintLegend(painter, place);
}

// Shrunk by areas, as photographs are; what is enlarged is smooth.
void PictureMap::prepare(QSize pixels)
{
    if (scaled_.size() != pixels) {
        scaled_ = data_.picture.scaled(pixels, Qt::IgnoreAspectRatio, Qt::SmoothTransformation);
        coloured_ = {};
    }
    if (!coloured_.isNull() || !hasMap())
        return;
    const ColourTable table(data_.scale);
    if (data_.upsampling == figure::Upsampling::nearest) {
        coloured_ = table.image(data_.values, static_cast<int>(data_.columns),
                                static_cast<int>(data_.rows));
        return;
    }
    const QSize fine = pixels.boundedTo({kFinest, kFinest});
    coloured_ = table.image(figure::upsampled(data_.values, data_.rows, data_.columns,
                                              fine.height(), fine.width(), data_.upsampling),
                            fine.width(), fine.height());
}

void PictureMap::paintCaption(QPainter& painter, const QRectF& place) const
{
    if (data_.caption.isEmpty())
        return;
    QFont font = theme::uiFont(11);
    painter.setFont(font);
    painter.setPen(theme::palette().muted);
    const QRectF line(place.isEmpty() ? 2 : place.left(), 0,
                      place.isEmpty() ? width() - 4 : place.width(), captionRoom());
    painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter,
                     QFontMetricsF(font).elidedText(data_.caption, Qt::ElideRight, line.width()));
}

void PictureMap::paintCells(QPainter& painter, const QRectF& place) const
{
    painter.save();
    painter.setRenderHint(QPainter::SmoothPixmapTransform,
                          data_.upsampling != figure::Upsampling::nearest);
    painter.setOpacity(std::clamp(data_.opacity, 0.0, 1.0));
    painter.drawImage(place, coloured_);
    painter.restore();
    theme::hatchNotFinite(painter, place, data_.values, static_cast<int>(data_.columns),
                          static_cast<int>(data_.rows), theme::palette());
}

void PictureMap::paintMarks(QPainter& painter) const
{
    const theme::Palette& colours = theme::palette();
    for (const std::int64_t patch : data_.marks) {
        const QRectF box = patchRect(patch);
        if (!data_.marksHidden) {
            outline(painter, box, colours.series(4), 1);
            continue;
        }
        painter.fillRect(box, veil(0.85));
        painter.fillRect(box, QBrush(colours.muted, Qt::BDiagPattern));
    }
}

void PictureMap::paintLegend(QPainter& painter, const QRectF& place) const
{
    if (legendRoom() <= 0)
        return;
    paintLegendLine(painter, QRectF(place.left(), place.bottom() + 5, place.width(), 16),
                    ColourTable(data_.scale),
                    valueLegend(data_.scale, data_.values, data_.opacity));
}

} // namespace vitrine
