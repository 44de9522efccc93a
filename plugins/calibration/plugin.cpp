#include "widgets/plugin.h"
#include "plugins/calibration/apply_experiment.h"
#include "plugins/calibration/evaluate_experiment.h"
#include "plugins/calibration/search_experiment.h"
#include "plugins/calibration/tune_experiment.h"
#if __has_include("plugins/calibration/figures.h")
#include "plugins/calibration/figures.h"
#define VITRINE_HAS_CALIBRATION_FIGURES
#endif
#if __has_include("plugins/calibration/view.h")
#include "plugins/calibration/view.h"
#define VITRINE_HAS_CALIBRATION_VIEW
#endif

#include <QJsonDocument>
#include <QJsonObject>
#include <QObject>

namespace vitrine::calibration
{

class CalibrationPlugin : public QObject, public Plugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID VITRINE_PLUGIN_IID FILE "plugin.json")
    Q_INTERFACES(vitrine::Plugin)

public:
    std::vector<std::unique_ptr<Experiment>> createExperiments() const override
    {
        return experiments<ApplyExperiment, TuneExperiment, EvaluateExperiment, SearchExperiment>();
    }
    View* createView([[maybe_unused]] std::string_view experiment,
                     [[maybe_unused]] ViewContext& context,
                     [[maybe_unused]] QWidget* parent) const override
    {
#ifdef VITRINE_HAS_CALIBRATION_VIEW
        if (experiment == "calibration.tune")
            return new CalibrationView(context, parent);
#endif
        return nullptr; // the general view will do
    }
    std::vector<figure::Figure> figures([[maybe_unused]] const std::vector<RunRecord>& runs,
                                        [[maybe_unused]] const QJsonObject& state) const override
    {
#ifdef VITRINE_HAS_CALIBRATION_FIGURES
        const QByteArray text = QJsonDocument(state).toJson(QJsonDocument::Compact);
        const auto json = parseJson(
            std::string_view(text.constData(), static_cast<std::size_t>(text.size())), "state");
        return calibration::figures(runs, json ? *json : Json::object());
#else
        return {};
#endif
    }
};

} // namespace vitrine::calibration

#include "plugin.moc"
