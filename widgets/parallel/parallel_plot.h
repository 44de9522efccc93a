#pragma once

#include "widgets/parallel/parallel_edits.h"
#include "widgets/parallel/parallel_painter.h"

#include <QWidget>

class QMenu;

namespace vitrine::parallel
{

// Parallel coordinates to explore a table. Mouse: drag along an axis brushes, a drag of the brush
// or of its ends changes it, a click on the axis removes it; drag a title to move its axis, double
// click it to turn it over; a line under the pointer says its values. Keys: Left and Right choose
// an axis; Enter brushes it; Up and Down move the brush, with Shift its upper end, with Ctrl its
// lower end; Ctrl + Left and Right move the axis; F turns it over, C colours by it, H hides it;
// Delete removes its brush, Escape all. Keeps no state of its own: it wishes one. Window's thread.
class ParallelPlot : public QWidget
{
    Q_OBJECT
public:
    static constexpr std::size_t kMostLines = parallel::kMostLines;

    explicit ParallelPlot(QWidget* parent = nullptr);

    void setData(Data data);
    void setState(const State& state);
    const Data& data() const { return shown_.data(); }
    const State& state() const { return shown_.state(); }

    const ShownData& shown() const { return shown_; }
    Geometry plotGeometry() const;
    const std::vector<std::uint8_t>& kept() const { return shown_.kept(); } // 1 per row
    std::size_t keptCount() const { return shown_.keptCount(); }
    QStringList axisNames() const; // left to right
    int currentAxis() const { return current_; }
    int hoveredRow() const { return hovered_; } // -1: none
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
    struct Drag {
        Gripped gripped;
        QPointF from, at;
        figure::Range brush; // as it was
        bool moved = false;
    };

    void refresh();
    void choose(int axis);
    void wish(const std::optional<Edit>& edit);
    void moveAxis(int from, int to);
    void dragTo(QPointF point);
    void moveBrush(int steps, Qt::KeyboardModifiers modifiers);
    void addHiddenAxes(QMenu& menu);

    ShownData shown_;
    RowLayer rows_;
    Drag drag_;
    int current_ = 0, hovered_ = -1;
    QPointF pointer_;
};

} // namespace vitrine::parallel
