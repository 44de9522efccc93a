#include "plugins/video/view/stills.h"

#include "core/video/picture.h"
#include "widgets/theme/style.h"

#include <QPainter>

namespace vitrine::video_plugin
{

QImage stillOf(const video::Frame& frame)
{
    const video::Picture picture =
        video::rgbPicture(frame, video::wholeFrame(frame, frame.width(), frame.height()));
    return QImage(reinterpret_cast<const uchar*>(picture.pixels.data()), picture.width,
                  picture.height, picture.width * 4, QImage::Format_RGB32)
        .copy();
}

QImage captioned(const QImage& still, const QString& heading, const QString& detail)
{
    constexpr int kHigh = 44, kLeft = 8;
    QImage image(still.width(), still.height() + kHigh, QImage::Format_RGB32);
    image.fill(Qt::white);
    QPainter painter(&image);
    painter.drawImage(0, 0, still);
    const auto line = [&](const QString& text, const QFont& font, const QColor& colour, int top) {
        painter.setFont(font);
        painter.setPen(colour);
        painter.drawText(
            QRect(kLeft, still.height() + top, still.width() - 2 * kLeft, 18),
            Qt::AlignLeft | Qt::AlignVCenter,
            painter.fontMetrics().elidedText(text, Qt::ElideRight, still.width() - 2 * kLeft));
    };
    line(heading, theme::uiFont(13, QFont::DemiBold), QColor(0x1B, 0x1F, 0x27), 4);
    line(detail, theme::uiFont(11), QColor(0x59, 0x62, 0x73), 22);
    return image;
}

} // namespace vitrine::video_plugin
