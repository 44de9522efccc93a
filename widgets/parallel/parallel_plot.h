#pragma once

#include "widgets/parallel/parallel_data.h"

#include <QImage>
#include <QWidget>

#include <optional>

class QMenu;
class QPainter;

namespace vitrine::parallel
{

// Parallel coordinates to explore a table. Mouse: drag along an axis brushes, a drag of the brush
// or of its ends changes it, a click on the axis removes it; drag a title to move its axis, double
// click it to turn it over; a line under the pointer says its values. Keys: Left and Right choose
// an axis; Enter brushes it; Up and Down move the brush, with Shift its upper end, with Ctrl its
// lower end; Ctrl + Left and Right move the axis; F turns it over, C colours by it, H hides it;
// Delete removes its brush, Escape all. Rows that are kept are drawn line by line up to
// kMostLines, else as a density. Keeps no state of its own: it wishes one. Window's thread.
class ParallelPlot : public QWidget
{
    Q_OBJECT
public:
    static constexpr std::size_t kMostLines = 2000;

    explicit ParallelPlot(QWidget* parent = nullptr);

    void setData(Data data);
    void setState(const State& state);
    const Data& data() const { return data_; }
    const State& state() const { return state_; }

    const std::vector<std::uint8_t>& kept() const { return kept_; } // 1 per row
    std::size_t keptCount() const { return keptCount_; }
    bool drawsSingleLines() const { return keptCount_ <= kMostLines; }

    QStringList axisNames() const; // left to right
    int currentAxis() const { return current_; }
    QPointF pointOn(int axis, double value) const; // where a value lies
    QRectF titleOf(int axis) const;
    int hoveredRow() const { return hovered_; } // -1: none
    QString readingText() const;
    QSize sizeHint() const override { return {640, 280}; }
    QSize minimumSizeHint() const override { return {280, 180}; }

signals:
    // Wishes with the same key in quick succession are one step.
    void stateWished(const vitrine::parallel::State& state, const QString& label,
                     const QString& mergeKey);
    void rowClicked(int row);
    void exportWished();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;

private:
    enum class Grip { none, title, fresh, whole, upper, lower };
    struct Drag {
        Grip grip = Grip::none;
        int axis = -1;
        QPointF from, at;
        figure::Range brush; // as it was
        bool moved = false;
    };
    struct Shown {
        const Axis* axis = nullptr;
        figure::Range range;
        std::vector<float> heights; // one per row, turned over where the axis is
        bool flipped = false;
    };

    void showAxes();
    void arrange();
    void describe();
    QString describedAxis() const;
    QRectF field() const; // from the first axis to the last
    double xOf(int axis) const;
    double yOf(double height) const;
    double heightAt(double y) const;
    const figure::Range* brushOf(int axis) const;
    QRectF brushRect(int axis) const;
    int axisNear(QPointF point) const;  // -1: none
    int titleNear(QPointF point) const; // -1: none
    int rowNear(QPointF point) const;   // a kept one, -1: none
    Drag gripAt(QPointF point) const;
    void dragTo(QPointF point);
    void drop();

    void wishBrush(int axis, std::optional<figure::Range> brush, const QString& merge);
    void wishOrder(int from, int to);
    void wishFlip(int axis);
    void wishColour(int axis);
    void wishHidden(int axis, bool hidden, const std::string& name = {});
    void wishNoBrushes();
    void startBrush();
    bool axisKey(int key);
    void moveBrush(int steps, Qt::KeyboardModifiers modifiers);
    void addHiddenAxes(QMenu& menu);

    void drawRows();
    QImage layer() const; // of the size of the widget, transparent
    const QImage& densityOfAll();
    void drawLines(QPainter& painter, bool kept) const;
    void drawDensity(QPainter& painter, bool kept) const;
    QColor colourOf(std::size_t row, bool kept) const;
    void drawAxis(QPainter& painter, int axis) const;
    void drawTicks(QPainter& painter, int axis) const;
    void drawTitle(QPainter& painter, int axis) const;
    void drawBrush(QPainter& painter, int axis) const;
    void drawColours(QPainter& painter, int axis) const;
    void drawHovered(QPainter& painter) const;
    void drawRow(QPainter& painter, std::size_t row) const;

    Data data_;
    State state_;
    std::vector<Shown> shown_;
    std::vector<std::uint8_t> kept_;
    std::size_t keptCount_ = 0;
    QImage rows_; // drawn lines; empty: to be drawn
    QImage all_;  // the density of all rows behind those kept; empty: to be drawn when needed
    Drag drag_;
    int current_ = 0, hovered_ = -1;
    QPointF pointer_;
};

} // namespace vitrine::parallel
