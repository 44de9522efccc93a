#include "plugins/attention/overview_grid.h"

#include "widgets/theme/palette.h"
#include "widgets/theme/style.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace vitrine::attention
{
namespace
{

constexpr int kGap = 6, kLabel = 26, kTop = 18, kScore = 15, kSmallest = 28, kLargest = 76,
              kRanked = 52;

// Strongest entry of each block: a thumbnail made smaller must not lose a column one entry wide.
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

OverviewGrid::OverviewGrid(QWidget* parent) : QWidget(parent)
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Heads overview"));
}

void OverviewGrid::setScene(const Scene& scene)
{
    const bool differs = scene.state.score == Score::difference && scene.runs.size() > 1;
    const ColourScale scale =
        differs ? differenceScale(scene.state.clip, scene.state.scale) : weightScale(scene.state);
    const bool sameCells = version_ == scene.rowsVersion && runsVersion_ == scene.runsVersion &&
                           score_ == scene.state.score && ranked_ == scene.state.ranked;
    pinned_ = scene.state.pinnedHeads;
    selected_ = scene.head;
    if (!sameCells) {
        version_ = scene.rowsVersion;
        runsVersion_ = scene.runsVersion;
        score_ = scene.state.score;
        ranked_ = scene.state.ranked;
        side_ = scene.first().capture->thumbnailSide();
        cells_.clear();
        for (const HeadRow& row : scene.scoredRows())
            cells_.push_back(
                {.row = row,
                 .values = differs ? thumbnailDifference(scene.first(), scene.runs[1], row.id)
                                   : thumbnailOf(scene.first(), row.id)});
        if (ranked_)
            std::ranges::stable_sort(cells_, [this](const Cell& a, const Cell& b) {
                const double x = scoreOf(a.row, score_), y = scoreOf(b.row, score_);
                return x > y || (!std::isnan(x) && std::isnan(y));
            });
        arrange();
    }
    if (!sameCells || !(scale == scale_))
        thumbnails_.clear();
    scale_ = scale;
    describe();
    update();
}

void OverviewGrid::setRoom(int width)
{
    if (width == room_)
        return;
    room_ = width;
    arrange();
}

void OverviewGrid::arrange()
{
    int heads = 1;
    highest_ = 1e-9;
    for (const Cell& cell : cells_) {
        heads = std::max(heads, cell.row.id.head + 1);
        if (const double score = scoreOf(cell.row, score_); std::isfinite(score))
            highest_ = std::max(highest_, score);
    }
    const int before = thumb_;
    if (ranked_) {
        thumb_ = kRanked;
        columns_ = std::max(1, (room_ + kGap) / (kRanked + kGap));
    } else {
        columns_ = heads;
        thumb_ = std::clamp((room_ - 2 - kLabel + kGap) / heads - kGap, kSmallest, kLargest);
    }
    lines_ = 0;
    int lastLayer = -1;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        Cell& cell = cells_[i];
        if (ranked_) {
            cell.line = static_cast<int>(i) / columns_;
            cell.column = static_cast<int>(i) % columns_;
        } else {
            cell.line = cell.row.id.layer == lastLayer ? lines_ - 1 : lines_;
            cell.column = cell.row.id.head;
            lastLayer = cell.row.id.layer;
        }
        lines_ = cell.line + 1;
    }
    if (before != thumb_)
        thumbnails_.clear();
    const int height = thumb_ + kScore + (ranked_ ? kScore : 0) + kGap;
    size_ = QSize((ranked_ ? 0 : kLabel) + columns_ * (thumb_ + kGap) - kGap + 2,
                  (ranked_ ? 2 : kTop) + lines_ * height + 2);
    resize(size_);
    updateGeometry();
    update();
}

QRect OverviewGrid::rectOf(const Cell& cell) const
{
    const int height = thumb_ + kScore + (ranked_ ? kScore : 0);
    return {(ranked_ ? 2 : kLabel) + cell.column * (thumb_ + kGap),
            (ranked_ ? 2 : kTop) + cell.line * (height + kGap), thumb_, height};
}

QRect OverviewGrid::cellOf(HeadId head) const
{
    for (const Cell& cell : cells_)
        if (cell.row.id == head)
            return rectOf(cell);
    return {};
}

const OverviewGrid::Cell* OverviewGrid::at(QPoint point) const
{
    const auto found = std::ranges::find_if(
        cells_, [&](const Cell& cell) { return rectOf(cell).contains(point); });
    return found == cells_.end() ? nullptr : &*found;
}

void OverviewGrid::describe()
{
    for (const Cell& cell : cells_)
        if (cell.row.id == selected_)
            setAccessibleDescription(tr("Selected %1, %2 %3. Arrow keys select, P pins.")
                                         .arg(headName(selected_), scoreLabel(score_).toLower(),
                                              numberText(scoreOf(cell.row, score_))));
}

double OverviewGrid::share(const HeadRow& row) const
{
    const double score = scoreOf(row, score_);
    return std::isfinite(score) ? std::clamp(score / highest_, 0.0, 1.0) : 0.0;
}

const QPixmap& OverviewGrid::thumbnail(const Cell& cell, int index)
{
    QPixmap& pixmap = thumbnails_[index];
    const auto side = static_cast<int>(side_);
    if (!pixmap.isNull() || cell.values.size() != static_cast<std::size_t>(side * side) ||
        side == 0)
        return pixmap;
    const int pixels = static_cast<int>(std::lround(thumb_ * devicePixelRatioF()));
    const int target = std::min(side, pixels);
    const ColourTable table(scale_);
    QPixmap drawn(pixels, pixels);
    drawn.fill(theme::palette().sunken);
    QPainter painter(&drawn);
    painter.drawImage(drawn.rect(), table.image(pooled(cell.values, side, target), target, target));
    painter.end();
    drawn.setDevicePixelRatio(static_cast<double>(pixels) / thumb_);
    pixmap = drawn;
    return pixmap;
}

void OverviewGrid::paintEvent(QPaintEvent* event)
{
    const theme::Palette& colours = theme::palette();
    QPainter painter(this);
    painter.setFont(theme::uiFont(11));
    painter.setPen(colours.muted);
    if (!ranked_)
        for (int head = 0; head < columns_; ++head)
            painter.drawText(QRect(kLabel + head * (thumb_ + kGap), 0, thumb_, kTop - 4),
                             Qt::AlignCenter,
                             head == 0 && thumb_ > 40 ? tr("head 0") : QString::number(head));
    int lastLine = -1;
    for (std::size_t i = 0; i < cells_.size(); ++i) {
        const Cell& cell = cells_[i];
        const QRect place = rectOf(cell);
        if (!ranked_ && cell.line != lastLine) {
            painter.setPen(colours.muted);
            painter.drawText(QRect(0, place.top(), kLabel - 6, thumb_),
                             Qt::AlignRight | Qt::AlignVCenter,
                             QStringLiteral("L%1").arg(cell.row.id.layer));
            lastLine = cell.line;
        }
        if (place.adjusted(-3, -3, 3, 3).intersects(event->rect()))
            paintCell(painter, cell, static_cast<int>(i));
    }
}

void OverviewGrid::paintCell(QPainter& painter, const Cell& cell, int index)
{
    const theme::Palette& colours = theme::palette();
    const QRect place = rectOf(cell);
    const QRect picture(place.topLeft(), QSize(thumb_, thumb_));
    painter.drawPixmap(picture.topLeft(), thumbnail(cell, index));
    const bool chosen = cell.row.id == selected_;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(Qt::NoBrush);
    painter.setPen(chosen ? QPen(colours.accent, 2) : QPen(colours.line, colours.lineWidth));
    painter.drawRoundedRect(QRectF(picture).adjusted(-0.5, -0.5, 0.5, 0.5), 3, 3);
    if (chosen && hasFocus()) {
        painter.setPen(QPen(colours.accent, 1));
        painter.drawRoundedRect(QRectF(picture).adjusted(-3, -3, 3, 3), 5, 5);
    }
    if (std::ranges::find(pinned_, cell.row.id) != pinned_.end()) {
        painter.setPen(QPen(colours.surface, 1));
        painter.setBrush(colours.series(4));
        painter.drawEllipse(QPointF(picture.right() - 3, picture.top() + 4), 4.5, 4.5);
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    const QRect bar(place.left(), picture.bottom() + 3, thumb_, 2);
    painter.fillRect(bar, colours.sunken);
    painter.fillRect(
        QRect(bar.topLeft(), QSize(static_cast<int>(std::lround(share(cell.row) * thumb_)), 2)),
        colours.accent);
    painter.setPen(chosen ? colours.text : colours.muted);
    painter.setFont(theme::uiFont(10, chosen ? QFont::DemiBold : QFont::Normal));
    if (ranked_) {
        painter.drawText(QRect(place.left(), picture.bottom() + 5, thumb_, kScore), Qt::AlignCenter,
                         QStringLiteral("L%1 H%2").arg(cell.row.id.layer).arg(cell.row.id.head));
        painter.drawText(QRect(place.left(), picture.bottom() + 3 + kScore, thumb_, kScore),
                         Qt::AlignCenter, shortText(scoreOf(cell.row, score_)));
    } else {
        painter.drawText(QRect(place.left() - 3, picture.bottom() + 5, thumb_ + 6, kScore - 2),
                         Qt::AlignCenter, shortText(scoreOf(cell.row, score_)));
    }
}

bool OverviewGrid::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    auto* help = static_cast<QHelpEvent*>(event);
    if (const Cell* cell = at(help->pos()))
        QToolTip::showText(
            help->globalPos(),
            tr("<b>%1</b><br>first-token mass %2<br>sink mass %3 (%4 sinks)<br>entropy %5 nat<br>"
               "mean distance %6 tokens")
                .arg(headName(cell->row.id), numberText(cell->row.firstTokenMass),
                     numberText(cell->row.sinkMass), QString::number(cell->row.sinks),
                     numberText(cell->row.entropy), numberText(cell->row.distance)),
            this, rectOf(*cell));
    return true;
}

void OverviewGrid::mousePressEvent(QMouseEvent* event)
{
    const Cell* cell = at(event->pos());
    if (!cell || event->button() != Qt::LeftButton)
        return QWidget::mousePressEvent(event);
    const HeadId id = cell->row.id; // the cell may be gone after a change
    if (event->modifiers() & Qt::ControlModifier)
        emit headPinToggled(id);
    else
        emit headChosen(id);
}

void OverviewGrid::moveTo(int line, int column)
{
    for (const Cell& cell : cells_)
        if (cell.line == line && cell.column == column) {
            const HeadId id = cell.row.id;
            emit headChosen(id);
            return;
        }
}

void OverviewGrid::keyPressEvent(QKeyEvent* event)
{
    const auto found =
        std::ranges::find_if(cells_, [this](const Cell& cell) { return cell.row.id == selected_; });
    if (found == cells_.end())
        return QWidget::keyPressEvent(event);
    const int line = found->line, column = found->column;
    switch (event->key()) {
    case Qt::Key_Left:
        return moveTo(column > 0 ? line : line - 1, column > 0 ? column - 1 : columns_ - 1);
    case Qt::Key_Right:
        return moveTo(column + 1 < columns_ ? line : line + 1,
                      column + 1 < columns_ ? column + 1 : 0);
    case Qt::Key_Up:
        return moveTo(line - 1, column);
    case Qt::Key_Down:
        return moveTo(line + 1, column);
    case Qt::Key_Home:
        return moveTo(0, 0);
    case Qt::Key_End:
        return moveTo(cells_.back().line, cells_.back().column);
    case Qt::Key_P:
        emit headPinToggled(selected_);
        return;
    default:
        QWidget::keyPressEvent(event);
    }
}

} // namespace vitrine::attention
