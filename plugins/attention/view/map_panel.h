#pragma once

#include "plugins/attention/view/scene.h"
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

namespace vitrine::attention_plugin
{

// The selected head's map of each run, linked, and the difference of the first two.
class MapPanel : public Panel
{
    Q_OBJECT
public:
    MapPanel(MapCompute compute, QWidget* parent);

    void setScene(const Scene& scene);
    void setWindow(const MapWindow& window);
    std::vector<MapView*> maps() const; // those of the runs, then the difference where there is one
    QString readingText() const;        // what the read-out says, plain

signals:
    void windowEdited(const vitrine::MapWindow& window);
    void tokenChosen(std::int64_t token);
    void tokenPinToggled(std::int64_t token);
    void keyHovered(std::int64_t token); // -1: none
    void scaleChosen(bool logarithmic);
    void clipChosen(double clip);
    void coloursChosen(vitrine::figure::ColourMap map);
    void menuWished(QPoint globalPosition, const QString& figure);

private:
    void makeControls();
    void connectMaps();
    LinkedMap runMap(const Scene& scene, int run, bool captioned) const;
    LinkedMap differenceMap(const Scene& scene) const;
    void showReading(const MapReading& reading, const std::vector<float>& values);
    void unread();

    SegmentedSwitch* scale_;
    NumberSpin* clip_;
    QComboBox* colours_;
    LinkedMaps* maps_;
    QLabel* note_;
    MapReadout* reading_;
    std::size_t runs_ = 0; // shown; the difference comes after them
    std::vector<int> places_;
    LayerHead head_{-1, -1};
    std::uint64_t runsVersion_ = 0;
};

} // namespace vitrine::attention_plugin
