#include "widgets/plugin.h"
#include "plugins/quantization/experiments/kernels_experiment.h"
#include "plugins/quantization/experiments/llm_experiment.h"
#include "plugins/quantization/figures/figures.h"
#include "widgets/page/run_places.h"

#include <QJsonObject>
#include <QObject>

namespace vitrine::quantization_plugin
{

class QuantizationPlugin : public QObject, public Plugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID VITRINE_PLUGIN_IID FILE "plugin.json")
    Q_INTERFACES(vitrine::Plugin)

public:
    std::vector<std::unique_ptr<Experiment>> createExperiments() const override
    {
        return experiments<LlmExperiment, KernelsExperiment>();
    }
    View* createView(std::string_view, ViewContext&, QWidget*) const override
    {
        return nullptr; // the general view will do
    }
    std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs,
                                        const QJsonObject& state) const override
    {
        return quantization_plugin::figures(runs, runPlacesIn(state));
    }
};

} // namespace vitrine::quantization_plugin

#include "plugin.moc"
