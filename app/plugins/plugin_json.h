#pragma once

#include <QJsonObject>
#include <QString>
#include <QStringList>

#include <functional>
#include <map>
#include <string>

namespace vitrine
{

// An object of a plugin.json while it is read. What is missing or of another type than is asked for
// reads as nothing. Another type, and a key that nobody asks for, is one line in `problems`, which
// outlives the reader: "plugin.json, opens[0]: unknown key \"ending\"; did you mean \"endings\"?"
class PluginJson
{
public:
    // `place`: which object of the file it is, such as "opens[0]"; empty: the whole.
    PluginJson(QJsonObject object, QString place, QStringList& problems);

    QString text(const char* key);
    int whole(const char* key, int fallback);
    QStringList texts(const char* key);
    std::map<std::string, std::string> textsByName(const char* key);
    std::map<std::string, std::string> textsByName(); // of the object itself, of any keys
    void objects(const char* key, const std::function<void(PluginJson&)>& read);

    void finish(); // after all that may be there was asked for

private:
    QJsonValue take(const char* key, QJsonValue::Type type, const char* expected);
    void say(const QString& problem);

    QJsonObject object_;
    QString place_;
    QStringList& problems_;
    QStringList asked_;
};

} // namespace vitrine
