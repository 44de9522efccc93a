#pragma once

#include "plugins/calibration/view/scene.h"
#include "widgets/map/map_card.h"

class QLabel;

namespace vitrine::calibration_plugin
{

class TuneControls;

// Before, after and difference of the shown head in a row, one row per run, with one cursor; the
// numbers of calibration below.
class MapsPanel : public MapCard
{
    Q_OBJECT
public:
    MapsPanel(MapCompute compute, QWidget* parent);

    void setScene(const Scene& scene);
    void setBusy(bool busy); // the maps are behind what was asked for
    TuneControls* tuneControls() const { return tune_; }

signals:
    void menuWished(QPoint globalPosition, const QString& figure);

private:
    void addRun(std::vector<LinkedMap>& maps, const Scene& scene, std::size_t run) const;
    void showReading(const MapReading& reading, const std::vector<float>& values);

    QLabel* busy_;
    TuneControls* tune_;
    std::shared_ptr<const QStringList> tokens_;
    std::size_t runs_ = 0;
    LayerHead head_{-1, -1};
    std::uint64_t version_ = 0;
};

// "map-before", "map-after", "map-difference"; of a second run "map-before-2", ...
QString mapFigureName(int map);

} // namespace vitrine::calibration_plugin
