#pragma once

#include "widgets/player/pane.h"
#include "widgets/player/scene.h"

#include <QTimer>
#include <QWidget>

#include <optional>
#include <vector>

namespace vitrine::player
{

class PaneTools;

// What is written above a pane's picture.
struct PaneLook {
    QString name, detail, warning, trouble;
    QString live; // about the frame shown: "P · 38.21 dB · 12.3 kbit"
    int colour = 0;
    QSize size; // luma samples; empty: not known
};

// The synchronised pictures: places for them, what is drawn between and over them, and the mouse.
// It only blits what a Scene holds. Wheel: zoom at the cursor; drag: pan, or move the wipe's
// handle; double click: fit, or one sample per pixel; Ctrl and wheel: the lens' size.
class Canvas : public QWidget
{
    Q_OBJECT
public:
    explicit Canvas(QWidget* parent);

    void setPanes(std::vector<PaneLook> panes);
    void setLive(const std::vector<QString>& lines); // by pane
    QString live(int pane) const { return panes_[static_cast<std::size_t>(pane)].live; }
    // Which panes are shown side by side, and the two of the modes of two.
    void setChoice(std::vector<int> visible, int first, int second);
    void setState(const PlayerState& state);
    void setScene(Scene scene);
    const Scene& scene() const { return scene_; }

    std::vector<PictureWish> wishes() const;
    QSize common() const; // of the first pane
    // Places of pictures, device pixels: one a cell.
    struct Cell {
        int pane = 0, under = -1; // under: shown before the handle, around the lens, by turns
        QRect place;
    };
    std::vector<Cell> cells() const;
    int boundary(const Cell& cell) const; // of the wipe: first device column (row) of `pane`

    void setHovered(std::optional<QPoint> sample); // of the common picture
    std::optional<QPoint> hovered() const { return hovered_; }
    // "Y 113  U 128  V 130   RGB 98 113 110", of the frame shown; empty without one.
    QString reading(int pane, QPoint sample) const;
    // What a cell says over its picture: that it is a key frame on the way, why there is none.
    QString notice(int pane) const;
    bool isSecondShown() const { return blinkSecond_; } // of the blink

    QSize sizeHint() const override { return {640, 420}; }
    QSize minimumSizeHint() const override { return {240, 160}; }

signals:
    void edited(const vitrine::player::PlayerState& state, const QString& label,
                const QString& mergeKey);
    void pointed(std::optional<QPoint> sample);
    void painted(std::int64_t moment);
    void placesChanged(); // other pictures are needed
    void menuWished(QPoint globalPosition, int pane);
    void offsetWished(int pane, int by);
    void stillWished(int pane);
    void firstWished(int pane);

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    const ScenePicture* picture(int pane, bool isDifference) const;
    std::optional<Cell> cellAt(QPointF device) const;
    QPointF device(QPointF logical) const { return logical * devicePixelRatioF(); }
    bool isOnHandle(QPointF logical) const;
    void moveHandle(QPointF logical, bool dragging);
    void paintCell(QPainter& painter, const Cell& cell) const;
    void paintPicture(QPainter& painter, const ScenePicture& picture, const QRect& clip) const;
    void paintLens(QPainter& painter, const Cell& cell) const;
    void paintHandle(QPainter& painter, const Cell& cell) const;
    void paintCaption(QPainter& painter, const Cell& cell) const;
    enum class Side { alone, left, right }; // of a caption for one pane, or for two
    void paintTitle(QPainter& painter, const QRectF& place, int pane, Side side,
                    bool isMuted) const;
    void paintNotices(QPainter& painter, const Cell& cell) const;
    void paintPointer(QPainter& painter, const Cell& cell) const;
    void paintLegend(QPainter& painter, const Cell& cell) const;
    void placeTools();

    std::vector<PaneLook> panes_;
    std::vector<int> visible_;
    int first_ = 0, second_ = -1;
    PlayerState state_;
    Scene scene_;
    std::optional<QPoint> hovered_;
    std::optional<QPointF> mouse_; // logical, while it is over the canvas
    enum class Drag { none, pan, handle } drag_ = Drag::none;
    QPointF last_;
    QTimer blink_;
    bool blinkSecond_ = false;
    PaneTools* tools_;
};

} // namespace vitrine::player
