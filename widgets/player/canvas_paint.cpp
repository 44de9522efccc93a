#include "core/base/format.h"
#include "core/figure/figure.h"
#include "widgets/player/canvas.h"
#include "widgets/player/overlays.h"
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

constexpr double kTitleHeight = 24;

QRectF logical(const QRect& device, double ratio)
{
    return {device.x() / ratio, device.y() / ratio, device.width() / ratio,
            device.height() / ratio};
}

// White words on a dark veil: read over every picture.
QRectF chip(QPainter& painter, QPointF corner, const QString& text, const QFont& font,
            Qt::Corner at, double widest)
{
    const QFontMetricsF metrics(font);
    const QSizeF size =
        metrics.boundingRect(QRectF(0, 0, std::max(40.0, widest - 16), 400), Qt::TextWordWrap, text)
            .size();
    QRectF box(corner, QSizeF(size.width() + 14, size.height() + 6));
    if (at == Qt::BottomLeftCorner || at == Qt::BottomRightCorner)
        box.translate(0, -box.height());
    if (at == Qt::BottomRightCorner || at == Qt::TopRightCorner)
        box.translate(-box.width(), 0);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, 176));
    painter.drawRoundedRect(box, 4, 4);
    painter.setPen(Qt::white);
    painter.setFont(font);
    painter.drawText(box.adjusted(7, 3, -7, -3), Qt::TextWordWrap | Qt::AlignLeft, text);
    return box;
}

struct LegendBar {
    QString title, low, high;
    std::vector<QColor> colours; // from low to high
};

std::vector<QColor> ramp(figure::ColourMap map, bool reversed)
{
    std::vector<QColor> colours;
    for (int i = 0; i < 64; ++i) {
        const figure::Colour c = figure::colourOf(map, (reversed ? 63 - i : i) / 63.0);
        colours.emplace_back(c.red, c.green, c.blue);
    }
    return colours;
}

LegendBar differenceLegend(const PlayerState& state)
{
    const auto units = [&](double value) {
        return QString::fromStdString(significant(value / state.gain, 3));
    };
    const QString plane = QStringLiteral("YUV").mid(state.plane, 1);
    if (state.difference == video::DifferenceMode::heat)
        return {QStringLiteral("|Δ%1|, 8-bit units").arg(plane), QStringLiteral("0"), units(255),
                ramp(figure::ColourMap::magma, false)};
    const bool isSigned = state.difference == video::DifferenceMode::signedGrey;
    return {(isSigned ? QStringLiteral("Δ%1, 8-bit units") : QStringLiteral("|Δ%1|, 8-bit units"))
                .arg(plane),
            isSigned ? units(-128) : QStringLiteral("0"),
            units(isSigned ? 127 : 255),
            {Qt::black, Qt::white}};
}

void paintBar(QPainter& painter, QPointF corner, const LegendBar& legend)
{
    const QFont font = theme::uiFont(11);
    const QFontMetricsF metrics(font);
    const double width = std::max(150.0, metrics.horizontalAdvance(legend.title) + 20);
    const QRectF box(corner, QSizeF(width, 46));
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor(0, 0, 0, 176));
    painter.drawRoundedRect(box, 4, 4);
    QLinearGradient gradient(box.left() + 8, 0, box.right() - 8, 0);
    for (std::size_t i = 0; i < legend.colours.size(); ++i)
        gradient.setColorAt(double(i) / double(legend.colours.size() - 1), legend.colours[i]);
    painter.setPen(QPen(QColor(255, 255, 255, 90), 1));
    painter.setBrush(gradient);
    painter.drawRect(QRectF(box.left() + 8.5, box.top() + 19.5, width - 17, 8));
    painter.setFont(font);
    painter.setPen(Qt::white);
    painter.drawText(QRectF(box.left() + 8, box.top() + 3, width - 16, 14),
                     Qt::AlignLeft | Qt::AlignVCenter, legend.title);
    const QRectF ends(box.left() + 8, box.top() + 29, width - 16, 14);
    painter.drawText(ends, Qt::AlignLeft | Qt::AlignVCenter, legend.low);
    painter.drawText(ends, Qt::AlignRight | Qt::AlignVCenter, legend.high);
}

} // namespace

void Canvas::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    const theme::Palette& colours = theme::palette();
    painter.fillRect(rect(), colours.window);
    for (const Cell& cell : cells())
        paintCell(painter, cell);
    if (hasFocus()) {
        painter.setBrush(Qt::NoBrush);
        painter.setPen(QPen(colours.accent, 2));
        painter.drawRect(QRectF(rect()).adjusted(1, 1, -1, -1));
    }
    if (scene_.moment >= 0)
        emit painted(scene_.moment);
}

void Canvas::paintCell(QPainter& painter, const Cell& cell) const
{
    const double ratio = devicePixelRatioF();
    painter.fillRect(logical(cell.place, ratio), theme::palette().sunken);
    painter.save();
    painter.scale(1 / ratio, 1 / ratio); // pictures are made of device pixels
    const ScenePicture* upper = picture(cell.pane, state_.mode == Mode::difference);
    const ScenePicture* under = cell.under >= 0 ? picture(cell.under, false) : nullptr;
    const QRect all = cell.place;
    switch (cell.under < 0 ? Mode::grid : state_.mode) {
    case Mode::wipe: {
        QRect before = all, after = all;
        if (state_.wipeHorizontal) {
            before.setBottom(boundary(cell) - 1);
            after.setTop(boundary(cell));
        } else {
            before.setRight(boundary(cell) - 1);
            after.setLeft(boundary(cell));
        }
        if (under)
            paintPicture(painter, *under, before);
        if (upper)
            paintPicture(painter, *upper, after);
        break;
    }
    case Mode::lens:
        if (under)
            paintPicture(painter, *under, all);
        break;
    case Mode::blink:
        if (const ScenePicture* shown = blinkSecond_ ? upper : under)
            paintPicture(painter, *shown, all);
        break;
    default:
        if (upper)
            paintPicture(painter, *upper, all);
    }
    painter.restore();
    if (state_.mode == Mode::lens && cell.under >= 0)
        paintLens(painter, cell);
    if (state_.mode == Mode::wipe && cell.under >= 0)
        paintHandle(painter, cell);
    paintPointer(painter, cell);
    paintNotices(painter, cell);
    paintLegend(painter, cell);
    paintCaption(painter, cell);
}

// Byte for byte: no scaling, no smoothing.
void Canvas::paintPicture(QPainter& painter, const ScenePicture& made, const QRect& clip) const
{
    if (made.image.isNull())
        return;
    const QRect shown = made.target.intersected(clip);
    if (!shown.isEmpty())
        painter.drawImage(shown.topLeft(), made.image, shown.translated(-made.target.topLeft()));
}

void Canvas::paintLens(QPainter& painter, const Cell& cell) const
{
    const ScenePicture* upper = picture(cell.pane, false);
    const double ratio = devicePixelRatioF();
    const QRectF place = logical(cell.place, ratio);
    const QPointF centre = mouse_.value_or(place.center());
    const double radius = state_.lens * std::min(place.width(), place.height());
    painter.save();
    QPainterPath circle;
    circle.addEllipse(centre, radius, radius);
    painter.setClipRect(place);
    painter.setClipPath(circle, Qt::IntersectClip);
    painter.fillRect(place, theme::palette().sunken);
    painter.scale(1 / ratio, 1 / ratio);
    if (upper)
        paintPicture(painter, *upper, cell.place);
    painter.restore();
    painter.save();
    painter.setClipRect(place);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(QColor(0, 0, 0, 120), 4));
    painter.drawEllipse(centre, radius, radius);
    painter.setPen(QPen(Qt::white, 2));
    painter.drawEllipse(centre, radius, radius);
    painter.restore();
}

void Canvas::paintHandle(QPainter& painter, const Cell& cell) const
{
    const double ratio = devicePixelRatioF(), at = boundary(cell) / ratio;
    const QRectF place = logical(cell.place, ratio);
    painter.save();
    painter.setClipRect(place);
    if (state_.wipeHorizontal)
        painter.fillRect(QRectF(place.left(), at - 1, place.width(), 2), Qt::white);
    else
        painter.fillRect(QRectF(at - 1, place.top(), 2, place.height()), Qt::white);
    const QPointF grip =
        state_.wipeHorizontal ? QPointF(place.center().x(), at) : QPointF(at, place.center().y());
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(QColor(0, 0, 0, 90), 1));
    painter.setBrush(Qt::white);
    painter.drawEllipse(grip, 13, 13);
    painter.setPen(
        QPen(QColor(0x1B, 0x1F, 0x27), 1.75, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    const auto arrow = [&](double side) {
        const auto turned = [&](double along, double across) {
            return grip + (state_.wipeHorizontal ? QPointF(across, along) : QPointF(along, across));
        };
        painter.drawPolyline(
            QPolygonF({turned(side * 4, -3.5), turned(side * 7.5, 0), turned(side * 4, 3.5)}));
    };
    arrow(-1);
    arrow(1);
    painter.restore();
}

void Canvas::paintTitle(QPainter& painter, const QRectF& place, int pane, Side side,
                        bool isMuted) const
{
    if (pane < 0 || pane >= static_cast<int>(panes_.size()) || place.width() < 20)
        return;
    const PaneLook& look = panes_[static_cast<std::size_t>(pane)];
    const bool mirrored = side == Side::right;
    const theme::Palette& colours = theme::palette();
    const QFont bold = theme::uiFont(12, QFont::DemiBold), plain = theme::uiFont(12);
    const QFontMetricsF boldMetrics(bold), plainMetrics(plain);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(colours.series(look.colour));
    const double dot = mirrored ? place.right() - 5 : place.left() + 5;
    painter.drawEllipse(QPointF(dot, place.center().y()), 4, 4);
    QRectF rest = mirrored ? place.adjusted(0, 0, -15, 0) : place.adjusted(15, 0, 0, 0);
    const auto put = [&](const QString& text, const QFont& font, const QFontMetricsF& metrics,
                         const QColor& colour, bool atEnd) {
        if (text.isEmpty() || rest.width() < 24)
            return;
        const QString fitting = metrics.elidedText(text, Qt::ElideRight, rest.width());
        const double width = metrics.horizontalAdvance(fitting);
        painter.setFont(font);
        painter.setPen(colour);
        painter.drawText(rest, Qt::AlignVCenter | (atEnd ? Qt::AlignRight : Qt::AlignLeft),
                         fitting);
        atEnd ? rest.setRight(rest.right() - width - 10) : rest.setLeft(rest.left() + width + 8);
    };
    put(look.name, bold, boldMetrics, isMuted ? colours.muted : colours.text, mirrored);
    if (!look.warning.isEmpty())
        put(look.warning, plain, plainMetrics, colours.warning, mirrored);
    // What is shown now matters more than what the whole is.
    put(look.live, plain, plainMetrics, colours.text, side != Side::left);
    put(look.detail, plain, plainMetrics, colours.muted, mirrored);
}

void Canvas::paintCaption(QPainter& painter, const Cell& cell) const
{
    const QRectF place = logical(cell.place, devicePixelRatioF());
    const QRectF head(place.left() + 2, place.top() - kTitleHeight, place.width() - 4,
                      kTitleHeight);
    if (cell.under < 0)
        return paintTitle(painter, head, cell.pane, Side::alone, false);
    const bool blinks = state_.mode == Mode::blink;
    const double half = head.width() / 2 - 8;
    paintTitle(painter, QRectF(head.left(), head.top(), half, kTitleHeight), cell.under, Side::left,
               blinks && blinkSecond_);
    paintTitle(painter, QRectF(head.right() - half, head.top(), half, kTitleHeight), cell.pane,
               Side::right, blinks && !blinkSecond_);
}

void Canvas::paintNotices(QPainter& painter, const Cell& cell) const
{
    const QRectF place = logical(cell.place, devicePixelRatioF());
    const QFont font = theme::uiFont(12), mono = theme::monoFont(11);
    painter.save();
    painter.setClipRect(place);
    painter.setRenderHint(QPainter::Antialiasing);
    double bottom = place.bottom() - 8;
    const auto stack = [&](const QString& text, const QFont& with) {
        if (text.isEmpty())
            return;
        const QRectF box = chip(painter, QPointF(place.left() + 8, bottom), text, with,
                                Qt::BottomLeftCorner, place.width() - 16);
        bottom = box.top() - 4;
    };
    if (hovered_)
        for (const int pane : {cell.pane, cell.under}) {
            QString text = pane >= 0 ? reading(pane, *hovered_) : QString();
            if (text.isEmpty())
                continue;
            if (cell.under >= 0)
                text = panes_[static_cast<std::size_t>(pane)].name + "  " + text;
            if (pane == cell.under || cell.under < 0)
                text = QStringLiteral("(%1, %2)  ").arg(hovered_->x()).arg(hovered_->y()) + text;
            stack(text, mono);
        }
    for (const int pane : {cell.pane, cell.under}) {
        QString text = notice(pane);
        if (!text.isEmpty() && cell.under >= 0)
            text = panes_[static_cast<std::size_t>(pane)].name + ": " + text;
        stack(text, font);
        for (std::size_t i = 0; i < scene_.pictures.size(); ++i)
            if (scene_.pictures[i].wish.pane == pane)
                stack(scene_.overlayNotices[i], font);
    }
    painter.restore();
}

void Canvas::paintPointer(QPainter& painter, const Cell& cell) const
{
    if (!hovered_)
        return;
    const double ratio = devicePixelRatioF();
    const Fitted fit =
        fitted(cell.place, common(), common(), state_.zoom, state_.centreX, state_.centreY);
    if (fit.target.isEmpty())
        return;
    const double scale = fit.target.width() / fit.window.width / ratio;
    const QPointF corner =
        QPointF(fit.target.topLeft()) / ratio +
        QPointF(hovered_->x() - fit.window.x, hovered_->y() - fit.window.y) * scale;
    painter.save();
    painter.setClipRect(logical(cell.place, ratio));
    painter.setBrush(Qt::NoBrush);
    const bool isUnderMouse = mouse_ && cell.place.contains((*mouse_ * ratio).toPoint());
    if (scale >= 6) { // the sample itself
        const QRectF sample(corner, QSizeF(scale, scale));
        painter.setPen(QPen(Qt::black, 3));
        painter.drawRect(sample);
        painter.setPen(QPen(Qt::white, 1));
        painter.drawRect(sample);
    } else if (!isUnderMouse) {
        const QPointF at = corner + QPointF(scale / 2, scale / 2);
        for (const auto& [colour, width] :
             {std::pair{QColor(0, 0, 0, 150), 3.0}, {Qt::white, 1.0}}) {
            painter.setPen(QPen(colour, width));
            painter.drawLine(at - QPointF(7, 0), at + QPointF(7, 0));
            painter.drawLine(at - QPointF(0, 7), at + QPointF(0, 7));
        }
    }
    painter.restore();
}

void Canvas::paintLegend(QPainter& painter, const Cell& cell) const
{
    const auto all = cells();
    const QRectF place = logical(cell.place, devicePixelRatioF());
    if (place.width() < 200)
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    QPointF corner = place.topLeft() + QPointF(8, 8); // notices are below, tools at the right
    const auto stack = [&](const LegendBar& bar) {
        paintBar(painter, corner, bar);
        corner += QPointF(0, 50);
    };
    const bool isFirstCell = !all.empty() && all.front().pane == cell.pane;
    if (state_.mode == Mode::difference && isFirstCell)
        stack(differenceLegend(state_));
    if (state_.blocks != BlockMeasure::none && cell.pane != first_) {
        const auto [low, high] = blockScale(state_.blocks);
        const bool isPsnr = state_.blocks == BlockMeasure::psnr;
        stack({isPsnr ? tr("PSNR-Y of 16 × 16 blocks, dB") : tr("SSIM of 16 × 16 blocks"),
               QString::number(low), QString::number(high), ramp(figure::ColourMap::magma, true)});
    }
    if (state_.qp && cell.pane < static_cast<int>(scene_.panes.size())) {
        const FramePtr& frame = scene_.panes[static_cast<std::size_t>(cell.pane)].frame;
        if (frame && frame->side && !frame->side->qp.empty()) {
            const auto [low, high] = quantizerRange(*frame->side);
            stack({tr("Quantizer, codec's scale"), QString::number(low), QString::number(high),
                   ramp(figure::ColourMap::viridis, false)});
        }
    }
}

} // namespace vitrine::player
