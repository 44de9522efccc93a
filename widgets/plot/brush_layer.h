#pragma once

#include <QPolygonF>
#include <QWidget>

namespace vitrine::plot
{

class PlotView;

// Lies over a plot and lets a person surround points: by a rectangle or by a free line. With the
// mode `none` the plot below gets the mouse. The surrounded region is kept in units of the axes, so
// that it stays with the data while the plot is zoomed. Escape takes it away.
class BrushLayer : public QWidget
{
    Q_OBJECT
public:
    enum class Mode { none, rectangle, lasso };

    explicit BrushLayer(PlotView& plot);

    void setMode(Mode mode);
    Mode mode() const { return mode_; }
    void setRegion(const QPolygonF& region); // in units of the axes; empty: none
    const QPolygonF& region() const { return region_; }

signals:
    void brushed(const QPolygonF& region); // empty: taken away

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override; // the plot zooms

private:
    void follow(QPointF pointer);
    QPolygonF drawnPixels() const;

    PlotView& plot_;
    Mode mode_ = Mode::none;
    QPolygonF region_;
    QPolygonF way_; // of the pointer, while it is down
};

} // namespace vitrine::plot
