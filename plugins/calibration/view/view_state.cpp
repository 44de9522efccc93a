#include "plugins/calibration/view/view_state.h"

#include "core/base/format.h"
#include "core/base/number_text.h"

#include <QJsonArray>

#include <array>
#include <cmath>

namespace vitrine::calibration_plugin
{
namespace
{

constexpr std::array kMaps = {figure::ColourMap::viridis, figure::ColourMap::cividis,
                              figure::ColourMap::magma};

double stateNumber(const QJsonValue& value, double low, double high, double fallback)
{
    const double found = value.toDouble(std::nan(""));
    return std::isfinite(found) && found >= low && found <= high ? found : fallback;
}

int whole(const QJsonValue& value, int low, int high, int fallback)
{
    return static_cast<int>(stateNumber(value, low, high, fallback));
}

std::string utf8(const QJsonValue& value)
{
    return value.toString().toStdString();
}

void readTuning(const QJsonObject& json, Tuning& tuning)
{
    attention::Calibration& calibration = tuning.calibration;
    attention::SinkOptions& sinks = calibration.sinks;
    sinks.rule = attention::parseSinkRule(utf8(json["rule"])).value_or(sinks.rule);
    sinks.tau = stateNumber(json["tau"], 0, 1, sinks.tau);
    sinks.alpha = stateNumber(json["alpha"], 0, 1e6, sinks.alpha);
    sinks.protect = whole(json["protect"], 0, 1 << 20, sinks.protect);
    sinks.minRows = whole(json["min_rows"], 0, 1 << 20, sinks.minRows);
    calibration.beta = stateNumber(json["beta"], 0, 1, calibration.beta);
    if (json["receivers"].isString())
        calibration.receivers = json["receivers"].toString() == QLatin1String("not_first")
                                    ? attention::Receivers::notFirst
                                    : attention::Receivers::all;
    if (!json["heads"].toString().isEmpty())
        tuning.heads = utf8(json["heads"]);
    tuning.seed = static_cast<std::int64_t>(
        stateNumber(json["seed"], 0, 1e15, static_cast<double>(tuning.seed)));
    if (json["head_betas"].isString())
        tuning.headBetas = parseHeadBetas(utf8(json["head_betas"]));
    if (json["sinks_off"].isString())
        tuning.off = parseSinkPlaces(utf8(json["sinks_off"]));
    if (json["sinks_on"].isString())
        tuning.on = parseSinkPlaces(utf8(json["sinks_on"]));
}

// All of it, as JSON.
QJsonObject tuningJson(const Tuning& tuning)
{
    const attention::SinkOptions& sinks = tuning.calibration.sinks;
    return {{"rule", QString::fromStdString(std::string(attention::sinkRuleName(sinks.rule)))},
            {"tau", sinks.tau},
            {"alpha", sinks.alpha},
            {"protect", sinks.protect},
            {"min_rows", sinks.minRows},
            {"beta", tuning.calibration.beta},
            {"receivers", tuning.calibration.receivers == attention::Receivers::all
                              ? QStringLiteral("all")
                              : QStringLiteral("not_first")},
            {"heads", text(tuning.heads)},
            {"seed", static_cast<qint64>(tuning.seed)},
            {"head_betas", text(headBetasText(tuning.headBetas))},
            {"sinks_off", text(sinkPlacesText(tuning.off))},
            {"sinks_on", text(sinkPlacesText(tuning.on))}};
}

} // namespace

ViewState readState(const QJsonObject& json, const Tuning& runs)
{
    ViewState state;
    const QJsonObject selection = json["selection"].toObject();
    const int layer = whole(selection["layer"], 0, 1 << 20, -1);
    const int head = whole(selection["head"], 0, 1 << 20, -1);
    if (layer >= 0 && head >= 0)
        state.head = LayerHead{layer, head};
    if (const double token = stateNumber(selection["token"], 0, 1e9, -1); token >= 0)
        state.token = static_cast<std::int64_t>(token);
    state.tuning = runs;
    readTuning(json["tune"].toObject(), state.tuning);
    state.score = scoreNamed(utf8(json["score"]));
    if (json["scale"].toString() == QLatin1String("log"))
        state.scale = figure::Scale::logarithmic;
    state.clip = stateNumber(json["clip"], 1e-6, 1, 0.1);
    for (const figure::ColourMap map : kMaps)
        if (colourMapName(map) == json["colour_map"].toString())
            state.colours = map;
    const QJsonObject window = json["window"].toObject();
    state.window.row = stateNumber(window["row"], 0, 1e9, -1);
    state.window.column = stateNumber(window["column"], 0, 1e9, -1);
    state.window.zoom = stateNumber(window["zoom"], 1, 1e9, 1);
    state.ownBeta = json["beta_of"].toString() == QLatin1String("head");
    return state;
}

ColourScale weightScale(const ViewState& state)
{
    const bool log = state.scale == figure::Scale::logarithmic;
    return {state.colours, state.scale, log ? state.clip * 1e-4 : 0, state.clip};
}

QJsonObject withHead(QJsonObject json, LayerHead head)
{
    QJsonObject selection = json["selection"].toObject();
    selection["layer"] = head.layer;
    selection["head"] = head.head;
    json["selection"] = selection;
    return json;
}

QJsonObject withToken(QJsonObject json, std::int64_t token)
{
    QJsonObject selection = json["selection"].toObject();
    selection["token"] = static_cast<qint64>(token);
    json["selection"] = selection;
    return json;
}

QJsonObject withWindow(QJsonObject json, const MapWindow& window)
{
    json["window"] =
        QJsonObject{{"row", window.row}, {"column", window.column}, {"zoom", window.zoom}};
    return json;
}

QJsonObject withTuning(QJsonObject json, const Tuning& tuning, const Tuning& runs)
{
    QJsonObject changed = tuningJson(tuning);
    const QJsonObject own = tuningJson(runs);
    for (auto each = own.begin(); each != own.end(); ++each)
        if (changed[each.key()] == each.value())
            changed.remove(each.key());
    if (changed.isEmpty())
        json.remove("tune");
    else
        json["tune"] = changed;
    return json;
}

QString colourMapName(figure::ColourMap map)
{
    static const std::array<QString, 4> names = {"viridis", "cividis", "magma", "difference"};
    return names[static_cast<std::size_t>(map)];
}

QString headName(LayerHead head)
{
    return QStringLiteral("layer %1 · head %2").arg(head.layer).arg(head.head);
}

QString numberText(double value)
{
    return text(significant(value, 4));
}

QString shortText(double value)
{
    return text(significant(value, 2));
}

QString countText(double value)
{
    return std::isfinite(value) ? text(wholeText(std::llround(value))) : QStringLiteral("–");
}

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

} // namespace vitrine::calibration_plugin
