#include "app/plugins/plugin_json.h"

#include "widgets/theme/shown_text.h"

#include <QJsonArray>

#include <algorithm>
#include <numeric>
#include <utility>
#include <vector>

namespace vitrine
{
namespace
{

// In a message of one line, however long it is.
QString shownKey(const QString& key)
{
    constexpr qsizetype kLongest = 64;
    return shownText(key.left(2 * kLongest).simplified(), kLongest);
}

QString typeName(const QJsonValue& value)
{
    switch (value.type()) {
    case QJsonValue::Bool:
        return "true or false";
    case QJsonValue::Double:
        return "a number";
    case QJsonValue::String:
        return "a text";
    case QJsonValue::Array:
        return "a list";
    case QJsonValue::Object:
        return "an object";
    default:
        return "null";
    }
}

// Letters to insert, to leave out or to change until `from` is `to` (Levenshtein).
qsizetype lettersApart(const QString& from, const QString& to)
{
    std::vector<qsizetype> row(static_cast<std::size_t>(to.size() + 1));
    std::iota(row.begin(), row.end(), 0);
    for (qsizetype i = 0; i < from.size(); ++i) {
        qsizetype diagonal = std::exchange(row[0], i + 1);
        for (std::size_t j = 1; j < row.size(); ++j) {
            const bool same = from[i].toLower() == to[static_cast<qsizetype>(j) - 1].toLower();
            const qsizetype changed = diagonal + (same ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({changed, row[j] + 1, row[j - 1] + 1});
        }
    }
    return row.back();
}

QString inPlace(const QString& place, const QString& inner)
{
    return place.isEmpty() || inner.isEmpty() ? place + inner : place + ", " + inner;
}

// "did you mean ..." where a known key is near, else all of them.
QString adviceFor(const QString& key, const QStringList& known)
{
    constexpr qsizetype kFarthest = 2;
    const auto apart = [&](const QString& each) { return lettersApart(key, each); };
    if (const auto near = std::ranges::min_element(known, {}, apart);
        near != known.end() && apart(*near) <= kFarthest && 2 * apart(*near) <= near->size())
        return QString("did you mean \"%1\"?").arg(*near);
    return "known are " + known.join(", ");
}

} // namespace

PluginJson::PluginJson(QJsonObject object, QString place, QStringList& problems)
    : object_(std::move(object)), place_(std::move(place)), problems_(problems)
{
}

QString PluginJson::text(const char* key)
{
    return take(key, QJsonValue::String, "a text").toString();
}

int PluginJson::whole(const char* key, int fallback)
{
    constexpr const char* kExpected = "a whole number";
    const QJsonValue value = take(key, QJsonValue::Double, kExpected);
    if (value.isDouble() && value.toInt(0) != value.toInt(1)) // no int: toInt gives its argument
        say(QString("\"%1\" is %2, %3 expected").arg(key).arg(value.toDouble()).arg(kExpected));
    return value.toInt(fallback);
}

QStringList PluginJson::texts(const char* key)
{
    QStringList found;
    for (const QJsonValue& item : take(key, QJsonValue::Array, "a list of texts").toArray())
        if (item.isString())
            found << item.toString();
        else
            say(QString("\"%1\" holds %2, a list of texts expected").arg(key, typeName(item)));
    return found;
}

std::map<std::string, std::string> PluginJson::textsByName(const char* key)
{
    const QJsonObject inner = take(key, QJsonValue::Object, "an object with texts").toObject();
    return PluginJson(inner, inPlace(place_, key), problems_).textsByName();
}

std::map<std::string, std::string> PluginJson::textsByName()
{
    std::map<std::string, std::string> texts;
    for (const QString& key : object_.keys()) {
        const QByteArray name = key.toUtf8();
        texts[name.toStdString()] = text(name.constData()).toStdString();
    }
    return texts;
}

void PluginJson::objects(const char* key, const std::function<void(PluginJson&)>& read)
{
    const QJsonArray list = take(key, QJsonValue::Array, "a list of objects").toArray();
    for (qsizetype i = 0; i < list.size(); ++i) {
        const QString place = QString("%1[%2]").arg(key).arg(i);
        if (!list[i].isObject()) {
            say(QString("%1 is %2, an object expected").arg(place, typeName(list[i])));
            continue;
        }
        PluginJson item(list[i].toObject(), inPlace(place_, place), problems_);
        read(item);
        item.finish();
    }
}

void PluginJson::finish()
{
    for (const QString& key : object_.keys())
        if (!asked_.contains(key))
            say(QString("unknown key \"%1\"; %2")
                    .arg(shownKey(key), adviceFor(shownKey(key), asked_)));
}

// The value where it is of that type, else undefined.
QJsonValue PluginJson::take(const char* key, QJsonValue::Type type, const char* expected)
{
    const QString name = QString::fromUtf8(key);
    asked_ << name;
    const QJsonValue value = object_.value(name);
    if (value.isUndefined() || value.type() == type)
        return value;
    say(QString("\"%1\" is %2, %3 expected").arg(shownKey(name), typeName(value), expected));
    return QJsonValue::Undefined;
}

void PluginJson::say(const QString& problem)
{
    problems_ << inPlace("plugin.json", place_) + ": " + problem;
}

} // namespace vitrine
