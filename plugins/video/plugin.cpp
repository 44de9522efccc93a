#include "widgets/plugin.h"
#include "plugins/video/experiments/bd_experiment.h"
#include "plugins/video/experiments/compare_experiment.h"
#include "plugins/video/experiments/decode_experiment.h"
#include "plugins/video/experiments/encode_experiment.h"
#include "plugins/video/experiments/metrics_experiment.h"
#include "plugins/video/figures/figures.h"
#include "plugins/video/view/view.h"
#include "widgets/page/run_places.h"

#include <QJsonObject>
#include <QObject>

namespace vitrine::video_plugin
{

class VideoPlugin : public QObject, public Plugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID VITRINE_PLUGIN_IID FILE "plugin.json")
    Q_INTERFACES(vitrine::Plugin)

public:
    std::vector<std::unique_ptr<Experiment>> createExperiments() const override
    {
        return experiments<MetricsExperiment, CompareExperiment, BdExperiment, EncodeExperiment,
                           DecodeExperiment>();
    }
    View* createView(std::string_view experiment, ViewContext& context,
                     QWidget* parent) const override
    {
        if (experiment == "video.bd")
            return nullptr; // curves and no pictures: the general view
        return new VideoView(context, parent);
    }
    std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs,
                                        const QJsonObject& state) const override
    {
        return video_plugin::figures(runs, {}, runPlacesIn(state));
    }
};

} // namespace vitrine::video_plugin

#include "plugin.moc"
