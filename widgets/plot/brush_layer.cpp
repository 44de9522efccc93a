#include "widgets/plot/brush_layer.h"

#include <QKeyEvent>
#include <QPainter>
#include <QWheelEvent>

#include "widgets/plot/plot_view.h"
#include "widgets/theme/palette.h"

namespace vitrine::plot
{
namespace
{

constexpr qreal kLeastSize = 4; // pixels; less is a click

} // namespace

BrushLayer::BrushLayer(PlotView& plot) : QWidget(&plot), plot_(plot)
{
    setMode(Mode::none);
    setGeometry(plot.rect());
    plot.installEventFilter(this);
    connect(&plot, &PlotView::rangeEdited, this, qOverload<>(&QWidget::update));
    show();
}

void BrushLayer::setMode(Mode mode)
{
    mode_ = mode;
    setAttribute(Qt::WA_TransparentForMouseEvents, mode == Mode::none);
    if (mode == Mode::none)
        unsetCursor();
    else
        setCursor(Qt::CrossCursor);
}

void BrushLayer::setRegion(const QPolygonF& region)
{
    region_ = region;
    update();
}

bool BrushLayer::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize)
        setGeometry(plot_.rect());
    if (event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape && !region_.isEmpty()) {
        emit brushed({});
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void BrushLayer::mousePressEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton)
        return event->ignore();
    plot_.setFocus();
    way_ = {event->position()};
}

void BrushLayer::mouseMoveEvent(QMouseEvent* event)
{
    if (way_.isEmpty())
        return;
    follow(event->position());
    update();
}

void BrushLayer::follow(QPointF pointer)
{
    if (mode_ == Mode::rectangle)
        way_ = {way_.first(), pointer};
    else
        way_ << pointer;
}

void BrushLayer::mouseReleaseEvent(QMouseEvent* event)
{
    if (event->button() != Qt::LeftButton || way_.isEmpty())
        return;
    follow(event->position());
    const QPolygonF pixels = drawnPixels();
    way_.clear();
    QPolygonF region;
    const QRectF bounds = pixels.boundingRect();
    if (bounds.width() >= kLeastSize && bounds.height() >= kLeastSize)
        for (const QPointF& pixel : pixels)
            region << plot_.valueAt(pixel);
    if (!region.isEmpty() || !region_.isEmpty())
        emit brushed(region);
    update();
}

void BrushLayer::wheelEvent(QWheelEvent* event)
{
    event->ignore();
}

QPolygonF BrushLayer::drawnPixels() const
{
    if (way_.size() < 2)
        return {};
    return mode_ == Mode::rectangle ? QPolygonF({way_.first(),
                                                 {way_.last().x(), way_.first().y()},
                                                 way_.last(),
                                                 {way_.first().x(), way_.last().y()}})
                                    : way_;
}

void BrushLayer::paintEvent(QPaintEvent*)
{
    QPolygonF pixels = drawnPixels();
    if (way_.isEmpty())
        for (const QPointF& point : region_)
            pixels << plot_.pixelOf(point.x(), point.y());
    if (pixels.isEmpty())
        return;
    const theme::Palette& p = theme::palette();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setClipRect(rect());
    QColor ground = p.accent;
    ground.setAlphaF(0.12F);
    painter.setBrush(ground);
    painter.setPen(QPen(p.accent, 1.5));
    painter.drawPolygon(pixels);
}

} // namespace vitrine::plot
