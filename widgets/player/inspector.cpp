#include "widgets/player/inspector.h"

#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <QPainter>

#include <algorithm>
#include <array>

namespace vitrine::player
{
namespace
{

constexpr int kSide = 8;     // samples of a table
constexpr double kCell = 30; // pixels
constexpr double kRow = 18;

struct Values {
    std::array<int, 3> yuv{-1, -1, -1};
    std::array<int, 3> rgb{};
};

Values valuesAt(const video::Frame& frame, QPoint at)
{
    Values values;
    for (int plane = 0; plane < frame.format().planes(); ++plane)
        values.yuv[static_cast<std::size_t>(plane)] =
            frame.sample(plane, plane == 0 ? at.x() : at.x() >> frame.format().shiftX(),
                         plane == 0 ? at.y() : at.y() >> frame.format().shiftY());
    const std::uint32_t word =
        rgbPicture(frame, {double(at.x()), double(at.y()), 1, 1, 1, 1, false}).pixels.front();
    values.rgb = {int(word >> 16 & 255), int(word >> 8 & 255), int(word & 255)};
    return values;
}

bool isUsable(const FramePtr& frame)
{
    return frame && frame->error.empty() && frame->frame.width() > 0;
}

} // namespace

QString colourText(const video::Frame& frame)
{
    const video::Colour taken = assumed(frame.colour, frame.height());
    const QString text = QString::fromStdString(colourName(taken));
    return taken == frame.colour ? text : QObject::tr("%1 (assumed)").arg(text);
}

Inspector::Inspector(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("Sample values"));
    setFixedWidth(sizeHint().width());
}

void Inspector::setStreams(std::vector<Stream> streams, QSize common, std::vector<int> tables,
                           int plane)
{
    streams_ = std::move(streams);
    common_ = common;
    tables_ = std::move(tables);
    plane_ = plane;
    setAccessibleDescription(lines().join(QStringLiteral("\n")));
    update();
}

void Inspector::setSample(std::optional<QPoint> sample)
{
    if (!sample || sample == sample_)
        return;
    sample_ = sample;
    setAccessibleDescription(lines().join(QStringLiteral("\n")));
    update();
}

QPoint Inspector::sampleOf(const video::Frame& frame) const
{
    const QPoint at = sample_.value_or(QPoint(common_.width() / 2, common_.height() / 2));
    return {
        std::clamp(at.x() * frame.width() / std::max(1, common_.width()), 0, frame.width() - 1),
        std::clamp(at.y() * frame.height() / std::max(1, common_.height()), 0, frame.height() - 1)};
}

QStringList Inspector::lines() const
{
    QStringList lines;
    for (const Stream& stream : streams_) {
        if (!isUsable(stream.frame)) {
            lines << tr("%1: no frame").arg(stream.name);
            continue;
        }
        const Values v = valuesAt(stream.frame->frame, sampleOf(stream.frame->frame));
        QStringList parts;
        for (std::size_t plane = 0; plane < 3; ++plane)
            if (v.yuv[plane] >= 0)
                parts << QStringLiteral("%1 %2")
                             .arg(QLatin1String("YUV" + plane, 1))
                             .arg(v.yuv[plane]);
        for (std::size_t i = 0; i < 3; ++i)
            parts << QStringLiteral("%1 %2").arg(QLatin1String("RGB" + i, 1)).arg(v.rgb[i]);
        lines << stream.name + QStringLiteral(": ") + parts.join(QStringLiteral(", "));
    }
    return lines;
}

// Samples in their own grey (or colour), each with its value; returns where the next may begin.
double Inspector::paintTable(QPainter& painter, const Stream& stream, double top) const
{
    const theme::Palette& colours = theme::palette();
    const QRectF head(12, top, width() - 24, kRow);
    painter.setFont(theme::uiFont(11, QFont::DemiBold));
    painter.setPen(colours.text);
    const QString plane = QStringLiteral("YUV").mid(plane_, 1);
    painter.drawText(head, Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(stream.name + QStringLiteral(" · ") + plane,
                                                      Qt::ElideRight, int(head.width())));
    top += kRow + 2;
    const video::Frame& frame = stream.frame->frame;
    const int p = std::min(plane_, frame.format().planes() - 1);
    QPoint at = sampleOf(frame);
    if (p > 0)
        at = {at.x() >> frame.format().shiftX(), at.y() >> frame.format().shiftY()};
    const int x0 = std::clamp(at.x() - kSide / 2, 0, std::max(0, frame.width(p) - kSide)),
              y0 = std::clamp(at.y() - kSide / 2, 0, std::max(0, frame.height(p) - kSide));
    painter.setFont(theme::monoFont(frame.format().bits > 9 ? 9 : 10));
    for (int row = 0; row < std::min(kSide, frame.height(p)); ++row)
        for (int column = 0; column < std::min(kSide, frame.width(p)); ++column) {
            const int value = frame.sample(p, x0 + column, y0 + row);
            const int grey = value * 255 / frame.format().peak();
            const QRectF cell(12 + column * kCell, top + row * 20, kCell, 20);
            painter.fillRect(cell, QColor(grey, grey, grey));
            painter.setPen(grey > 140 ? Qt::black : Qt::white);
            painter.drawText(cell, Qt::AlignCenter, QString::number(value));
        }
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(colours.accent, 2));
    painter.drawRect(QRectF(12 + (at.x() - x0) * kCell, top + (at.y() - y0) * 20, kCell, 20)
                         .adjusted(1, 1, -1, -1));
    return top + kSide * 20 + 10;
}

void Inspector::paintEvent(QPaintEvent*)
{
    const theme::Palette& colours = theme::palette();
    QPainter painter(this);
    painter.fillRect(rect(), colours.surface);
    double top = 8;
    painter.setFont(theme::uiFont(13, QFont::DemiBold));
    painter.setPen(colours.text);
    painter.drawText(QRectF(12, top, width() - 24, 20), Qt::AlignVCenter,
                     sample_ ? tr("Sample (%1, %2)").arg(sample_->x()).arg(sample_->y())
                             : tr("Sample in the middle"));
    top += 26;
    painter.setFont(theme::uiFont(11));
    constexpr std::array<double, 6> kRights = {116, 142, 168, 199, 227, 254};
    painter.setPen(colours.muted);
    for (std::size_t i = 0; i < 6; ++i)
        painter.drawText(QRectF(kRights[i] - 30, top, 30, kRow), Qt::AlignRight | Qt::AlignVCenter,
                         QLatin1String("YUVRGB" + i, 1));
    top += kRow;
    for (const Stream& stream : streams_) {
        painter.setPen(Qt::NoPen);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setBrush(colours.series(stream.colour));
        painter.drawEllipse(QPointF(16, top + kRow / 2), 3.5, 3.5);
        painter.setPen(colours.text);
        painter.drawText(QRectF(25, top, 66, kRow), Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(stream.name, Qt::ElideRight, 66));
        if (isUsable(stream.frame)) {
            const Values v = valuesAt(stream.frame->frame, sampleOf(stream.frame->frame));
            for (std::size_t i = 0; i < 6; ++i) {
                const int value = i < 3 ? v.yuv[i] : v.rgb[i - 3];
                painter.drawText(QRectF(kRights[i] - 30, top, 30, kRow),
                                 Qt::AlignRight | Qt::AlignVCenter,
                                 value < 0 ? QStringLiteral("–") : QString::number(value));
            }
        } else {
            painter.setPen(colours.muted);
            painter.drawText(QRectF(90, top, width() - 100, kRow), Qt::AlignVCenter,
                             tr("no frame"));
        }
        top += kRow;
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    top += 8;
    for (const int index : tables_)
        if (index >= 0 && index < static_cast<int>(streams_.size()) &&
            isUsable(streams_[static_cast<std::size_t>(index)].frame) &&
            top + kRow + kSide * 20 + 4 < height()) // whole, or not at all
            top = paintTable(painter, streams_[static_cast<std::size_t>(index)], top);
    painter.setFont(theme::uiFont(11));
    painter.setPen(colours.muted);
    for (const Stream& stream : streams_)
        if (isUsable(stream.frame) && top + kRow < height()) {
            painter.drawText(
                QRectF(12, top, width() - 24, kRow), Qt::AlignVCenter,
                painter.fontMetrics().elidedText(
                    stream.name + QStringLiteral(": ") +
                        QString::fromStdString(formatName(stream.frame->frame.format())) +
                        QStringLiteral(", ") + colourText(stream.frame->frame),
                    Qt::ElideRight, width() - 24));
            top += kRow - 2;
        }
}

} // namespace vitrine::player
