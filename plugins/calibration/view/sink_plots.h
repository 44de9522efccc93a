#pragma once

#include "plugins/calibration/view/scene.h"
#include "widgets/page/panel.h"

#include <QJsonObject>

namespace vitrine
{
class SegmentedSwitch;
class ViewContext;
namespace plot
{
class PlotView;
}
} // namespace vitrine

namespace vitrine::calibration_plugin
{

// The sinks as a plot: the profile of the shown head, or the census of all heads.
class SinkPlots : public Panel
{
    Q_OBJECT
public:
    SinkPlots(ViewContext& context, QWidget* parent);

    // Of the state the keys plot, profile_range and census_range.
    void setScene(const Scene& scene, const QJsonObject& state);
    void point(std::int64_t token); // at its place in the profile; negative: at none

signals:
    void stateWished(const char* key, const QJsonValue& value, const QString& label,
                     const QString& mergeKey);
    void tokenChosen(std::int64_t token);

private:
    bool showsCensus() const;
    const char* rangeKey() const;

    SegmentedSwitch* choice_;
    plot::PlotView* plot_;
};

} // namespace vitrine::calibration_plugin
