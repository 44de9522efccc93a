#pragma once

#include "core/figure/map_look.h"
#include "widgets/map/linked_maps.h"
#include "widgets/page/panel.h"

class QComboBox;
class QLabel;

namespace vitrine
{

class MapReadout;
class NumberSpin;
class SegmentedSwitch;

// A card of linked maps of weights: colour scale, clip and colour map in its head, under the maps a
// note and a line that reads the cell under the mouse. It says which look a person wants and is
// given it back.
class MapCard : public Panel
{
    Q_OBJECT
public:
    // `hint` stands in the read-out while nothing is pointed at.
    MapCard(const QString& heading, const QString& hint, MapCompute compute, QWidget* parent);

    void setLook(const figure::MapLook& look); // emits nothing; its window counts from setMaps() on
    void setWindow(const MapWindow& window);
    void setAcross(int maps) { maps_->setAcross(maps); }       // so many in a row; 0: by the room
    void setTokens(std::shared_ptr<const QStringList> tokens); // of queries and keys alike
    void setMaps(std::vector<LinkedMap> maps, GridChange change);
    void setNote(const QString& sentence);                             // empty: none
    void setReading(const MapReading& reading, const QString& values); // rich text
    void setColourHelp(const QString& help);

    std::vector<MapView*> maps() const { return maps_->maps(); }
    QString readingText() const; // what the read-out says, plain

signals:
    // The whole look with one thing changed. Changes with the same key in a drag are one step to
    // undo.
    void lookChosen(const vitrine::figure::MapLook& look, const QString& label,
                    const QString& mergeKey);
    // The value of every map at the cell under the mouse, as LinkedMaps has them.
    void read(const vitrine::MapReading& reading, const std::vector<float>& values);
    void keyHovered(std::int64_t key); // the column under the mouse; -1: none
    void cellClicked(const vitrine::MapCell& cell, Qt::KeyboardModifiers modifiers);
    void mapMenuWished(QPoint globalPosition, int map);

private:
    void makeControls();
    void connectMaps();
    void unread();
    template <typename Change>
    void choose(Change change, const QString& label, const QString& mergeKey = {});

    figure::MapLook look_;
    SegmentedSwitch* scale_;
    NumberSpin* clip_;
    QComboBox* colours_;
    LinkedMaps* maps_;
    QLabel* note_;
    MapReadout* reading_;
};

} // namespace vitrine
