#include "app/plugins/plugin_info.h"

#include "app/plugins/plugin_json.h"

namespace vitrine
{

PluginInfo pluginInfoOf(PluginJson& json)
{
    PluginInfo info{.id = json.text("id").toStdString(),
                    .title = json.text("title").toStdString(),
                    .summary = json.text("summary").toStdString(),
                    .paper = json.text("paper").toStdString(),
                    .icon = json.text("icon").toStdString(),
                    .version = json.whole("version", 1),
                    .order = json.whole("order", 0),
                    .experiments = {},
                    .opens = {},
                    .studies = {},
                    .file = {}};
    for (const QString& experiment : json.texts("experiments"))
        info.experiments.push_back(experiment.toStdString());
    json.objects("opens", [&](PluginJson& kind) { info.opens.push_back(fileKindOf(kind)); });
    json.objects("studies", [&](PluginJson& study) { info.studies.push_back(studyOf(study)); });
    json.finish();
    return info;
}

} // namespace vitrine
