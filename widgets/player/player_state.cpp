#include "widgets/player/player_state.h"

#include <QCoreApplication>
#include <QJsonArray>

#include <array>
#include <cmath>
#include <span>

namespace vitrine::player
{
namespace
{

constexpr std::array kModes = {"side", "wipe", "lens", "blink", "difference"};
constexpr std::array kDifferences = {"signed", "absolute", "heat"};
constexpr std::array kBlocks = {"none", "psnr", "ssim"};

template <typename Enum>
Enum named(std::span<const char* const> names, const QJsonValue& value, Enum fallback)
{
    for (std::size_t i = 0; i < names.size(); ++i)
        if (value.toString() == QLatin1String(names[i]))
            return static_cast<Enum>(i);
    return fallback;
}

template <typename Enum>
QString nameOf(std::span<const char* const> names, Enum value)
{
    return QLatin1String(names[static_cast<std::size_t>(value)]);
}

double number(const QJsonValue& value, double low, double high, double fallback)
{
    const double found = value.toDouble(std::nan(""));
    return std::isfinite(found) && found >= low && found <= high ? found : fallback;
}

std::int64_t frameNumber(const QJsonValue& value, std::int64_t fallback = 0)
{
    return std::llround(number(value, -1e9, 1e9, static_cast<double>(fallback)));
}

} // namespace

PlayerState readPlayerState(const QJsonObject& json)
{
    PlayerState state;
    state.mode = named(kModes, json["mode"], state.mode);
    state.first = json["first"].toString();
    state.second = json["second"].toString();
    state.wipe = number(json["wipe"], 0, 1, state.wipe);
    state.wipeHorizontal = json["wipe_horizontal"].toBool();
    state.lens = number(json["lens"], 0.02, 1, state.lens);
    state.blinkHertz = number(json["blink_hz"], 1, 8, state.blinkHertz);
    state.difference = named(kDifferences, json["difference"], state.difference);
    state.gain = number(json["gain"], 1, 64, state.gain);
    state.plane = static_cast<int>(number(json["plane"], 0, 2, 0));
    state.blocks = named(kBlocks, json["blocks"], state.blocks);
    state.motion = json["motion"].toBool();
    state.qp = json["qp"].toBool();
    state.zoom = number(json["zoom"], 0, kLargestZoom, 0);
    state.centreX = number(json["x"], 0, 1, 0.5);
    state.centreY = number(json["y"], 0, 1, 0.5);
    state.frame = std::max<std::int64_t>(0, frameNumber(json["frame"]));
    const QJsonObject offsets = json["offsets"].toObject();
    for (auto it = offsets.begin(); it != offsets.end(); ++it)
        if (const std::int64_t offset = frameNumber(it.value()); offset != 0)
            state.offsets[it.key()] = offset;
    if (const QJsonArray loop = json["loop"].toArray(); loop.size() == 2) {
        const std::int64_t from = frameNumber(loop[0], -1), to = frameNumber(loop[1], -1);
        if (from >= 0 && to >= from)
            state.loop = std::pair(from, to);
    }
    state.speed = number(json["speed"], 0.1, 4, 1);
    state.quality = json["quality"].toString(state.quality);
    state.inspector = json["inspector"].toBool();
    state.scopes = json["scopes"].toBool();
    return state;
}

QJsonObject toJson(const PlayerState& state)
{
    const PlayerState fresh;
    QJsonObject json;
    const auto put = [&](const char* key, const auto& value, const auto& fallback) {
        if (value != fallback)
            json[QLatin1String(key)] = value;
    };
    put("mode", nameOf(kModes, state.mode), nameOf(kModes, fresh.mode));
    put("first", state.first, fresh.first);
    put("second", state.second, fresh.second);
    put("wipe", state.wipe, fresh.wipe);
    put("wipe_horizontal", state.wipeHorizontal, false);
    put("lens", state.lens, fresh.lens);
    put("blink_hz", state.blinkHertz, fresh.blinkHertz);
    put("difference", nameOf(kDifferences, state.difference),
        nameOf(kDifferences, fresh.difference));
    put("gain", state.gain, fresh.gain);
    put("plane", state.plane, fresh.plane);
    put("blocks", nameOf(kBlocks, state.blocks), nameOf(kBlocks, fresh.blocks));
    put("motion", state.motion, false);
    put("qp", state.qp, false);
    put("zoom", state.zoom, fresh.zoom);
    put("x", state.centreX, fresh.centreX);
    put("y", state.centreY, fresh.centreY);
    put("frame", static_cast<double>(state.frame), 0.0);
    QJsonObject offsets;
    for (const auto& [pane, offset] : state.offsets)
        if (offset != 0)
            offsets[pane] = static_cast<double>(offset);
    put("offsets", offsets, QJsonObject());
    if (state.loop)
        json[QStringLiteral("loop")] = QJsonArray{static_cast<double>(state.loop->first),
                                                  static_cast<double>(state.loop->second)};
    put("speed", state.speed, fresh.speed);
    put("quality", state.quality, fresh.quality);
    put("inspector", state.inspector, false);
    put("scopes", state.scopes, false);
    return json;
}

QString modeTitle(Mode mode)
{
    constexpr std::array kTitles = {
        QT_TRANSLATE_NOOP("Player", "Side by side"), QT_TRANSLATE_NOOP("Player", "Wipe"),
        QT_TRANSLATE_NOOP("Player", "Lens"), QT_TRANSLATE_NOOP("Player", "Blink"),
        QT_TRANSLATE_NOOP("Player", "Difference")};
    return QCoreApplication::translate("Player", kTitles[static_cast<std::size_t>(mode)]);
}

} // namespace vitrine::player
