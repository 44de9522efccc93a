#include "widgets/plugin.h"
#include "plugins/accelerators/experiments/map_experiment.h"
#include "plugins/accelerators/experiments/simulate_experiment.h"
#include "plugins/accelerators/experiments/sweep_experiment.h"
#include "plugins/accelerators/figures/figures.h"
#include "plugins/accelerators/view/sweep_view.h"
#include "plugins/accelerators/view/view.h"
#include "widgets/page/run_places.h"

#include <QJsonObject>
#include <QObject>

namespace vitrine::accelerators_plugin
{

class AcceleratorsPlugin : public QObject, public Plugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID VITRINE_PLUGIN_IID FILE "plugin.json")
    Q_INTERFACES(vitrine::Plugin)

public:
    std::vector<std::unique_ptr<Experiment>> createExperiments() const override
    {
        return experiments<SimulateExperiment, SweepExperiment, MapExperiment>();
    }
    // A mapping shows in the general view.
    View* createView(std::string_view experiment, ViewContext& context,
                     QWidget* parent) const override
    {
        if (experiment == "accelerators.simulate")
            return new AcceleratorsView(context, parent);
        return experiment == "accelerators.sweep" ? new SweepView(context, parent) : nullptr;
    }
    std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs,
                                        const QJsonObject& state) const override
    {
        return accelerators_plugin::figures(runs, runPlacesIn(state),
                                            state["bars"].toString().toStdString(),
                                            state["per"].toString().toStdString());
    }
};

} // namespace vitrine::accelerators_plugin

#include "plugin.moc"
