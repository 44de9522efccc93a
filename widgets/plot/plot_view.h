#pragma once

#include <QJsonObject>
#include <QWidget>

#include "core/figure/figure.h"

#include <optional>

class QToolButton;

namespace vitrine
{

class ViewContext;

namespace theme
{
struct Palette;
}

namespace plot
{

class Canvas;

// Shows one figure. Wheel or + and - zoom (over an axis: that axis; with Shift: x only), dragging
// or the arrow keys pan, double click or 0 shows all again. In a page that scrolls the wheel
// scrolls it, and zooms with Ctrl or after a click. The pointer reads values out; the context menu
// copies, exports and explains. The range that a person chose belongs to the view's state: it is
// told by rangeEdited and taken back by setRangeState.
class PlotView : public QWidget
{
    Q_OBJECT
public:
    explicit PlotView(QWidget* parent = nullptr);
    ~PlotView() override;

    // Draws it, keeping the chosen range. The accessible name is the title and the alt text.
    void setFigure(figure::Figure figure);
    const figure::Figure& figure() const { return figure_; }
    void setTitleVisible(bool visible); // default: visible

    // {} where all is shown, else {"x": [low, high], "y": [low, high]}.
    QJsonObject rangeState() const;
    void setRangeState(const QJsonObject& state);
    figure::Range shownX() const;
    figure::Range shownY() const;

    // A vertical line that several views share; none: no line. (QWidget::setCursor is the pointer's
    // shape.)
    void setLinkedCursor(std::optional<double> x);

    // For tests and for help: what is drawn, as one object (ranges, labels, legend, ticks, data),
    // and the read-out.
    QJsonObject drawn() const;
    QString readingText() const;
    QPointF pixelOf(double x, double y) const;
    QPointF valueAt(QPointF pixel) const; // in units of the axes

    QSize sizeHint() const override { return {480, 280}; }
    QSize minimumSizeHint() const override { return {160, 120}; }

signals:
    void clicked(double x, double y); // where the pointer is, in units of the axes
    void hovered(double x, double y); // the point or cell that is read out
    void left();                      // nothing is read out any more
    void rangeEdited(const QJsonObject& state);
    void copyRequested(const vitrine::figure::Figure& figure);
    void exportRequested(const vitrine::figure::Figure& figure);
    void reportRequested(const vitrine::figure::Figure& figure);
    void originRequested(const vitrine::figure::Figure& figure);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void changeEvent(QEvent* event) override;
    void showEvent(QShowEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    enum class Axes { both, x, y };
    Axes axesAt(QPointF pixel) const;
    void redraw();
    void followTheme();
    void zoom(double factor, QPointF about, Axes axes);
    void pan(QPointF pixels);
    void edit(figure::Range x, figure::Range y);
    void applyRange();
    void showAll();
    void placeSign();
    void read(QPointF pixel);

    figure::Figure figure_;
    Canvas* canvas_;
    QToolButton* zoomed_; // seen while a part is shown
    bool title_ = true;
    const theme::Palette* drawnIn_ = nullptr;
    std::optional<figure::Range> x_, y_; // as a person chose them
    std::optional<QPointF> pressed_;
    bool dragging_ = false;
    QPointF last_;
};

// Copy, export and "Where from?" of the plot's menu go to the window.
void forwardActions(PlotView& view, ViewContext& context);

} // namespace plot
} // namespace vitrine
