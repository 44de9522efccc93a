#include "widgets/plugin.h"

#include <QObject>

namespace vitrine
{

// Does nothing; its misspelt.json has a key that nobody knows.
class MisspeltPlugin : public QObject, public Plugin
{
    Q_OBJECT
    Q_PLUGIN_METADATA(IID "vitrine.Plugin/1" FILE "misspelt.json")
    Q_INTERFACES(vitrine::Plugin)

public:
    std::vector<std::unique_ptr<Experiment>> createExperiments() const override { return {}; }
    View* createView(std::string_view, ViewContext&, QWidget*) const override { return nullptr; }
    std::vector<figure::Figure> figures(const std::vector<RunRecord>&,
                                        const QJsonObject&) const override
    {
        return {};
    }
};

} // namespace vitrine

#include "misspelt.moc"
