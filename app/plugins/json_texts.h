#pragma once

#include <QJsonArray>
#include <QJsonValue>
#include <QStringList>

namespace vitrine
{

// The texts of a JSON list; what is no text is left out.
inline QStringList textsOf(const QJsonValue& list)
{
    QStringList texts;
    for (const QJsonValue& item : list.toArray())
        if (item.isString())
            texts << item.toString();
    return texts;
}

} // namespace vitrine
