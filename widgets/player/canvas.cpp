#include "widgets/player/canvas.h"

#include "widgets/player/pane_tools.h"

#include <QContextMenuEvent>
#include <QMouseEvent>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace vitrine::player
{
namespace
{

constexpr int kHead = 24, kGap = 8; // logical pixels
constexpr double kGrab = 10;        // around the handle
constexpr double kWheelStep = 1.25;

int rounded(double value)
{
    return static_cast<int>(std::lround(value));
}

} // namespace

Canvas::Canvas(QWidget* parent) : QWidget(parent), tools_(new PaneTools(this))
{
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAccessibleName(tr("Pictures"));
    setAccessibleDescription(tr("Wheel: zoom at the cursor. Drag: pan or move the wipe's handle. "
                                "Double click: fit or one sample per pixel."));
    tools_->hide();
    connect(tools_, &PaneTools::offsetWished, this, &Canvas::offsetWished);
    connect(tools_, &PaneTools::stillWished, this, &Canvas::stillWished);
    connect(tools_, &PaneTools::firstWished, this, &Canvas::firstWished);
    connect(&blink_, &QTimer::timeout, this, [this] {
        blinkSecond_ = !blinkSecond_;
        update();
    });
}

void Canvas::setPanes(std::vector<PaneLook> panes)
{
    panes_ = std::move(panes);
    update();
}

void Canvas::setLive(const std::vector<QString>& lines)
{
    for (std::size_t i = 0; i < panes_.size() && i < lines.size(); ++i)
        panes_[i].live = lines[i];
    update();
}

void Canvas::setChoice(std::vector<int> visible, int first, int second)
{
    if (visible == visible_ && first == first_ && second == second_)
        return;
    visible_ = std::move(visible);
    first_ = first;
    second_ = second;
    tools_->hide();
    update();
    emit placesChanged();
}

void Canvas::setState(const PlayerState& state)
{
    if (state.mode != state_.mode)
        tools_->hide();
    state_ = state;
    if (state.mode == Mode::blink) {
        const int interval = rounded(1000 / state.blinkHertz);
        if (!blink_.isActive() || blink_.interval() != interval)
            blink_.start(interval);
    } else {
        blink_.stop();
        blinkSecond_ = false;
    }
    update();
    emit placesChanged();
}

void Canvas::setScene(Scene scene)
{
    scene_ = std::move(scene);
    update();
}

QSize Canvas::common() const
{
    const auto sizeOf = [this](int pane) {
        return pane >= 0 && pane < static_cast<int>(panes_.size())
                   ? panes_[static_cast<std::size_t>(pane)].size
                   : QSize();
    };
    if (!sizeOf(first_).isEmpty())
        return sizeOf(first_);
    for (const PaneLook& look : panes_)
        if (!look.size.isEmpty())
            return look.size;
    return {16, 9};
}

std::vector<Canvas::Cell> Canvas::cells() const
{
    std::vector<Cell> cells;
    switch (state_.mode) {
    case Mode::grid:
        for (const int pane : visible_)
            cells.push_back({pane, -1, {}});
        break;
    case Mode::difference:
        for (const int pane : visible_)
            if (pane != first_)
                cells.push_back({pane, -1, {}});
        break;
    default:
        if (second_ >= 0)
            cells.push_back({second_, first_, {}});
        else if (first_ < static_cast<int>(panes_.size()))
            cells.push_back({first_, -1, {}});
    }
    const double ratio = devicePixelRatioF();
    const auto places = gridPlaces(QSize(rounded(width() * ratio), rounded(height() * ratio)),
                                   static_cast<int>(cells.size()), common(), rounded(kGap * ratio),
                                   rounded(kHead * ratio));
    for (std::size_t i = 0; i < cells.size(); ++i)
        cells[i].place = places[i];
    return cells;
}

std::vector<PictureWish> Canvas::wishes() const
{
    std::vector<PictureWish> wishes;
    for (const Cell& cell : cells()) {
        if (cell.place.isEmpty())
            continue;
        if (cell.under >= 0)
            wishes.push_back({cell.under, -1, false, cell.place});
        wishes.push_back({cell.pane, cell.pane == first_ ? -1 : first_,
                          state_.mode == Mode::difference, cell.place});
    }
    return wishes;
}

int Canvas::boundary(const Cell& cell) const
{
    return state_.wipeHorizontal ? cell.place.top() + rounded(state_.wipe * cell.place.height())
                                 : cell.place.left() + rounded(state_.wipe * cell.place.width());
}

const ScenePicture* Canvas::picture(int pane, bool isDifference) const
{
    for (const ScenePicture& made : scene_.pictures)
        if (made.wish.pane == pane && made.wish.isDifference == isDifference)
            return &made;
    return nullptr;
}

std::optional<Canvas::Cell> Canvas::cellAt(QPointF point) const
{
    const int head = rounded(kHead * devicePixelRatioF());
    for (const Cell& cell : cells())
        if (cell.place.adjusted(0, -head, 0, 0).contains(point.toPoint()))
            return cell;
    return {};
}

QString Canvas::reading(int pane, QPoint sample) const
{
    if (pane < 0 || pane >= static_cast<int>(scene_.panes.size()))
        return {};
    const FramePtr& played = scene_.panes[static_cast<std::size_t>(pane)].frame;
    if (!played || !played->error.empty())
        return {};
    const video::Frame& frame = played->frame;
    const QSize whole = common();
    const int x = std::clamp(sample.x() * frame.width() / std::max(1, whole.width()), 0,
                             frame.width() - 1),
              y = std::clamp(sample.y() * frame.height() / std::max(1, whole.height()), 0,
                             frame.height() - 1);
    QString text = QStringLiteral("Y %1").arg(frame.sample(0, x, y));
    if (frame.format().planes() == 3) {
        const int cx = x >> frame.format().shiftX(), cy = y >> frame.format().shiftY();
        text += QStringLiteral("  U %1  V %2")
                    .arg(frame.sample(1, cx, cy))
                    .arg(frame.sample(2, cx, cy));
    }
    const std::uint32_t rgb =
        rgbPicture(frame, {double(x), double(y), 1, 1, 1, 1, false}).pixels.front();
    return text + QStringLiteral("   RGB %1 %2 %3")
                      .arg(rgb >> 16 & 255)
                      .arg(rgb >> 8 & 255)
                      .arg(rgb & 255);
}

QString Canvas::notice(int pane) const
{
    if (pane < 0 || pane >= static_cast<int>(panes_.size()))
        return {};
    const PaneLook& look = panes_[static_cast<std::size_t>(pane)];
    if (!look.trouble.isEmpty())
        return look.trouble;
    if (pane >= static_cast<int>(scene_.panes.size()))
        return {};
    const PaneMoment& moment = scene_.panes[static_cast<std::size_t>(pane)];
    if (!moment.absent.isEmpty())
        return moment.absent;
    if (!moment.frame)
        return tr("frame %1 is being decoded").arg(moment.wanted);
    if (!moment.frame->error.empty())
        return QString::fromStdString(moment.frame->error);
    if (!moment.isExact())
        return (moment.isKey ? tr("key frame %1, on the way to %2")
                             : tr("still frame %1, on the way to %2"))
            .arg(moment.frame->index)
            .arg(moment.wanted);
    const ScenePicture* made = picture(pane, state_.mode == Mode::difference);
    return made ? made->notice : QString();
}

void Canvas::setHovered(std::optional<QPoint> sample)
{
    if (sample == hovered_)
        return;
    hovered_ = sample;
    update();
}

bool Canvas::isOnHandle(QPointF logical) const
{
    if (state_.mode != Mode::wipe)
        return false;
    for (const Cell& cell : cells()) {
        if (cell.under < 0 || !cell.place.contains(device(logical).toPoint()))
            continue;
        const double at = boundary(cell) / devicePixelRatioF();
        return std::abs((state_.wipeHorizontal ? logical.y() : logical.x()) - at) <= kGrab;
    }
    return false;
}

void Canvas::moveHandle(QPointF logical, bool dragging)
{
    const auto all = cells();
    if (all.empty())
        return;
    const QRect& place = all.front().place;
    const QPointF point = device(logical);
    PlayerState after = state_;
    after.wipe =
        std::clamp(state_.wipeHorizontal ? (point.y() - place.top()) / std::max(1, place.height())
                                         : (point.x() - place.left()) / std::max(1, place.width()),
                   0.0, 1.0);
    emit edited(after, tr("Move the wipe"), dragging ? QStringLiteral("wipe") : QString());
}

void Canvas::resizeEvent(QResizeEvent*)
{
    tools_->hide();
    emit placesChanged();
}

void Canvas::wheelEvent(QWheelEvent* event)
{
    const double steps = event->angleDelta().y() / 120.0;
    PlayerState after = state_;
    if (state_.mode == Mode::lens && event->modifiers() & Qt::ControlModifier) {
        after.lens = std::clamp(state_.lens * std::pow(1.1, steps), 0.02, 1.0);
        emit edited(after, tr("Size of the lens"), QStringLiteral("lens"));
    } else if (const auto cell = cellAt(device(event->position()))) {
        zoomAbout(after, cell->place, common(), device(event->position()),
                  std::pow(kWheelStep, steps));
        emit edited(after, tr("Zoom"), QStringLiteral("zoom"));
    }
    event->accept();
}

void Canvas::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    last_ = event->position();
    drag_ = isOnHandle(event->position()) ? Drag::handle : Drag::pan;
    if (drag_ == Drag::pan && state_.zoom > 0)
        setCursor(Qt::ClosedHandCursor);
}

void Canvas::mouseMoveEvent(QMouseEvent* event)
{
    const QPointF point = event->position();
    mouse_ = point;
    if (drag_ == Drag::handle) {
        moveHandle(point, true);
    } else if (const auto cell = cellAt(device(point)); cell && drag_ == Drag::pan) {
        PlayerState after = state_;
        pan(after, cell->place, common(), device(point - last_));
        if (after.centreX != state_.centreX || after.centreY != state_.centreY)
            emit edited(after, tr("Pan"), QStringLiteral("pan"));
    }
    last_ = point;
    if (drag_ == Drag::none)
        setCursor(isOnHandle(point) ? state_.wipeHorizontal ? Qt::SplitVCursor : Qt::SplitHCursor
                  : state_.zoom > 0 ? Qt::OpenHandCursor
                                    : Qt::CrossCursor);
    std::optional<QPoint> sample;
    if (const auto cell = cellAt(device(point))) {
        const Fitted fit =
            fitted(cell->place, common(), common(), state_.zoom, state_.centreX, state_.centreY);
        sample = sampleAt(fit, common(), device(point));
    }
    setHovered(sample);
    emit pointed(sample);
    placeTools();
    update();
}

void Canvas::mouseReleaseEvent(QMouseEvent*)
{
    drag_ = Drag::none;
    setCursor(state_.zoom > 0 ? Qt::OpenHandCursor : Qt::CrossCursor);
}

void Canvas::mouseDoubleClickEvent(QMouseEvent* event)
{
    const auto cell = cellAt(device(event->position()));
    if (!cell || isOnHandle(event->position()))
        return;
    PlayerState after = state_;
    if (state_.zoom > 0) {
        after.zoom = 0;
        after.centreX = after.centreY = 0.5;
    } else {
        zoomAbout(after, cell->place, common(), device(event->position()),
                  1 / fitZoom(cell->place.size(), common()));
        after.zoom = 1;
    }
    emit edited(after, after.zoom > 0 ? tr("One sample per pixel") : tr("Fit"), {});
}

void Canvas::leaveEvent(QEvent*)
{
    mouse_.reset();
    setHovered({});
    emit pointed({});
    if (!tools_->hasFocusInside())
        tools_->hide();
    update();
}

void Canvas::contextMenuEvent(QContextMenuEvent* event)
{
    const auto cell = cellAt(device(event->pos()));
    emit menuWished(event->globalPos(), cell ? cell->pane : -1);
}

void Canvas::focusInEvent(QFocusEvent*)
{
    update();
}

void Canvas::focusOutEvent(QFocusEvent*)
{
    update();
}

// The tools of the pane under the mouse stand at the right end of its caption.
void Canvas::placeTools()
{
    const auto cell = mouse_ ? cellAt(device(*mouse_)) : std::nullopt;
    if (!cell || cell->under >= 0 || drag_ != Drag::none) {
        if (!tools_->hasFocusInside())
            tools_->hide();
        return;
    }
    tools_->setPane(cell->pane, cell->pane == first_);
    tools_->adjustSize();
    const double ratio = devicePixelRatioF();
    tools_->move(rounded((cell->place.right() + 1) / ratio) - tools_->width() - 4,
                 rounded(cell->place.top() / ratio) + 4);
    tools_->show();
    tools_->raise();
}

} // namespace vitrine::player
