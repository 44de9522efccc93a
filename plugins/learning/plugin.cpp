#include "widgets/plugin.h"
#include "plugins/learning/experiments/score_experiment.h"
#include "plugins/learning/experiments/train_experiment.h"
#include "plugins/learning/figures/figures.h"
#include "widgets/page/run_places.h"

#include <QJsonObject>
#include <QObject>

namespace vitrine::learning_plugin
{

class LearningPlugin : public QObject, public Plugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID VITRINE_PLUGIN_IID FILE "plugin.json")
    Q_INTERFACES(vitrine::Plugin)

public:
    std::vector<std::unique_ptr<Experiment>> createExperiments() const override
    {
        return experiments<TrainExperiment, ScoreExperiment>();
    }
    View* createView(std::string_view, ViewContext&, QWidget*) const override
    {
        return nullptr;
    } // the general view will do
    std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs,
                                        const QJsonObject& state) const override
    {
        return learning_plugin::figures(runs, runPlacesIn(state));
    }
};

} // namespace vitrine::learning_plugin

#include "plugin.moc"
