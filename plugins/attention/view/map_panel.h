#pragma once

#include "plugins/attention/view/scene.h"
#include "widgets/map/map_card.h"

namespace vitrine::attention_plugin
{

// The selected head's map of each run, linked, and the difference of the first two.
class MapPanel : public MapCard
{
    Q_OBJECT
public:
    MapPanel(MapCompute compute, QWidget* parent);

    void setScene(const Scene& scene); // maps(): those of the runs, then the difference

signals:
    void tokenChosen(std::int64_t token);
    void tokenPinToggled(std::int64_t token);
    void menuWished(QPoint globalPosition, const QString& figure);

private:
    LinkedMap runMap(const Scene& scene, int run, bool captioned) const;
    LinkedMap differenceMap(const Scene& scene) const;
    void showReading(const MapReading& reading, const std::vector<float>& values);

    std::size_t runs_ = 0; // shown; the difference comes after them
    std::vector<int> places_;
    LayerHead head_{-1, -1};
    std::uint64_t runsVersion_ = 0;
};

} // namespace vitrine::attention_plugin
