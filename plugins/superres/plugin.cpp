#include "widgets/plugin.h"
#include "plugins/superres/experiments/upscale_experiment.h"
#include "plugins/superres/figures/figures.h"
#include "plugins/superres/view/view.h"

#include <QJsonObject>
#include <QObject>

namespace vitrine::superres_plugin
{

class SuperresPlugin : public QObject, public Plugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID VITRINE_PLUGIN_IID FILE "plugin.json")
    Q_INTERFACES(vitrine::Plugin)

public:
    std::vector<std::unique_ptr<Experiment>> createExperiments() const override
    {
        return experiments<UpscaleExperiment>();
    }
    View* createView(std::string_view, ViewContext& context, QWidget* parent) const override
    {
        return new SuperresView(context, parent);
    }
    std::vector<figure::Figure> figures(const std::vector<RunRecord>& runs,
                                        const QJsonObject&) const override
    {
        return superres_plugin::figures(runs);
    }
};

} // namespace vitrine::superres_plugin

#include "plugin.moc"
