#pragma once

#include "plugins/calibration/figures/state.h"
#include "widgets/map/colour_scale.h"
#include "widgets/map/map_geometry.h"

#include <QJsonObject>
#include <QString>

#include <optional>
#include <vector>

namespace vitrine::calibration_plugin
{

// What a person sees and changes in the tuning view, read from its JSON (keys: README.md).
// Everything is optional there; what is missing or malformed takes the default.
struct ViewState {
    std::optional<LayerHead> head;     // none: the run's own
    std::optional<std::int64_t> token; // key position
    Tuning tuning;                     // the run's own, with what was changed
    HeadScore score = HeadScore::massMoved;
    figure::Scale scale = figure::Scale::linear;
    double clip = 0.1;
    figure::ColourMap colours = figure::ColourMap::viridis;
    MapWindow window;
    bool ownBeta = false; // the slider sets the shown head's own beta

    friend bool operator==(const ViewState&, const ViewState&) = default;
};

ViewState readState(const QJsonObject& json, const Tuning& runs);

ColourScale weightScale(const ViewState& state);

// Edits: the JSON with one thing changed, all else as it was.
QJsonObject withHead(QJsonObject json, LayerHead head);
QJsonObject withToken(QJsonObject json, std::int64_t token);
QJsonObject withWindow(QJsonObject json, const MapWindow& window);
// What differs from the run's own is written, so that an untouched view says nothing.
QJsonObject withTuning(QJsonObject json, const Tuning& tuning, const Tuning& runs);

QString colourMapName(figure::ColourMap map);
QString headName(LayerHead head); // "layer 3 · head 5"
QString numberText(double value); // 4 digits, a true minus sign, "–" for none
QString shortText(double value);  // 2 digits
QString countText(double value);  // whole, with thousands apart
QString text(const std::string& utf8);

} // namespace vitrine::calibration_plugin
