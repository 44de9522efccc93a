#include "app/plugins/study.h"

#include "app/plugins/json_texts.h"
#include "core/base/resources.h"

namespace vitrine
{
namespace
{

constexpr QLatin1StringView kResource("resource:");

std::map<std::string, std::string> parametersOf(const QJsonObject& json, QString& missing)
{
    std::map<std::string, std::string> params;
    for (auto entry = json.begin(); entry != json.end(); ++entry) {
        const QString value = entry.value().toString();
        std::string& param = params[entry.key().toStdString()];
        param = value.toStdString();
        if (!value.startsWith(kResource))
            continue;
        const auto file = findResource(value.mid(kResource.size()).toStdString());
        if (file)
            param = file->string();
        else if (missing.isEmpty())
            missing = QString::fromStdString(file.error().message);
    }
    return params;
}

} // namespace

Study studyOf(const QJsonObject& json)
{
    Study study{.id = json["id"].toString(),
                .title = json["title"].toString(),
                .line = json["line"].toString(),
                .experiment = json["experiment"].toString(),
                .params = {},
                .thumbnail = json["thumbnail"].toString(),
                .missing = {},
                .place = json["place"].toInt()};
    for (const QString& name : textsOf(json["needs_models"]))
        if (const auto model = findModel(name.toStdString()); !model && study.missing.isEmpty())
            study.missing = QString::fromStdString(model.error().message);
    study.params = parametersOf(json["params"].toObject(), study.missing);
    for (const QJsonValue& other : json["beside"].toArray())
        study.beside.push_back(parametersOf(other.toObject(), study.missing));
    return study;
}

} // namespace vitrine
