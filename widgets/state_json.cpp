#include "widgets/state_json.h"

#include "core/base/json.h"

#include <QJsonDocument>

namespace vitrine
{

Json coreJson(const QJsonObject& state)
{
    const QByteArray bytes = QJsonDocument(state).toJson(QJsonDocument::Compact);
    auto json = parseJson(bytes.toStdString(), "view state");
    return json ? std::move(*json) : Json::object();
}

QJsonObject qtJson(const Json& state)
{
    return QJsonDocument::fromJson(QByteArray::fromStdString(dumpJson(state))).object();
}

} // namespace vitrine
