#include "core/base/format.h"
#include "widgets/matrix/item_grid.h"
#include "widgets/theme/hatch.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <QPaintEvent>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace vitrine
{
namespace
{

constexpr double kFaint = 0.35; // of an item that cannot be chosen

// What stands for a score that is not finite, as far as there is room for the words.
QString notFiniteText(int room, const QFontMetrics& metrics)
{
    const QString words = ItemGrid::tr("not finite");
    return metrics.horizontalAdvance(words) <= room ? words : QStringLiteral("NaN");
}

// Strongest entry of each block: a picture made smaller must not lose a column one entry wide.
std::vector<float> pooled(const std::vector<float>& values, int side, int target)
{
    std::vector<float> out(static_cast<std::size_t>(target * target), std::nanf(""));
    for (int row = 0; row < side; ++row)
        for (int column = 0; column < side; ++column) {
            const float value = values[static_cast<std::size_t>(row * side + column)];
            float& best = out[static_cast<std::size_t>(row * target / side * target +
                                                       column * target / side)];
            if (!std::isnan(value) && !(std::abs(value) <= std::abs(best)))
                best = value;
        }
    return out;
}

} // namespace

QString ItemGrid::scoreText(double value, int digits)
{
    return QString::fromStdString(significant(value, digits));
}

double ItemGrid::share(const GridItem& item) const
{
    return std::isfinite(item.score) ? std::clamp(item.score / highest_, 0.0, 1.0) : 0.0;
}

const QPixmap& ItemGrid::picture(const Cell& cell, int index)
{
    QPixmap& pixmap = pictures_[index];
    const auto& values = cell.item.picture;
    if (!pixmap.isNull())
        return pixmap;
    const int pixels = static_cast<int>(std::lround(thumb_ * devicePixelRatioF()));
    QPixmap drawn(pixels, pixels);
    drawn.fill(theme::palette().sunken);
    const ColourTable table(scale_);
    if (values.empty()) {
        if (std::isfinite(cell.item.score))
            drawn.fill(QColor::fromRgb(table.colour(static_cast<float>(cell.item.score))));
    } else if (side_ > 0 && values.size() == static_cast<std::size_t>(side_ * side_)) {
        const int target = std::min(side_, pixels);
        QPainter painter(&drawn);
        const std::vector<float> shown = pooled(values, side_, target);
        painter.drawImage(drawn.rect(), table.image(shown, target, target));
        theme::hatchNotFinite(painter, drawn.rect(), shown, target, target, theme::palette());
    }
    drawn.setDevicePixelRatio(static_cast<double>(pixels) / thumb_);
    pixmap = drawn;
    return pixmap;
}

void ItemGrid::paintEvent(QPaintEvent* event)
{
    const theme::Palette& colours = theme::palette();
    QPainter painter(this);
    painter.setFont(theme::uiFont(11));
    painter.setPen(colours.muted);
    if (!ranked_)
        for (int column = 0; column < columns_; ++column)
            painter.drawText(QRect(kLabel + column * (thumb_ + kGap), 0, thumb_, kTop - 4),
                             Qt::AlignCenter,
                             column == 0 && thumb_ > 40 ? columnName_ + QStringLiteral(" 0")
                                                        : QString::number(column));
    int lastLine = -1;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        const Cell& cell = cells_[i];
        const QRect place = rectOf(cell);
        if (!ranked_ && cell.line != lastLine) {
            painter.setPen(colours.muted);
            painter.setFont(theme::uiFont(11));
            painter.drawText(
                QRect(0, place.top(), kLabel - 6, thumb_), Qt::AlignRight | Qt::AlignVCenter,
                QStringLiteral("%1%2").arg(rowName_.left(1).toUpper()).arg(cell.item.id.row));
            lastLine = cell.line;
        }
        if (place.adjusted(-3, -3, 3, 3).intersects(event->rect()))
            paintCell(painter, cell, static_cast<int>(i));
    }
    if (lassoing_) {
        painter.setRenderHint(QPainter::Antialiasing);
        QColor ground = colours.accent;
        ground.setAlphaF(0.14F);
        painter.setBrush(ground);
        painter.setPen(QPen(colours.accent, 1.5, Qt::DashLine));
        painter.drawPath(lasso_);
    }
}

void ItemGrid::paintCell(QPainter& painter, const Cell& cell, int index)
{
    const theme::Palette& colours = theme::palette();
    const QRect place = rectOf(cell);
    const QRect frame(place.topLeft(), QSize(thumb_, thumb_));
    painter.setOpacity(cell.item.usable ? 1 : kFaint);
    painter.drawPixmap(frame.topLeft(), picture(cell, index));
    painter.setOpacity(1);
    const bool selected = cell.item.id == selected_;
    const bool chosen = choosable_ && chosen_.contains(cell.item.id);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(selected ? QPen(colours.accent, 2) : QPen(colours.line, colours.lineWidth));
    painter.drawRoundedRect(QRectF(frame).adjusted(-0.5, -0.5, 0.5, 0.5), 3, 3);
    if (selected && hasFocus()) {
        painter.setPen(QPen(colours.accent, 1));
        painter.drawRoundedRect(QRectF(frame).adjusted(-3, -3, 3, 3), 5, 5);
    }
    if (std::ranges::find(pinned_, cell.item.id) != pinned_.end()) {
        painter.setPen(QPen(colours.surface, 1));
        painter.setBrush(colours.series(4));
        painter.drawEllipse(QPointF(frame.right() - 3, frame.top() + 4), 4.5, 4.5);
    }
    if (choosable_ && cell.item.usable)
        paintTick(painter, cell);
    painter.setRenderHint(QPainter::Antialiasing, false);
    const QRect bar(place.left(), frame.bottom() + 3, thumb_, 2);
    painter.fillRect(bar, colours.sunken);
    painter.fillRect(
        QRect(bar.topLeft(), QSize(static_cast<int>(std::lround(share(cell.item) * thumb_)), 2)),
        colours.accent);
    painter.setPen(selected || chosen ? colours.text : colours.muted);
    painter.setFont(theme::uiFont(10, selected ? QFont::DemiBold : QFont::Normal));
    if (ranked_)
        painter.drawText(QRect(place.left(), frame.bottom() + 5, thumb_, kScore), Qt::AlignCenter,
                         QStringLiteral("%1%2 %3%4")
                             .arg(rowName_.left(1).toUpper())
                             .arg(cell.item.id.row)
                             .arg(columnName_.left(1).toUpper())
                             .arg(cell.item.id.column));
    painter.drawText(QRect(place.left() - 3, frame.bottom() + (ranked_ ? 3 + kScore : 5),
                           thumb_ + 6, ranked_ ? kScore : kScore - 2),
                     Qt::AlignCenter,
                     cell.item.finite ? scoreText(cell.item.score, 2)
                                      : notFiniteText(thumb_ + 6, painter.fontMetrics()));
}

// An empty box on the picture; ticked in the accent where chosen.
void ItemGrid::paintTick(QPainter& painter, const Cell& cell)
{
    const theme::Palette& colours = theme::palette();
    const QRectF box = QRectF(tickRectOf(cell)).adjusted(0.5, 0.5, -0.5, -0.5);
    const bool chosen = chosen_.contains(cell.item.id);
    painter.setPen(QPen(chosen ? colours.onAccent : colours.muted, 1));
    QColor ground = chosen ? colours.accent : colours.surface;
    if (!chosen)
        ground.setAlphaF(0.85F);
    painter.setBrush(ground);
    painter.drawRoundedRect(box, 3, 3);
    if (!chosen)
        return;
    painter.setPen(QPen(colours.onAccent, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter.drawPolyline(QPolygonF{box.topLeft() + QPointF(3, 6.2), box.topLeft() + QPointF(5, 8.4),
                                   box.topLeft() + QPointF(9, 3.6)});
}

} // namespace vitrine
