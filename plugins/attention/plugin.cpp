#include "widgets/plugin.h"
#include "core/base/json.h"
#include "plugins/attention/experiments/capture_experiment.h"
#include "plugins/attention/experiments/forward_experiment.h"
#include "plugins/attention/experiments/generate_experiment.h"
#include "plugins/attention/experiments/import_experiment.h"
#include "plugins/attention/experiments/picture_experiment.h"
#include "plugins/attention/figures/figures.h"
#include "plugins/attention/figures/picture_figures.h"
#include "plugins/attention/view/picture_view.h"
#include "plugins/attention/view/shown_run.h"
#include "plugins/attention/view/view.h"
#include "widgets/state_json.h"

#include <QJsonObject>
#include <QObject>

namespace vitrine::attention_plugin
{

class AttentionPlugin : public QObject, public Plugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID VITRINE_PLUGIN_IID FILE "plugin.json")
    Q_INTERFACES(vitrine::Plugin)

public:
    std::vector<std::unique_ptr<Experiment>> createExperiments() const override
    {
        return experiments<CaptureExperiment, PictureExperiment, ImportExperiment,
                           ForwardExperiment, GenerateExperiment>();
    }
    View* createView(std::string_view experiment, ViewContext& context,
                     QWidget* parent) const override
    {
        if (experiment == "attention.capture" || experiment == "attention.import")
            return new AttentionView(context, parent);
        if (experiment == "attention.picture")
            return new PictureView(context, parent);
        return nullptr;
    }
    std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs,
                                        const QJsonObject& state) const override
    {
        if (!runs.empty() && runs.front().experiment == "attention.picture")
            return pictureFigures(runs, coreJson(state));
        return attention_plugin::figures(runs, coreJson(stateFor(runs, state)));
    }
};

} // namespace vitrine::attention_plugin

#include "plugin.moc"
