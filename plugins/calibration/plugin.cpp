#include "widgets/plugin.h"
#include "core/base/json.h"
#include "plugins/calibration/experiments/apply_experiment.h"
#include "plugins/calibration/experiments/evaluate_experiment.h"
#include "plugins/calibration/experiments/search_experiment.h"
#include "plugins/calibration/experiments/tune_experiment.h"
#include "plugins/calibration/figures/figures.h"
#include "plugins/calibration/view/study_view.h"
#include "plugins/calibration/view/tuned_run.h"
#include "plugins/calibration/view/view.h"
#include "widgets/state_json.h"

#include <QJsonObject>
#include <QObject>

namespace vitrine::calibration_plugin
{

class CalibrationPlugin : public QObject, public Plugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID VITRINE_PLUGIN_IID FILE "plugin.json")
    Q_INTERFACES(vitrine::Plugin)

public:
    std::vector<std::unique_ptr<Experiment>> createExperiments() const override
    {
        // The first is what the room opens with.
        return experiments<TuneExperiment, EvaluateExperiment, SearchExperiment, ApplyExperiment>();
    }
    View* createView(std::string_view experiment, ViewContext& context,
                     QWidget* parent) const override
    {
        if (experiment == "calibration.tune")
            return new CalibrationView(context, parent);
        return new StudyView(context, parent);
    }
    std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs,
                                        const QJsonObject& state) const override
    {
        return calibration_plugin::figures(runs, coreJson(stateFor(runs, state)));
    }
};

} // namespace vitrine::calibration_plugin

#include "plugin.moc"
