#pragma once

#include "widgets/map/map_view.h"

#include <QWidget>

#include <cstdint>
#include <vector>

class QGridLayout;
class QLabel;

namespace vitrine
{

// One of several maps side by side.
struct LinkedMap {
    QString caption;  // above it, rich text; empty: none
    QString help;     // of the caption
    QString name;     // for those who do not see it: "Attention map of #12, layer 3 · head 5"
    QString quantity; // what the colour means
    ColourScale scale;
    MapGrid grid;
    QString notice; // a sentence instead of the map
    std::vector<MapMark> marks;
};

// How the maps' grids relate to those that are shown.
enum class GridChange {
    none,   // the same: only colours, marks and words are taken
    values, // the same places with other values: what is shown stays until the new is there
    grid,   // others
};

// Maps that share window and cursor; pointing at a cell of one reads all of them. Window's thread.
class LinkedMaps : public QWidget
{
    Q_OBJECT
public:
    LinkedMaps(MapCompute compute, QWidget* parent);

    void setAxisNames(const QString& row, const QString& column);
    // So many in a row whatever the width; 0 (at first): by the room there is.
    void setAcross(int maps) { across_ = maps; }
    void setMaps(std::vector<LinkedMap> maps, GridChange change);
    void setWindow(const MapWindow& window);
    std::vector<MapView*> maps() const; // those that are shown, in order
    void unread();                      // no cursor

signals:
    void windowEdited(const vitrine::MapWindow& window);
    void cellClicked(const vitrine::MapCell& cell, Qt::KeyboardModifiers modifiers);
    // The value of every map at the cell under the mouse (NaN: masked, or a map without tiles;
    // figure::kNotFinite: not finite).
    void read(const vitrine::MapReading& reading, const std::vector<float>& values);
    void left();
    void tileFailed(const QString& message);
    void menuWished(QPoint globalPosition, int map);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    struct Pane {
        QWidget* box = nullptr;
        QLabel* caption = nullptr;
        MapView* map = nullptr;
    };
    Pane& paneOf(std::size_t place);
    void connectPane(const Pane& pane, int index);
    void fill(Pane& pane, LinkedMap map, GridChange change);
    void place();
    void readAll(int from, const MapReading& reading);

    MapCompute compute_;
    QGridLayout* grid_;
    QString rowName_, columnName_;
    std::vector<Pane> panes_;
    std::size_t shown_ = 0;
    int across_ = 0;
    std::vector<TileSource> sources_; // of the shown maps
};

} // namespace vitrine
