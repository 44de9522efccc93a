#pragma once

#include "plugins/calibration/view/scene.h"
#include "widgets/map/linked_maps.h"
#include "widgets/page/panel.h"

class QComboBox;
class QLabel;

namespace vitrine
{
class MapReadout;
class NumberSpin;
class SegmentedSwitch;
} // namespace vitrine

namespace vitrine::calibration_plugin
{

class TuneControls;

// Before, after and difference of the shown head in a row, one row per run, with one cursor; the
// numbers of calibration below.
class MapsPanel : public Panel
{
    Q_OBJECT
public:
    MapsPanel(MapCompute compute, QWidget* parent);

    void setScene(const Scene& scene);
    void setBusy(bool busy); // the maps are behind what was asked for
    void setWindow(const MapWindow& window) { maps_->setWindow(window); }
    std::vector<MapView*> maps() const { return maps_->maps(); }
    TuneControls* tuneControls() const { return tune_; }
    QString readingText() const; // what the read-out says, plain

signals:
    void windowEdited(const vitrine::MapWindow& window);
    void tokenChosen(std::int64_t token);
    void keyHovered(std::int64_t token); // -1: none
    void scaleChosen(bool logarithmic);
    void clipChosen(double clip);
    void coloursChosen(vitrine::figure::ColourMap map);
    void menuWished(QPoint globalPosition, const QString& figure);

private:
    void makeControls();
    void connectMaps();
    void addRun(std::vector<LinkedMap>& maps, const Scene& scene, std::size_t run) const;
    void showReading(const MapReading& reading, const std::vector<float>& values);
    void unread();

    SegmentedSwitch* scale_;
    NumberSpin* clip_;
    QComboBox* colours_;
    QLabel* busy_;
    LinkedMaps* maps_;
    QLabel* note_;
    MapReadout* reading_;
    TuneControls* tune_;
    std::shared_ptr<const QStringList> tokens_;
    std::size_t runs_ = 0;
    LayerHead head_{-1, -1};
    std::uint64_t version_ = 0;
};

// "map-before", "map-after", "map-difference"; of a second run "map-before-2", ...
QString mapFigureName(int map);

} // namespace vitrine::calibration_plugin
