#include "widgets/plot/plot_view.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>
#include <QToolButton>
#include <QWheelEvent>

#include "core/base/json.h"
#include "core/figure/alt_text.h"
#include "core/figure/data.h"
#include "widgets/plot/canvas.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/palette.h"
#include "widgets/theme/wheel.h"
#include "widgets/view.h"

#include <algorithm>
#include <cmath>

namespace vitrine::plot
{
namespace
{

using figure::Range;
using figure::Scale;

constexpr double kDragDistance = 4; // pixels before a press becomes a drag
constexpr double kZoomStep = 1.25;
constexpr double kClosest = 1e-9; // smallest share of the whole range

// Axis values as they lie evenly on the axis.
double even(double value, Scale scale)
{
    return scale == Scale::logarithmic ? std::log(value) : value;
}

double back(double value, Scale scale)
{
    return scale == Scale::logarithmic ? std::exp(value) : value;
}

Range evenRange(Range range, Scale scale)
{
    return {even(range.low, scale), even(range.high, scale)};
}

// Inside `whole` and not smaller than can be told apart.
Range clampedTo(Range range, Range whole, Scale scale)
{
    const Range all = evenRange(whole, scale);
    Range r = evenRange(range, scale);
    const double size =
        std::clamp(r.high - r.low, (all.high - all.low) * kClosest, all.high - all.low);
    const double low = std::clamp(r.low, all.low, all.high - size);
    if (size >= (all.high - all.low) * (1 - 1e-12))
        return whole;
    return {back(low, scale), back(low + size, scale)};
}

// `share` of the range stays where it is while the range shrinks by `factor`.
Range zoomed(Range range, double about, double factor, Scale scale)
{
    const Range r = evenRange(range, scale);
    const double fixed = even(about, scale);
    return {back(fixed - (fixed - r.low) / factor, scale),
            back(fixed + (r.high - fixed) / factor, scale)};
}

Range moved(Range range, double share, Scale scale)
{
    const Range r = evenRange(range, scale);
    const double by = share * (r.high - r.low);
    return {back(r.low + by, scale), back(r.high + by, scale)};
}

std::optional<Range> rangeOf(const QJsonValue& value)
{
    const QJsonArray pair = value.toArray();
    if (pair.size() != 2 || !pair[0].isDouble() || !pair[1].isDouble())
        return {};
    const Range range{pair[0].toDouble(), pair[1].toDouble()};
    return range.high > range.low ? std::optional(range) : std::nullopt;
}

bool equal(Range a, Range b)
{
    return a.low == b.low && a.high == b.high;
}

QJsonObject ticksJson(const figure::Ticks& ticks)
{
    QJsonObject json;
    for (const figure::Axis::Tick& tick : ticks.major)
        json[QString::fromStdString(tick.label)] = tick.position;
    return json;
}

} // namespace

PlotView::PlotView(QWidget* parent)
    : QWidget(parent), canvas_(new Canvas(this)), zoomed_(new QToolButton(this))
{
    zoomed_->setIcon(theme::icon(QStringLiteral("fit")));
    zoomed_->setIconSize({16, 16});
    zoomed_->setFixedSize(24, 24);
    zoomed_->setProperty("kind", "onPlot");
    zoomed_->setFocusPolicy(Qt::NoFocus); // the key 0 does the same
    zoomed_->setAccessibleName(tr("Show all of the plot"));
    zoomed_->setToolTip(tr("A part of the plot is shown. Shows all of it (0, or double click)"));
    zoomed_->hide();
    connect(zoomed_, &QToolButton::clicked, this, &PlotView::showAll);
    canvas_->setAttribute(Qt::WA_TransparentForMouseEvents);
    canvas_->setFocusPolicy(Qt::NoFocus);
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
    redraw();
}

PlotView::~PlotView() = default;

void PlotView::setFigure(figure::Figure figure)
{
    figure_ = std::move(figure);
    const std::string alt = figure::altTextOf(figure_);
    setAccessibleName(
        QString::fromStdString(alt.empty() ? figure_.title : figure_.title + ". " + alt));
    setAccessibleDescription(QString::fromStdString(figure_.caption));
    redraw();
}

void PlotView::setTitleVisible(bool visible)
{
    title_ = visible;
    redraw();
}

void PlotView::redraw()
{
    canvas_->setFigure(figure_, theme::palette(), title_, theme::palette().surface);
    drawnIn_ = &theme::palette();
    applyRange();
}

void PlotView::applyRange()
{
    const Range wholeX = figure::xRange(figure_), wholeY = figure::yRange(figure_);
    canvas_->setRanges(x_ ? clampedTo(*x_, wholeX, figure_.x.scale) : wholeX,
                       y_ ? clampedTo(*y_, wholeY, figure_.y.scale) : wholeY);
    canvas_->replot(QCustomPlot::rpQueuedReplot);
    zoomed_->setVisible(x_ || y_);
    placeSign();
}

// In the upper right corner between the axes.
void PlotView::placeSign()
{
    const QPoint corner = canvas_->frame().rect.topRight().toPoint();
    zoomed_->move(corner - QPoint(zoomed_->width() + 2, -2));
    zoomed_->raise();
}

void PlotView::showAll()
{
    edit(figure::xRange(figure_), figure::yRange(figure_));
}

QJsonObject PlotView::rangeState() const
{
    QJsonObject state;
    if (x_)
        state["x"] = QJsonArray{x_->low, x_->high};
    if (y_)
        state["y"] = QJsonArray{y_->low, y_->high};
    return state;
}

void PlotView::setRangeState(const QJsonObject& state)
{
    const auto valid = [](std::optional<Range> range, Scale scale) {
        return range && scale == Scale::logarithmic && range->low <= 0 ? std::nullopt : range;
    };
    x_ = valid(rangeOf(state["x"]), figure_.x.scale);
    y_ = valid(rangeOf(state["y"]), figure_.y.scale);
    applyRange();
}

Range PlotView::shownX() const
{
    return canvas_->frame().x;
}

Range PlotView::shownY() const
{
    return canvas_->frame().y;
}

void PlotView::setLinkedCursor(std::optional<double> x)
{
    canvas_->setCursorX(x);
}

QJsonObject PlotView::drawn() const
{
    QJsonObject json =
        QJsonDocument::fromJson(QByteArray::fromStdString(dumpJson(figureJson(figure_)))).object();
    const plot::Frame frame = canvas_->frame();
    json["shown"] = QJsonObject{{"x", QJsonArray{frame.x.low, frame.x.high}},
                                {"y", QJsonArray{frame.y.low, frame.y.high}},
                                {"x_ticks", ticksJson(canvas_->xTicks())},
                                {"y_ticks", ticksJson(canvas_->yTicks())},
                                {"x_label", canvas_->xAxis->label()},
                                {"y_label", canvas_->yAxis->label()},
                                {"legend", QJsonArray::fromStringList(canvas_->legendEntries())}};
    return json;
}

QString PlotView::readingText() const
{
    return canvas_->reading() ? canvas_->reading()->text : QString();
}

QPointF PlotView::pixelOf(double x, double y) const
{
    return canvas_->frame().at(x, y);
}

QPointF PlotView::valueAt(QPointF pixel) const
{
    const Frame frame = canvas_->frame();
    return {frame.valueX(pixel.x()), frame.valueY(pixel.y())};
}

PlotView::Axes PlotView::axesAt(QPointF pixel) const
{
    const QRectF rect = canvas_->frame().rect;
    if (rect.contains(pixel) || figure_.equalAspect)
        return Axes::both;
    if (pixel.y() > rect.bottom())
        return Axes::x;
    return pixel.x() < rect.left() ? Axes::y : Axes::both;
}

void PlotView::zoom(double factor, QPointF about, Axes axes)
{
    const Frame frame = canvas_->frame();
    const double x = std::clamp(frame.valueX(about.x()), frame.x.low, frame.x.high);
    const double y = std::clamp(frame.valueY(about.y()), frame.y.low, frame.y.high);
    edit(axes == Axes::y ? frame.x : zoomed(frame.x, x, factor, figure_.x.scale),
         axes == Axes::x ? frame.y : zoomed(frame.y, y, factor, figure_.y.scale));
}

void PlotView::pan(QPointF pixels)
{
    const Frame frame = canvas_->frame();
    const double shareX = -pixels.x() / frame.rect.width() * (frame.reversedX ? -1 : 1);
    const double shareY = pixels.y() / frame.rect.height() * (frame.reversedY ? -1 : 1);
    edit(moved(frame.x, shareX, figure_.x.scale), moved(frame.y, shareY, figure_.y.scale));
}

void PlotView::edit(Range x, Range y)
{
    const Range wholeX = figure::xRange(figure_), wholeY = figure::yRange(figure_);
    x = clampedTo(x, wholeX, figure_.x.scale);
    y = clampedTo(y, wholeY, figure_.y.scale);
    if (equal(x, shownX()) && equal(y, shownY()))
        return;
    x_ = equal(x, wholeX) ? std::nullopt : std::optional(x);
    y_ = equal(y, wholeY) ? std::nullopt : std::optional(y);
    canvas_->setReading({});
    applyRange();
    emit rangeEdited(rangeState());
}

void PlotView::read(QPointF pixel)
{
    const auto reading = readingAt(figure_, canvas_->frame(), pixel);
    const bool had = canvas_->reading().has_value();
    canvas_->setReading(reading);
    if (reading)
        emit hovered(reading->x, reading->y);
    else if (had)
        emit left();
}

void PlotView::resizeEvent(QResizeEvent*)
{
    canvas_->setGeometry(rect());
    canvas_->setSize(size()); // settles labels and square cells at once
    placeSign();
}

void PlotView::wheelEvent(QWheelEvent* event)
{
    const double steps = event->angleDelta().y() / 120.0;
    if (steps == 0 || theme::scrollsPage(*this, *event))
        return event->ignore();
    const Axes axes = event->modifiers() & Qt::ShiftModifier ? Axes::x : axesAt(event->position());
    zoom(std::pow(kZoomStep, steps), event->position(), axes);
    event->accept();
}

void PlotView::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return;
    pressed_ = last_ = event->position();
    dragging_ = false;
}

void PlotView::mouseMoveEvent(QMouseEvent* event)
{
    if (!pressed_)
        return read(event->position());
    const QPointF way = event->position() - *pressed_;
    if (!dragging_ && std::hypot(way.x(), way.y()) < kDragDistance)
        return;
    if (!dragging_)
        setCursor(Qt::ClosedHandCursor);
    dragging_ = true;
    pan(event->position() - last_);
    last_ = event->position();
}

void PlotView::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || !pressed_)
        return;
    const Frame frame = canvas_->frame();
    if (!dragging_ && frame.rect.contains(event->position()))
        emit clicked(frame.valueX(event->position().x()), frame.valueY(event->position().y()));
    if (dragging_)
        unsetCursor();
    pressed_.reset();
    dragging_ = false;
}

void PlotView::mouseDoubleClickEvent(QMouseEvent* event)
{
    if (event->button() == Qt::LeftButton)
        showAll();
}

void PlotView::leaveEvent(QEvent*)
{
    if (canvas_->reading()) {
        canvas_->setReading({});
        emit left();
    }
}

void PlotView::keyPressEvent(QKeyEvent* event)
{
    const QRectF rect = canvas_->frame().rect;
    const double stepX = rect.width() / 10, stepY = rect.height() / 10;
    switch (event->key()) {
    case Qt::Key_Left:
        return pan({stepX, 0});
    case Qt::Key_Right:
        return pan({-stepX, 0});
    case Qt::Key_Up:
        return pan({0, stepY});
    case Qt::Key_Down:
        return pan({0, -stepY});
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        return zoom(kZoomStep, rect.center(), Axes::both);
    case Qt::Key_Minus:
        return zoom(1 / kZoomStep, rect.center(), Axes::both);
    case Qt::Key_0:
        return showAll();
    default:
        QWidget::keyPressEvent(event);
    }
}

void PlotView::contextMenuEvent(QContextMenuEvent* event)
{
    auto* menu = new QMenu(this);
    menu->setAttribute(Qt::WA_DeleteOnClose);
    menu->addAction(tr("Copy figure"), this, [this] { emit copyRequested(figure_); });
    menu->addAction(tr("Export figure…"), this, [this] { emit exportRequested(figure_); });
    menu->addAction(tr("Add to report"), this, [this] { emit reportRequested(figure_); });
    menu->addAction(tr("Where from?"), this, [this] { emit originRequested(figure_); });
    menu->addSeparator();
    QAction* reset = menu->addAction(tr("Reset view"), this, &PlotView::showAll);
    reset->setEnabled(x_ || y_);
    menu->popup(event->globalPos());
}

void PlotView::changeEvent(QEvent* event)
{
    if (event->type() == QEvent::PaletteChange && isVisible())
        followTheme();
    QWidget::changeEvent(event);
}

void PlotView::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    followTheme();
}

// A theme comes as several changes of the palette, and most plots are on pages that nobody sees.
void PlotView::followTheme()
{
    if (drawnIn_ != &theme::palette())
        redraw();
}

void PlotView::focusInEvent(QFocusEvent* event)
{
    QWidget::focusInEvent(event);
    if (event->reason() == Qt::TabFocusReason || event->reason() == Qt::BacktabFocusReason)
        canvas_->setGeometry(rect().adjusted(2, 2, -2, -2)); // room for the ring
}

void PlotView::focusOutEvent(QFocusEvent* event)
{
    QWidget::focusOutEvent(event);
    canvas_->setGeometry(rect());
}

void PlotView::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.fillRect(rect(), theme::palette().surface);
    if (canvas_->geometry() == rect())
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme::palette().accent, 2));
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), 4, 4);
}

void forwardActions(PlotView& view, ViewContext& context)
{
    QObject::connect(&view, &PlotView::copyRequested, &context, &ViewContext::copyFigure);
    QObject::connect(&view, &PlotView::exportRequested, &context, &ViewContext::exportFigure);
    QObject::connect(&view, &PlotView::reportRequested, &context, &ViewContext::addToReport);
    QObject::connect(&view, &PlotView::originRequested, &context, &ViewContext::showOrigin);
}

} // namespace vitrine::plot
