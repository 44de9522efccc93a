#include "widgets/plugin.h"
#include "core/base/json.h"
#include "plugins/quantization/experiments/evaluate_experiment.h"
#include "plugins/quantization/experiments/kernels_experiment.h"
#include "plugins/quantization/experiments/llm_experiment.h"
#include "plugins/quantization/experiments/planes_experiment.h"
#include "plugins/quantization/experiments/primitives_experiment.h"
#include "plugins/quantization/experiments/vision_experiment.h"
#include "plugins/quantization/figures/budget.h"
#include "plugins/quantization/figures/coded_figures.h"
#include "plugins/quantization/figures/figures.h"
#include "plugins/quantization/figures/kernels_figures.h"
#include "plugins/quantization/figures/planes_figures.h"
#include "plugins/quantization/figures/primitives_figures.h"
#include "plugins/quantization/figures/vision_figures.h"
#include "plugins/quantization/view/coded_view.h"
#include "plugins/quantization/view/speed_view.h"
#include "plugins/quantization/view/view.h"
#include "plugins/quantization/view/vision_view.h"
#include "widgets/state_json.h"

#include <QJsonObject>
#include <QObject>

#include <algorithm>
#include <iterator>

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
        return experiments<LlmExperiment, KernelsExperiment, PlanesExperiment, EvaluateExperiment,
                           VisionExperiment, PrimitivesExperiment>();
    }
    View* createView(std::string_view experiment, ViewContext& context,
                     QWidget* parent) const override
    {
        if (experiment == "quantization.kernels")
            return new KernelsView(context, parent);
        if (experiment == "quantization.primitives")
            return new PrimitivesView(context, parent);
        if (experiment == "vision.evaluate")
            return new VisionView(context, parent);
        if (experiment == "quantization.vision")
            return new CodedView(context, parent);
        if (experiment != "quantization.llm")
            return nullptr; // the general view will do
        return new QuantizationView(context, parent);
    }
    std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs,
                                        const QJsonObject& state) const override
    {
        Runs records;
        for (const RunRecord& run : runs)
            records.push_back(&run);
        const State read = readState(coreJson(state));
        auto all = quantization_plugin::figures(records, read);
        std::ranges::move(kernelsFigures(records, read), std::back_inserter(all));
        std::ranges::move(primitivesFigures(records, read), std::back_inserter(all));
        std::ranges::move(planesFigures(records, read), std::back_inserter(all));
        std::ranges::move(budgetFigures(records, read), std::back_inserter(all));
        std::ranges::move(visionFigures(records, read), std::back_inserter(all));
        std::ranges::move(codedFigures(records, read), std::back_inserter(all));
        return all;
    }
};

} // namespace vitrine::quantization_plugin

#include "plugin.moc"
