#include "plugins/attention/view/view_state.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace vitrine::attention_plugin
{
namespace
{

constexpr std::array kScores = {Score::firstTokenMass, Score::sinkMass, Score::entropy,
                                Score::difference};
constexpr std::array kRules = {attention::SinkRule::absolute, attention::SinkRule::relative,
                               attention::SinkRule::uniform};
constexpr std::array kMaps = {figure::ColourMap::viridis, figure::ColourMap::cividis,
                              figure::ColourMap::magma};

template <typename Values, typename Name>
auto named(const Values& values, Name name, const QString& text,
           typename Values::value_type fallback)
{
    for (const auto value : values)
        if (name(value) == text)
            return value;
    return fallback;
}

// A finite number within the range, else the fallback.
double stateNumber(const QJsonValue& value, double low, double high, double fallback)
{
    const double found = value.toDouble(std::nan(""));
    return std::isfinite(found) && found >= low && found <= high ? found : fallback;
}

int whole(const QJsonValue& value, int low, int high, int fallback)
{
    return static_cast<int>(stateNumber(value, low, high, fallback));
}

std::optional<HeadId> headOf(const QJsonValue& layer, const QJsonValue& head)
{
    const HeadId id{whole(layer, 0, 1 << 20, -1), whole(head, 0, 1 << 20, -1)};
    return id.layer >= 0 && id.head >= 0 ? std::optional(id) : std::nullopt;
}

QJsonArray toJson(HeadId id)
{
    return {id.layer, id.head};
}

QJsonArray withEntry(QJsonArray list, const QJsonValue& entry, bool present)
{
    QJsonArray kept;
    for (const QJsonValue& value : std::as_const(list))
        if (value != entry)
            kept.append(value);
    if (present)
        kept.append(entry);
    return kept;
}

} // namespace

ViewState readState(const QJsonObject& json, const attention::SinkOptions& defaults)
{
    ViewState state;
    const QJsonObject selection = json["selection"].toObject();
    state.head = headOf(selection["layer"], selection["head"]);
    if (const double token = stateNumber(selection["token"], 0, 1e9, -1); token >= 0)
        state.token = static_cast<std::int64_t>(token);
    state.sinks.rule = named(kRules, ruleName, json["rule"].toString(), defaults.rule);
    state.sinks.tau = stateNumber(json["tau"], 0, 1, defaults.tau);
    state.sinks.alpha = stateNumber(json["alpha"], 0, 1e6, defaults.alpha);
    state.sinks.protect = whole(json["protect"], 0, 1 << 20, defaults.protect);
    state.sinks.minRows = whole(json["min_rows"], 0, 1 << 20, defaults.minRows);
    state.score = named(kScores, scoreName, json["score"].toString(), Score::firstTokenMass);
    state.ranked = json["order"].toString() == QLatin1String("score");
    if (json["scale"].toString() == QLatin1String("log"))
        state.scale = figure::Scale::logarithmic;
    state.clip = stateNumber(json["clip"], 1e-6, 1, 0.1);
    state.colours =
        named(kMaps, colourMapName, json["colour_map"].toString(), figure::ColourMap::viridis);
    for (const QJsonValue& value : json["pinned_tokens"].toArray())
        if (const double token = stateNumber(value, 0, 1e9, -1); token >= 0)
            state.pinnedTokens.push_back(static_cast<std::int64_t>(token));
    for (const QJsonValue& value : json["pinned_heads"].toArray())
        if (const auto id = headOf(value.toArray().at(0), value.toArray().at(1)))
            state.pinnedHeads.push_back(*id);
    const QJsonObject window = json["window"].toObject();
    state.window.row = stateNumber(window["row"], 0, 1e9, -1);
    state.window.column = stateNumber(window["column"], 0, 1e9, -1);
    state.window.zoom = stateNumber(window["zoom"], 1, 1e9, 1);
    const QJsonObject sort = json["sort"].toObject();
    state.sortColumn = sort["column"].toString(state.sortColumn);
    state.sortDescending = sort["descending"].toBool(true);
    return state;
}

ColourScale weightScale(const ViewState& state)
{
    const bool log = state.scale == figure::Scale::logarithmic;
    return {state.colours, state.scale, log ? state.clip * 1e-4 : 0, state.clip};
}

QJsonObject withHead(QJsonObject json, HeadId head)
{
    QJsonObject selection = json["selection"].toObject();
    selection["layer"] = head.layer;
    selection["head"] = head.head;
    json["selection"] = selection;
    return json;
}

QJsonObject withToken(QJsonObject json, std::optional<std::int64_t> token)
{
    QJsonObject selection = json["selection"].toObject();
    if (token)
        selection["token"] = static_cast<qint64>(*token);
    else
        selection.remove("token");
    json["selection"] = selection;
    return json;
}

QJsonObject withTokenPinned(QJsonObject json, std::int64_t token, bool pinned)
{
    json["pinned_tokens"] =
        withEntry(json["pinned_tokens"].toArray(), static_cast<qint64>(token), pinned);
    return json;
}

QJsonObject withHeadPinned(QJsonObject json, HeadId head, bool pinned)
{
    json["pinned_heads"] = withEntry(json["pinned_heads"].toArray(), toJson(head), pinned);
    return json;
}

QJsonObject withSinks(QJsonObject json, const attention::SinkOptions& options)
{
    json["rule"] = ruleName(options.rule);
    json["tau"] = options.tau;
    json["alpha"] = options.alpha;
    json["protect"] = options.protect;
    json["min_rows"] = options.minRows;
    return json;
}

QJsonObject withWindow(QJsonObject json, const MapWindow& window)
{
    json["window"] =
        QJsonObject{{"row", window.row}, {"column", window.column}, {"zoom", window.zoom}};
    return json;
}

QString scoreName(Score score)
{
    static const std::array<QString, 4> names = {"first_token_mass", "sink_mass", "entropy",
                                                 "difference"};
    return names[static_cast<std::size_t>(score)];
}

QString scoreLabel(Score score)
{
    static const std::array<QString, 4> labels = {"First-token mass", "Sink mass", "Entropy",
                                                  "Difference"};
    return labels[static_cast<std::size_t>(score)];
}

QString scoreHelp(Score score)
{
    static const std::array<QString, 4> help = {
        "Mean weight that later tokens give to the first token: mean over rows i ≥ 1 of A[i,0]. 0 "
        "to 1.",
        "Mean weight that rows i ≥ 1 give to all sinks of the head together, by the rule below. 0 "
        "to 1.",
        "Mean over rows of −Σⱼ A[i,j] ln A[i,j], in nat. Low: the head looks at few tokens.",
        "Share of the attention mass that goes to other keys in the second run: ½ Σⱼ |s₁[j] − "
        "s₂[j]| · rows[j] / T. 0 to 1.",
    };
    return help[static_cast<std::size_t>(score)];
}

QString ruleName(attention::SinkRule rule)
{
    static const std::array<QString, 3> names = {"absolute", "relative", "uniform"};
    return names[static_cast<std::size_t>(rule)];
}

QString colourMapName(figure::ColourMap map)
{
    static const std::array<QString, 4> names = {"viridis", "cividis", "magma", "difference"};
    return names[static_cast<std::size_t>(map)];
}

} // namespace vitrine::attention_plugin
