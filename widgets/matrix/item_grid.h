#pragma once

#include "widgets/map/colour_scale.h"

#include <QPainterPath>
#include <QPixmap>
#include <QWidget>

#include <compare>
#include <map>
#include <set>
#include <vector>

class QPainter;

namespace vitrine
{

// A place in a matrix of items: row and column by the numbers people know them by.
struct ItemId {
    int row = 0, column = 0;
    friend auto operator<=>(const ItemId&, const ItemId&) = default;
};

struct GridItem {
    ItemId id;
    double score = 0; // NaN: none; the bar under the picture is its share of the highest
    std::vector<float> picture =
        {};             // side x side values; empty: a field in the colour of the score
    QString help = {};  // tool tip
    bool usable = true; // false: drawn faint, cannot be chosen
    bool finite = true; // false: its score is not a number because what it is of is not finite
};

// Small pictures of all items: rows and columns as they are, or ranked by score. Arrows move the
// selection, Ctrl + click or P pins. Where items can be chosen each has a tick: a click on it, or
// Space, toggles; dragging draws a lasso. Window's thread.
class ItemGrid : public QWidget
{
    Q_OBJECT
public:
    explicit ItemGrid(QWidget* parent);

    void setNames(const QString& row, const QString& column, const QString& score); // "L", "head"
    // In order of row and column. Pictures are drawn in the colours of the scale.
    void setItems(std::vector<GridItem> items, int pictureSide, bool ranked);
    void setScale(const ColourScale& scale);
    void setSelected(ItemId id);
    void setPinned(std::vector<ItemId> pinned);
    void setChosen(std::set<ItemId> chosen); // makes items choosable
    // The room without a scroll bar, and how much of its width one takes. The grid fills the width
    // and is made a little smaller where it then needs no bar: whether there is one never depends
    // on whether there was one.
    void setRoom(QSize room, int scrollBar);

    QRect cellOf(ItemId id) const; // empty where there is none
    QRect tickOf(ItemId id) const;
    ItemId selected() const { return selected_; }
    const std::set<ItemId>& chosen() const { return chosen_; }
    QSize sizeHint() const override { return size_; }

signals:
    void selectionWished(vitrine::ItemId id);
    void pinToggled(vitrine::ItemId id);
    void chosenToggled(vitrine::ItemId id);
    // All usable items the lasso encloses or crosses. Plain: these; Shift: these too; Ctrl: not
    // these.
    void lassoed(const std::set<vitrine::ItemId>& items, Qt::KeyboardModifiers modifiers);

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Cell {
        GridItem item;
        int line = 0, column = 0;
    };
    static constexpr int kGap = 6, kLabel = 26, kTop = 18, kScore = 15, kTick = 13;
    static QString scoreText(double value, int digits);

    void arrange();
    void fitRanked();
    void fitRows(int across, int lines);
    int heightOf(int thumb, int lines) const;
    int columnsIn(int width) const; // of ranked pictures
    void describe();
    QString nameOf(ItemId id) const;
    void click(QPoint point, Qt::KeyboardModifiers modifiers);
    QRect rectOf(const Cell& cell) const; // with its score
    QRect tickRectOf(const Cell& cell) const;
    const Cell* at(QPoint point) const;
    void moveTo(int line, int column);
    std::set<ItemId> caught() const; // by the lasso
    const QPixmap& picture(const Cell& cell, int index);
    void paintCell(QPainter& painter, const Cell& cell, int index);
    void paintTick(QPainter& painter, const Cell& cell);
    double share(const GridItem& item) const; // of the score's range, 0..1

    std::vector<Cell> cells_;
    std::map<int, QPixmap> pictures_; // by place in cells_
    std::vector<ItemId> pinned_;
    std::set<ItemId> chosen_;
    ItemId selected_{-1, -1};
    QString rowName_, columnName_, scoreName_;
    ColourScale scale_;
    bool ranked_ = false, choosable_ = false;
    int side_ = 0;
    double highest_ = 1;
    QSize room_{240, 1 << 20};
    int scrollBar_ = 0, thumb_ = 40, columns_ = 1, lines_ = 0;
    QSize size_;
    QPainterPath lasso_;
    bool pressed_ = false, lassoing_ = false;
};

} // namespace vitrine
