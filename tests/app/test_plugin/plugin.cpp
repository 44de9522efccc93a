#include "widgets/plugin.h"
#include "tests/support/test_experiments.h"

#include <QObject>

namespace vitrine
{

class TestPlugin : public QObject, public Plugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID "vitrine.Plugin/1" FILE "plugin.json")
    Q_INTERFACES(vitrine::Plugin)

public:
    std::vector<std::unique_ptr<Experiment>> createExperiments() const override
    {
        return experiments<tests::EchoExperiment, tests::SlowExperiment, tests::CrashExperiment,
                           tests::FailExperiment, tests::LiveExperiment>();
    }
    View* createView(std::string_view, ViewContext&, QWidget*) const override { return nullptr; }
    std::vector<figure::Figure> figures(const std::vector<RunRecord>&,
                                        const QJsonObject&) const override
    {
        return {};
    }
};

} // namespace vitrine

#include "plugin.moc"
