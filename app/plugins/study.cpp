#include "app/plugins/study.h"

#include "app/plugins/plugin_json.h"
#include "core/base/resources.h"

namespace vitrine
{
namespace
{

using StudyParams = std::map<std::string, std::string>;

constexpr std::string_view kResource = "resource:";

StudyParams withFiles(StudyParams params, QString& missing)
{
    for (auto& [name, value] : params) {
        if (!value.starts_with(kResource))
            continue;
        const auto file = findResource(value.substr(kResource.size()));
        if (file)
            value = file->string();
        else if (missing.isEmpty())
            missing = QString::fromStdString(file.error().message);
    }
    return params;
}

} // namespace

Study studyOf(PluginJson& json)
{
    Study study{.id = json.text("id"),
                .title = json.text("title"),
                .line = json.text("line"),
                .experiment = json.text("experiment"),
                .params = {},
                .thumbnail = json.text("thumbnail"),
                .missing = {},
                .place = json.whole("place", 0)};
    for (const QString& name : json.texts("needs_models"))
        if (const auto model = findModel(name.toStdString()); !model && study.missing.isEmpty())
            study.missing = QString::fromStdString(model.error().message);
    if (const QString takes = json.text("takes"); !takes.isEmpty())
        study.takes = takes;
    study.params = withFiles(json.textsByName("params"), study.missing);
    json.objects("beside", [&](PluginJson& other) {
        study.beside.push_back(withFiles(other.textsByName(), study.missing));
    });
    return study;
}

} // namespace vitrine
